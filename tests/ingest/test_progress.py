"""What a gateway is told that it may forget, and what detectors are told of homes."""

from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from contracts import HomeId, WatchedHome, partition_of
from contracts.topics import PARTITIONS
from contracts.values import GatewayStatus
from ingest.counts import Counts, lost_reading
from ingest.directory import RETELL_MINUTES, differences, farewell, retold
from ingest.message import Mark
from ingest.progress import MOST_AHEAD, MOST_LOST, Acknowledgement, Progress
from tests.ingest.messages import NOON
from tests.ingest.street import a_watched_home


def after(*seqs: int, session: int = 1) -> Acknowledgement | None:
    progress = Progress()
    for seq in seqs:
        progress.note(session, seq)
    return progress.acknowledgement()


def upto(seq: int, session: int = 1) -> Acknowledgement:
    return Acknowledgement(session=session, seq=seq)


def test_a_gap_is_not_acknowledged_until_it_is_filled() -> None:
    assert after(1, 2, 4, 5) == upto(2)
    assert after(1, 2, 4, 5, 3) == upto(5)


def test_a_count_that_is_first_seen_in_its_middle_is_not_believed_to_be_whole() -> None:
    assert after(17, 18) is None
    assert after(3, 2, 1) == upto(3)


def test_what_the_gateway_holds_says_where_its_count_begins_for_a_bridge_without_memory() -> None:
    progress = Progress()
    assert progress.note(1, 18) == 0 and progress.acknowledgement() is None
    assert progress.note(1, 17, oldest=16) == 0
    assert progress.acknowledgement() == upto(15)
    progress.note(1, 16, oldest=16)
    assert progress.acknowledgement() == upto(18)


def test_what_the_gateway_holds_no_more_and_kafka_never_got_is_lost() -> None:
    progress = Progress()
    for seq in (1, 2, 5):
        progress.note(1, seq, oldest=1)
    assert progress.note(1, 9, oldest=8) == 4
    assert progress.acknowledgement() == upto(7)
    assert progress.note(1, 9, oldest=8) == 0
    assert progress.note(1, 8, oldest=8) == 0 and progress.acknowledgement() == upto(9)


def test_a_gateway_holds_at_least_what_it_says() -> None:
    progress = Progress()
    progress.note(1, 4, oldest=9_000)
    assert progress.acknowledgement() == upto(4)


def test_a_broken_count_is_not_believed_to_be_a_great_loss() -> None:
    progress = Progress()
    progress.note(1, 1)
    assert progress.note(1, 2**62, oldest=2**62) == MOST_LOST


def test_a_new_session_counts_anew() -> None:
    assert after(1, 2, session=2) == upto(2, session=2)
    progress = Progress()
    for session, seq in ((1, 1), (1, 2), (2, 1)):
        progress.note(session, seq)
    assert progress.acknowledgement() == upto(1, session=2)


def test_a_straggler_of_an_older_session_changes_nothing() -> None:
    progress = Progress()
    for session, seq in ((1, 1), (2, 1), (1, 2), (2, 2)):
        progress.note(session, seq)
    assert progress.acknowledgement() == upto(2, session=2)


def test_a_press_far_ahead_of_a_backlog_costs_no_more_than_a_stretch() -> None:
    progress = Progress()
    progress.note(1, 1, oldest=1)
    progress.note(1, 100_001, oldest=2)
    for seq in range(2, 100_001):
        progress.note(1, seq, oldest=2)
        assert len(progress.firsts) <= 1
    assert progress.acknowledgement() == upto(100_001) and not progress.forgetful


def test_gaps_that_are_never_filled_do_not_swell_the_bridge_and_are_never_passed_over() -> None:
    progress = Progress()
    for seq in range(1, 3 * MOST_AHEAD, 2):
        progress.note(1, seq)
    assert len(progress.firsts) == MOST_AHEAD and progress.stuck
    assert progress.acknowledgement() == upto(1)


def test_what_fills_the_gap_is_counted_however_much_waits_behind_it() -> None:
    progress = Progress()
    for seq in (*range(1, 4 * MOST_AHEAD, 2), 2):
        progress.note(1, seq)
    assert progress.acknowledgement() == upto(3) and not progress.stuck


def test_nobody_knows_what_is_lost_of_what_was_not_remembered() -> None:
    progress = Progress()
    for seq in range(1, 4 * MOST_AHEAD, 2):
        progress.note(1, seq)
    assert progress.note(1, 4 * MOST_AHEAD, oldest=4 * MOST_AHEAD) == 0


def test_a_count_that_begins_at_0_is_whole_from_there() -> None:
    progress = Progress()
    progress.note(1, 1, oldest=0)
    assert progress.acknowledgement() is None
    progress.note(1, 0, oldest=0)
    assert progress.acknowledgement() == upto(1)


@given(st.permutations(range(1, 12)), st.lists(st.integers(1, 11)))
def test_order_and_repeats_do_not_matter(order: list[int], repeats: list[int]) -> None:
    assert after(*order, *repeats) == upto(11)


SAID = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 60), st.none() | st.integers(0, 70)), min_size=1, max_size=120
)


