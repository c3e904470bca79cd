from hypothesis import given
from hypothesis import strategies as st

from console.feed import Mark, Ring, Stand, checksum, frame, marked, newest, read_mark, tally
from contracts import AlertId

ids = st.sampled_from([AlertId(name) for name in "abcde"])


@given(st.lists(ids, max_size=30), st.integers(1, 10), st.integers(0, 40))
def test_a_page_is_told_all_that_it_missed_or_to_start_again(changed: list[AlertId], size: int, stopped: int) -> None:
    ring = Ring(epoch="1", before=4, size=size)
    for offset, alert_id in enumerate(changed, start=5):
        assert ring.add(offset, alert_id) == Mark(epoch="1", offset=offset)
    missed = ring.since(Mark(epoch="1", offset=stopped))
    if missed is None:
        assert stopped < ring.before or stopped > 4 + len(changed)
        return
    assert set(missed) == set(changed[max(0, stopped - 4) :])
    assert len(set(missed)) == len(missed)


def test_another_epoch_cannot_be_resumed() -> None:
    assert Ring(epoch="2", before=4).since(Mark(epoch="1", offset=4)) is None
    assert Ring(epoch="2", before=4).since(Mark(epoch="2", offset=4)) == ()


@given(st.text(max_size=20))
def test_only_our_own_marks_are_read(text: str) -> None:
    mark = read_mark(text)
    assert mark is None or read_mark(str(mark)) == mark


def test_a_mark_can_be_read_again() -> None:
    mark = Mark(epoch="19aa", offset=48213)
    assert read_mark(str(mark)) == mark
    assert read_mark("e1.x") is read_mark("") is read_mark("e.5") is None


@given(st.dictionaries(st.text("abcdef", min_size=1), st.integers(0, 99)))
def test_the_checksum_does_not_depend_on_order(versions: dict[str, int]) -> None:
    assert checksum(versions.items()) == checksum(reversed(versions.items()))


def test_the_checksum_is_the_pages_own() -> None:
    assert checksum([]) == "811c9dc5"
    assert checksum([("a", 1)]) != checksum([("a", 2)])


@given(st.lists(ids, max_size=8))
def test_a_page_cut_inside_a_batch_starts_before_it(changes: list[AlertId]) -> None:
    mark = Mark(epoch="1", offset=9)
    told = list(marked(changes, mark))
    assert [change for change, _ in told] == changes
    assert [at for _, at in told] == [None] * (len(changes) - 1) + [mark] * bool(changes)


def test_what_the_feed_told_while_the_database_was_read_is_newer() -> None:
    still, grew, closed, opened, unheard = (AlertId(name) for name in ("still", "grew", "closed", "opened", "unheard"))
    before = {still: Stand(1), grew: Stand(1), closed: Stand(1)}
    meanwhile = {still: Stand(1), grew: Stand(2), opened: Stand(1)}
    read = {still: Stand(1), grew: Stand(1), closed: Stand(1), unheard: Stand(4)}
    wanted = {still: Stand(1), grew: Stand(2), opened: Stand(1), unheard: Stand(4)}
    assert newest(read, before=before, now=meanwhile) == wanted


def test_a_board_of_some_districts_sums_up_only_what_stands_on_it() -> None:
    here, there, nowhere = (AlertId(name) for name in ("here", "there", "nowhere"))
    stands = {here: Stand(3, "a"), there: Stand(5, "b"), nowhere: Stand(1, "")}
    assert tally(stands, frozenset()) == (3, checksum([("here", 3), ("there", 5), ("nowhere", 1)]))
    assert tally(stands, frozenset({"a"})) == (2, checksum([("here", 3), ("nowhere", 1)]))


def test_an_event_is_framed_with_its_mark_when_it_has_one() -> None:
    assert frame("tick", b"{}") == b"event: tick\ndata: {}\n\n"
    assert frame("gone", b"{}", Mark(epoch="1", offset=2)) == b"id: e1.2\nevent: gone\ndata: {}\n\n"
