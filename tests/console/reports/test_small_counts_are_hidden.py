"""Nobody outside the centre can compute a small count: tried with every table of a small world, and by law."""

from collections import defaultdict
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from console.reports.monthly.hiding import (
    SMALL,
    AtLeast,
    Group,
    Hidden,
    alone,
    group_of,
    rough,
    total_of,
    totals_by,
)

counts = st.lists(st.integers(0, 40), min_size=2, max_size=7)


def published(parts: tuple[int, ...]) -> Group:
    return group_of(sum(parts), parts)


def test_every_table_of_three_could_be_another_one_in_each_hidden_place() -> None:
    """Whoever knows this program, the total and the shown parts still has two values for each hidden one."""
    pictures: dict[Group, list[tuple[int, ...]]] = defaultdict(list)
    for parts in product(range(13), repeat=3):
        pictures[published(parts)].append(parts)
    for group, could_be in pictures.items():
        for place, shown in enumerate(group.parts):
            if isinstance(shown, Hidden) and sum(could_be[0]) <= 12:  # above, the world's edge cuts tables off
                values = {parts[place] for parts in could_be}
                assert len(values) > 1, (group, could_be)


@given(counts)
def test_a_count_that_is_marked_as_small_could_be_any_of_the_four(parts: list[int]) -> None:
    group = group_of(sum(parts), parts)
    marked = [place for place, shown in enumerate(group.parts) if shown is Hidden.SMALL]
    cover = [place for place, shown in enumerate(group.parts) if shown is Hidden.WITH]
    for place in marked:
        for other in range(1, SMALL + 1):
            tried = list(parts)
            tried[place], tried[cover[0]] = other, parts[cover[0]] + parts[place] - other
            assert group_of(sum(tried), tried) == group


@given(counts)
def test_no_small_count_is_shown_and_what_is_shown_is_true(parts: list[int]) -> None:
    group = group_of(sum(parts), parts)
    for count, shown in zip(parts, group.parts, strict=True):
        assert shown == count or isinstance(shown, Hidden)
        assert not (isinstance(shown, int) and 1 <= shown <= SMALL)
    assert group.total in (sum(parts), Hidden.SMALL)


@given(counts)
def test_hidden_counts_are_never_one_alone_beside_their_total(parts: list[int]) -> None:
    group = group_of(sum(parts), parts)
    if isinstance(group.total, int):
        assert sum(isinstance(shown, Hidden) for shown in group.parts) != 1


@given(st.lists(st.integers(0, 40), max_size=9))
def test_a_total_of_published_counts_says_no_more_than_they_do(found: list[int]) -> None:
    shown = [alone(count) for count in found]
    total = total_of(shown)
    least = total.count if isinstance(total, AtLeast) else total
    assert isinstance(least, int) and least <= sum(found)
    # The same pictures make the same total, whatever is behind them.
    assert total == total_of([alone(2) if one is Hidden.SMALL else one for one in shown])
    assert (total == sum(found)) or isinstance(total, AtLeast)


def test_totals_are_made_name_by_name() -> None:
    assert totals_by([{"calls": 7, "technical": Hidden.SMALL}, {"calls": 8, "technical": Hidden.WITH}]) == {
        "calls": 15,
        "technical": AtLeast(count=1),
    }
    assert total_of([AtLeast(count=3), 4]) == AtLeast(count=7) and total_of([]) == 0


def test_a_share_of_few_is_not_shown() -> None:
    assert rough(40, 40) == 1 and rough(35, 40) == 0.9 and rough(0, 20) == 0 and rough(190, 200) == 0.95
    assert rough(39, 40) is None and rough(3, 40) is None and rough(10, 10) is None


@given(st.integers(20, 300), st.data())
def test_a_share_does_not_say_of_how_many_it_is(of: int, data: st.DataObject) -> None:
    hit = data.draw(st.integers(5, of - 5)) if of > 10 else 5
    share, steps = rough(hit, of), 100 if of >= 100 else 20
    assert share is not None
    for other in range(100 if of >= 100 else 20, 400 if of >= 100 else 100):
        assert any(abs(count / other - share) <= 0.5 / steps + 1e-9 for count in range(other + 1)), (share, other)


def test_nothing_at_all_is_said_as_nothing() -> None:
    assert group_of(0, (0, 0)) == Group(total=0, parts=(0, 0)) and alone(0) == 0 and alone(5) == 5
    assert group_of(3, (3, 0)) == Group(total=Hidden.SMALL, parts=(Hidden.WITH, Hidden.WITH))
