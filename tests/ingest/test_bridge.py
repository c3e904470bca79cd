"""The bridge between real brokers: nothing is lost, the order of a home is kept, and it says what it turned away."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from contracts import Reading, RefusalReason, shard_of
from contracts.topics import PARTITIONS, READINGS, REFUSED
from contracts.values import HelpButton, Motion
from ingest.bridge.mqtt import prepare
from ingest.message import GatewayMessage
from ingest.mqtt import Connection
from ingest.ticket import Ticket
from runtime.settings import Ingest, Kafka, Mqtt, Postgres, Settings
from tests.ingest.doors import Log, a_bridge, a_gateway, a_log
from tests.ingest.proxy import a_cable
from tests.ingest.street import a_home, saved, topic_of
from tests.until import until

pytestmark = pytest.mark.door

MOTION = '{"kind":"motion","active":true}'


def a_message(seq: int, *, value: str = MOTION) -> bytes:
    return f'{{"session":3,"seq":{seq},"readings":[{{"sensor":"s-{seq}","value":{value}}}]}}'.encode()


def a_flow(homes: Sequence[str], count: int, *, begin: int = 0) -> list[tuple[str, bytes]]:
    return [(topic_of(homes[seq % len(homes)]), a_message(seq)) for seq in range(begin, begin + count)]


def in_first_seen_order(readings: Sequence[Reading]) -> dict[str, list[int]]:
    """Name each home's messages as they were first written; a repeat counts as nothing."""
    seen: dict[str, list[int]] = {}
    for reading in readings:
        seqs = seen.setdefault(reading.home_id, [])
        if (seq := int(reading.sensor_id.removeprefix("s-"))) not in seqs:
            seqs.append(seq)
    return seen


async def everything(log: Log, homes: Sequence[str], count: int) -> None:
    """Wait until all messages of a flow are in Kafka; each home's are in the order in which it said them."""

    async def complete() -> bool:
        return len({reading.sensor_id for reading in await log.readings()}) >= count

    await until(complete, within=60, what=f"{count} messages in Kafka")
    expected = {home: list(range(place, count, len(homes))) for place, home in enumerate(homes)}
    assert in_first_seen_order(await log.readings()) == expected


def proxied(kafka: Kafka, port: int) -> Kafka:
    return replace(kafka, bootstrap=f"127.0.0.1:{port}")


def port_of(kafka: Kafka) -> int:
    return int(kafka.bootstrap.rpartition(":")[2])


async def test_a_movement_in_a_home_reaches_kafka_and_its_gateway_is_told(
    any_mqtt: Mqtt, any_kafka: Kafka, postgres: Postgres, tmp_path: Path
) -> None:
    settings = Settings(mqtt=any_mqtt, kafka=any_kafka, postgres=postgres)
    await saved(postgres, a_home("h-0001"))
    with a_bridge(settings, tmp_path) as bridge, a_gateway(any_mqtt) as gateway:
        bridge.wait_ready()
        gateway.listen("ack/h-0001")
        async with a_log(any_kafka, READINGS) as log:
            gateway.say(topic_of("h-0001"), b'{"seq":99,"readings":[]}')
            gateway.say(topic_of("h-0001"), a_message(17).replace(b'"seq"', b'"oldest":17,"seq"'))
            await until(log.readings, what="the reading in Kafka")
            (reading,) = await log.readings()
            assert (reading.home_id, reading.sensor_id, reading.value) == ("h-0001", "s-17", Motion(active=True))
            assert {shard_of("h-0001") % PARTITIONS} == {
                place for place, batches in (await log.batches_by_partition()).items()
                for batch in batches if batch.readings or batch.homes
            }  # fmt: skip
            told = [home for batch in await log.batches() for home in batch.homes]
            assert [home.home_id for home in told] == ["h-0001"]
        await until(lambda: ("ack/h-0001", {"session": 3, "seq": 17}) in gateway.heard, what="the acknowledgement")
        # The message that named no session was heard before, and nobody is told to forget it.
        assert {topic for topic, _ in gateway.heard} == {"ack/h-0001"} and len(gateway.heard) == 1
        assert bridge.stop() < 5


async def test_every_partition_gets_a_sign_of_life(settings: Settings, tmp_path: Path) -> None:
    with a_bridge(settings, tmp_path) as bridge:
        bridge.wait_ready()
        async with a_log(settings.kafka, READINGS) as log:

            async def alive() -> bool:
                by_partition = await log.batches_by_partition()
                return all(len(by_partition.get(place, [])) >= 2 for place in range(PARTITIONS))

            await until(alive, within=15, what="two records on each partition")


