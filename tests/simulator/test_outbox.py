"""A gateway's outbox: nothing is forgotten before Kafka has it, and a cry waits behind nothing."""

import json
import time
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts import HomeId, shard_of
from ingest.progress import Progress
from simulator.outbox import (
    AGAIN_AFTER,
    LATE_UNDER_WAY,
    MOST_AGAIN_AFTER,
    STORED_AFTER,
    UNHEARD_AGAIN_AFTER,
    Entry,
    Outbox,
    Shape,
    restored,
)
from tests.simulator.builders import NOON

HOME = HomeId("h-0001")
LONG_AGO = NOON - timedelta(hours=5)


def an_outbox(*ats: timedelta) -> Outbox:
    outbox = Outbox(home_id=HOME, session=7)
    for ago in ats:
        outbox.put(Shape.READINGS, b"[]", at=NOON - ago)
    return outbox


def word(seq: int, session: int = 7) -> bytes:
    return json.dumps({"session": session, "seq": seq}).encode()


def seqs(entries: list[Entry]) -> list[int]:
    return [entry.seq for entry in entries]


def test_what_the_broker_acknowledged_is_still_held() -> None:
    outbox = an_outbox(timedelta(0))
    outbox.due(NOON)
    outbox.answer(1, heard=True, now=NOON)
    assert 1 in outbox.held


def test_what_kafka_holds_is_forgotten() -> None:
    outbox = an_outbox(timedelta(0), timedelta(0), timedelta(0))
    assert outbox.hear(word(2), now=NOON) == (1, 2)
    assert outbox.oldest == 3


def test_the_word_of_another_session_forgets_nothing() -> None:
    outbox = an_outbox(timedelta(0))
    assert outbox.hear(word(1, session=6), now=NOON) == ()
    assert outbox.hear(b"{}", now=NOON) == outbox.hear(b"\xff", now=NOON) == ()
    assert outbox.oldest == 1


def test_an_empty_outbox_holds_nothing_below_its_next_number() -> None:
    outbox = an_outbox(timedelta(0))
    outbox.hear(word(1), now=NOON)
    assert outbox.oldest == 2


def test_everything_held_is_said_again_on_a_new_connection() -> None:
    outbox = an_outbox(timedelta(0), timedelta(0))
    assert seqs(outbox.due(NOON)) == [1, 2]
    assert outbox.due(NOON) == []
    outbox.line_came()
    assert seqs(outbox.due(NOON)) == [1, 2]


def test_everything_is_said_again_when_no_word_comes() -> None:
    outbox = an_outbox(timedelta(0))
    outbox.due(NOON)
    assert outbox.due(NOON + AGAIN_AFTER) == []
    assert seqs(outbox.due(NOON + AGAIN_AFTER + timedelta(seconds=1))) == [1]


def test_what_nobody_heard_is_said_again_soon() -> None:
    outbox = an_outbox(timedelta(0))
    outbox.due(NOON)
    outbox.answer(1, heard=False, now=NOON)
    assert outbox.due(NOON + UNHEARD_AGAIN_AFTER) == []
    assert seqs(outbox.due(NOON + UNHEARD_AGAIN_AFTER + timedelta(seconds=1))) == [1]


def test_a_word_in_time_keeps_the_rest_from_being_said_again() -> None:
    outbox = an_outbox(timedelta(0), timedelta(0))
    outbox.due(NOON)
    outbox.hear(word(1), now=NOON + AGAIN_AFTER)
    assert outbox.due(NOON + AGAIN_AFTER + timedelta(seconds=1)) == []


def test_a_live_message_goes_before_a_stored_backlog() -> None:
    outbox = an_outbox(*[timedelta(hours=5)] * 100)
    assert len(outbox.due(NOON)) == LATE_UNDER_WAY
    fresh = outbox.put(Shape.READINGS, b"[]", at=NOON)
    assert outbox.due(NOON) == [fresh]


def test_a_backlog_goes_on_as_the_broker_takes_it() -> None:
    outbox = an_outbox(*[timedelta(hours=5)] * (LATE_UNDER_WAY + 5))
    for seq in seqs(outbox.due(NOON))[:3]:
        outbox.answer(seq, heard=True, now=NOON)
    assert seqs(outbox.due(NOON)) == [LATE_UNDER_WAY + 1, LATE_UNDER_WAY + 2, LATE_UNDER_WAY + 3]


def test_an_old_cry_is_said_first_and_on_the_live_tree() -> None:
    outbox = an_outbox(timedelta(hours=5), timedelta(0))
    cry = outbox.put(Shape.READINGS, b"[]", at=LONG_AGO, urgent=True)
    assert outbox.due(NOON)[0] == cry
    assert outbox.spoken(cry, now=NOON).topic.startswith("home/")


def test_a_message_is_spoken_on_the_tree_of_its_age_with_what_is_held() -> None:
    outbox = an_outbox(timedelta(hours=5), timedelta(0))
    stored, fresh = outbox.held.values()
    shard = f"{shard_of(HOME):02x}"
    assert outbox.spoken(stored, now=NOON).topic == f"late/{shard}/h-0001/native/readings"
    said = outbox.spoken(fresh, now=NOON)
    assert said.topic == f"home/{shard}/h-0001/native/readings"
    assert json.loads(said.payload) == {"home": HOME, "session": 7, "seq": 2, "oldest": 1, "readings": []}


def test_other_dialects_are_forwarded_in_the_same_count() -> None:
    outbox = an_outbox(timedelta(0))
    entry = outbox.put(Shape.MESSAGES, b'[{"topic":"zigbee2mqtt/door"}]', at=NOON)
    said = outbox.spoken(entry, now=NOON)
    assert said.topic.endswith("/forwarded/messages")
    assert json.loads(said.payload)["messages"] == [{"topic": "zigbee2mqtt/door"}]


