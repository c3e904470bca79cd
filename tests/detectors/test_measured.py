"""What is measured is remembered the same whatever the order and the repeats, and no longer than it is needed."""

from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from contracts import Reading, Value
from contracts.values import CheckAnswer, Contact, Medication, Power, Temperature, VitalSigns, Voice, WaterFlow
from detectors.measured import HOURS, STEPS, Measured, cold_level, hot_level, watt_level, watts_of
from detectors.state import HomeState
from detectors.tracks import HIGHEST, UNHEARD, longest, marked, standing
from tests.detectors.values import NOON, a_reading, a_state

VALUES: list[Value] = [
    Temperature(celsius=21.0),
    Temperature(celsius=21.5),
    Temperature(celsius=9.9),
    Temperature(celsius=85.0),
    Temperature(celsius=327.67),
    Power(watts=0.0),
    Power(watts=60.0),
    Power(watts=1800.0, channel=1),
    WaterFlow(litres_per_minute=0.0),
    WaterFlow(litres_per_minute=4.0),
    WaterFlow(litres_total=100.0),
    WaterFlow(litres_total=101.5, litres_per_minute=1.0),
    VitalSigns(heart_per_minute=70.0, breath_per_minute=14.0),
    VitalSigns(heart_per_minute=0.0, breath_per_minute=31.0),
    Contact(open=True),
    Contact(open=False),
    Voice(answer=CheckAnswer.NONE),
    Voice(answer=CheckAnswer.FINE),
    Medication(taken=False),
    Medication(taken=True),
]


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    late = draw(st.one_of(st.none(), st.integers(300, 80_000)))
    return a_reading(
        draw(st.sampled_from(VALUES)),
        at=NOON + timedelta(seconds=draw(st.integers(-200_000 * 4, 600)) // 30 * 30),
        sensor=draw(st.sampled_from(["a", "b"])),
        late_by=None if late is None else timedelta(seconds=late),
        mark=str(late),
    )


@given(st.lists(readings(), max_size=24).flatmap(lambda seen: st.tuples(st.just(seen), st.permutations(seen * 2))))
def test_order_and_repeats_change_nothing(stories: tuple[list[Reading], list[Reading]]) -> None:
    once, shuffled = stories
    assert a_state(*once) == a_state(*shuffled)


@given(st.lists(readings(), max_size=24))
def test_what_was_written_down_is_read_back_the_same(seen: list[Reading]) -> None:
    state = a_state(*seen)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=HomeState) == state


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, HIGHEST)), min_size=1, max_size=40))
def test_a_track_keeps_the_least_and_the_most_of_its_newest_steps(words: list[tuple[int, int]]) -> None:
    track = None
    for step, level in words:
        track = marked(track, step, level, level, STEPS)
    assert track is not None
    newest = max(step for step, _ in words)
    for age in range(STEPS):
        levels = [level for step, level in words if step == newest - age]
        expected = (min(levels), max(levels)) if levels else (UNHEARD, UNHEARD)
        kept = (track.low[age], track.high[age]) if age < len(track.low) else (UNHEARD, UNHEARD)
        assert kept == expected


def test_a_home_without_such_sensors_keeps_nothing_and_another_is_bounded() -> None:
    assert a_state(a_reading()).measured is None
    weeks = [
        a_reading(Power(watts=float(turn % 90)), at=NOON + timedelta(minutes=7) * turn, sensor="plug")
        for turn in range(4000)
    ]
    measured = a_state(*weeks).measured
    assert isinstance(measured, Measured)
    gauge = measured.power["plug"]
    assert gauge.steps and len(gauge.steps.high) <= STEPS
    assert gauge.hours and len(gauge.hours.high) == HOURS


def test_a_whole_limit_is_met_exactly() -> None:
    assert cold_level(15.9) < cold_level(16) <= cold_level(16.1)
    assert hot_level(28.1) > cold_level(28) >= hot_level(27.9)
    assert hot_level(28.0) == cold_level(28)
    assert abs(watts_of(watt_level(1000.0)) - 1000) < 35


def test_a_pause_ends_what_held_and_a_word_that_does_not_count_does_too() -> None:
    cold = bytearray([10, UNHEARD, 10, UNHEARD, UNHEARD, 10, 60, 10])
    assert standing(cold, lambda level: level < 50, 2) == 5
    assert standing(cold, lambda level: level < 50, 1) == 2
    assert standing(bytearray([60, 10]), lambda level: level < 50, 2) is None
    assert longest(cold, lambda level: level < 50) == (1, 1)