@pytest.mark.parametrize("fault", ["pull", "hang"])
async def test_while_kafka_is_away_the_broker_keeps_everything_even_when_the_bridge_is_killed(
    fault: str, any_mqtt: Mqtt, kafka: Kafka, postgres: Postgres, tmp_path: Path
) -> None:
    homes = [f"h-{number}" for number in range(5)]
    await saved(postgres, *(a_home(home_id) for home_id in homes))
    with a_cable(port_of(kafka)) as cable, a_gateway(any_mqtt) as gateway:
        settings = Settings(mqtt=any_mqtt, kafka=proxied(kafka, cable.port), postgres=postgres)
        async with a_log(kafka, READINGS) as log:
            with a_bridge(settings, tmp_path) as bridge:
                bridge.wait_ready()
                gateway.say_many(a_flow(homes, 40))
                await everything(log, homes, 40)
                getattr(cable, fault)()
                gateway.say_many(a_flow(homes, 40, begin=40))
                assert len(await log.readings()) == 40
                bridge.kill()
            cable.plug()
            with a_bridge(settings, tmp_path):
                await everything(log, homes, 80)


async def test_when_kafka_comes_back_the_same_bridge_goes_on(
    mqtt: Mqtt, any_kafka: Kafka, postgres: Postgres, tmp_path: Path
) -> None:
    homes = [f"h-{number}" for number in range(5)]
    await saved(postgres, *(a_home(home_id) for home_id in homes))
    with a_cable(port_of(any_kafka)) as cable, a_gateway(mqtt) as gateway:
        settings = Settings(mqtt=mqtt, kafka=proxied(any_kafka, cable.port), postgres=postgres)
        async with a_log(any_kafka, READINGS) as log:
            with a_bridge(settings, tmp_path) as bridge:
                bridge.wait_ready()
                cable.pull()
                gateway.say_many(a_flow(homes, 90))
                assert not await log.readings()
                cable.plug()
                await everything(log, homes, 90)
                gateway.say_many(a_flow(homes, 30, begin=90))
                await everything(log, homes, 120)


async def test_a_bridge_killed_while_hundreds_of_messages_flow_loses_none(
    any_mqtt: Mqtt, kafka: Kafka, postgres: Postgres, tmp_path: Path
) -> None:
    homes = [f"h-{number}" for number in range(7)]
    await saved(postgres, *(a_home(home_id) for home_id in homes))
    settings = Settings(mqtt=any_mqtt, kafka=kafka, postgres=postgres)
    async with a_log(kafka, READINGS) as log:
        with a_gateway(any_mqtt) as gateway:
            for life in range(3):
                with a_bridge(settings, tmp_path) as bridge:
                    bridge.wait_ready()
                    before = len(await log.readings())
                    flow = asyncio.create_task(
                        asyncio.to_thread(gateway.say_many, a_flow(homes, 500, begin=500 * life))
                    )
                    await until(partial(grown, log, before), what="the flow in its middle")
                    bridge.kill()
                    await flow
            with a_bridge(settings, tmp_path):
                await everything(log, homes, 1_500)


async def grown(log: Log, before: int) -> bool:
    return len(await log.readings()) > before


async def test_a_lost_connection_is_taken_up_again_and_nothing_is_missing(
    any_mqtt: Mqtt, kafka: Kafka, postgres: Postgres, tmp_path: Path
) -> None:
    homes = ["h-1", "h-2"]
    await saved(postgres, *(a_home(home_id) for home_id in homes))
    with a_cable(any_mqtt.port) as cable, a_gateway(any_mqtt) as gateway:
        settings = Settings(mqtt=replace(any_mqtt, port=cable.port), kafka=kafka, postgres=postgres)
        async with a_log(kafka, READINGS) as log:
            with a_bridge(settings, tmp_path) as bridge:
                bridge.wait_ready()
                cable.pull()
                gateway.say_many(a_flow(homes, 50))
                cable.plug()
                await everything(log, homes, 50)


