"""What a gateway is told that it may forget, and what detectors are told of homes."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from contracts import WatchedHome, partition_of
from contracts.topics import PARTITIONS
from ingest.directory import RETELL_MINUTES, differences, farewell, retold
from ingest.progress import MOST_AHEAD, Acknowledgement, Progress
from tests.ingest.street import a_watched_home


def after(*seqs: int, session: int = 1) -> Acknowledgement:
    progress = Progress(session=session, complete=seqs[0])
    for seq in seqs:
        progress.note(session, seq)
    return progress.acknowledgement()


def test_a_gap_is_not_acknowledged_until_it_is_filled() -> None:
    assert after(1, 2, 4, 5).seq == 2
    assert after(1, 2, 4, 5, 3).seq == 5


def test_a_new_session_counts_anew() -> None:
    progress = Progress(session=1, complete=900)
    progress.note(2, 1)
    progress.note(2, 2)
    assert progress.acknowledgement() == Acknowledgement(session=2, seq=2)


def test_a_straggler_of_an_older_session_changes_nothing() -> None:
    progress = Progress(session=1, complete=900)
    for session, seq in ((2, 1), (1, 901), (2, 2)):
        progress.note(session, seq)
    assert progress.acknowledgement() == Acknowledgement(session=2, seq=2)


def test_a_gap_that_is_never_filled_does_not_swell_the_bridge_and_is_never_passed_over() -> None:
    progress = Progress(session=1, complete=0)
    for seq in range(2, MOST_AHEAD + 100):
        progress.note(1, seq)
    assert len(progress.ahead) == MOST_AHEAD and progress.complete == 0 and progress.stuck


def test_what_fills_the_gap_is_counted_however_much_waits_behind_it() -> None:
    progress = Progress(session=1, complete=0)
    for seq in (*range(2, MOST_AHEAD + 100), 1):
        progress.note(1, seq)
    assert progress.complete == MOST_AHEAD + 1 and not progress.stuck


@given(st.permutations(range(2, 12)), st.lists(st.integers(2, 11)))
def test_order_and_repeats_do_not_matter(order: list[int], repeats: list[int]) -> None:
    assert after(1, *order, *repeats) == Acknowledgement(session=1, seq=11)


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 1_200)), min_size=1, max_size=200), st.data())
def test_no_gateway_is_told_to_forget_what_was_not_counted(said: list[tuple[int, int]], data: st.DataObject) -> None:
    begun = data.draw(st.integers(0, 5))
    progress = Progress(session=1, complete=begun)
    for session, seq in said:
        progress.note(session, seq)
    told = progress.acknowledgement()
    held = [seq for session, seq in said if session == told.session]
    start = begun if told.session == 1 else held[0]
    assert set(range(start + 1, told.seq + 1)) <= set(held)


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
