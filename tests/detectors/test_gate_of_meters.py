"""Whoever measures sleeps too, and misses nothing: the law of the gate, told with meters, doors, answers and doses."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Final

from hypothesis import example, given, settings
from hypothesis import strategies as st

from contracts import Hold, HoldKind, Reading, SensorId, Value, WatchedHome, WatchPlan
from contracts.values import (
    CheckAnswer,
    Contact,
    Medication,
    Motion,
    Power,
    Temperature,
    VitalSigns,
    Voice,
    WaterFlow,
)
from simulator.surroundings import Befalls
from tests.detectors.test_gate import both
from tests.detectors.values import NOON, a_heartbeat, a_home, a_reading, a_sensor

MINUTE: Final = timedelta(minutes=1)
OURS: Final = frozenset(Befalls)
#: Nine in the morning in Seoul.
BEGAN: Final = NOON + timedelta(hours=12)
SENSORS: Final = (
    a_sensor("motion-living", "motion", "living"),
    a_sensor("door", "contact", "entrance"),
    a_sensor("air", "temperature", "living"),
    a_sensor("stove", "power", "kitchen"),
    a_sensor("tv", "power", "living"),
    a_sensor("meter", "water_flow", "bathroom"),
    a_sensor("radar", "vital_signs", "bedroom"),
    a_sensor("speaker", "voice"),
    a_sensor("dispenser", "medication"),
)
#: Short, so that a flow of some hours reaches each of them.
PLAN: Final = WatchPlan(
    stoves=(SensorId("stove"),),
    appliance_on_seconds=3600,
    water_unused_seconds=3600,
    power_flat_least_seconds=3 * 3600,
    power_flat_seconds=5 * 3600,
    door_open_seconds=300,
)


def a_word(dice: Random, mood: Random) -> tuple[str, Value]:
    """Say what one of the sensors may say; a mood keeps a flow in one state for long enough."""
    cold, busy, ill = mood.random() < 0.3, mood.random() < 0.5, mood.random() < 0.5
    words: tuple[tuple[str, Value], ...] = (
        ("motion-living", Motion(active=dice.random() < 0.3)),
        ("door", Contact(open=busy)),
        ("air", Temperature(celsius=9.0 if cold else 36.0 if busy else 21.0)),
        (
            "air",
            Temperature(
                celsius=dice.choice([12.0, 16.0, 28.5, 61.0]) if dice.random() < 0.1 else 11.0 if cold else 22.0
            ),
        ),
        ("stove", Power(watts=1500.0 if busy else 1.0)),
        ("tv", Power(watts=80.0 if busy and dice.random() < 0.9 else 0.5)),
        ("meter", WaterFlow(litres_per_minute=4.0 if ill else 0.0)),
        ("radar", VitalSigns(heart_per_minute=35.0 if ill else 65.0)),
        ("speaker", Voice(answer=CheckAnswer.NONE if ill else CheckAnswer.FINE)),
        ("dispenser", Medication(taken=not ill)),
    )
    # Few of them speak in a mood, else nothing would last.
    return dice.choice(mood.sample(words, 3))


def a_flow(seed: int) -> Iterator[Reading]:
    """Let a home measure, be cut off and catch up, for hours or days."""
    dice, at = Random(seed), BEGAN
    mood = dice.randrange(2**16)
    for turn in range(dice.randrange(60, 300)):
        at += timedelta(seconds=dice.choice([20, 60, 120, 240, 280]))
        if dice.random() < 0.03:
            at += timedelta(hours=dice.choice([1, 5, 20]))
            mood = dice.randrange(2**16)
        if dice.random() < 0.3:
            yield a_heartbeat(at)
            continue
        sensor, value = a_word(dice, Random(mood))
        late = timedelta(minutes=dice.choice([10, 200])) if dice.random() < 0.05 else None
        yield a_reading(value, at=at - (late or timedelta(0)), sensor=sensor, late_by=late, mark=str(turn))


def homes(seed: int) -> list[WatchedHome]:
    """Register a home, and let a hold begin and end while it speaks."""
    dice = Random(seed)
    hold = Hold(
        kind=dice.choice(list(HoldKind)), from_at=BEGAN + 60 * MINUTE, until_at=BEGAN + dice.randrange(70, 600) * MINUTE
    )
    first = a_home(sensors=SENSORS, plan=PLAN)
    return [first, a_home(sensors=SENSORS, plan=PLAN, holds=[hold] * dice.randrange(2), version=2)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
@example(1)
def test_who_measures_and_sleeps_misses_nothing(seed: int) -> None:
    told = both(list(a_flow(seed)), homes(seed), Random(seed))
    ours = [[one for one in findings if one.kind in OURS] for findings in (told.gated, told.plain)]
    assert ours[0] == ours[1]


def test_the_flows_of_the_law_make_most_of_them_speak() -> None:
    kinds = {one.kind for seed in range(40) for one in both(list(a_flow(seed)), homes(seed), Random(seed)).plain}
    assert len(kinds & OURS) >= 9, sorted(OURS - kinds)
