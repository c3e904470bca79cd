"""One story for each detector: what it tells begins in it, holds, and is over at its end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from msgspec import structs

from contracts import Made, Reading, SensorId, Value, WatchedHome, WatchPlan
from contracts.values import (
    Battery,
    CarbonMonoxide,
    CheckAnswer,
    Contact,
    DeviceStatus,
    Fall,
    Gas,
    GatewayStatus,
    Heat,
    HelpButton,
    LinkQuality,
    Medication,
    Motion,
    Occupancy,
    Power,
    SelfTest,
    Smoke,
    Stillness,
    Tamper,
    Temperature,
    TestPressed,
    VitalSigns,
    Voice,
    WaterFlow,
    WaterLeak,
)
from detectors.state import HomeState
from detectors.ways import Ways
from tests.detectors import test_ways_judged as ways
from tests.detectors.test_use import evenings
from tests.detectors.values import NOON, a_home, a_reading, a_sensor

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
#: A Monday in Seoul, ten minutes before its diary is closed.
MONDAY: Final = datetime(2026, 11, 22, 20, 50, tzinfo=UTC)
ROOMS: Final = {
    "motion-living": ("motion", "living"),
    "door": ("contact", "현관"),
    "air": ("temperature", "living"),
    "stove": ("power", "kitchen"),
    "plug": ("power", "living"),
    "meter": ("water_flow", "bathroom"),
    "radar": ("vital_signs", "bedroom"),
    "speaker": ("voice", "living"),
    "dispenser": ("medication", "kitchen"),
    "smoke": ("smoke", "kitchen"),
}


@dataclass(frozen=True, kw_only=True)
class Story:
    """A home, what it says, and until when its gateway's heart beats in between."""

    home: WatchedHome
    words: Sequence[Reading]
    until: datetime
    beats_from: datetime = NOON
    beats_every: timedelta = MINUTE
    before: Callable[[], HomeState] = HomeState
    #: Some are told for a while, or until a person says so, or are never over.
    ends: bool = True


def home_of(*sensors: str, plan: WatchPlan | None = None, silent_after: timedelta | None = None) -> WatchedHome:
    return a_home(sensors=[a_sensor(one, *ROOMS[one], silent_after=silent_after) for one in sensors], plan=plan)


def told(
    sensor: str, *words: tuple[float, Value], until: float, plan: WatchPlan | None = None, ends: bool = True
) -> Story:
    """Let one sensor speak at some minutes."""
    home = home_of(sensor, plan=plan) if sensor in ROOMS else a_home(plan=plan)
    said = [a_reading(value, at=NOON + MINUTE * minute, sensor=sensor) for minute, value in words]
    return Story(home=home, words=said, until=NOON + MINUTE * until, ends=ends)


def row(value: Value, first: int, last: int, every: int = 5) -> list[tuple[float, Value]]:
    return [(minute, value) for minute in range(first, last + 1, every)]


def daily(values: Sequence[Value]) -> Story:
    """Let a device say something once in six hours, for days."""
    said = [a_reading(value, at=NOON + 6 * HOUR * turn, mark=str(turn)) for turn, value in enumerate(values)]
    until = NOON + 6 * HOUR * len(values)
    return Story(home=home_of("motion-living"), words=said, until=until, beats_every=5 * HOUR)


def at_home(words: Sequence[Reading], until: datetime, plan: WatchPlan | None = None) -> Story:
    """Live in a home whose sensors were all heard just before."""
    home, began = ways.home_of(plan), words[0].observed_at - MINUTE

    def before() -> HomeState:
        return HomeState(sensor_heard={one.sensor_id: began for one in home.sensors})

    return Story(home=home, words=words, until=until, beats_from=began, before=before)


def a_monday() -> HomeState:
    """Remember 27 days as they were usual, and then 28 with less."""
    days = bytes((30, 1 | 2 << 3, 19, 12)) * 27 + bytes((5, 1, 19, 0)) * 28
    known = Ways(day=date(2026, 11, 21).toordinal(), days=bytearray(days), closes_at=MONDAY + 10 * MINUTE)
    return HomeState(sensor_heard={one.sensor_id: MONDAY for one in ways.SENSORS}, ways=known)


