"""A pretend resident lives plausibly, and lives the same day again from the same seed."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import kind_of
from contracts.values import Contact, Motion, Occupancy
from simulator.household import readings_between
from tests.simulator.builders import NOON, USUAL, a_household

seeds = st.integers(0, 10_000)


@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_the_same_seed_lives_the_same_day(seed: int) -> None:
    day = timedelta(days=1)
    assert readings_between(a_household(seed=seed), NOON, NOON + day) == readings_between(
        a_household(seed=seed), NOON, NOON + day
    )


def test_two_homes_do_not_move_in_step() -> None:
    one, other = a_household("h-0001"), a_household("h-0002")
    day = timedelta(days=1)
    assert readings_between(one, NOON, NOON + day) != readings_between(other, NOON, NOON + day)


@given(seed=seeds, hours=st.floats(0.1, 40), cut=st.floats(0, 1))
@settings(max_examples=30, deadline=None)
def test_a_span_told_in_two_parts_is_told_once(seed: int, hours: float, cut: float) -> None:
    home, end = a_household(seed=seed), NOON + timedelta(hours=hours)
    middle = NOON + timedelta(hours=hours * cut)
    told = readings_between(home, NOON, middle) + readings_between(home, middle, end)
    assert told == readings_between(home, NOON, end)
    assert [sighting.at for sighting in told] == sorted(sighting.at for sighting in told)
    assert all(NOON <= sighting.at < end for sighting in told)


@given(seed=seeds)
@settings(max_examples=25, deadline=None)
def test_a_plausible_life_is_never_still_for_seven_hours(seed: int) -> None:
    seen = readings_between(a_household(seed=seed), NOON, NOON + timedelta(days=10))
    moved = [sighting.at for sighting in seen if sighting.value == Motion(active=True)]
    assert max(later - earlier for earlier, later in pairwise([NOON, *moved])) < timedelta(hours=7)


def test_a_home_with_one_motion_sensor_sees_everyone_pass_it() -> None:
    home = a_household(hall=("motion", "living"))
    seen = readings_between(home, NOON, NOON + timedelta(days=1))
    assert {sighting.sensor_id for sighting in seen} == {"hall"}
    assert sum(sighting.value == Motion(active=True) for sighting in seen) > 60


def test_a_home_without_motion_sensors_still_reports_its_air_and_its_doors() -> None:
    home = a_household(door=("contact", "entrance"), climate=("temperature", "living"), damp=("humidity", "living"))
    kinds = {kind_of(sighting.value) for sighting in readings_between(home, NOON, NOON + timedelta(days=3))}
    assert kinds == {"contact", "temperature", "humidity", "link_quality", "battery"}


def test_a_resting_home_reports_its_devices_nobody_moves_and_the_air_is_left_to_a_scene() -> None:
    seen = readings_between(a_household(resting=True), NOON, NOON + timedelta(days=2))
    assert {kind_of(sighting.value) for sighting in seen} == {"link_quality", "battery"}
    assert {sighting.sensor_id for sighting in seen} == set(USUAL)


def test_a_door_that_opens_closes_again_and_a_bed_that_is_taken_is_left() -> None:
    seen = readings_between(a_household(), NOON, NOON + timedelta(days=7))
    doors = [sighting.value for sighting in seen if isinstance(sighting.value, Contact)]
    assert doors.count(Contact(open=True)) == doors.count(Contact(open=False)) > 0
    beds = [sighting.value for sighting in seen if isinstance(sighting.value, Occupancy)]
    assert abs(beds.count(Occupancy(occupied=True)) - beds.count(Occupancy(occupied=False))) <= 1
