"""Who sleeps misses nothing: asking only those whose answer may have changed tells the same as asking everybody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from contracts import Finding, Hold, HoldKind, Reading, Supply, Value, WatchedHome, WatchPlan
from contracts.values import (
    Battery,
    ButtonAction,
    CarbonMonoxide,
    CheckAnswer,
    Contact,
    DeviceStatus,
    Fall,
    Gas,
    GatewayStatus,
    Heartbeat,
    Heat,
    HelpButton,
    Humidity,
    LinkQuality,
    Medication,
    Motion,
    Occupancy,
    Presence,
    Smoke,
    Stillness,
    Tamper,
    Temperature,
    TestPressed,
    Voice,
    WaterFlow,
    WaterLeak,
)
from detectors import gateway_silent, inactivity, smoke
from detectors.gate import ALWAYS, Gate, Wakers, patience_of
from detectors.remember import remember
from detectors.state import HomeState
from detectors.watch import BY_CLOCK, WAKERS, watch, watch_gated
from tests.detectors.values import NOON, a_heartbeat, a_home, a_reading, a_sensor

HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
SENSORS: Final = ("motion-living", "door", "bed", "valve", "new")


def a_value(dice: Random, palette: Sequence[float]) -> tuple[str, Value]:
    """Say something that a home may say, and name who says it; of few kinds, else nobody would ever sleep."""
    on = dice.random() < 0.5
    values: tuple[Value, ...] = (
        *(Motion(active=on), Contact(open=on), Occupancy(occupied=on), Presence(present=on)) * 2,
        *(Heartbeat(), Humidity(percent=40.0), Medication(taken=on), WaterFlow(litres_per_minute=2.0 * on)),
        *(
            LinkQuality(score=dice.choice([10.0, 25.0, 90.0, 250.0, -95.0])),
            Temperature(celsius=dice.choice([20.5, 21])),
        ),
        Battery(percent=dice.choice([3.0, 12.0, 30.0, 60.0, 100.0])),
        *(HelpButton(), HelpButton(action=ButtonAction.RELEASED), Voice(answer=dice.choice(list(CheckAnswer)))),
        *(Fall(active=on), Smoke(active=on), Heat(active=on), Gas(active=on), WaterLeak(active=on), Tamper(active=on)),
        *(
            CarbonMonoxide(active=False, ppm=dice.choice([0.0, 40.0, 120.0, 400.0])),
            Stillness(active=on),
            TestPressed(),
        ),
        GatewayStatus(online=dice.choice([True, False, None]), session=1, mains=dice.choice([True, None, None, False])),
        *(GatewayStatus(lost_messages=2), DeviceStatus(online=on), DeviceStatus(online=on)),
    )
    return dice.choice(SENSORS), values[int(dice.choice(palette) * len(values))]


def a_flow(seed: int) -> Iterator[Reading]:
    """Let a home speak, be still, be cut off and catch up, for days, the same for the same seed."""
    dice, at = Random(seed), NOON
    palette = [dice.random() for _ in range(dice.choice([1, 2, 3, 9]))]
    for turn in range(dice.randrange(10, 60)):
        match dice.randrange(8):
            case 0:
                for _ in range(dice.randrange(1, 90)):
                    at += timedelta(minutes=dice.choice([1, 4, 6]))
                    yield a_heartbeat(at)
            case 1:
                at += dice.choice([HOUR, 5 * HOUR, 26 * HOUR])
            case 2:
                sensor, value = a_value(dice, palette)
                past = timedelta(hours=dice.choice([1, 3, 9, 30]))
                yield a_reading(value, at=at - past, sensor=sensor, late_by=past, mark=str(turn))
            case 3:
                for step in range(dice.randrange(30)):
                    at += timedelta(seconds=10)
                    yield a_reading(Contact(open=bool(step % 2)), at=at, sensor="door")
            case 4:
                sensor, value = a_value(dice, palette)
                said = a_reading(value, at=at, sensor=sensor, mark=str(turn))
                yield structs.replace(
                    said, clock_offset_seconds=dice.choice([0.0, 3.0, -90.0]), clock_doubted=turn % 3 == 0
                )
            case _:
                at += timedelta(seconds=dice.choice([0, 1, 20, 70, 600]))
                sensor, value = a_value(dice, palette)
                yield a_reading(value, at=at, sensor=sensor, mark=str(turn))


def homes(seed: int) -> list[WatchedHome]:
    """Register a home, and change it twice while it speaks."""
    dice = Random(seed)
    kinds = ("motion", "contact", "occupancy", "water_leak", "motion")
    sensors = [
        structs.replace(
            a_sensor(name, kind, silent_after=dice.choice([None, HOUR, 4 * HOUR])), supply=dice.choice(list(Supply))
        )
        for name, kind in zip(SENSORS, kinds, strict=True)
    ]
    plan = WatchPlan(
        inactivity_caution_seconds=dice.choice([3600, 8 * 3600]),
        first_test_seconds=dice.choice([0, 7200]),
        help_told_for_seconds=dice.choice([60, 600]),
    )
    starts = [NOON + dice.randrange(100) * HOUR for _ in range(2)]
    holds = [Hold(kind=dice.choice(list(HoldKind)), from_at=at, until_at=at + 7 * HOUR) for at in starts]
    first = a_home(sensors=sensors[: dice.randrange(1, 6)], holds=holds * dice.randrange(2), plan=plan)
    second = a_home(sensors=sensors, holds=holds, plan=plan, version=2)
    return [first, second, a_home(sensors=sensors, watched=dice.random() < 0.8, version=3)]


@dataclass
class Told:
    """What was told by asking everybody, and by asking through the gate; and how many were asked."""

    plain: list[Finding] = field(default_factory=list)
    gated: list[Finding] = field(default_factory=list)


def both(flow: Sequence[Reading], versions: Sequence[WatchedHome], dice: Random, *, skipped: float = 0.4) -> Told:
    """Judge one flow in both ways, at the same moments, with a worker that starts anew now and then."""
    told, plain, gated = Told(), HomeState(enrolled_at=NOON), HomeState(enrolled_at=NOON)
    woken, part = 0, max(1, -(-len(flow) // len(versions)))
    gate = Gate(state=gated)
    for turn, reading in enumerate(flow):
        home = versions[turn // part]
        if turn % part == 0 or dice.random() < skipped / 40:
            gate = Gate(state=gated)
        remember(plain, reading)
        remember(gated, reading)
        woken |= WAKERS.woken_by(reading)
        if dice.random() < skipped or plain.watermark is None or gated.watermark is None:
            continue
        told.plain += watch(plain, home, plain.watermark)[1]
        told.gated += watch_gated(gate, home, gated.watermark, woken)
        woken = 0
    return told


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
@example(1)
def test_who_sleeps_misses_nothing(seed: int) -> None:
    told = both(list(a_flow(seed)), homes(seed), Random(seed))
    assert told.gated == told.plain


QUIET: Final = (
    (a_reading(Motion(active=True)), WatchPlan(inactivity_caution_seconds=5400), None, "inactivity", 90),
    (a_reading(TestPressed()), WatchPlan(test_missing_seconds=5400), None, "test_missing", 90),
    (a_reading(Motion(active=True)), WatchPlan(), HOUR, "sensor_silent", 60),
    (a_reading(Motion(active=True)), WatchPlan(), HOUR, "blind_home", 60),
    (a_reading(DeviceStatus(online=False)), WatchPlan(), None, "blind_home", 15),
)


@pytest.mark.parametrize(("first", "plan", "silent_after", "kind", "minutes"), QUIET)
def test_time_wakes_a_sleeper_at_the_very_minute(
    first: Reading, plan: WatchPlan, silent_after: timedelta | None, kind: str, minutes: int
) -> None:
    flow = [first, *(a_heartbeat(NOON + MINUTE * turn) for turn in range(1, 120))]
    told = both(flow, [a_home(sensors=[a_sensor(silent_after=silent_after)], plan=plan)], Random(5), skipped=0.0)
    assert told.gated == told.plain
    assert min(one.told_at for one in told.gated if one.kind == kind) == NOON + MINUTE * minutes


def test_the_flows_of_the_law_make_most_detectors_speak() -> None:
    kinds = {one.kind for seed in range(60) for one in both(list(a_flow(seed)), homes(seed), Random(seed)).plain}
    assert {
        "inactivity",
        "sensor_silent",
        "blind_home",
        "test_missing",
        "clock_wrong",
        "fall",
        "flapping_sensor",
    } <= kinds
    assert len(kinds) > 16


def test_a_detector_that_says_nothing_of_when_to_ask_it_is_asked_always() -> None:
    class Plain:
        __name__ = "plain"
        judge = staticmethod(smoke.judge)

    wakers = Wakers((Plain(), smoke))
    assert wakers.always == 0b01
    assert wakers.woken_by(a_reading(Smoke(active=True))) == 0b10
    assert [bit for bit, *_ in wakers.asked(0b11)] == [0b01, 0b10]
    assert patience_of((Plain(),), a_home()) == timedelta(0)


def test_time_wakes_a_sleeper_at_its_limit_and_nobody_before() -> None:
    home, state = a_home(sensors=[a_sensor()]), HomeState()
    assert inactivity.due(state, home) == ALWAYS
    remember(state, a_reading())
    assert inactivity.due(state, home) == NOON + 8 * HOUR


def test_the_clocks_detectors_have_nothing_to_say_before_the_shortest_of_their_limits() -> None:
    assert patience_of(BY_CLOCK, a_home()) == gateway_silent.patience(a_home()) == 3 * MINUTE
