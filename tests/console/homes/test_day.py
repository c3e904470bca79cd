"""One day of a home, by its own clock."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from console.homes.day import DayRoom, DayView, asked_day, day_view, span_of
from console.homes.glimpse import Days, Glimpse
from console.homes.page import sight_of
from console.homes.raster import DAYS, Held, since_of
from console.homes.view import view_of
from console.roles import Role
from console.strips import BIN
from tests.console.building import KO, ACell
from tests.console.homes.living import a_lived_in_home

SEOUL = ZoneInfo("Asia/Seoul")
NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
HOME = a_lived_in_home()


def shown(
    day: date, line: list[ACell], held: Sequence[Held] = (), blind: Sequence[tuple[datetime, datetime]] = ()
) -> DayView:
    days = Days(since=since_of(NOON, SEOUL), cells=[], held=held, blind=blind)
    seen = Glimpse(alerts=(), days=days, now=None, rooms=None)
    view = view_of(HOME, seen, sight_of({Role.OPERATOR}), KO, NOON)
    return day_view(HOME, day, {"living": line} if line else None, seen, view, KO)


def the_room(one: DayView) -> DayRoom:
    assert one.rooms is not None
    return one.rooms[0]


@settings(max_examples=60, deadline=None)
@given(st.integers(-3, 40))
def test_only_a_day_of_the_picture_can_be_asked_for(ago: int) -> None:
    day = TODAY - timedelta(days=ago)
    assert asked_day(day.isoformat(), NOON, SEOUL) == (day if 0 <= ago < DAYS else None)


def test_what_is_no_day_is_not_asked_for() -> None:
    assert [asked_day(text, NOON, SEOUL) for text in ("", "yesterday", "2026-13-01", "<b>")] == [None] * 4


def test_a_day_is_as_long_as_its_clock_says() -> None:
    autumn = span_of(date(2026, 11, 1), ZoneInfo("America/New_York"))
    assert (autumn[1] - autumn[0]) / BIN == 100
    begin, end = span_of(TODAY, SEOUL)
    assert (end - begin) / BIN == 96
    assert begin == datetime(2026, 11, 21, 15, tzinfo=UTC)


def test_a_day_over_shows_rest_holds_and_what_nobody_observed() -> None:
    day = TODAY - timedelta(days=2)
    begin, _ = span_of(day, SEOUL)
    line = [ACell()] * 20 + [ACell(observed=False)] * 8 + [ACell(movements=3)] + [ACell()] * 67
    blind = [(begin + BIN * 90, begin + BIN * 96)]
    held = [Held(kind="away", from_at=begin + BIN * 40, until_at=begin + BIN * 44)]
    one = shown(day, line, held=held, blind=blind)
    assert [(run.b, run.n, run.v) for run in the_room(one).runs] == [
        (0, 20, "0"),
        (20, 8, "unseen"),
        (28, 1, "2"),
        (29, 11, "0"),
        (40, 4, "held"),
        (44, 46, "0"),
        (90, 6, "unseen"),
    ]
    assert (the_room(one).first, the_room(one).last, the_room(one).total) == ("07:00", "07:00", 3)
    assert [row.kind for row in one.holds] == ["away"]
    assert (one.before, one.after, one.now) == (day - timedelta(days=1), day + timedelta(days=1), None)
    assert [hour for _, hour in one.hours] == ["00", "03", "06", "09", "12", "15", "18", "21"]


def test_today_ends_at_now_and_the_first_day_has_none_before() -> None:
    today = shown(TODAY, [ACell(observed=n < 48) for n in range(96)])
    assert (today.after, today.now) == (None, 48.0)
    assert [run.v for run in the_room(today).runs] == ["0", "ahead"]
    assert (the_room(today).first, the_room(today).last) == ("—", "—")
    first = shown(TODAY - timedelta(days=DAYS - 1), [])
    assert (first.before, first.rooms) == (None, None)
