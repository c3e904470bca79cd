"""Two residents, and a cat: what another being's movement hides, what it does not, and what it must never invent."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from contracts import Finding, Phase, Profile, Reading, WatchedHome, WatchPlan
from contracts.values import Contact, Fall, HelpButton, Motion, Occupancy, Smoke, Value
from detectors.state import HomeState
from detectors.whereabouts import expected_inside
from tests.detectors.values import a_home, a_reading, a_sensor, a_state, heartbeats, live

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
#: Eleven at night in Seoul, and noon.
NIGHT, DAY = datetime(2026, 11, 22, 14, tzinfo=UTC), datetime(2026, 11, 22, 3, tzinfo=UTC)
SENSORS = [
    a_sensor("living", "motion", "거실"),
    a_sensor("bath", "motion", "욕실"),
    a_sensor("bedroom", "motion", "침실"),
    a_sensor("door", "contact", "현관"),
    a_sensor("bed", "occupancy", "침실"),
]
ALONE, COUPLE, CAT = WatchPlan(), WatchPlan(residents=2), WatchPlan(pets=True)


def home_of(plan: WatchPlan) -> WatchedHome:
    return a_home(sensors=SENSORS, plan=plan)


def moves(sensor: str, since: datetime, minutes: Sequence[float]) -> Iterator[Reading]:
    for minute in minutes:
        value: Value = Contact(open=True) if sensor == "door" else Motion(active=True)
        yield a_reading(value, at=since + MINUTE * minute, sensor=sensor)
        if sensor == "door":
            yield a_reading(Contact(open=False), at=since + MINUTE * (minute + 0.3), sensor=sensor)


def told(plan: WatchPlan, story: Sequence[Reading], since: datetime, hours: float) -> list[Finding]:
    beats = heartbeats(since - HOUR, since + HOUR * hours, every=2 * MINUTE)
    words = sorted([*story, *beats], key=lambda one: one.observed_at)
    return [each for each in live(HomeState(), home_of(plan), words) if each.phase is Phase.BEGAN]


def kinds(plan: WatchPlan, story: Sequence[Reading], since: datetime, hours: float) -> set[str]:
    return {each.kind for each in told(plan, story, since, hours)}


@pytest.mark.parametrize("plan", [ALONE, COUPLE, CAT])
def test_a_cry_is_told_alike_whoever_else_lives_there(plan: WatchPlan) -> None:
    cries = [
        a_reading(HelpButton(), at=DAY, sensor="button"),
        a_reading(Fall(active=True), at=DAY + MINUTE, sensor="radar"),
        a_reading(Smoke(active=True), at=DAY + 2 * MINUTE, sensor="smoke"),
    ]
    walk = list(moves("living", DAY, range(3, 60, 4)))
    assert {"help_button", "fall", "smoke"} <= kinds(plan, [*cries, *walk], DAY, 1)


def test_who_moves_elsewhere_hides_a_stay_in_the_bathroom_and_the_page_says_so() -> None:
    stay = list(moves("bath", DAY, (0, 2, 4)))
    assert "bathroom" in kinds(ALONE, [*moves("living", DAY, (-5,)), *stay], DAY, 2)
    another = moves("living", DAY, range(6, 120, 10))
    assert "bathroom" not in kinds(COUPLE, [*moves("living", DAY, (-5,)), *stay, *another], DAY, 2)


def test_when_everybody_is_still_a_couple_and_a_cat_are_found_as_soon_as_one_alone() -> None:
    story = [*moves("door", DAY, (-30,)), *moves("living", DAY, (-20, 0))]
    found = {
        plan: next(each.told_at for each in told(plan, story, DAY, 9) if each.kind == "inactivity")
        for plan in (ALONE, COUPLE, CAT)
    }
    assert len(set(found.values())) == 1


def test_a_cat_that_never_rests_hides_stillness_which_is_why_such_a_home_needs_more_than_movement() -> None:
    cat = list(moves("living", DAY, range(0, 24 * 60, 45)))
    assert "inactivity" not in kinds(CAT, cat, DAY, 20)


@pytest.mark.parametrize("plan", [COUPLE, CAT])
def test_movement_of_another_proves_less_and_a_bed_that_is_taken_as_much_as_ever(plan: WatchPlan) -> None:
    home = home_of(plan)
    walked = a_state(*moves("door", DAY, (-60,)), *moves("living", DAY, (0,)))
    assert expected_inside(walked, home, DAY).probability < 0.9
    assert not expected_inside(walked, home, DAY).away
    abed = [*moves("door", DAY, (-60,)), a_reading(Occupancy(occupied=True), at=DAY, sensor="bed")]
    beats = heartbeats(DAY - HOUR, DAY + HOUR, every=2 * MINUTE)
    state = HomeState()
    live(state, home, sorted([*abed, *beats], key=lambda one: one.observed_at))
    assert expected_inside(state, home, DAY + HOUR).patience == 1.0


def test_one_of_two_who_leaves_at_night_is_not_missed_while_the_other_sleeps() -> None:
    wandered = WatchPlan(residents=2, profile=Profile.DEMENTIA)
    story = [*moves("living", NIGHT, (-10,)), *moves("door", NIGHT, (60,))]
    assert "left_at_night" in kinds(wandered, story, NIGHT, 2)
    # Whoever moves inside may be the other: nobody can tell them apart without a bed or a tag.
    stirs = moves("bedroom", NIGHT, (65,))
    assert "left_at_night" not in kinds(wandered, [*story, *stirs], NIGHT, 2)


@pytest.mark.parametrize("plan", [COUPLE, CAT])
def test_a_lively_evening_of_several_invents_nothing(plan: WatchPlan) -> None:
    story = [
        *moves("living", NIGHT, range(-240, 0, 7)),
        *moves("bath", NIGHT, range(-235, 30, 41)),
        *moves("door", NIGHT, (-120, -90, -30)),
        *moves("bedroom", NIGHT, range(5, 90, 11)),
    ]
    assert not kinds(plan, story, NIGHT, 2)
