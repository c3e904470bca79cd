"""The rings of what gateways said: the newest 200 of each, exactly once, and gone after a day."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import MOST_HEARD, HeardMessage, HeardMessages, HomeId, Objection, RefusalReason
from history.messages.postgres import MessageStore
from history.messages.rings import Rings, message_rows, refused_rows, ring_rows
from history.recording.batch import Batch, batch_of
from history.recording.postgres import Writer
from runtime import clock
from runtime.postgres import Pool, pooled
from runtime.settings import Postgres
from tests.history.things import NOON, a_heard, a_record

HOME, OTHER = HomeId("h-0001"), HomeId("h-0002")
NOT_JSON = Objection(reason=RefusalReason.NOT_JSON, detail="expected JSON, got 3 bytes")
DOUBT = Objection(reason=RefusalReason.TIME_TOO_OLD, detail="seen a day before it arrived", kept=True)


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=300), max_size=4))
def test_a_ring_holds_the_newest_of_each_home_whatever_came(batches: list[list[str]]) -> None:
    rings = Rings()
    for batch in batches:
        rings.take(a_heard(str(number).encode(), home) for number, home in enumerate(batch))
    said = [home for batch in batches for home in batch]
    assert {row["ring"]: row["heard"] for row in ring_rows(rings)} == {home: said.count(home) for home in {*said}}
    assert len(message_rows(rings)) == sum(min(MOST_HEARD, said.count(home)) for home in {*said}) == len(rings)
    for home in {*said}:
        backs = [row["back"] for row in message_rows(rings) if row["ring"] == home]
        assert backs == list(reversed(range(len(backs))))


def test_only_what_was_turned_away_is_counted_as_refused() -> None:
    rings = Rings()
    rings.take([a_heard(refusals=(NOT_JSON, DOUBT)), a_heard(refusals=(DOUBT,)), a_heard()])
    rings.take([a_heard(refusals=(NOT_JSON,), stranger=True)])
    assert refused_rows(rings) == [{"hour": NOON, "home_id": HOME, "messages": 1}]


@pytest.fixture
async def pool(any_postgres: Postgres) -> AsyncIterator[Pool]:
    async with pooled(any_postgres) as pool:
        yield pool


async def record(pool: Pool, *heard: HeardMessage, offset: int = 0) -> Batch:
    batch = batch_of([a_record(HeardMessages(messages=heard), offset)])
    writer = Writer(pool)
    await writer.write(batch, await writer.offsets(batch.ends))
    return batch


def said(heard: list[HeardMessage]) -> list[str]:
    return [one.payload.decode() for one in heard]


@pytest.mark.door
async def test_what_a_gateway_said_is_read_back_as_it_was(pool: Pool) -> None:
    heard = [
        a_heard(b"\xff\x00\xfe", observed_at=NOON - timedelta(seconds=3)),
        a_heard(b"{{", refusals=(NOT_JSON, DOUBT)),
    ]
    await record(pool, *heard)
    assert await MessageStore(pool).last(HOME, now=NOON) == heard[::-1]


@pytest.mark.door
async def test_a_ring_keeps_the_newest_200_and_never_grows(pool: Pool) -> None:
    store = MessageStore(pool)
    for start in (0, 150, 700):
        numbers = range(start, start + (150 if start < 150 else 550))
        messages = [a_heard(str(number).encode(), at=NOON + timedelta(milliseconds=number)) for number in numbers]
        await record(pool, *messages, a_heard(b"other", OTHER), offset=start)
        newest = numbers[-1]
        shown = said(await store.last(HOME, now=NOON))
        assert shown == [str(number) for number in range(newest, max(-1, newest - MOST_HEARD), -1)]
    assert said(await store.last(OTHER, now=NOON)) == ["other"] * 3
    assert await count(pool) == MOST_HEARD + 3


async def count(pool: Pool) -> int:
    async with pool.connection() as connection:
        row = await (await connection.execute("select count(*) from gateway_message")).fetchone()
    return int(f"{row[0]}") if row else 0


@pytest.mark.door
async def test_a_batch_that_is_recorded_by_another_writes_no_message_twice(pool: Pool) -> None:
    writer = Writer(pool)
    batch = batch_of([a_record(HeardMessages(messages=(a_heard(),)), 0)])
    starts = await writer.offsets(batch.ends)
    await writer.write(batch, starts)
    with pytest.raises(Exception, match="somebody else"):
        await writer.write(batch, starts)
    assert await count(pool) == 1


@pytest.mark.door
async def test_strangers_share_a_ring_and_are_found_by_the_name_that_they_claim(pool: Pool) -> None:
    store = MessageStore(pool)
    made_up = [a_heard(str(number).encode(), f"made-up-{number}", stranger=True) for number in range(400)]
    claims = a_heard(b"not ours\x00", "h-0001\x00", stranger=True)
    await record(pool, *made_up, a_heard(b"ours", HOME, at=NOON - timedelta(seconds=1)), claims)
    assert await count(pool) == MOST_HEARD + 1
    assert len(await store.strangers(now=NOON)) == MOST_HEARD
    assert said(await store.last(HomeId("made-up-399"), now=NOON)) == ["399"]
    assert said(await store.last(HOME, now=NOON)) == ["ours"]
    assert not (await store.standings([HomeId("made-up-399")], now=NOON))[HomeId("made-up-399")].refused


@pytest.mark.door
async def test_what_is_older_than_a_day_is_not_shown_and_goes(pool: Pool) -> None:
    now, store = clock.now(), MessageStore(pool)
    old = [a_heard(b"old", at=now - timedelta(hours=25)) for _ in range(30)]
    await record(pool, *old, a_heard(b"young", at=now - timedelta(hours=23)))
    await record(pool, *(a_heard(b"gone", OTHER, at=now - timedelta(days=3)) for _ in range(250)), offset=1)
    assert said(await store.last(HOME, now=now)) == ["young"]
    await Writer(pool).keep()
    assert await count(pool) == 1
    await record(pool, a_heard(b"new", at=now), a_heard(b"back", OTHER, at=now), offset=2)
    await Writer(pool).keep()
    assert said(await store.last(HOME, now=now)) == ["new", "young"]
    assert said(await store.last(OTHER, now=now)) == ["back"]


@pytest.mark.door
async def test_a_home_whose_messages_are_refused_stands_out(pool: Pool) -> None:
    store = MessageStore(pool)
    slow = [a_heard(at=NOON + wait, observed_at=NOON - timedelta(seconds=90)) for wait in seconds(0.2, 5, 60)]
    refused = [a_heard(refusals=(NOT_JSON,), at=NOON - timedelta(hours=hour)) for hour in (0, 1, 1, 30)]
    await record(pool, *slow, *refused, a_heard(home=OTHER))
    standings = await store.standings([HOME, OTHER, HomeId("h-0003")], now=NOON)
    assert standings[HOME].refused == 3 and standings[HOME].behind == timedelta(seconds=90.2)
    assert standings[HOME].newest_at == slow[-1].received_at and standings[OTHER].refused == 0
    assert standings[HomeId("h-0003")].newest_at is None
    assert await store.most_refused(5, now=NOON) == [HOME]


def seconds(*waits: float) -> list[timedelta]:
    return [timedelta(seconds=wait) for wait in waits]


@pytest.mark.door
async def test_a_ring_that_turns_is_written_over_in_its_place(pool: Pool) -> None:
    for turn in range(20):
        await record(pool, *(a_heard(b"x" * 300, at=at(turn, number)) for number in range(100)), offset=turn)
    async with pool.connection() as connection:
        await connection.execute("select pg_stat_force_next_flush()")
        await connection.execute("vacuum gateway_message")
        row = await (await connection.execute("select pg_table_size('gateway_message')")).fetchone()
    assert row and int(f"{row[0]}") < 1_000_000, "200 rows of half a kilobyte"


def at(turn: int, number: int) -> datetime:
    return NOON + timedelta(seconds=turn, milliseconds=number)
