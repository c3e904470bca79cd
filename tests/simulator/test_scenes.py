"""A scene is told as cues, the same for the same home and moment."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts import Value, kind_of
from contracts.values import Fall, Heartbeat, HelpButton, Motion, Smoke
from simulator.scenes import CUT_FOR, STILL_FOR, Cut, Say, SceneName, cues_of, of_one_district
from tests.simulator.builders import NOON, a_household


def values_of(scene: SceneName) -> list[Value]:
    cues = cues_of(scene, [a_household()], NOON)
    return [sighting.value for cue in cues if isinstance(cue.act, Say) for sighting in cue.act.sightings]


def test_the_help_button_is_pressed_once_and_at_once() -> None:
    (cue,) = cues_of(SceneName.HELP_BUTTON, [a_household()], NOON)
    assert cue.after == timedelta()
    assert values_of(SceneName.HELP_BUTTON) == [HelpButton()]


def test_whoever_falls_had_moved() -> None:
    assert values_of(SceneName.FALL) == [Motion(active=True), Fall()]


def test_smoke_clears() -> None:
    assert values_of(SceneName.SMOKE) == [Smoke(active=True), Smoke(active=False)]


def test_a_low_battery_says_how_low() -> None:
    assert [kind_of(value) for value in values_of(SceneName.BATTERY_LOW)] == ["battery"]


def test_stillness_is_forwarded_as_heartbeats_without_a_movement() -> None:
    (cue,) = cues_of(SceneName.STILLNESS, [a_household(resting=True)], NOON)
    assert isinstance(cue.act, Say)
    moved, *beats = cue.act.sightings
    assert (moved.value, moved.at) == (Motion(active=True), NOON - STILL_FOR)
    assert {beat.value for beat in beats} == {Heartbeat()}
    assert beats[-1].at == NOON
    assert timedelta(hours=8) < STILL_FOR


def test_a_cut_outlasts_three_heartbeats() -> None:
    (cue,) = cues_of(SceneName.GATEWAY_CUT, [a_household()], NOON)
    assert cue.act == Cut(lasts=CUT_FOR)
    assert timedelta(seconds=180) < CUT_FOR


def test_a_flood_reaches_every_home_and_darkens_some() -> None:
    homes = [a_household(f"h-{number:04d}") for number in range(60)]
    cues = cues_of(SceneName.FLOOD, homes, NOON)
    assert {cue.household.home_id for cue in cues} == {home.home_id for home in homes}
    assert 0 < sum(isinstance(cue.act, Cut) for cue in cues) < 30
    assert [cue.after for cue in cues] == sorted(cue.after for cue in cues)


def test_a_power_cut_darkens_the_largest_district_within_ten_seconds() -> None:
    homes = [replace(a_household(f"h-{number:04d}"), district=f"d-{number % 3 % 2}") for number in range(30)]
    met = of_one_district(homes)
    assert {home.district for home in met} == {"d-0"} and len(met) == 20
    cues = cues_of(SceneName.MASS_OUTAGE, met, NOON)
    assert [cue.act for cue in cues] == [Cut(lasts=CUT_FOR)] * 20
    assert max(cue.after for cue in cues) <= timedelta(seconds=10)
    assert of_one_district([]) == []


@pytest.mark.parametrize("scene", list(SceneName))
def test_a_scene_plays_in_a_home_that_registered_no_such_sensor(scene: SceneName) -> None:
    home = a_household(climate=("temperature", "living"))
    assert cues_of(scene, [home], NOON)
