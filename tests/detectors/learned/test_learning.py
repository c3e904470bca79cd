"""A home teaches its own limits: from what was observed, the same in any order, and never from a silent line."""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import Hold, HoldKind, Reading, Severity, WatchedHome, WatchPlan
from detectors import inactivity, inactivity_check
from detectors.learned.habits import SILENCES, Habits, silences_of
from detectors.learned.limits import CAP, FLOOR, limits_at
from detectors.learned.population import USUAL
from detectors.learning import learn, learned, limits_of, longest_of, soonest
from detectors.observed import slot_of
from detectors.remember import remember
from detectors.state import HomeState
from tests.detectors.values import a_heartbeat, a_home, a_reading, a_sensor, a_state

SEOUL = ZoneInfo("Asia/Seoul")
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
BEGAN = datetime(2026, 3, 2, tzinfo=SEOUL)
HOME = a_home(sensors=[a_sensor()])


def a_life(days: int, *, seed: int = 1, began: datetime = BEGAN) -> list[Reading]:
    """Rise at six, move every ten minutes or so, nap for an hour at two, go to bed at ten and get up once."""
    dice = Random(seed)
    said: list[Reading] = []
    for day in range(days):
        midnight = began + DAY * day
        beats = [a_heartbeat(midnight + 5 * MINUTE * turn) for turn in range(288)]
        up = [6.0 + 0.17 * turn + 0.1 * dice.random() for turn in range(94)]
        hours = [2.5 + dice.random(), *(hour for hour in up if not 14.1 < hour < 15.1)]
        moved = [a_reading(at=midnight + HOUR * hour) for hour in hours]
        said += sorted([*beats, *moved], key=lambda reading: reading.observed_at)
    return said


def lived(readings: list[Reading], home: WatchedHome = HOME, state: HomeState | None = None) -> HomeState:
    """Let the nights pass as `watch` does."""
    state = state or HomeState()
    for reading in readings:
        remember(state, reading)
        if state.watermark and (state.learns_at is None or state.watermark >= state.learns_at):
            learn(state, home, state.watermark)
    return state


@pytest.fixture(scope="module")
def known() -> HomeState:
    return lived(a_life(28))


def a_copy(state: HomeState) -> HomeState:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=HomeState)


def test_a_home_that_lived_for_four_weeks_is_told_long_before_the_cities_steps(known: HomeState) -> None:
    morning = BEGAN + 28 * DAY + 10 * HOUR
    limits = limits_of(known, HOME, morning)
    assert learned(known, HOME)
    assert FLOOR <= limits.check < limits.alarm < 4 * HOUR
    assert limits_of(known, HOME, BEGAN + 28 * DAY + 22 * HOUR).alarm > limits.alarm


def test_the_alarm_says_what_is_usual_at_this_hour(known: HomeState) -> None:
    state, morning = a_copy(known), BEGAN + 28 * DAY + 10 * HOUR
    said = [a_reading(at=morning), *(a_heartbeat(morning + MINUTE * turn) for turn in range(4 * 60))]
    state = lived([*said], state=state)
    (concern,) = inactivity.judge(state, HOME, morning + 4 * HOUR)
    assert concern.severity is Severity.CAUTION
    assert concern.evidence.baseline is not None
    assert concern.evidence.baseline.ko.startswith("이 시각 평소 최장 ")
    assert concern.evidence.sentence.ko.startswith("3시간 59분 동안 움직임 없음 · 이 시각 평소 최장 ")
    limit = timedelta(seconds=concern.evidence.limit or 0)
    at_limit = morning + limit
    assert inactivity.judge(state, HOME, at_limit)  # a time that equals the limit has reached it
    assert not inactivity.judge(state, HOME, at_limit - MINUTE)


def test_a_soft_check_comes_long_before_the_alarm_and_only_where_it_is_wanted(known: HomeState) -> None:
    asked = a_home(sensors=[a_sensor()], plan=WatchPlan(inactivity_checks_a_month=30))
    state, morning = a_copy(known), BEGAN + 28 * DAY + 10 * HOUR
    limits = limits_of(state, asked, morning)
    state = lived([a_reading(at=morning), *(a_heartbeat(morning + MINUTE * turn) for turn in range(240))], state=state)
    (concern,) = inactivity_check.judge(state, asked, morning + limits.check + 5 * MINUTE)
    assert concern.severity is Severity.NOTICE
    assert not inactivity.judge(state, asked, morning + limits.check + 5 * MINUTE)
    assert not inactivity_check.judge(state, HOME, morning + 4 * HOUR)


def test_in_its_first_week_a_home_follows_the_cities_steps() -> None:
    state = lived(a_life(6))
    assert not learned(state, HOME)
    assert inactivity.opens_after(state, HOME, BEGAN + 6 * DAY) == 8 * HOUR
    assert longest_of(state, HOME, BEGAN) is None


def test_a_plan_may_want_no_learned_alarms(known: HomeState) -> None:
    fixed = a_home(sensors=[a_sensor()], plan=WatchPlan(inactivity_alarms_a_month=0))
    assert inactivity.opens_after(known, fixed, BEGAN + 28 * DAY) == 8 * HOUR


def test_readings_twice_and_a_shuffled_hour_teach_the_same() -> None:
    life = a_life(9)
    dice = Random(7)
    mixed: list[Reading] = []
    for first in range(0, len(life), 12):
        part = life[first : first + 12] * 2
        dice.shuffle(part)
        mixed += part
    assert lived(life).habits == lived(mixed).habits