def test_a_restored_outbox_goes_on_counting() -> None:
    entries = [Entry(seq=seq, shape=Shape.READINGS, body=b"[]", at=NOON) for seq in (6, 5)]
    outbox = restored(HOME, 7, 9, entries)
    assert outbox.oldest == 5
    assert outbox.put(Shape.READINGS, b"[]", at=NOON).seq == 9


def test_what_is_said_in_vain_is_said_ever_more_seldom() -> None:
    outbox, now, said = an_outbox(timedelta(0)), NOON, 0
    for _ in range(60 * 24):
        said += len(outbox.due(now))
        now += timedelta(minutes=1, seconds=1)
    assert said <= 10 + timedelta(hours=24) / MOST_AGAIN_AFTER
    outbox.hear(word(1), now=now)
    outbox.put(Shape.READINGS, b"[]", at=now)
    outbox.due(now)
    assert seqs(outbox.due(now + AGAIN_AFTER + timedelta(seconds=1))) == [2]


def test_a_backlog_is_not_poured_out_where_nobody_hears_it() -> None:
    outbox = an_outbox(*[timedelta(hours=5)] * 100)
    for seq in seqs(outbox.due(NOON)):
        outbox.answer(seq, heard=False, now=NOON)
    assert outbox.due(NOON) == []
    cry = outbox.put(Shape.READINGS, b"[]", at=NOON, urgent=True)
    assert outbox.due(NOON) == [cry]


def test_a_full_outbox_gives_up_the_oldest_that_is_no_cry() -> None:
    outbox = an_outbox()
    outbox.put(Shape.READINGS, b"x" * 100, at=LONG_AGO)
    cry = outbox.put(Shape.READINGS, b"x" * 100, at=LONG_AGO, urgent=True)
    for _ in range(20):
        outbox.put(Shape.READINGS, b"x" * 100, at=NOON)
    assert outbox.held_bytes == 22 * cry.weight
    assert outbox.shed(most_bytes=22 * cry.weight) == ()
    gone = outbox.shed(most_bytes=10 * cry.weight)
    assert gone == (1, *range(3, 15))
    assert cry.seq in outbox.held and outbox.held_bytes == 9 * cry.weight


def test_a_full_outbox_of_cries_keeps_the_newest() -> None:
    outbox = an_outbox()
    for _ in range(10):
        outbox.put(Shape.READINGS, b"x" * 100, at=NOON, urgent=True)
    assert outbox.shed(most_bytes=outbox.held_bytes // 2) == (1, 2, 3, 4, 5, 6)
    assert outbox.oldest == 7
    assert seqs(outbox.due(NOON)) == [7, 8, 9, 10]


def test_the_bridge_learns_what_was_given_up() -> None:
    outbox, progress, lost = an_outbox(timedelta(0)), Progress(), 0
    progress.note(7, 1, 1)
    outbox.hear(word(1), now=NOON)
    for number in range(30):
        outbox.put(Shape.READINGS, b"[" + b" " * 98 + b"]", at=LONG_AGO, urgent=number in (3, 7))
    given_up = outbox.shed(most_bytes=outbox.held_bytes // 3)
    now = NOON
    while outbox.held:
        for entry in outbox.due(now):
            said = json.loads(outbox.spoken(entry, now=now).payload)
            lost += progress.note(said["session"], said["seq"], said["oldest"])
            outbox.answer(entry.seq, heard=True, now=now)
        told = progress.acknowledgement()
        assert told is not None
        outbox.hear(word(told.seq), now=now)
        now += AGAIN_AFTER + timedelta(seconds=1)
    assert lost == len(given_up)


def test_a_large_backlog_drains_in_time_that_grows_with_its_length() -> None:
    outbox = an_outbox(*[timedelta(hours=5)] * 20_000)
    began = time.process_time()
    while outbox.held:
        due = seqs(outbox.due(NOON))
        for seq in due:
            outbox.spoken(outbox.held[seq], now=NOON)
            outbox.answer(seq, heard=True, now=NOON)
        outbox.hear(word(due[-1]), now=NOON)
    assert time.process_time() - began < 5


STEPS = st.lists(st.one_of(st.sampled_from(["put", "old", "cry", "due", "line"]), st.integers(0, 12)), max_size=60)


@given(STEPS)
def test_whatever_happens_nothing_is_forgotten_that_kafka_does_not_hold(steps: list[str | int]) -> None:
    outbox, now, told = an_outbox(), NOON, 0
    for step in steps:
        now += timedelta(seconds=1)
        match step:
            case "put" | "old" | "cry":
                at = now - STORED_AFTER * 2 if step == "old" else now
                outbox.put(Shape.READINGS, b"[]", at=at, urgent=step == "cry")
            case "due":
                outbox.due(now)
            case "line":
                outbox.line_came()
            case int(seq):
                told = max(told, min(seq, outbox.next_seq - 1))
                outbox.hear(word(min(seq, outbox.next_seq - 1)), now=now)
    assert sorted(outbox.held) == list(range(told + 1, outbox.next_seq))
    assert outbox.oldest == told + 1


@given(st.lists(st.sampled_from([timedelta(0), STORED_AFTER * 2]), max_size=80), st.integers(1, 30))
def test_in_the_end_everything_is_said_once_a_connection(ats: list[timedelta], at_once: int) -> None:
    outbox, said = an_outbox(*ats), list[int]()
    while due := outbox.due(NOON):
        assert sum(entry.at < NOON for entry in due) <= LATE_UNDER_WAY
        said += seqs(due)
        for seq in list(outbox.under_way)[:at_once]:
            outbox.answer(seq, heard=True, now=NOON)
    assert sorted(said) == list(range(1, len(ats) + 1))