def a_clock() -> Story:
    wrong = [a_reading(at=NOON + MINUTE * minute, mark=str(minute)) for minute in (5, 6)]
    right = a_reading(at=NOON + 20 * MINUTE)
    right = structs.replace(right, received_at=right.received_at + timedelta(seconds=1))
    words = [*(structs.replace(one, clock_offset_seconds=-90.0) for one in wrong), right]
    return Story(home=home_of("motion-living"), words=words, until=NOON + 30 * MINUTE)


def a_week_of_power() -> Story:
    rest = NOON + 77 * HOUR
    used = a_reading(Power(watts=80.0), at=rest + 27 * HOUR, sensor="plug")
    words = [*(one for one in evenings(5, rests_from=96) if one.observed_at < used.observed_at), used]
    return Story(home=home_of("plug"), words=words, until=rest + 28 * HOUR, beats_from=rest, beats_every=4 * MINUTE)


def a_day_of_water() -> Story:
    morning = datetime(2026, 11, 21, 22, tzinfo=UTC)
    flows = (4.0, *(0.0 for _ in range(14)), 4.0)
    words = [
        a_reading(WaterFlow(litres_per_minute=flow), at=morning + HOUR / 3 * turn, sensor="meter")
        for turn, flow in enumerate(flows)
    ]
    plan = WatchPlan(water_unused_seconds=4 * 3600)
    return Story(home=home_of("meter", plan=plan), words=words, until=morning + 6 * HOUR, beats_from=morning)


def still(plan: WatchPlan, hours: int) -> Story:
    words = [a_reading(at=NOON), a_reading(at=NOON + HOUR * hours)]
    until = NOON + HOUR * (hours + 1)
    return Story(home=home_of("motion-living", plan=plan), words=words, until=until, beats_every=2 * MINUTE)


def unheard() -> Story:
    words = [a_reading(at=NOON), a_reading(at=NOON + 75 * MINUTE)]
    return Story(home=home_of("motion-living", silent_after=HOUR), words=words, until=NOON + 90 * MINUTE)


def of_devices() -> dict[str, Story]:
    chatter = [(20 + turn / 4, Contact(open=turn % 2 == 0)) for turn in range(40)]
    moves: list[tuple[float, Value]] = [(turn * 10, Motion(active=turn != 1)) for turn in range(46)]
    made = (Made(sensor_id=SensorId("smoke"), day=date(2016, 11, 23)),)
    fades = [*[12.0] * 12, *[90.0] * 4]
    return {
        "sensor_silent": unheard(),
        "blind_home": unheard(),
        "battery_low": told("tag", (5, Battery(low=True)), (20, Battery(low=False)), until=30),
        "battery_forecast": daily([Battery(percent=60 - turn / 4) for turn in range(160)] + [Battery(percent=100.0)]),
        "weak_link": daily([LinkQuality(score=score) for score in fades]),
        "stuck_sensor": told("motion-living", *moves, (480, Motion(active=False)), until=490),
        "flapping_sensor": told("door", *chatter, until=60),
        "tamper": told("tag", (5, Tamper(active=True)), (20, Tamper(active=False)), until=30),
        "mains_lost": told("gateway", (5, GatewayStatus(mains=False)), (20, GatewayStatus(mains=True)), until=30),
        "clock_wrong": a_clock(),
        "messages_lost": told("gateway", (5, GatewayStatus(lost_messages=2)), until=25 * 60),
        "test_missing": told(
            "tag", (5, TestPressed()), (70, TestPressed()), until=80, plan=WatchPlan(test_missing_seconds=3600)
        ),
        "self_test_failed": told("tag", (5, SelfTest(passed=False)), (20, SelfTest(passed=True)), until=30),
        "detector_expired": told("smoke", until=190, plan=WatchPlan(made=made), ends=False),
    }


def of_life() -> dict[str, Story]:
    return {
        "help_button": told("button", (5, HelpButton()), until=30, ends=False),
        "fall": told("radar", (5, Fall(active=True)), (20, Fall(active=False)), until=30, ends=False),
        "smoke": told("smoke", (5, Smoke(active=True)), (20, Smoke(active=False)), until=30),
        "heat": told("tag", (5, Heat(active=True)), (20, Heat(active=False)), until=30),
        "gas": told("tag", (5, Gas(active=True)), (20, Gas(active=False)), until=30),
        "carbon_monoxide": told("tag", (5, CarbonMonoxide(active=True)), (20, CarbonMonoxide(active=False)), until=30),
        "water_leak": told("tag", (5, WaterLeak(active=True)), (20, WaterLeak(active=False)), until=30),
        "inactivity": still(WatchPlan(), 9),
        "inactivity_check": still(WatchPlan(inactivity_checks_a_month=30), 24),
        "stillness_reported": told("radar", (5, Stillness(active=True)), (20, Stillness(active=False)), until=30),
    }