@given(SAID)
def test_no_gateway_is_told_to_forget_what_kafka_does_not_hold(said: list[tuple[int, int, int | None]]) -> None:
    progress = Progress()
    for session, seq, oldest in said:
        progress.note(session, seq, oldest)
    told = progress.acknowledgement()
    if told is None:
        return
    of_session = [(seq, oldest) for session, seq, oldest in said if session == told.session]
    held = {seq for seq, _ in of_session}
    # Where a message does not say what is held, the count began at 1.
    given_up = max(1 if oldest is None else min(seq, oldest) for seq, oldest in of_session)
    assert set(range(given_up, told.seq + 1)) <= held


@given(SAID, st.integers(0, 120))
def test_a_bridge_that_starts_again_anywhere_never_acknowledges_more_than_one_that_stayed(
    said: list[tuple[int, int, int | None]], at: int
) -> None:
    stayed, restarted = Progress(), Progress()
    for session, seq, oldest in said:
        stayed.note(session, seq, oldest)
    for session, seq, oldest in said[at:]:
        restarted.note(session, seq, oldest)
    told, before = restarted.acknowledgement(), stayed.acknowledgement()
    # A younger session silences the one before it, also while it cannot be acknowledged itself.
    if told is None or stayed.session > told.session:
        return
    assert before is not None and told.seq <= before.seq


@given(st.sets(st.integers(1, 80)), st.integers(1, 90))
def test_lost_is_what_is_neither_held_nor_written(written: set[int], oldest: int) -> None:
    progress = Progress()
    progress.note(1, 1, oldest=1)
    for seq in written:
        progress.note(1, seq, oldest=1)
    assert progress.note(1, 100, oldest=oldest) == len(set(range(2, oldest)) - written)


def test_a_home_of_another_bridge_is_forgotten_so_that_what_that_one_heard_does_not_look_lost() -> None:
    home_id = HomeId("h-0001")
    counts = Counts()
    counts.note(home_id, Mark(session=1, seq=1, oldest=1))
    counts.forget(partition_of(home_id, partitions=PARTITIONS))
    assert counts.note(home_id, Mark(session=1, seq=90, oldest=80)).lost == 0
    assert counts.note(home_id, Mark(session=1, seq=95, oldest=95)).lost == 14


def test_who_could_not_be_told_is_told_next_time_and_then_no_more() -> None:
    counts = Counts()
    counts.note(HomeId("h-1"), Mark(session=1, seq=1))
    counts.note(HomeId("h-2"), Mark(session=None, seq=1))
    told: list[tuple[HomeId, Acknowledgement]] = []
    counts.tell(lambda home_id, said: False)

    def hear(home_id: HomeId, said: Acknowledgement) -> bool:
        told.append((home_id, said))
        return True

    counts.tell(hear)
    counts.tell(hear)
    assert told == [("h-1", upto(1))]


def test_what_is_lost_is_said_once_with_the_same_name_however_often_it_is_found() -> None:
    mark = Mark(session=1, seq=9, oldest=8)
    one, two = (lost_reading(HomeId("h-1"), mark, 4, now=now) for now in (NOON, NOON + timedelta(minutes=1)))
    assert one.reading_id == two.reading_id and one.value == GatewayStatus(lost_messages=4)


def newer(home: WatchedHome) -> WatchedHome:
    return msgspec.structs.replace(home, version=home.version + 1)


def test_only_what_is_new_or_changed_is_told() -> None:
    one, two, three = (a_watched_home(f"h-{number}") for number in range(3))
    known: dict[str, WatchedHome] = {home.home_id: home for home in (one, two)}
    assert differences(known, [one, newer(two), three]) == [newer(two), three]


def test_a_home_that_is_gone_is_said_farewell() -> None:
    home = a_watched_home()
    (last,) = differences({home.home_id: home}, [])
    assert last == farewell(home) and not last.watched and last.version == home.version + 1


@given(st.integers(0, 30_000_000), st.lists(st.integers(1, 40), min_size=1, max_size=12))
def test_every_home_is_told_again_once_an_hour_whatever_the_pauses(start: int, steps: list[int]) -> None:
    homes = [a_watched_home(f"h-{number}") for number in range(50)]
    told: list[WatchedHome] = []
    minute = start
    while minute < start + RETELL_MINUTES:
        after, minute = minute, min(minute + steps[minute % len(steps)], start + RETELL_MINUTES)
        told += retold(homes, after=after, until=minute)
    assert sorted(home.home_id for home in told) == sorted(home.home_id for home in homes)


def test_the_homes_of_one_minute_are_few_and_on_every_partition() -> None:
    homes = [a_watched_home(f"h-{number}") for number in range(6_000)]
    told = retold(homes, after=100, until=101)
    assert 50 < len(told) < 150
    assert {partition_of(home.home_id, partitions=PARTITIONS) for home in told} == set(range(PARTITIONS))


def test_after_a_long_pause_each_home_is_told_again_once() -> None:
    homes = [a_watched_home(f"h-{number}") for number in range(50)]
    assert retold(homes, after=100, until=100 + 10 * RETELL_MINUTES) == homes
