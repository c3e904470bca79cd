"""The scenes of a day, told by a home's stored readings: each raises its finding, and one movement keeps it silent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from msgspec import structs

from contracts import Reading, WatchedHome
from contracts.ids import reading_id
from contracts.values import LinkQuality, Motion
from detectors.remember import remember
from detectors.state import HomeState
from detectors.watch import watch
from simulator.household import Sighting, household_of
from simulator.scenes import RESTING, Say, SceneName, cues_of
from tests.simulator.builders import NOON, a_watched_home

HOUR = timedelta(hours=1)
HOME = structs.replace(
    a_watched_home(), sensors=tuple(one for one in a_watched_home().sensors if one.sensor_id != "bed")
)
#: At which hour after noon in Seoul each is told.
SCENES = [
    (SceneName.BATHROOM, "bathroom", NOON),
    (SceneName.NO_MORNING, "first_activity", NOON),
    (SceneName.NIGHT_DOOR, "left_at_night", NOON + 13 * HOUR),
    (SceneName.STILLNESS, "inactivity", NOON),
]


def sightings(scene: SceneName, now: datetime) -> tuple[Sighting, ...]:
    (cue,) = cues_of(scene, [household_of(HOME, seed=1, resting=True)], now)
    assert isinstance(cue.act, Say)
    return cue.act.sightings


def found(home: WatchedHome, seen: Sequence[Sighting], now: datetime) -> set[str]:
    """Let the gateway say that all its devices live, then what it stored, all of it at once."""
    first = min(one.at for one in seen) - HOUR
    alive = [Sighting(sensor_id=one.sensor_id, at=first, value=LinkQuality(score=120)) for one in home.sensors]
    state = HomeState()
    kinds: set[str] = set()
    for one in [*alive, *seen]:
        mark = reading_id(home.home_id, one.sensor_id, kind="test", mark=one.at.isoformat())
        remember(
            state,
            Reading(
                reading_id=mark,
                home_id=home.home_id,
                sensor_id=one.sensor_id,
                observed_at=one.at,
                received_at=max(now, one.at),
                value=one.value,
                late=now - one.at > timedelta(minutes=5),
            ),
        )
        if one in alive:
            watch(state, home, first)
    kinds |= {finding.kind for finding in watch(state, home, now)[1]}
    return kinds


@pytest.mark.parametrize(("scene", "kind", "now"), SCENES)
def test_a_scene_of_a_home_at_rest_raises_its_finding(scene: SceneName, kind: str, now: datetime) -> None:
    assert kind in found(HOME, sightings(scene, now), now)


@pytest.mark.parametrize(("scene", "kind", "now"), SCENES)
def test_the_same_scene_with_one_movement_stays_silent(scene: SceneName, kind: str, now: datetime) -> None:
    moved = Sighting(sensor_id=HOME.sensors[0].sensor_id, at=now - timedelta(minutes=1), value=Motion(active=True))
    assert kind not in found(HOME, [*sightings(scene, now), moved], now)


def test_every_scene_of_a_home_at_rest_is_played_here() -> None:
    assert {scene for scene, _, _ in SCENES} == RESTING
