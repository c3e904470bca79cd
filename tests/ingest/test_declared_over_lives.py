"""What a device declared is known to the bridge that comes after the one that heard it, and strangers are asked."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import paho.mqtt.client as paho
import pytest

from contracts import Value
from contracts.topics import READINGS
from contracts.values import GatewayStatus, Motion, Smoke
from ingest.decode.sparkplug_schema import PAYLOAD
from ingest.postgres import DeclarationStore
from runtime.postgres import pooled
from runtime.settings import Ingest, Kafka, Mqtt, Postgres, Settings
from tests.ingest.doors import Gateway, Log, a_bridge, a_log
from tests.ingest.street import a_home, saved, topic_of
from tests.until import until

pytestmark = pytest.mark.door

HOME = "h-0001"
CONFIG = b'{"stat_t":"hall/pir","dev_cla":"motion","uniq_id":"hall"}'
DISCOVERY = topic_of(HOME, "homeassistant/homeassistant/binary_sensor/hall/config")
STATE = topic_of(HOME, "homeassistant/hall/pir")
NODE = "sparkplug/spBv1.0/g/{}/node"
ALIAS = 7


class Listener(Gateway):
    """A gateway that hears commands as they are written."""

    def _on_message(self, client: paho.Client, data: object, message: paho.MQTTMessage) -> None:
        self.heard.append((message.topic, message.payload))


def born() -> bytes:
    metrics = [
        {"name": b"bdSeq", "datatype": 4, "long_value": 1},
        {"name": b"Smoke", "alias": ALIAS, "boolean_value": False},
    ]
    return PAYLOAD(seq=0, metrics=metrics).SerializeToString()


def alarm(seq: int) -> bytes:
    return PAYLOAD(seq=seq, metrics=[{"alias": ALIAS, "boolean_value": True}]).SerializeToString()


async def said(log: Log, *values: Value) -> bool:
    got = [reading.value for reading in await log.readings()]
    return all(got.count(value) >= values.count(value) for value in values)


async def stored(postgres: Postgres, words: Sequence[str]) -> bool:
    async with pooled(postgres) as pool:
        kept = await DeclarationStore(pool).load_all()
    return set(words) <= {name for declared in kept.values() for _, name in declared}


async def test_a_declaration_outlives_the_bridge_and_its_takeover(
    any_mqtt: Mqtt, kafka: Kafka, any_postgres: Postgres, tmp_path: Path
) -> None:
    await saved(any_postgres, a_home(HOME))
    settings = Settings(mqtt=any_mqtt, kafka=kafka, postgres=any_postgres, ingest=Ingest(name="one"))
    gateway = Listener(any_mqtt)
    try:
        async with a_log(kafka, READINGS) as log:
            with a_bridge(settings, tmp_path) as bridge:
                bridge.wait_ready()
                gateway.say(DISCOVERY, CONFIG, retain=True)
                gateway.say(topic_of(HOME, NODE.format("NBIRTH")), born())
                gateway.say(STATE, b"ON")
                seen = (Motion(active=True), GatewayStatus(online=True, session=1), Smoke(active=False))
                await until(partial(said, log, *seen), what="the first life's readings")
                words = ("topic hall/pir", "node g/node")
                await until(partial(stored, any_postgres, words), what="the declarations in the database")
                bridge.kill()
            gateway.say(STATE, b"OFF")
            gateway.say(topic_of(HOME, NODE.format("NDATA")), alarm(9))
            other = replace(settings, ingest=Ingest(name="two"))
            with a_bridge(other, tmp_path):
                later = (*seen, Motion(active=False), Smoke(active=True))
                await until(partial(said, log, *later), within=40, what="what was said between the two lives")
    finally:
        gateway.say(DISCOVERY, b"", retain=True)
        gateway.close()


async def test_who_says_what_nobody_declared_is_asked(
    any_mqtt: Mqtt, kafka: Kafka, postgres: Postgres, tmp_path: Path
) -> None:
    await saved(postgres, a_home(HOME))
    gateway = Listener(any_mqtt)
    try:
        with a_bridge(Settings(mqtt=any_mqtt, kafka=kafka, postgres=postgres), tmp_path) as bridge:
            bridge.wait_ready()
            gateway.listen(f"cmd/{HOME}/#")
            gateway.say(STATE, b"ON")
            gateway.say(topic_of(HOME, NODE.format("NDATA")), alarm(9))
            await until(lambda: len(gateway.heard) >= 2, what="both questions")
            asked = dict(gateway.heard)
            assert asked[f"cmd/{HOME}/homeassistant/homeassistant/status"] == b"online"
            assert b"Node Control/Rebirth" in bytes(str(asked[f"cmd/{HOME}/sparkplug/spBv1.0/g/NCMD/node"]), "utf-8")
    finally:
        gateway.close()
