"""A home's days: closed by its own clock, blank where nobody can know, and compared once a week."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import msgpack

from contracts import Reading, Severity
from contracts.values import Contact, Motion
from detectors import bathroom, decline, first_activity, isolation, out_too_long
from detectors.diary import DAYS, Day, days_of, keep_diary
from detectors.gate import Detector
from detectors.remember import remember
from detectors.review import TOLD_FOR
from detectors.rooms import BATHROOM, BEDROOM, LIVING
from detectors.settle import settle
from detectors.state import HomeState
from detectors.ways import SLOT_SECONDS, SLOTS, Ways, note_sign, seen_in
from tests.detectors.values import NOON, a_heartbeat, a_home, a_reading, a_sensor

SEOUL = ZoneInfo("Asia/Seoul")
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
HOME = a_home(
    sensors=[
        a_sensor("living", "motion", "거실"),
        a_sensor("bath", "motion", "욕실"),
        a_sensor("bedroom", "motion", "안방"),
        a_sensor("kitchen", "motion", "부엌"),
        a_sensor("door", "contact", "현관"),
    ]
)
MONDAY = date(2026, 8, 31)


def at(day: date, clock: float) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SEOUL).astimezone(UTC) + clock * HOUR


def seen(day: date, clock: float, sensor: str) -> Reading:
    value = Contact(open=True) if sensor == "door" else Motion(active=True)
    return a_reading(value, at=at(day, clock), sensor=sensor)


def usual(day: date) -> list[Reading]:
    """Up at seven, three rooms, out from ten to twelve, one visit at night."""
    moments = [
        (7, "living"),
        (7.2, "bath"),
        (7.4, "living"),
        (9.9, "living"),
        (10, "door"),
        (12, "door"),
        (12, "living"),
    ]
    evening = [(15.0, "living"), (19, "bath"), (19.3, "living"), (21.5, "bedroom"), (26.1, "bath"), (26.3, "bedroom")]
    return [seen(day, clock, sensor) for clock, sensor in (*moments, *evening)]


def lived(
    days: int, life: Callable[[int, date], Sequence[Reading]], *, deaf: frozenset[int] = frozenset()
) -> tuple[HomeState, datetime]:
    """Let a home live for some days from a Monday on, and stop at nine on the morning after."""
    state = HomeState()
    settle(state, HOME)
    for number in range(days):
        day = MONDAY + DAY * number
        beats = [] if number in deaf else [a_heartbeat(at(day, 4) + 5 * MINUTE * turn) for turn in range(288)]
        for reading in sorted([*life(number, day), *beats], key=lambda one: one.observed_at):
            remember(state, reading)
            assert state.watermark is not None
            keep_diary(state, HOME, state.watermark)
    end = at(MONDAY + DAY * days, 9)
    remember(state, a_heartbeat(end))
    keep_diary(state, HOME, end)
    return state, end


def ways_of(state: HomeState) -> Ways:
    assert state.ways is not None
    return state.ways


def test_a_day_is_read_as_it_was_lived() -> None:
    state, _ = lived(1, lambda _, day: usual(day))
    (day,) = days_of(ways_of(state), newest=60)
    assert day == Day(
        changes=7, toilets=1, outings=1, longest_out=2 * HOUR, woke=3 * HOUR, meals=0, long_bath=timedelta(minutes=0)
    )


def test_a_day_that_was_not_observed_is_blank() -> None:
    state, _ = lived(4, lambda _, day: usual(day), deaf=frozenset({1}))
    assert len(days_of(ways_of(state), newest=60)) == 3
    assert len(ways_of(state).days) == 20


def test_a_day_under_a_hold_is_blank() -> None:
    state, _ = lived(2, lambda _, day: usual(day))
    ways_of(state).closes_at = at(MONDAY + 3 * DAY, 6)
    state.rested_until = at(MONDAY + 2 * DAY, 12)
    keep_diary(state, HOME, at(MONDAY + 3 * DAY, 7))
    assert len(days_of(ways_of(state), newest=1)) == 0


def test_sixty_days_are_kept_and_no_more_also_after_a_year_of_silence() -> None:
    state, end = lived(3, lambda _, day: usual(day))
    for days in (1, 400):
        end += DAY * days
        remember(state, a_heartbeat(end))
        keep_diary(state, HOME, end)
    assert len(ways_of(state).days) == 4 * DAYS
    assert not days_of(ways_of(state), newest=60)


def test_limits_are_learned_from_a_fortnight() -> None:
    state, _ = lived(14, lambda _, day: usual(day))
    assert first_activity.latest(ways_of(state), HOME) == 8 * HOUR
    assert out_too_long.longest(ways_of(state), HOME) == 4 * HOUR
    young, _ = lived(13, lambda _, day: usual(day))
    assert first_activity.latest(ways_of(young), HOME) == 10.5 * HOUR
    assert out_too_long.longest(ways_of(young), HOME) == 24 * HOUR


def test_where_every_stay_in_the_bathroom_looks_long_the_bathroom_is_not_judged() -> None:
    def unseen(_: int, day: date) -> list[Reading]:
        return [seen(day, 7, "living"), seen(day, 21, "bath")]

    state, end = lived(15, unseen)
    assert not bathroom.judge(state, HOME, end)


def reviewed(detector: Detector, state: HomeState, end: datetime) -> list[str]:
    return [concern.evidence.sentence.en for concern in detector.judge(state, HOME, end)]


def test_a_life_that_goes_on_as_before_is_not_told() -> None:
    state, end = lived(56, lambda _, day: usual(day))
    assert not reviewed(decline, state, end)
    assert not reviewed(isolation, state, end)


def test_two_weeks_of_less_are_told_on_monday_as_a_notice() -> None:
    def fading(number: int, day: date) -> list[Reading]:
        if number < 42:
            return usual(day)
        nights = [seen(day, clock, "bath") for clock in (23, 25, 27.5)]
        return [seen(day, 9.2, "living"), seen(day, 9.4, "living"), seen(day, 9.6, "living"), *nights]

    state, end = lived(56, fading)
    (concern,) = decline.judge(state, HOME, end)
    assert concern.severity is Severity.NOTICE
    assert not concern.lasting
    assert concern.since == end
    assert concern.evidence.sentence.ko == (
        "방 사이 이동 86 % 감소 · 밤 화장실 하루 1.0번에서 3.0번으로 · 기상 130분 늦어짐 · 14일 동안 외출 없음"
    )
    assert concern.evidence.values["days_without_outing"] == 14
    assert not decline.judge(state, HOME, end + TOLD_FOR)
    assert reviewed(isolation, state, end) == ["out 3.5 times a week, before 7.0"]


def eats(day: date, *hours: float) -> list[Reading]:
    return [seen(day, hour + turn / 6, "kitchen") for hour in hours for turn in range(2)]


def test_meals_are_counted_at_mealtimes_and_a_glass_of_water_is_none() -> None:
    state, _ = lived(1, lambda _, day: [*usual(day), *eats(day, 7.5, 12.5, 18), seen(day, 20.5, "kitchen")])
    assert days_of(ways_of(state), newest=1)[0].meals == 3
    state, _ = lived(1, lambda _, day: [*usual(day), *eats(day, 9.1, 15), seen(day, 18, "kitchen")])
    assert days_of(ways_of(state), newest=1)[0].meals == 1


def test_half_the_meals_are_told_and_a_home_whose_kitchen_sees_nobody_is_not() -> None:
    def fading(number: int, day: date) -> list[Reading]:
        return [*usual(day), *(eats(day, 7.5, 12.5, 18) if number < 42 else eats(day, 12.5))]

    state, end = lived(56, fading)
    assert "in the kitchen at 1.0 mealtimes a day, before 3.0" in reviewed(decline, state, end)[0]
    state, end = lived(56, lambda number, day: [*usual(day), *(eats(day, 12.5) if number % 5 == 0 else [])])
    assert not reviewed(decline, state, end)


def test_days_that_were_kept_before_meals_were_noted_stay_days() -> None:
    state, end = lived(56, lambda _, day: usual(day))
    ways = ways_of(state)
    del ways.meals[:-6]
    meals = [day.meals for day in days_of(ways, newest=60)]
    assert meals[:6] == [0] * 6
    assert set(meals[6:]) == {None}
    assert not reviewed(decline, state, end)


def test_too_few_known_days_say_nothing() -> None:
    state, end = lived(56, lambda number, day: usual(day) if number < 42 else [], deaf=frozenset(range(44, 56)))
    assert not reviewed(decline, state, end)
    young, end = lived(21, lambda number, day: usual(day) if number < 14 else [seen(day, 9, "living")])
    assert not reviewed(decline, young, end)


def test_a_review_is_told_on_mondays_only() -> None:
    state, end = lived(57, lambda number, day: usual(day) if number < 42 else [seen(day, 9, "living")])
    assert not reviewed(decline, state, end)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25)])
def test_a_day_of_23_or_25_hours_is_closed_by_the_clock(day: date, hours: int) -> None:
    home = a_home(sensors=HOME.sensors)
    berlin = ZoneInfo("Europe/Berlin")
    state = HomeState()
    settle(state, home)
    home = type(home)(home_id=home.home_id, version=1, timezone="Europe/Berlin", sensors=home.sensors)
    began = datetime(day.year, day.month, day.day, 4, tzinfo=berlin).astimezone(UTC)
    for turn in range(12 * (hours + 3)):
        remember(state, a_heartbeat(began + 5 * MINUTE * turn))
        keep_diary(state, home, began + 5 * MINUTE * turn)
    remember(state, a_heartbeat(began + (hours + 2) * HOUR))
    keep_diary(state, home, began + (hours + 2) * HOUR)
    assert ways_of(state).day == day.toordinal()
    assert len(days_of(ways_of(state), newest=1)) == 1


def test_all_that_is_kept_of_a_home_of_two_months_fits_650_bytes() -> None:
    state, _ = lived(61, lambda _, day: usual(day))
    ways = ways_of(state)
    assert len(msgpack.encode(ways)) <= 650
    assert msgpack.decode(msgpack.encode(ways), type=Ways) == ways


@given(st.lists(st.tuples(st.integers(0, 3 * SLOTS), st.sampled_from([BATHROOM, BEDROOM, LIVING])), max_size=12))
def test_the_strip_tells_where_somebody_was_whatever_the_order(marks: list[tuple[int, int]]) -> None:
    ways, other = Ways(), Ways()
    for strip, story in ((ways, marks), (other, [*reversed(marks), *marks])):
        for slot, place in story:
            note_sign(strip, place, NOON + timedelta(seconds=SLOT_SECONDS * slot), a_reading().reading_id, late=False)
    assert ways == other
    if marks:
        newest = max(slot for slot, _ in marks)
        wanted = {slot for slot, _ in marks if slot > newest - SLOTS}
        told = seen_in(ways, ways.slot - SLOTS + 1, ways.slot + 1)
        assert {newest - SLOTS + 1 + place for place, one in enumerate(told) if one} == wanted
