"""Messages of gateways and what becomes of them, for the tests of ingest's pure rooms."""

from datetime import UTC, datetime, timedelta

from contracts import Reading, RefusalReason, Value, WatchedHome
from ingest.files import load_profiles
from ingest.intake import Intake, Limits, take_in
from ingest.learned import Learned
from ingest.message import GatewayMessage
from tests.ingest.street import a_watched_home, topic_of

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SHIPPED = load_profiles()
LIMITS = Limits(largest_payload_bytes=262_144, late_after=timedelta(minutes=5))


def a_message(
    payload: bytes | str,
    path: str = "native/readings",
    *,
    home_id: str = "h-0001",
    at: datetime = NOON,
    retained: bool = False,
) -> GatewayMessage:
    data = payload.encode() if isinstance(payload, str) else payload
    return GatewayMessage(topic=topic_of(home_id, path), payload=data, received_at=at, retained=retained)


def taken(message: GatewayMessage, home: WatchedHome | None = None) -> Intake:
    home = home or a_watched_home()
    return take_in(message, {home.home_id: home}, LIMITS, Learned(profiles=SHIPPED))


def values(intake: Intake) -> list[Value]:
    return [reading.value for reading in intake.readings]


def reasons(intake: Intake) -> list[RefusalReason]:
    return [refusal.reason for refusal in intake.refusals]


def only(intake: Intake) -> Reading:
    assert not intake.refusals, intake.refusals
    (reading,) = intake.readings
    return reading
