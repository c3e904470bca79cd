"""A small city in virtual time: every emergency among its days is found within its promise, and nobody is invented.

`python -m bench city` lets a thousand homes live thirty days the same way.
"""

from datetime import timedelta
from functools import cache

import pytest

from bench.city.lived import OF_PEOPLE, Lived, live
from bench.city.plot import PROMISES, Own
from simulator.scenes import SceneName

SEEDS = (1,)


@cache
def city(seed: int) -> Lived:
    """Some homes for three days; a heartbeat that is seldom keeps it quick."""
    return live(homes=26, days=3, seed=seed, beat=timedelta(seconds=150))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_emergency_of_the_city_is_found_within_its_promise(seed: int) -> None:
    lived = city(seed)
    assert not lived.broken(), f"seed {seed}"
    assert lived.promised() >= 12, f"seed {seed}"


def test_every_scene_is_played_and_promised() -> None:
    played = {str(one.scene) for seed in SEEDS for one in city(seed).injected}
    assert played >= {str(scene) for scene in PROMISES}
    assert played >= set(SceneName) - {SceneName.STILLNESS} | set(Own)


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_is_called_to_a_home_in_which_nothing_happened(seed: int) -> None:
    hazards = {each.finding.kind for each in city(seed).invented() if each.finding.hazard in OF_PEOPLE}
    assert not hazards, f"seed {seed}"


def test_the_same_seed_lives_the_same_days() -> None:
    few = [live(homes=3, days=1, seed=7, events=4, beat=timedelta(minutes=5)) for _ in range(2)]
    first, second = ([(each.finding.finding_id, each.at) for each in lived.found] for lived in few)
    assert first == second != []
