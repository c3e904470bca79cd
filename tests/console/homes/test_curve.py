"""The limit of inactivity and now, as a picture with a sentence."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from console.homes.curve import BOTTOM, LEFT, RIGHT, TOP, Curve, Stillness, curve_of
from console.homes.raster import Held
from tests.console.building import EN, KO

SEOUL = ZoneInfo("Asia/Seoul")
#: 14:06 in Seoul.
NOW = datetime(2026, 11, 22, 5, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def drawn(
    still_for: timedelta = HOUR, opens: timedelta = 3 * HOUR, now: datetime = NOW, held: Sequence[Held] = ()
) -> Curve:
    still = Stillness(
        since=now - still_for,
        still_for=still_for,
        opens_after=opens,
        own_limits=True,
        limits=(opens,) * 96,
        usual=(HOUR,) * 96,
    )
    return curve_of(still, [now - still_for], held, KO, now, SEOUL)


def test_the_sentence_says_when_an_alert_would_come_by_the_homes_own_clock() -> None:
    curve = drawn()
    assert curve.sentence == "이 상태가 이어지면 16:06에 주의 (한계 3시간)."
    assert curve.due == "2026-11-22T07:06:00+00:00"


def test_h3_a_sentence_that_reaches_past_midnight_names_the_day() -> None:
    late = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)  # 23:30 in Seoul
    assert "11.23 01:30" in drawn(now=late).sentence
    just_after = datetime(2026, 11, 22, 15, 5, tzinfo=UTC)  # 00:05 in Seoul
    curve = drawn(now=just_after)
    assert "02:05" in curve.sentence
    assert "11." not in curve.sentence
    # The stillness began before midnight: the line begins at its height at the left edge.
    assert curve.today.startswith(f"M{LEFT},")
    assert curve.now_x == round(LEFT + (RIGHT - LEFT) * 5 / 1440, 1)


def test_a_hold_keeps_the_alert_back_and_a_passed_limit_is_told() -> None:
    held = Held(kind="away", from_at=NOW - HOUR, until_at=NOW + HOUR)
    assert drawn(held=[held]).sentence == "외출·보류 중: 15:06까지 알리지 않습니다."
    assert not drawn(held=[held]).due
    assert drawn(still_for=4 * HOUR).sentence == "한계(3시간)를 넘었습니다."


def test_english_says_the_same() -> None:
    still = Stillness(since=None, still_for=HOUR, opens_after=2 * HOUR, own_limits=False, limits=(HOUR,) * 96, usual=())
    curve = curve_of(still, [], (), EN, NOW, SEOUL)
    assert curve.sentence.startswith("If this goes on, Caution at 15:06")
    assert (curve.usual, curve.today) == ("", "")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 20 * 60), st.integers(30, 18 * 60), st.lists(st.integers(0, 2880), max_size=30))
def test_everything_is_drawn_inside_its_field(still: int, limit: int, ago: list[int]) -> None:
    length = timedelta(minutes=still)
    moves = sorted({NOW - timedelta(minutes=n) for n in ago if n >= still} | {NOW - length})
    stillness = Stillness(
        since=NOW - length,
        still_for=length,
        opens_after=timedelta(minutes=limit),
        own_limits=True,
        limits=(timedelta(minutes=limit),) * 96,
        usual=(HOUR,) * 96,
    )
    curve = curve_of(stillness, moves, (), KO, NOW, SEOUL)
    points = [tuple(map(float, point.split(","))) for point in (curve.limit[1:] + " " + curve.today[1:]).split()]
    assert all(LEFT <= x <= RIGHT and TOP <= y <= BOTTOM for x, y in points)
    line = [float(point.split(",")[0]) for point in curve.today[1:].split()]
    assert line == sorted(line)