async def test_a_cry_does_not_wait_for_company_and_takes_along_what_waits(
    mqtt: Mqtt, kafka: Kafka, postgres: Postgres, tmp_path: Path
) -> None:
    await saved(postgres, a_home("h-0001"))
    slow = Settings(mqtt=mqtt, kafka=kafka, postgres=postgres, ingest=Ingest(linger_milliseconds=600_000))
    with a_bridge(slow, tmp_path) as bridge, a_gateway(mqtt) as gateway:
        bridge.wait_ready()
        async with a_log(kafka, READINGS) as log:
            gateway.say(topic_of("h-0001"), a_message(1))
            gateway.say(topic_of("h-0001"), a_message(2, value='{"kind":"help_button"}'))
            await until(log.readings, within=3, what="the cry")
            assert [reading.value for reading in await log.readings()] == [Motion(active=True), HelpButton()]


async def test_a_home_that_is_enrolled_is_known_without_a_restart(settings: Settings, tmp_path: Path) -> None:
    with a_bridge(settings, tmp_path) as bridge, a_gateway(settings.mqtt) as gateway:
        bridge.wait_ready()
        async with a_log(settings.kafka, REFUSED) as refused, a_log(settings.kafka, READINGS) as log:
            gateway.say(topic_of("h-0009"), a_message(1))
            await until(refused.refusals, what="the refusal")
            assert [refusal.reason for refusal in await refused.refusals()] == [RefusalReason.UNKNOWN_HOME]
            await saved(settings.postgres, a_home("h-0009"))
            await until(log.homes, what="the home told in the stream")
            gateway.say(topic_of("h-0009"), a_message(2))
            await until(log.readings, what="the reading")
            await saved(settings.postgres, a_home("h-0009", pendant="help_button"))

            async def newer() -> bool:
                return [home.version for home in await log.homes()] == [1, 2]

            await until(newer, what="the changed home told in the stream")


TOO_WET = '{"kind":"humidity","percent":1e9}'
BAD = {
    RefusalReason.NOT_JSON: ("h-0001", "native/readings", b'{"readings":['),
    RefusalReason.WRONG_SHAPE: ("h-0001", "native/readings", b'{"readings":[{"sensor":7}]}'),
    RefusalReason.TOO_LARGE: ("h-0001", "native/readings", b"x" * (1 << 20)),
    RefusalReason.UNKNOWN_HOME: ("h-9999", "native/readings", a_message(1)),
    RefusalReason.ANOTHER_HOME: ("h-0001", "native/readings", b'{"home":"h-0002","readings":[]}'),
    RefusalReason.TIME_TOO_OLD: ("h-0001", "native/readings", b'{"at":0,' + a_message(1)[1:]),
    RefusalReason.TIME_IN_FUTURE: ("h-0001", "native/readings", b'{"at":"2099-01-01T00:00:00Z",' + a_message(2)[1:]),
    RefusalReason.NOT_TEXT: ("h-0001", "native/readings", bytes(range(256))),
    RefusalReason.NOTHING_WE_KNOW: ("h-0001", "native/readings", a_message(3, value='{"kind":"mood"}')),
    RefusalReason.IMPOSSIBLE_VALUE: ("h-0001", "native/readings", a_message(4, value=TOO_WET)),
    RefusalReason.UNKNOWN_DIALECT: ("h-0001", "klingon/readings", b"{}"),
}  # fmt: skip


async def test_each_bad_input_gets_its_reason_and_the_stream_goes_on(
    any_mqtt: Mqtt, kafka: Kafka, postgres: Postgres, tmp_path: Path
) -> None:
    await saved(postgres, a_home("h-0001"))
    settings = Settings(mqtt=any_mqtt, kafka=kafka, postgres=postgres)
    with a_bridge(settings, tmp_path) as bridge, a_gateway(any_mqtt) as gateway:
        bridge.wait_ready()
        async with a_log(kafka, REFUSED) as refused, a_log(kafka, READINGS) as log:
            for home_id, path, payload in BAD.values():
                gateway.say(topic_of(home_id, path), payload)
            gateway.say(topic_of("h-0001", "native"), a_message(5))
            gateway.say(f"home/{(shard_of('h-0001') + 1) % 16:02x}/h-0001/native/readings", a_message(6))
            gateway.say(topic_of("h-0001"), a_message(7))
            expected = {*BAD, RefusalReason.BAD_TOPIC, RefusalReason.WRONG_SHARD}

            async def all_told() -> bool:
                return {refusal.reason for refusal in await refused.refusals()} == expected

            await until(all_told, what="every reason")
            await until(log.readings, what="the good reading")
            kept = {refusal.reason for refusal in await refused.refusals() if refusal.kept}
            assert kept == {RefusalReason.TIME_TOO_OLD, RefusalReason.TIME_IN_FUTURE}
            assert [reading.sensor_id for reading in await log.readings()] == ["s-1", "s-2", "s-7"]
        for reason in expected:
            assert f'dolbom_ingest_refusals_total{{reason="{reason}"}} 1.0' in bridge.metrics()


