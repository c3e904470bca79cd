"""A small city in virtual time: every emergency among its days is found within its promise, and nobody is invented.

`python -m bench city` lets a thousand homes live thirty days the same way.
"""

from datetime import timedelta
from functools import cache

import pytest

from bench.city.lived import OF_PEOPLE, Lived, city_of, live, live_blocks
from bench.city.promises import PROMISES, SCENES, Own
from simulator.scenes import SceneName
from simulator.surroundings import Befalls

SEEDS = (1,)


@cache
def city(seed: int) -> Lived:
    """Some homes for three days; a heartbeat that is seldom keeps it quick."""
    return live(homes=60, days=3, seed=seed, beat=timedelta(seconds=150))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_emergency_of_the_city_is_found_within_its_promise(seed: int) -> None:
    lived = city(seed)
    assert not lived.broken(), f"seed {seed}"
    assert lived.promised() >= 25, f"seed {seed}"


def test_every_scene_is_played_and_promised() -> None:
    played = {str(one.scene) for seed in SEEDS for one in city(seed).injected}
    # These need days of the home's own first.
    assert played >= {str(scene) for scene in PROMISES} - {Befalls.POWER_FLAT, Befalls.APPLIANCE_LEFT_ON}
    assert played >= set(SceneName) - {SceneName.STILLNESS} | set(Own)


def test_nothing_is_played_without_a_promise() -> None:
    assert set(SCENES) - set(PROMISES) == {SceneName.FLOOD}  # which is a press or a cut in each of its homes
    assert all(one.promise for one in city(1).injected)


def test_what_needs_days_of_the_homes_own_is_found_after_them() -> None:
    scenes = (Befalls.POWER_FLAT, Befalls.APPLIANCE_LEFT_ON)
    lived = live(homes=16, days=6, events=2, scenes=scenes, beat=timedelta(seconds=150))
    assert lived.promised() == 2
    assert not lived.broken()


def test_blocks_of_homes_live_as_the_city_does() -> None:
    plot = city_of(homes=6, days=1, seed=3, events=4)
    beat = timedelta(seconds=150)
    parts = list(live_blocks(plot, block=2, beat=beat))
    blocks, whole = Lived(homes=0, days=1), next(live_blocks(plot, block=6, beat=beat))
    for part in parts:
        blocks.add(part)
    assert (blocks.homes, blocks.readings, len(parts)) == (6, whole.readings, 3)
    assert {each.finding.finding_id for each in blocks.found} == {each.finding.finding_id for each in whole.found}
    assert {one.at for one in blocks.injected} == {one.at for one in plot.injected}


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_is_called_to_a_home_in_which_nothing_happened(seed: int) -> None:
    hazards = {each.finding.kind for each in city(seed).invented() if each.finding.hazard in OF_PEOPLE}
    assert not hazards, f"seed {seed}"


def test_the_same_seed_lives_the_same_days() -> None:
    few = [live(homes=3, days=1, seed=7, events=4, beat=timedelta(minutes=5)) for _ in range(2)]
    first, second = ([(each.finding.finding_id, each.at) for each in lived.found] for lived in few)
    assert first == second != []
