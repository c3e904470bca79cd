"""The bridge between real brokers: nothing is lost, the order of a home is kept, and it says what it turned away."""

from pathlib import Path

import pytest

from contracts.topics import READINGS
from contracts.values import Motion
from runtime.settings import Kafka, Mqtt, Postgres, Settings
from tests.ingest.doors import a_bridge, a_gateway, a_log
from tests.ingest.street import a_home, saved, topic_of
from tests.until import until

pytestmark = pytest.mark.door


def a_message(seq: int, home_id: str = "h-0001", *, value: str = '{"kind":"motion","active":true}') -> bytes:
    head = f'{{"home":"{home_id}","session":3,"seq":{seq},"readings":'
    return f'{head}[{{"sensor":"motion-living","value":{value}}}]}}'.encode()


async def test_a_movement_in_a_home_reaches_kafka_and_its_gateway_is_told(
    any_mqtt: Mqtt, any_kafka: Kafka, postgres: Postgres, tmp_path: Path
) -> None:
    settings = Settings(mqtt=any_mqtt, kafka=any_kafka, postgres=postgres)
    await saved(postgres, a_home("h-0001"))
    with a_bridge(settings, tmp_path) as bridge, a_gateway(any_mqtt) as gateway:
        bridge.wait_ready()
        gateway.listen("ack/h-0001")
        async with a_log(any_kafka, READINGS) as log:
            gateway.say(topic_of("h-0001"), a_message(17))
            await until(log.readings, what="the reading in Kafka")
            (reading,) = await log.readings()
            assert (reading.home_id, reading.sensor_id, reading.value) == (
                "h-0001",
                "motion-living",
                Motion(active=True),
            )
            told = [home for batch in await log.batches() for home in batch.homes]
            assert [home.home_id for home in told] == ["h-0001"]
        await until(lambda: ("ack/h-0001", {"session": 3, "seq": 17}) in gateway.heard, what="the acknowledgement")
        assert bridge.stop() < 5