def of_meters() -> dict[str, Story]:
    idle, on = Power(watts=0.5), Power(watts=1500.0)
    left_on = told("stove", (0, idle), (10, on), (75, on), (85, idle), until=95)
    stoves, playing = WatchPlan(stoves=(SensorId("stove"),)), WatchPlan(appliance_on_seconds=3600)
    both = home_of("motion-living", "stove")
    fine, nobody = Voice(answer=CheckAnswer.FINE), Voice(answer=CheckAnswer.NONE)
    cry = Voice(answer=CheckAnswer.HELP)
    warm, cold, hot = (Temperature(celsius=celsius) for celsius in (22.0, 10.0, 33.0))
    ill, well = VitalSigns(heart_per_minute=35.0), VitalSigns(heart_per_minute=65.0)
    dry, wet = WaterFlow(litres_per_minute=0.0), WaterFlow(litres_per_minute=3.0)
    return {
        "rising_heat": told("air", (0, warm), (5, Temperature(celsius=60.0)), (20, warm), until=30),
        "stove_left_on": structs_of(left_on, structs.replace(both, plan=stoves)),
        "appliance_left_on": structs_of(left_on, structs.replace(both, plan=playing)),
        "cold_home": told("air", *row(warm, 0, 20), *row(cold, 25, 100), (102, warm), until=110),
        "hot_home": told("air", *row(warm, 0, 20), *row(hot, 25, 160), (162, warm), until=170),
        "door_left_open": told(
            "door", (0, Contact(open=False)), (5, Contact(open=True)), (30, Contact(open=False)), until=40
        ),
        "power_flat": a_week_of_power(),
        "water_not_used": a_day_of_water(),
        "water_running": told("meter", *row(wet, 5, 140), (142, dry), until=150),
        "vital_signs": told("radar", *row(well, 0, 5, 1), *row(ill, 6, 30, 1), (31, well), until=40),
        "check_answered": told("speaker", (5, fine), (20, cry), (40, fine), until=60, ends=False),
        "check_unanswered": told("speaker", (5, nobody), (35, nobody), (50, fine), until=60),
        "medication_missed": told("dispenser", (5, Medication(taken=False)), (80, Medication(taken=True)), until=90),
    }


def structs_of(story: Story, home: WatchedHome) -> Story:
    """Tell the same story of another home."""
    return Story(home=home, words=story.words, until=story.until)


def of_ways() -> dict[str, Story]:
    clock, said = ways.clock, ways.said
    left = said("bed", clock(22, 30), Occupancy(occupied=False))
    night = [said("living", clock(21)), said("bed", clock(22)), left, said("living", clock(23, 30))]
    day = Story(home=ways.home_of(), words=(), until=MONDAY + 5 * HOUR, beats_from=MONDAY, before=a_monday, ends=False)
    return {
        "bathroom": at_home([*ways.WENT_IN, said("living", clock(15, 10))], clock(15, 20)),
        "first_activity": at_home([*ways.SLEPT, said("living", clock(11))], clock(11, 10)),
        "out_of_bed": at_home(night, clock(23, 40)),
        "left_at_night": at_home([*ways.WENT_OUT, said("living", clock(2))], clock(2, 10)),
        "out_too_long": at_home(
            [said("living", clock(9)), said("door", clock(9, 5)), said("living", clock(16))],
            clock(16, 10),
            plan=ways.DEMENTIA,
        ),
        "decline": day,
        "isolation": day,
    }


def cut_off() -> Story:
    """Let a gateway say that it does not reach a sensor, and then that it does."""
    said: tuple[Value, ...] = (Motion(active=True), DeviceStatus(online=False), DeviceStatus(online=True))
    words = [a_reading(value, at=NOON + MINUTE * minute) for minute, value in zip((0, 5, 40), said, strict=True)]
    return Story(home=home_of("motion-living"), words=words, until=NOON + 50 * MINUTE)


STORIES: Final = {**of_life(), **of_devices(), **of_meters(), **of_ways()}
#: What wakes some otherwise than in their first story.
MORE: Final = {"sensor_silent": cut_off(), "blind_home": cut_off()}
