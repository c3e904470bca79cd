"""Four weeks as a picture."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from console.homes.raster import (
    AHEAD,
    DAYS,
    HELD,
    JUST_BEGUN,
    UNSEEN,
    Held,
    Raised,
    Raster,
    raster_of,
    since_of,
    until_of,
)
from console.strips import BIN, CELLS
from tests.console.building import ACell

SEOUL = ZoneInfo("Asia/Seoul")
#: 12:00 in Seoul on a server that counts in UTC.
NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
CELLS_OF_DAYS = DAYS * CELLS

cells = st.builds(ACell, movements=st.integers(0, 12), observed=st.booleans())


def drawn(lines: Sequence[ACell], now: datetime = NOON, held: Sequence[Held] = (), **more: object) -> Raster:
    return raster_of(lines, since=since_of(now, SEOUL), now=now, zone=SEOUL, held=held, **more)  # type: ignore[arg-type]


def flat(raster: Raster) -> list[str]:
    return [run.v for day in raster.days for run in day.runs for _ in range(run.n)]


@settings(max_examples=60, deadline=None)
@given(st.lists(cells, min_size=CELLS, max_size=CELLS), st.integers(0, 27), st.integers(0, 1439))
def test_every_cell_is_drawn_once_and_what_nobody_saw_is_no_shade(line: list[ACell], day: int, minute: int) -> None:
    now = until_of(NOON, SEOUL) - timedelta(minutes=minute + 1)
    lines = [ACell(observed=False)] * (day * CELLS) + line + [ACell()] * ((DAYS - 1 - day) * CELLS)
    raster = drawn(lines, now)
    for one in raster.days:
        assert [run.b for run in one.runs] == [sum(run.n for run in one.runs[:n]) for n in range(len(one.runs))]
        assert sum(run.n for run in one.runs) == CELLS
        assert all(left.v != right.v for left, right in zip(one.runs, one.runs[1:], strict=False))
    looks = flat(raster)
    assert len(looks) == CELLS_OF_DAYS
    for number, (look, cell) in enumerate(zip(looks, lines, strict=True)):
        begin, unseen = since_of(now, SEOUL) + BIN * number, not cell.observed and not cell.movements
        if begin > now or (unseen and begin + JUST_BEGUN > now):
            assert look == AHEAD
        elif unseen:
            assert look == UNSEEN
        else:
            assert look == str(sum(cell.movements >= least for least in (1, 2, 4, 8)))


def test_a_home_is_drawn_by_its_own_clock_across_midnight() -> None:
    just_after = datetime(2026, 11, 21, 15, 1, tzinfo=UTC)  # 00:01 on the 22nd in Seoul
    raster = drawn([ACell()] * CELLS_OF_DAYS, just_after)
    assert raster.days[-1].day.isoformat() == "2026-11-22"
    assert raster.days[-1].today
    assert raster.now == 0.07
    before = drawn([ACell()] * CELLS_OF_DAYS, just_after - timedelta(minutes=2))
    assert before.days[-1].day.isoformat() == "2026-11-21"
    assert before.now == 95.93


def test_a_hold_is_hatched_also_where_its_time_has_not_come() -> None:
    held = Held(kind="away", from_at=NOON - timedelta(hours=1), until_at=NOON + timedelta(hours=1))
    looks = flat(drawn([ACell(movements=1)] * CELLS_OF_DAYS, held=[held]))
    today = looks[-CELLS:]
    assert today[44:52] == [HELD] * 8
    assert today[43] == "1"
    assert set(today[52:]) == {AHEAD}


def test_what_nobody_could_see_stays_so_under_a_hold() -> None:
    held = Held(kind="hospital", from_at=NOON - timedelta(hours=2), until_at=NOON)
    lines = [ACell(observed=False)] * CELLS_OF_DAYS
    assert HELD not in flat(drawn(lines, held=[held]))


def test_a_home_whose_eyes_are_dead_is_not_observed_though_its_gateway_speaks() -> None:
    blind = (NOON - timedelta(hours=2), NOON - timedelta(hours=1))
    looks = flat(drawn([ACell()] * CELLS_OF_DAYS, blind=[blind]))
    assert looks[-CELLS:][40:44] == [UNSEEN] * 4
    assert looks[-CELLS:][44] == "0"


def test_totals_nights_and_ends_of_a_day_are_counted() -> None:
    line = [ACell()] * CELLS
    for place in (2, 3, 12, 28, 90):
        line[place] = ACell(movements=2)
    day = drawn([*line, *[ACell()] * (CELLS_OF_DAYS - CELLS)]).days[0]
    assert (day.total, day.first, day.last, day.nights, day.observed, day.passed) == (10, 2, 90, 2, 96, 96)
    assert day.share == 1.0


def test_an_alert_is_marked_where_it_was_raised() -> None:
    raised = Raised(alert_id="a", p="1", at=NOON - timedelta(days=1), text="긴급")
    raster = drawn([ACell()] * CELLS_OF_DAYS, raised=[raised])
    assert [(mark.x, mark.p) for mark in raster.days[-2].marks] == [(48.0, "1")]
    assert not raster.days[-1].marks


def test_the_hour_that_comes_twice_and_the_one_that_never_does_leave_96_cells() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 11, 1, 11, 0, tzinfo=UTC)
    since, until = since_of(now, berlin), until_of(now, berlin)
    lines = [ACell(movements=1)] * round((until.astimezone(UTC) - since.astimezone(UTC)) / BIN)
    raster = raster_of(lines, since=since.astimezone(UTC), now=now, zone=berlin)
    assert [sum(run.n for run in day.runs) for day in raster.days] == [96] * DAYS
    autumn = next(day for day in raster.days if day.day.isoformat() == "2026-10-25")
    assert autumn.total == 100
