"""A profile says what is usual for a home; the home's own plan wins."""

import msgspec
import pytest

from contracts import Profile, WatchPlan
from contracts.profiles import PROFILES, usual_plan
from homes.model import Street
from homes.street import dump, parse
from tests.homes.test_street import GOOD, faults_of


def plan_of(text: str) -> WatchPlan:
    street = parse(f"{GOOD}    plan: {text}\n")
    assert isinstance(street, Street)
    assert parse(dump(street)) == street
    return street.homes[0].plan


def test_every_profile_has_its_usual_limits_and_whoever_lives_alone_those_of_the_programme() -> None:
    assert PROFILES.keys() == set(Profile)
    assert usual_plan(Profile.LIVING_ALONE) == WatchPlan()


@pytest.mark.parametrize("profile", list(Profile))
def test_a_home_that_says_only_its_profile_has_what_is_usual_for_it(profile: Profile) -> None:
    assert plan_of(f"{{profile: {profile}}}") == usual_plan(profile)


@pytest.mark.parametrize("profile", list(Profile))
def test_a_profile_does_not_let_a_worse_step_come_before_a_milder_one(profile: Profile) -> None:
    plan = usual_plan(profile)
    steps = [plan.inactivity_caution_seconds, plan.inactivity_urgent_seconds, plan.inactivity_emergency_seconds]
    assert steps == sorted(steps)
    assert plan.bathroom_night_seconds <= plan.bathroom_caution_seconds <= plan.bathroom_emergency_seconds


def test_what_a_plan_says_itself_wins_over_its_profile_even_where_it_says_the_usual() -> None:
    plan = plan_of("{profile: dementia, left_at_night_seconds: 1800, residents: 2, pets: true}")
    assert plan.left_at_night_seconds == WatchPlan().left_at_night_seconds == 1800
    assert plan.out_too_long_cap_seconds == 6 * 3600
    assert (plan.residents, plan.pets) == (2, True)


@pytest.mark.parametrize("text", ["{profile: lonely}", "{residents: 0}", "{pets: 3}", "{isolation_percent: 0}"])
def test_a_profile_that_nobody_knows_or_a_number_that_cannot_be_is_a_fault(text: str) -> None:
    assert faults_of(f"{GOOD}    plan: {text}\n")


def test_a_plan_written_by_an_earlier_release_is_one_of_somebody_who_lives_alone() -> None:
    assert msgspec.json.decode(b'{"inactivity_caution_seconds": 7200}', type=WatchPlan).profile is Profile.LIVING_ALONE


def test_how_often_a_home_is_alarmed_about_for_nothing_is_a_number_that_may_be_none() -> None:
    plan = plan_of("{inactivity_alarms_a_month: 0, inactivity_checks_a_month: 30}")
    assert (plan.inactivity_alarms_a_month, plan.inactivity_checks_a_month) == (0, 30)
