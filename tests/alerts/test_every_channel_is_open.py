"""The running service reaches browsers and devices, and remembers which contact did not work."""

from pathlib import Path

import pytest

from alerts.contacts.postgres import Contacts
from contracts import HomeId, ResponderId
from homes.model import Channel, Contact, Responder, ResponderKind
from runtime import clock
from runtime.postgres import Pool, pooled
from runtime.settings import Kafka, Mqtt, Postgres
from tests.alerts.building import a_finding, a_home
from tests.alerts.running import environ_of, running, with_home
from tests.alerts.test_a_device_speaks import a_gateway
from tests.alerts.test_one_cry_becomes_one_push import tell
from tests.alerts.test_web_push import VAPID
from tests.until import until

pytestmark = pytest.mark.door
HOME = HomeId("h-every-channel")
NEIGHBOUR = Responder(
    responder_id=ResponderId("neighbour"),
    name="홍길순",
    kind=ResponderKind.FAMILY,
    contacts=(Contact(channel=Channel.WEB_PUSH, address="browser"), Contact(channel=Channel.DEVICE, address="siren")),
)


async def test_the_service_asks_for_browsers_sounds_a_siren_and_marks_what_did_not_work(
    postgres: Postgres, kafka: Kafka, mqtt: Mqtt, tmp_path: Path
) -> None:
    await with_home(postgres, a_home(HOME, responders=(NEIGHBOUR,)))
    environ = environ_of(postgres, kafka) | {
        "DOLBOM_MQTT_HOST": mqtt.host,
        "DOLBOM_MQTT_PORT": str(mqtt.port),
        "DOLBOM_ALERTS_WEB_PUSH_KEY": VAPID,
        "DOLBOM_ALERTS_WEB_PUSH_CONTACT": "mailto:centre@example.org",
    }
    async with a_gateway(mqtt, HOME) as gateway, running(tmp_path, environ), pooled(postgres) as pool:
        await tell(kafka, a_finding(home=HOME, since=clock.now()))
        await until(lambda: _came_of(pool), within=30, what="the browser was tried and the siren told")
        assert ("web_push", "failed", "not_subscribed") in await _came_of(pool), "nobody has switched it on yet"
        await until(lambda: gateway.heard, within=30, what="the siren is told to sound")
        assert gateway.heard[0][0] == f"cmd/{HOME}/siren"
        (state,) = (await Contacts(pool).all()).values()
        assert state.channel == Channel.WEB_PUSH and state.failing_since is not None


async def _came_of(pool: Pool) -> list[tuple[object, ...]]:
    async with pool.connection() as connection:
        statement = "select channel, state, failure from notification where settled_at is not null"
        return list(await (await connection.execute(statement)).fetchall())
