"""What is under way to Kafka, and what happens behind a record that failed."""

import asyncio
from collections import defaultdict
from datetime import timedelta

import msgspec
import pytest
from aiokafka.errors import KafkaTimeoutError
from msgspec.structs import replace
from structlog.testing import capture_logs

from contracts import Reading, ReadingBatch, decode, shard_of
from contracts.topics import PARTITIONS
from contracts.values import HelpButton
from ingest.intake import Intake, take_in
from ingest.kafka import Publisher, SendBroke
from ingest.lanes import MOST_READINGS
from ingest.message import GatewayMessage
from runtime import clock
from runtime.settings import Kafka
from tests.ingest.messages import LIMITS, NOON
from tests.ingest.street import a_watched_home, topic_of
from tests.until import until


class Paper:
    """A producer that writes on paper, each record when the test lets it; one of them it refuses."""

    def __init__(self, *, refused: int = -1) -> None:
        self.under_way: dict[int, int] = defaultdict(int)
        self.most_under_way = 0
        self.written: list[ReadingBatch] = []
        self.free = asyncio.Event()
        self._left = refused

    async def send_and_wait(self, topic: str, value: bytes, *, key: bytes, partition: int) -> None:
        self.under_way[partition] += 1
        self.most_under_way = max(self.most_under_way, *self.under_way.values())
        await self.free.wait()
        self.under_way[partition] -= 1
        self._left -= 1
        if self._left == -1:
            raise KafkaTimeoutError
        self.written.append(decode(value, ReadingBatch))

    def readings(self) -> list[Reading]:
        return [reading for batch in self.written for reading in batch.readings]


def a_publisher(paper: Paper, *, linger: float = 0.0, backlog_per_second: float = 1e9) -> Publisher:
    return Publisher(paper, Kafka(), linger_seconds=linger, backlog_per_second=backlog_per_second)


def a_cry(seq: int, *, readings: int = 1) -> GatewayMessage:
    said = ",".join([f'{{"sensor":"s-{seq}","value":{{"kind":"help_button"}}}}'] * readings)
    payload = f'{{"session":1,"seq":{seq},"readings":[{said}]}}'.encode()
    return GatewayMessage(topic=topic_of("h-0001"), payload=payload, received_at=NOON + timedelta(seconds=seq))


def a_message(seq: int) -> GatewayMessage:
    cry = a_cry(seq)
    return replace(cry, payload=cry.payload.replace(b'{"kind":"help_button"}', b'{"kind":"motion","active":true}'))


HOMES = {"h-0001": a_watched_home("h-0001")}


async def test_only_one_record_of_a_partition_is_under_way_and_the_rest_goes_together_in_order() -> None:
    paper = Paper()
    publisher = a_publisher(paper)
    publisher.put(take_in(a_cry(0), HOMES, LIMITS))
    await until(lambda: paper.under_way, what="the first record under way")
    tickets = [publisher.put(take_in(a_cry(seq), HOMES, LIMITS)) for seq in range(1, 30)]
    paper.free.set()
    await publisher.settled()
    assert paper.most_under_way == 1
    assert [len(batch.readings) for batch in paper.written] == [1, 29]
    assert [reading.sensor_id for reading in paper.readings()] == [f"s-{seq}" for seq in range(30)]
    assert not any(ticket.left for ticket in tickets)


async def test_nothing_is_written_behind_a_record_that_failed_and_no_ticket_is_closed() -> None:
    paper = Paper(refused=1)
    publisher = a_publisher(paper)
    paper.free.set()
    tickets = []
    for seq in range(3):
        tickets.append(publisher.put(take_in(a_cry(seq), HOMES, LIMITS)))
        await publisher.settled()
    assert publisher.failed.is_set()
    assert [reading.sensor_id for reading in paper.readings()] == ["s-0"]
    assert [ticket.left for ticket in tickets] == [0, 1, 1]


class Torn(Paper):
    """A producer that breaks in a way that Kafka never does."""

    async def send_and_wait(self, topic: str, value: bytes, *, key: bytes, partition: int) -> None:
        raise ZeroDivisionError


async def test_a_send_that_breaks_as_none_should_is_told_to_whoever_waits_and_blocks_nobody() -> None:
    publisher = a_publisher(Torn())
    ticket = publisher.put(take_in(a_cry(1), HOMES, LIMITS))
    with pytest.raises(SendBroke) as told:
        await asyncio.wait_for(publisher.settled(), 5)
    assert isinstance(told.value.__cause__, ZeroDivisionError)
    assert publisher.failed.is_set() and ticket.left == 1
    with pytest.raises(SendBroke):
        await asyncio.wait_for(publisher.given_up(), 5)


