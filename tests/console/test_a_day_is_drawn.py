from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.spans import ZONE
from console.strips import CELLS, day_of, gap_between, runs_of, shade_of, strip_of
from tests.console.building import NOON, ACell

cells = st.builds(ACell, st.integers(0, 20), st.booleans())


@given(st.lists(cells, max_size=CELLS))
def test_merging_cells_loses_none_and_draws_none_twice(day: list[ACell]) -> None:
    drawn = ["0"] * CELLS
    for run in runs_of(day):
        for x in range(run.x, run.x + run.width):
            assert drawn[x] == "0"
            drawn[x] = run.shade
    assert drawn == ["unseen"] * (CELLS - len(day)) + [shade_of(cell) for cell in day]


def test_a_silent_home_is_drawn_as_not_observed_and_never_as_still() -> None:
    assert shade_of(ACell(movements=0, observed=False)) == "unseen"
    assert shade_of(ACell(movements=0, observed=True)) == "0"
    assert [shade_of(ACell(movements=n)) for n in (1, 2, 3, 4, 7, 8, 99)] == ["1", "2", "2", "3", "3", "4", "4"]


def test_the_quiet_stretch_is_outlined_from_its_beginning_to_now() -> None:
    gap = gap_between(NOON - timedelta(hours=8), NOON)
    assert (gap.x, gap.width) == (64.0, 32.0)
    moment = gap_between(NOON, NOON)
    assert moment.width == 1.2 and moment.x + moment.width == CELLS
    assert gap_between(NOON - timedelta(days=3), NOON).x == 0.0


def test_midnight_is_the_homes_and_not_the_servers() -> None:
    strip = strip_of([ACell()] * CELLS, since=NOON, now=NOON.astimezone(ZONE))
    assert strip.midnight == 48.0
    at_midnight = NOON.astimezone(ZONE).replace(hour=0)
    assert strip_of([ACell()] * CELLS, since=NOON, now=at_midnight).midnight is None


def test_the_rooms_share_hour_marks_every_three_hours() -> None:
    day = day_of({"거실": [ACell(movements=1)] * CELLS, "욕실": []}, since=NOON, now=NOON.astimezone(ZONE))
    assert [hour for _, hour in day.hours] == ["12", "15", "18", "21", "00", "03", "06", "09", "12"]
    assert [room.room for room in day.rooms] == ["거실", "욕실"]
    assert day.rooms[1].runs[0].shade == "unseen"
