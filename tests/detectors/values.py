"""Values to build stories from: name only what matters."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from contracts import (
    Finding,
    Hold,
    HomeId,
    Reading,
    ReadingBatch,
    ReadingId,
    SensorId,
    Value,
    WatchedHome,
    WatchedSensor,
    WatchPlan,
)
from contracts.values import Heartbeat, Motion
from detectors.remember import remember
from detectors.state import HomeState
from detectors.watch import watch

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOME = HomeId("h-0001")


def a_sensor(
    sensor_id: str = "motion-living", kind: str = "motion", room: str = "", silent_after: timedelta | None = None
) -> WatchedSensor:
    seconds = None if silent_after is None else int(silent_after.total_seconds())
    return WatchedSensor(sensor_id=SensorId(sensor_id), kind=kind, room=room, silent_after_seconds=seconds)


def a_home(
    home_id: str = HOME,
    *,
    sensors: Sequence[WatchedSensor] = (),
    holds: Sequence[Hold] = (),
    plan: WatchPlan | None = None,
    watched: bool = True,
    version: int = 1,
) -> WatchedHome:
    return WatchedHome(
        home_id=HomeId(home_id),
        version=version,
        sensors=tuple(sensors),
        holds=tuple(holds),
        plan=plan or WatchPlan(),
        watched=watched,
    )


def a_reading(
    value: Value | None = None,
    *,
    at: datetime = NOON,
    sensor: str = "motion-living",
    home: str = HOME,
    late_by: timedelta | None = None,
    mark: str = "",
) -> Reading:
    value = value or Motion(active=True)
    return Reading(
        reading_id=ReadingId(f"{home}/{sensor}/{at.isoformat()}/{value}/{mark}"),
        home_id=HomeId(home),
        sensor_id=SensorId(sensor),
        observed_at=at,
        received_at=at + (late_by or timedelta(0)),
        value=value,
        late=late_by is not None,
    )


def a_heartbeat(at: datetime = NOON, *, home: str = HOME) -> Reading:
    return a_reading(Heartbeat(), at=at, sensor="gateway", home=home)


def heartbeats(
    since: datetime, until: datetime, *, every: timedelta = timedelta(minutes=1), home: str = HOME
) -> list[Reading]:
    return [a_heartbeat(since + every * turn, home=home) for turn in range((until - since) // every + 1)]


def a_state(*readings: Reading) -> HomeState:
    state = HomeState()
    for reading in readings:
        remember(state, reading)
    return state


def live(state: HomeState, home: WatchedHome, readings: Sequence[Reading]) -> list[Finding]:
    """Let a home live through its readings, and hear all that is told."""
    findings: list[Finding] = []
    for reading in readings:
        remember(state, reading)
        if state.watermark is not None:
            findings += watch(state, home, state.watermark)[1]
    return findings


def a_batch(*readings: Reading, homes: Sequence[WatchedHome] = (), at: datetime = NOON) -> ReadingBatch:
    return ReadingBatch(batched_at=at, homes=tuple(homes), readings=tuple(readings))
