"""What a gateway hears from the bridge, and what of it is told in the stream beside its readings."""

from pathlib import Path

import pytest

from contracts import HeardMessages, decode
from contracts.topics import MESSAGES, READINGS
from contracts.values import GatewayStatus, HelpButton
from runtime.settings import Settings
from tests.ingest.doors import a_bridge, a_gateway, a_log
from tests.ingest.street import a_home, saved, topic_of
from tests.until import until

pytestmark = pytest.mark.door

CRY = '{"sensor":"pendant","value":{"kind":"help_button"}}'


def numbered(seq: int, *, oldest: int) -> str:
    return f'{{"session":1,"seq":{seq},"oldest":{oldest},"readings":[{CRY}]}}'


async def test_both_trees_have_one_count_and_what_a_gateway_gave_up_is_told(settings: Settings, tmp_path: Path) -> None:
    await saved(settings.postgres, a_home("h-0001"))
    late = topic_of("h-0001").replace("home/", "late/", 1)
    with a_bridge(settings, tmp_path) as bridge, a_gateway(settings.mqtt) as gateway:
        bridge.wait_ready()
        gateway.listen("ack/h-0001")
        async with a_log(settings.kafka, READINGS) as log:
            gateway.say(topic_of("h-0001"), numbered(3, oldest=1))
            gateway.say(late, numbered(1, oldest=1))
            gateway.say(late, numbered(2, oldest=1))
            await until(lambda: ("ack/h-0001", {"session": 1, "seq": 3}) in gateway.heard, what="three of one count")
            gateway.say(topic_of("h-0001"), numbered(9, oldest=8))

            async def told() -> bool:
                values = [reading.value for reading in await log.readings()]
                return values.count(HelpButton()) == 4 and GatewayStatus(lost_messages=4) in values

            await until(told, what="the loss in the stream")
            await until(lambda: gateway.heard[-1] == ("ack/h-0001", {"session": 1, "seq": 7}), what="all but the gap")
            assert "dolbom_ingest_lost_total 4.0" in bridge.metrics()


async def test_every_message_goes_to_the_raw_view_with_what_became_of_it(settings: Settings, tmp_path: Path) -> None:
    # Of a home of its own: what other tests let the broker keep is heard first, and refused.
    await saved(settings.postgres, a_home("h-raw-view"))
    with a_bridge(settings, tmp_path) as bridge, a_gateway(settings.mqtt) as gateway:
        bridge.wait_ready()
        async with a_log(settings.kafka, MESSAGES) as log:
            gateway.say(topic_of("h-raw-view"), numbered(1, oldest=1))
            gateway.say(topic_of("h-raw-view"), "{")
            seen: list[tuple[int, int]] = []

            async def shown() -> bool:
                await log.look()
                records = [decode(value, HeardMessages) for values in log.records.values() for value in values]
                everybody = [message for record in records for message in record.messages]
                heard = [message for message in everybody if message.home_id == "h-raw-view"]
                # What the broker sends a second time is shown a second time; the first sight keeps the order.
                seen[:] = dict.fromkeys((each.readings, len(each.refusals)) for each in heard)
                return len(seen) == 2

            # A round every five seconds, and a busy machine.
            await until(shown, within=30, what="both in the raw view")
            assert seen == [(1, 0), (0, 1)]


async def test_a_gateway_is_asked_for_words_that_nobody_knows(settings: Settings, tmp_path: Path) -> None:
    await saved(settings.postgres, a_home("h-0001"))
    with a_bridge(settings, tmp_path) as bridge, a_gateway(settings.mqtt) as gateway:
        bridge.wait_ready()
        gateway.listen("cmd/h-0001/#")
        gateway.say(topic_of("h-0001", "sparkplug/spBv1.0/home/NDATA/node"), b"\x08\x01")
        await until(lambda: gateway.asked, what="the question")
        assert gateway.asked == ["cmd/h-0001/sparkplug/spBv1.0/home/NCMD/node"]