async def test_a_refusal_is_logged_with_the_home_when_it_is_known() -> None:
    publisher = a_publisher(Paper())
    with capture_logs() as logs:
        for home_id in ("h-0001", "h-9999"):
            message = GatewayMessage(
                topic=topic_of(home_id), payload=b"[" if home_id == "h-0001" else b"{}", received_at=NOON
            )
            publisher.put(take_in(message, HOMES, LIMITS))
    assert [(line["reason"], line["home_id"]) for line in logs] == [("not_json", "h-0001"), ("unknown_home", None)]


async def test_a_message_is_done_only_when_all_records_that_carry_it_are_written() -> None:
    paper = Paper()
    publisher = a_publisher(paper)
    ticket = publisher.put(take_in(a_cry(1, readings=MOST_READINGS + 100), HOMES, LIMITS))
    paper.free.set()
    await publisher.settled()
    assert [len(batch.readings) for batch in paper.written] == [MOST_READINGS, 100]
    assert ticket.left == 0 and {reading.value for reading in paper.readings()} == {HelpButton()}


async def test_what_is_watched_goes_before_the_readings_of_the_home_and_large_streets_in_pieces() -> None:
    paper = Paper()
    publisher = a_publisher(paper, linger=60)
    sensors = {f"sensor-{number:04}": "motion" for number in range(2_000)}
    street = [a_watched_home(name, **sensors) for name in names_on_one_partition(5)]
    publisher.tell(street)
    paper.free.set()
    publisher.put(take_in(a_cry(1), HOMES, LIMITS))
    await publisher.settled()
    told = [home.home_id for batch in paper.written for home in batch.homes]
    assert told == [home.home_id for home in street] and len(paper.written) > 1
    assert [bool(batch.readings) for batch in paper.written] == [False] * (len(paper.written) - 1) + [True]


def names_on_one_partition(count: int) -> list[str]:
    names = (f"h-{number}" for number in range(1_000))
    wanted = shard_of("h-0001") % PARTITIONS
    return [name for name in names if shard_of(name) % PARTITIONS == wanted][:count]


async def test_a_sign_of_life_is_an_empty_record_on_each_partition() -> None:
    paper = Paper()
    publisher = a_publisher(paper)
    publisher.tick()
    paper.free.set()
    await publisher.settled()
    assert [(batch.homes, batch.readings) for batch in paper.written] == [((), ())] * PARTITIONS


async def test_only_partitions_whose_homes_the_bridge_hears_get_signs_of_life() -> None:
    paper = Paper()
    mine = shard_of("h-0001") % PARTITIONS
    publisher = a_publisher(paper)
    publisher.heard = frozenset({mine})
    publisher.tick()
    paper.free.set()
    await publisher.settled()
    assert set(paper.under_way) == {mine}


async def test_a_record_of_a_partition_that_is_heard_in_part_says_so() -> None:
    paper = Paper()
    publisher = a_publisher(paper)
    paper.free.set()
    for heard in (frozenset[int](), frozenset(range(PARTITIONS))):
        publisher.heard = heard
        publisher.put(take_in(a_cry(len(heard)), HOMES, LIMITS))
        await publisher.settled()
    assert [batch.listened for batch in paper.written] == [False, True]


async def test_a_press_overtakes_a_million_late_readings() -> None:
    paper = Paper()
    publisher = a_publisher(paper, backlog_per_second=2_000)
    paper.free.set()
    (reading,) = take_in(a_cry(0), HOMES, LIMITS).readings
    old = msgspec.structs.replace(reading, late=True)
    for _ in range(1_000):
        publisher.put(Intake(readings=(old,) * 1_000, home_id=reading.home_id), backlog=True)
    press = publisher.put(take_in(a_cry(1), HOMES, LIMITS))
    await until(lambda: not press.left, within=1, what="the press in Kafka")
    assert [reading.sensor_id for reading in paper.readings() if not reading.late] == ["s-1"]
    assert len(paper.readings()) <= 2_000


async def test_a_backlog_comes_at_its_pace_and_in_order() -> None:
    paper = Paper()
    publisher = a_publisher(paper, backlog_per_second=1_000)
    paper.free.set()
    began = clock.ticks()
    tickets = [publisher.put(take_in(a_cry(seq), HOMES, LIMITS), backlog=True) for seq in range(500)]
    await until(lambda: not any(ticket.left for ticket in tickets), what="the backlog in Kafka")
    assert [reading.sensor_id for reading in paper.readings()] == [f"s-{seq}" for seq in range(500)]
    assert clock.ticks() - began > 0.2


async def test_what_the_broker_will_send_again_is_dropped_and_the_rest_goes() -> None:
    paper = Paper()
    publisher = a_publisher(paper, linger=60)
    tickets = [publisher.put(take_in(a_message(seq), HOMES, LIMITS)) for seq in range(4)]
    tickets[0].void = tickets[2].void = True
    publisher.forget(shard_of("h-0001") % PARTITIONS)
    paper.free.set()
    await publisher.settled()
    assert [reading.sensor_id for reading in paper.readings()] == ["s-1", "s-3"]