def test_a_late_reading_of_the_day_mends_a_silence_and_one_of_yesterday_changes_nothing() -> None:
    life, gone = a_life(3), BEGAN + DAY + 9 * HOUR
    holed = [r for r in life if r.sensor_id == "gateway" or not gone <= r.observed_at < gone + 2 * HOUR]
    late = a_reading(at=gone + HOUR, late_by=3 * HOUR)
    at = next(place for place, reading in enumerate(holed) if reading.observed_at > gone + 4 * HOUR)
    mended = lived([*holed[:at], late, *holed[at:]])
    assert longest_from(mended, gone) < longest_from(lived(holed), gone)
    after = [*holed, a_reading(at=gone + HOUR, late_by=40 * HOUR)]
    before = lived(holed).habits
    assert before is not None
    assert lived(after).habits == before


def longest_from(state: HomeState, at: datetime) -> int:
    habits = state.habits
    assert habits is not None
    near = [one.length for one in silences_of(habits) if abs(one.start - slot_of(at)) < 24]
    return max(near, default=0)


@settings(max_examples=10, deadline=None)
@given(st.integers(45, 300))
def test_an_outage_never_teaches_stillness(minutes: int) -> None:
    life, gone = a_life(3), BEGAN + DAY + 9 * HOUR
    outage = [r for r in life if not gone <= r.observed_at < gone + MINUTE * minutes]
    state = lived(outage)
    assert longest_from(state, gone) < 6 or longest_from(state, gone) <= longest_from(lived(life), gone)


def test_an_absence_that_was_announced_teaches_nothing() -> None:
    gone = BEGAN + DAY + 9 * HOUR
    hold = Hold(kind=HoldKind.AWAY, from_at=gone, until_at=gone + 6 * HOUR)
    life = [r for r in a_life(3) if r.sensor_id == "gateway" or not gone <= r.observed_at < gone + 6 * HOUR]
    assert longest_from(lived(life), gone) > 60
    assert longest_from(lived(life, a_home(sensors=[a_sensor()], holds=[hold])), gone) < 60


@pytest.mark.parametrize("zone", ["Asia/Seoul", "America/New_York", "Europe/London"])
def test_days_of_23_and_25_hours_are_learned_once_each(zone: str) -> None:
    began = datetime(2026, 3, 1, tzinfo=ZoneInfo(zone))
    home = msgspec.structs.replace(HOME, timezone=zone)
    state = lived(a_life(31, began=began), home)
    assert state.habits is not None
    assert state.habits.until == slot_of(began + 30 * DAY)
    assert 29 <= state.habits.days <= 31
    assert state.learns_at is not None
    local = state.learns_at.astimezone(ZoneInfo(zone))
    assert local.hour < 4


def test_a_snapshot_of_before_loads_and_one_of_now_is_small(known: HomeState) -> None:
    old = msgspec.msgpack.decode(msgspec.msgpack.encode({"first_at": BEGAN}), type=HomeState)
    assert old.habits is None
    assert a_copy(known).habits == known.habits
    assert len(msgspec.msgpack.encode(known.habits)) < 8_000


def test_however_restless_a_home_is_its_habits_are_bounded() -> None:
    life = [a_reading(at=BEGAN + 35 * MINUTE * turn) for turn in range(70 * 41)]
    beats = [a_heartbeat(BEGAN + 5 * MINUTE * turn) for turn in range(70 * 288)]
    state = lived(sorted([*life, *beats], key=lambda reading: reading.observed_at))
    assert state.habits is not None
    assert len(silences_of(state.habits)) == SILENCES
    assert state.habits.days == 60
    assert len(msgspec.msgpack.encode(state.habits)) < 8_000


@given(st.integers(0, 5), st.floats(0, 23.99))
def test_a_stranger_has_the_limits_of_the_population(cell: int, hour: float) -> None:
    limits = limits_at(None, cell, hour)
    assert FLOOR <= limits.check <= limits.alarm <= CAP
    assert min(USUAL) * HOUR <= limits.alarm
    assert limits_at(Habits(since=1, until=1), cell, hour) == limits


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 24 * 60), st.integers(0, 23 * 60), st.booleans())
def test_nothing_is_told_before_it_is_due(known: HomeState, began: int, later: int, check: bool) -> None:
    """Whatever moves after a moment, no limit is reached before the gate was promised it could be."""
    state, at = a_copy(known), BEGAN + 28 * DAY + MINUTE * began
    remember(state, a_reading(at=at))
    bound = at + soonest(state, HOME, check=check)
    moved = at + MINUTE * later
    remember(state, a_reading(at=moved))
    limits = limits_of(state, HOME, moved)
    assert moved + (limits.check if check else limits.alarm) + 5 * MINUTE >= bound


def test_a_home_that_never_moved_is_asked_about_always() -> None:
    assert soonest(a_state(a_heartbeat()), HOME, check=False) == timedelta(0)


def test_a_day_without_a_movement_is_digested_like_any_other() -> None:
    empty = [r for r in a_life(8) if r.sensor_id == "gateway" or not BEGAN + 3 * DAY <= r.observed_at < BEGAN + 5 * DAY]
    state = lived(empty)
    assert state.habits is not None
    assert state.habits.until == slot_of(BEGAN + 7 * DAY)
    assert all(one.length < 24 * 12 for one in silences_of(state.habits))
    nobody = lived([reading for reading in a_life(8) if reading.sensor_id == "gateway"])
    assert nobody.habits is not None
    assert not nobody.habits.silences


def test_an_offline_week_is_digested_at_once_and_teaches_nothing() -> None:
    life = [r for r in a_life(14) if not BEGAN + 5 * DAY <= r.observed_at < BEGAN + 12 * DAY]
    state = lived(life)
    assert state.habits is not None
    assert state.habits.days < 7.1
    assert longest_from(state, BEGAN + 5 * DAY - 2 * HOUR) < 100
