"""What is remembered does not depend on the order in which readings come, nor on how often."""

from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from contracts import Reading, Value
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
    LinkQuality,
    Medication,
    Motion,
    Occupancy,
    Presence,
    Smoke,
    Tamper,
    Temperature,
    TestPressed,
    Voice,
    WaterFlow,
    WaterLeak,
)
from detectors.rows import numbers_in
from detectors.state import cut_off
from tests.detectors.values import NOON, a_heartbeat, a_reading, a_state

VALUES: list[Value] = [
    Motion(active=True),
    Motion(active=False),
    Contact(open=True),
    Occupancy(occupied=True),
    Occupancy(occupied=False),
    Presence(present=True),
    Presence(present=False),
    HelpButton(),
    HelpButton(action=ButtonAction.RELEASED),
    Voice(answer=CheckAnswer.HELP),
    Voice(answer=CheckAnswer.FINE),
    Voice(answer=CheckAnswer.NONE),
    Fall(),
    Fall(active=False),
    Smoke(active=True),
    Smoke(active=False),
    Heat(active=True),
    Gas(active=True),
    CarbonMonoxide(active=False, ppm=320.0),
    CarbonMonoxide(active=False),
    CarbonMonoxide(active=False, ppm=60.0),
    CarbonMonoxide(active=False, ppm=2.0),
    WaterLeak(active=True),
    Tamper(active=True),
    Battery(percent=4.0),
    Battery(low=False),
    Battery(low=True, percent=50.0),
    Battery(),
    WaterFlow(litres_per_minute=2.0),
    WaterFlow(litres_total=2.0),
    Medication(taken=True),
    Medication(taken=False),
    Temperature(celsius=21.0),
    TestPressed(),
    Heartbeat(),
    DeviceStatus(online=False),
    DeviceStatus(online=True),
    GatewayStatus(online=True, session=3),
    GatewayStatus(online=False, session=2),
    GatewayStatus(online=False, session=3),
    GatewayStatus(online=False),
    GatewayStatus(mains=False),
    GatewayStatus(lost_messages=7),
    LinkQuality(score=90.0),
    LinkQuality(score=12.0),
    LinkQuality(score=-91.0),
    Battery(percent=64.0),
    Temperature(celsius=21.5),
    Contact(open=False),
    Tamper(active=False),
]


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    late = draw(st.one_of(st.none(), st.integers(300, 80_000)))
    reading = a_reading(
        draw(st.sampled_from(VALUES)),
        at=NOON + timedelta(seconds=draw(st.integers(-90_000 * 4, 600)) // 30 * 30),
        sensor=draw(st.sampled_from(["a", "b"])),
        late_by=None if late is None else timedelta(seconds=late),
        mark=str(late),
    )
    return msgspec.structs.replace(
        reading,
        clock_offset_seconds=draw(st.sampled_from([0.0, 0.0, -7200.0, 12.5])),
        clock_doubted=draw(st.sampled_from([False, False, True])),
    )


@given(st.lists(readings(), max_size=18).flatmap(lambda seen: st.tuples(st.just(seen), st.permutations(seen * 2))))
def test_order_and_repeats_change_nothing(stories: tuple[list[Reading], list[Reading]]) -> None:
    once, shuffled = stories
    assert a_state(*once) == a_state(*shuffled)


def test_a_heartbeat_a_temperature_and_a_battery_are_no_sign_of_the_resident() -> None:
    state = a_state(a_heartbeat(), a_reading(Temperature(celsius=20.0)), a_reading(Battery(percent=80.0)))
    assert state.active is None
    assert state.watermark == NOON


def test_motion_a_door_and_a_button_are_signs_of_the_resident() -> None:
    for value in (Motion(active=True), Contact(open=False), HelpButton(), Medication(taken=True)):
        state = a_state(a_reading(value))
        assert state.active is not None
        assert state.active_live == NOON


def test_a_clock_far_ahead_moves_the_homes_time_by_two_minutes_at_most() -> None:
    reading = a_reading(at=NOON)
    ahead = msgspec.structs.replace(reading, observed_at=NOON + timedelta(hours=5))
    assert a_state(ahead).watermark == NOON + timedelta(minutes=2)


def test_a_last_will_is_not_a_word_of_the_home() -> None:
    state = a_state(a_reading(GatewayStatus(online=False, session=4), sensor="gateway"))
    assert state.watermark is None
    assert cut_off(state)


def test_only_the_newest_presses_are_kept() -> None:
    presses = [a_reading(HelpButton(), at=NOON + timedelta(seconds=turn)) for turn in range(25)]
    assert list(a_state(*presses).presses) == [press.reading_id for press in presses[5:]]


def test_only_the_newest_samples_of_a_bed_are_kept() -> None:
    words = [a_reading(Occupancy(occupied=True), at=NOON + timedelta(minutes=turn)) for turn in range(40)]
    assert len(numbers_in(a_state(*words).occupancy["motion-living"])) == 32
