"""Home or away: what the door, movement, the bed and holds prove, and how often that is right."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Hold, HoldKind, Reading, SensorId, WatchedHome, WatchedSensor, WatchPlan
from contracts.values import Contact, DeviceStatus, Motion, Occupancy
from detectors.remember import remember
from detectors.rooms import BATHROOM, BED, DOOR, OTHER, place_of
from detectors.settle import settle
from detectors.state import HomeState
from detectors.whereabouts import expected_inside, probability_home
from simulator.dice import roll
from simulator.household import household_of, readings_between
from simulator.rhythm import OUT, stays_of
from tests.detectors.values import NOON, a_heartbeat, a_home, a_reading, a_sensor, heartbeats

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LIVING = a_sensor(room="living")
BATH = a_sensor("motion-bathroom", "motion", "bathroom")
ENTRANCE = a_sensor("door", "contact", "entrance")
SLEEPS = a_sensor("bed", "occupancy", "bedroom")


def a_settled(home: WatchedHome, *readings: Reading) -> HomeState:
    state = HomeState()
    settle(state, home)
    for reading in readings:
        remember(state, reading)
    return state


def a_door(at: datetime, *, opens: bool = False) -> Reading:
    return a_reading(Contact(open=opens), at=at, sensor="door")


def with_door(**plan: object) -> WatchedHome:
    return a_home(sensors=[LIVING, BATH, ENTRANCE, SLEEPS], plan=WatchPlan(**plan))  # type: ignore[arg-type]


def chances(home: WatchedHome, *readings: Reading, after: list[timedelta]) -> list[float]:
    state = a_settled(home, *readings)
    out = []
    for length in after:
        for beat in heartbeats(NOON, NOON + length):
            remember(state, beat)
        out.append(probability_home(state, home, NOON + length))
    return out


def test_movement_inside_proves_that_somebody_is_at_home() -> None:
    assert chances(with_door(), a_door(NOON - HOUR), a_reading(), after=[timedelta()])[0] >= 0.97


def test_a_door_and_then_nobody_for_a_quarter_of_an_hour_is_away_with_growing_confidence_and_never_certain() -> None:
    quarter = 15 * MINUTE
    found = chances(
        with_door(), a_reading(at=NOON - HOUR), a_door(NOON), after=[timedelta(), 5 * MINUTE, quarter, HOUR, DAY]
    )
    assert found == sorted(found, reverse=True)
    assert found[0] == pytest.approx(0.5)
    assert found[2] < 0.06
    assert found[-1] >= 0.01


def test_any_movement_inside_is_home_at_once() -> None:
    home = with_door()
    state = a_settled(home, a_reading(at=NOON - HOUR), a_door(NOON), *heartbeats(NOON, NOON + 3 * HOUR))
    assert probability_home(state, home, NOON + 3 * HOUR) < 0.05
    remember(state, a_reading(at=NOON + 3 * HOUR))
    assert probability_home(state, home, NOON + 3 * HOUR) >= 0.97


def test_movement_in_the_minute_of_the_door_may_be_whoever_leaves() -> None:
    first, later = chances(with_door(), a_door(NOON), a_reading(at=NOON + MINUTE / 2), after=[MINUTE, 2 * HOUR])
    assert first > 0.85
    assert later == pytest.approx(0.5)


def test_without_a_door_that_speaks_nothing_is_certain() -> None:
    bare = a_home(sensors=[LIVING])
    moved, hours = chances(bare, a_reading(), after=[timedelta(), 5 * HOUR])
    assert moved > 0.97
    assert hours == pytest.approx(0.8)
    assert probability_home(HomeState(), bare, NOON) == pytest.approx(0.8)
    assert probability_home(a_settled(bare, a_heartbeat()), bare, NOON) == pytest.approx(0.8)


@pytest.mark.parametrize("limit", [None, 4 * HOUR])
def test_a_door_whose_sensor_is_dead_does_not_speak(limit: timedelta | None) -> None:
    door = a_sensor("door", "contact", "entrance", silent_after=limit)
    home = a_home(sensors=[LIVING, door])
    cut = a_reading(DeviceStatus(online=False), at=NOON + MINUTE, sensor="door")
    words = [a_door(NOON), *([cut] if limit is None else [])]
    state = a_settled(home, a_reading(at=NOON - HOUR), *words, *heartbeats(NOON, NOON + 5 * HOUR))
    assert probability_home(state, home, NOON + 5 * HOUR) == pytest.approx(0.8)


def test_a_door_that_never_spoke_is_no_door() -> None:
    assert chances(with_door(), a_reading(), after=[5 * HOUR])[0] == pytest.approx(0.8)


def test_a_bed_that_is_taken_proves_it_until_a_door_says_otherwise() -> None:
    taken = a_reading(Occupancy(occupied=True), at=NOON, sensor="bed")
    assert chances(with_door(), a_door(NOON - HOUR), taken, after=[9 * HOUR])[0] >= 0.97
    assert chances(with_door(), taken, a_door(NOON + HOUR), after=[9 * HOUR])[0] < 0.05
    empty = a_reading(Occupancy(occupied=False), at=NOON + MINUTE, sensor="bed")
    assert chances(with_door(), a_door(NOON - HOUR), taken, empty, after=[9 * HOUR])[0] < 0.97


def test_several_residents_and_pets_lower_what_movement_proves() -> None:
    story = (a_door(NOON - HOUR), a_reading())
    alone, two, cat = (
        chances(with_door(**plan), *story, after=[timedelta()])[0] for plan in ({}, {"residents": 2}, {"pets": True})
    )
    assert cat < two < alone
    gone = (a_reading(at=NOON - HOUR), a_door(NOON))
    assert chances(with_door(), *gone, after=[15 * MINUTE]) < chances(
        with_door(residents=2), *gone, after=[15 * MINUTE]
    )


@pytest.mark.parametrize("kind", [HoldKind.AWAY, HoldKind.HOSPITAL])
def test_whoever_is_away_or_in_hospital_is_hardly_at_home(kind: HoldKind) -> None:
    home = with_door()
    held = a_home(sensors=home.sensors, holds=[Hold(kind=kind, from_at=NOON - HOUR, until_at=NOON + HOUR)])
    gone, here = (a_reading(at=NOON - HOUR), a_door(NOON)), (a_door(NOON - HOUR), a_reading())
    assert chances(held, *gone, after=[15 * MINUTE])[0] < chances(home, *gone, after=[15 * MINUTE])[0]
    assert 0.3 < chances(held, *here, after=[timedelta()])[0] < 0.8


def test_a_visitor_makes_it_likelier_that_somebody_is_inside() -> None:
    home = with_door()
    held = a_home(sensors=home.sensors, holds=[Hold(kind=HoldKind.VISITOR, from_at=NOON, until_at=NOON + HOUR)])
    story = (a_reading(at=NOON - HOUR), a_door(NOON))
    assert chances(held, *story, after=[5 * MINUTE])[0] > chances(home, *story, after=[5 * MINUTE])[0]


def test_a_time_that_was_not_observed_makes_nobody_leave() -> None:
    home = with_door()
    state = a_settled(home, a_reading(at=NOON - HOUR), a_door(NOON), a_heartbeat(NOON + 9 * HOUR))
    assert probability_home(state, home, NOON + 9 * HOUR) > 0.1


def test_a_passive_rule_waits_longer_the_likelier_the_home_is_empty_and_says_why() -> None:
    home = with_door()
    here = a_settled(home, a_door(NOON - HOUR), a_reading())
    assert expected_inside(here, home, NOON).patience == 1.0
    assert expected_inside(here, home, NOON).sentence is None
    gone = a_settled(home, a_reading(at=NOON - HOUR), a_door(NOON), *heartbeats(NOON, NOON + HOUR))
    away = expected_inside(gone, home, NOON + HOUR)
    assert 2.5 < away.patience <= 3.0
    assert away.sentence is not None
    assert away.sentence.ko.startswith("집에 있을 확률")


@given(st.permutations(range(8)))
def test_the_order_of_readings_does_not_matter(order: list[int]) -> None:
    home = with_door()
    story = [
        a_reading(Contact(open=turn % 2 == 0), at=NOON + turn * 7 * MINUTE, sensor="door")
        if turn % 3 == 0
        else a_reading(at=NOON + turn * 7 * MINUTE, late_by=None if turn % 2 else HOUR)
        for turn in range(7)
    ] + [a_reading(Occupancy(occupied=True), at=NOON, sensor="bed")]
    assert a_settled(home, *story) == a_settled(home, *[story[place] for place in order], *story)


@pytest.mark.parametrize(
    ("room", "kind", "place"),
    [
        ("욕실 1", "motion", BATHROOM),
        ("Bathroom-2", "presence", BATHROOM),
        ("현관", "contact", DOOR),
        ("현관", "motion", OTHER),
        ("창고", "motion", OTHER),
        ("", "occupancy", BED),
        ("거실", "occupancy", 0),
        ("실외", "motion", 0),
        ("거실", "smoke", 0),
    ],
)
def test_a_room_is_known_by_its_name(room: str, kind: str, place: int) -> None:
    assert place_of(WatchedSensor(sensor_id=SensorId("s"), kind=kind, room=room)) == place


def test_a_home_without_such_sensors_keeps_no_ways_and_one_that_loses_them_forgets() -> None:
    state = a_settled(a_home(sensors=[a_sensor("button", "help_button")]), a_reading())
    assert state.ways is None
    settle(state, with_door())
    assert state.ways is not None
    settle(state, a_home(version=2))
    assert state.ways is None


@pytest.mark.parametrize(("lost", "found_away", "found_home"), [(0.0, 0.98, 0.98), (0.2, 0.95, 0.97)])
def test_in_simulated_homes_that_lose_readings_it_is_right(lost: float, found_away: float, found_home: float) -> None:
    tallies = [tally(seed, days=4, lost=lost) for seed in range(10)]
    away_right, away, home_right, at_home = (sum(column) for column in zip(*tallies, strict=True))
    assert away_right / away > found_away
    assert home_right / at_home > found_home


def tally(seed: int, *, days: int, lost: float) -> tuple[int, int, int, int]:
    """Count how often it was right, every ten minutes, beginning a quarter of an hour after somebody left."""
    home = with_door()
    household = household_of(home, seed=seed)
    first = NOON.astimezone().date()
    stays = [stay for day in range(-1, days) for stay in stays_of(household.seed, first + DAY * day, home.timezone)]
    seen = [
        each
        for each in readings_between(household, NOON, NOON + DAY * (days - 1))
        if isinstance(each.value, Motion | Contact | Occupancy) and roll(seed, each.at.isoformat()) >= lost
    ]
    state, right, asked = a_settled(home), [0, 0], [0, 0]
    for turn in range(int(DAY * (days - 1) / (10 * MINUTE))):
        now = NOON + turn * 10 * MINUTE
        while seen and seen[0].at <= now:
            each = seen.pop(0)
            remember(state, a_reading(each.value, at=each.at, sensor=each.sensor_id))
        remember(state, a_heartbeat(now - 5 * MINUTE))
        remember(state, a_heartbeat(now))
        stay = next((stay for stay in stays if stay.from_at <= now < stay.until_at), None)
        if stay is None or (stay.room == OUT and now - stay.from_at < 15 * MINUTE):
            continue
        out = stay.room == OUT
        asked[out] += 1
        right[out] += (probability_home(state, home, now) < 0.5) == out
    return right[True], asked[True], right[False], asked[False]