async def test_what_was_said_before_the_first_start_is_not_lost_once_the_session_exists(
    any_mqtt: Mqtt, kafka: Kafka, postgres: Postgres, tmp_path: Path
) -> None:
    await saved(postgres, a_home("h-0001"))
    settings = Settings(mqtt=any_mqtt, kafka=kafka, postgres=postgres)
    with a_bridge(settings, tmp_path, "init") as preparing:
        await until(lambda: not preparing.alive, what="the end of the preparation")
        assert preparing.status == 0, preparing.log_tail()
    with a_gateway(any_mqtt) as gateway:
        gateway.say_many(a_flow(["h-0001"], 20))
    async with a_log(kafka, READINGS) as log:
        with a_bridge(settings, tmp_path):
            await everything(log, ["h-0001"], 20)


async def test_a_bridge_whose_kafka_hangs_says_that_it_is_not_ready(
    mqtt: Mqtt, kafka: Kafka, postgres: Postgres, tmp_path: Path
) -> None:
    await saved(postgres, a_home("h-0001"))
    with a_cable(port_of(kafka)) as cable, a_gateway(mqtt) as gateway:
        settings = Settings(mqtt=mqtt, kafka=proxied(kafka, cable.port), postgres=postgres)
        with a_bridge(settings, tmp_path) as bridge:
            bridge.wait_ready()
            cable.hang()
            gateway.say_many(a_flow(["h-0001"], 1))
            await until(lambda: not bridge.ready(), within=12, what="the loss of readiness")
            cable.plug()
            await until(bridge.ready, within=12, what="readiness again")


@pytest.mark.parametrize("fault", ["pull", "hang"])
async def test_a_bridge_stops_in_time_even_when_kafka_is_dead(
    fault: str, mqtt: Mqtt, kafka: Kafka, postgres: Postgres, tmp_path: Path
) -> None:
    await saved(postgres, a_home("h-0001"))
    with a_cable(port_of(kafka)) as cable, a_gateway(mqtt) as gateway:
        settings = Settings(mqtt=mqtt, kafka=proxied(kafka, cable.port), postgres=postgres)
        with a_bridge(settings, tmp_path) as bridge:
            bridge.wait_ready()
            getattr(cable, fault)()
            gateway.say_many(a_flow(["h-0001"], 20))
            assert bridge.stop(within=8) < 5


async def test_a_full_window_stops_the_reading_and_loses_nothing(
    any_mqtt: Mqtt, kafka: Kafka, postgres: Postgres, tmp_path: Path
) -> None:
    await saved(postgres, a_home("h-0001"))
    with a_cable(port_of(kafka)) as cable, a_gateway(any_mqtt) as gateway:
        settings = Settings(
            mqtt=any_mqtt, kafka=proxied(kafka, cable.port), postgres=postgres, ingest=Ingest(window=20)
        )  # fmt: skip
        async with a_log(kafka, READINGS) as log:
            with a_bridge(settings, tmp_path) as bridge:
                bridge.wait_ready()
                cable.hang()
                gateway.say_many(a_flow(["h-0001"], 300))
                await until(lambda: "dolbom_ingest_pauses_total 1.0" in bridge.metrics(), what="the pause")
                cable.plug()
                await everything(log, ["h-0001"], 300)


async def test_the_session_of_an_earlier_release_is_ended_only_when_asked(
    any_mqtt: Mqtt, kafka: Kafka, postgres: Postgres, tmp_path: Path
) -> None:
    settings = Settings(mqtt=any_mqtt, kafka=kafka, postgres=postgres)
    heard: list[bytes] = []

    def hear(message: GatewayMessage) -> Ticket:
        heard.append(message.payload)
        return Ticket(left=1)

    async def former() -> Connection:
        connection = Connection(any_mqtt, ("home/#",), window=10, hear=hear, acknowledged=lambda ticket: None)
        await connection.open()
        return connection

    (await former()).drop()
    for end, held in ((False, 1), (True, 0)):
        with a_gateway(any_mqtt) as gateway:
            gateway.say(topic_of("h-0001"), b"before")
        heard.clear()
        await prepare(settings, end_former=end)
        connection = await former()
        with a_gateway(any_mqtt) as gateway:
            gateway.say(topic_of("h-0001"), b"now")
        await until(lambda: b"now" in heard, what="the present")
        assert heard.count(b"before") == held
        connection.drop()
