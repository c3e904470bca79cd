"""What passive rules make of a home that seems to be empty: they wait longer, and say how likely it is."""

from collections.abc import Sequence
from datetime import timedelta

from contracts import Finding, Phase, Reading, SensorId, Severity, WatchedHome, WatchPlan
from contracts.values import CheckAnswer, Contact, Medication, Power, Temperature, Value, Voice, WaterFlow
from detectors.state import HomeState
from tests.detectors.values import NOON, a_home, a_reading, a_sensor, heartbeats, live

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SENSORS = [
    a_sensor("motion-living", "motion", "living"),
    a_sensor("door", "contact", "현관"),
    a_sensor("tv", "power", "living"),
    a_sensor("stove", "power", "kitchen"),
    a_sensor("meter", "water_flow", "bathroom"),
    a_sensor("air", "temperature", "living"),
    a_sensor("speaker", "voice", "living"),
    a_sensor("box", "medication", "kitchen"),
]
PLAN = WatchPlan(stoves=(SensorId("stove"),))
#: Whoever is at home came in an hour ago and moved; whoever is out moved and went.
AT_HOME = [a_reading(Contact(open=False), at=NOON - HOUR, sensor="door"), a_reading(at=NOON)]
OUT = [a_reading(at=NOON - HOUR), a_reading(Contact(open=False), at=NOON, sensor="door")]


def a_family(*, residents: int = 1, pets: bool = False) -> WatchedHome:
    return a_home(sensors=SENSORS, plan=WatchPlan(stoves=PLAN.stoves, residents=residents, pets=pets))


def said(value: Value, sensor: str, minutes: float) -> Reading:
    return a_reading(value, at=NOON + MINUTE * minutes, sensor=sensor)


def every(minutes: int, value: Value, sensor: str, hours: float, first: int = 1) -> list[Reading]:
    return [said(value, sensor, minute) for minute in range(first, int(hours * 60) + 1, minutes)]


def told(kind: str, story: Sequence[Reading], hours: float, home: WatchedHome | None = None) -> list[Finding]:
    beats = heartbeats(NOON - 2 * HOUR, NOON + HOUR * hours)
    words = sorted([*story, *beats], key=lambda one: one.observed_at)
    return [each for each in live(HomeState(), home or a_family(), words) if each.kind == kind]


def first(kind: str, story: Sequence[Reading], hours: float, home: WatchedHome | None = None) -> timedelta | None:
    began = [each.told_at for each in told(kind, story, hours, home) if each.phase is Phase.BEGAN]
    return began[0] - NOON if began else None


def test_a_television_that_was_left_on_by_who_went_out_is_left_alone() -> None:
    on = [said(Power(watts=1.0), "tv", -90), *every(5, Power(watts=90.0), "tv", 13, first=-60)]
    assert first("appliance_left_on", [*on, *AT_HOME], 13) is not None
    assert first("appliance_left_on", [*on, *OUT], 13) is None


def test_what_was_switched_on_after_the_door_was_switched_on_by_somebody_inside() -> None:
    on = [said(Power(watts=1.0), "tv", -90), *every(5, Power(watts=90.0), "tv", 8, first=10)]
    came_home = [*OUT, *on]
    assert first("appliance_left_on", came_home, 8) is not None


def test_a_cold_home_calls_people_sooner_when_somebody_is_inside() -> None:
    cold = every(5, Temperature(celsius=9.0), "air", 5)
    here, away = (first("cold_home", [*cold, *story], 5) for story in (AT_HOME, OUT))
    assert here is not None and away is not None
    assert here <= 66 * MINUTE < 2 * HOUR < away < 3.2 * HOUR
    sentence = told("cold_home", [*cold, *OUT], 5)[0].evidence.sentence
    assert "집에 있을 확률 1 %" in sentence.ko and "at home with a probability of 1 %" in sentence.en


def test_a_dose_is_left_longer_by_who_is_out() -> None:
    left = [said(Medication(taken=False), "box", 5)]
    assert first("medication_missed", [*left, *AT_HOME], 5) == 65 * MINUTE
    away = first("medication_missed", [*left, *OUT], 5)
    assert away is not None and away > 3 * HOUR


def test_checks_that_nobody_answers_in_an_empty_home_are_no_more_than_a_notice() -> None:
    asked = [said(Voice(answer=CheckAnswer.NONE), "speaker", 20 + 10 * turn) for turn in range(4)]
    worst = [
        min(each.severity.rank for each in told("check_unanswered", [*asked, *story], 2)) for story in (AT_HOME, OUT)
    ]
    assert worst == [Severity.CAUTION.rank, Severity.NOTICE.rank]


def test_a_stove_in_an_empty_home_is_told_as_soon_and_says_that_nobody_seems_to_be_there() -> None:
    on = [said(Power(watts=2.0), "stove", -90), *every(5, Power(watts=1500.0), "stove", 1, first=-5)]
    away = told("stove_left_on", [*on, *OUT], 1)
    assert away[0].told_at - NOON <= 31 * MINUTE
    assert "집에 있을 확률" in away[0].evidence.sentence.ko


def test_water_that_nobody_uses_worries_sooner_where_somebody_is_inside() -> None:
    dry = [said(WaterFlow(litres_per_minute=5.0), "meter", -70)]
    dry += every(10, WaterFlow(litres_per_minute=0.0), "meter", 40, first=-65)
    here, away = (first("water_not_used", [*dry, *story], 40) for story in (AT_HOME, OUT))
    assert here is not None
    assert away is None


def test_stillness_says_how_likely_somebody_is_inside_and_waits_no_longer() -> None:
    here, away = (told("inactivity", story, 9) for story in (AT_HOME, OUT))
    assert here[0].told_at == away[0].told_at
    assert float(here[0].evidence.values["home_probability"]) > 0.9
    assert "집에 있을 확률" in away[0].evidence.sentence.ko
    assert "집에 있을 확률" not in here[0].evidence.sentence.ko


def test_another_resident_or_a_cat_makes_a_movement_prove_less_and_never_hides_a_cry() -> None:
    cold = every(5, Temperature(celsius=9.0), "air", 5)
    alone, two, cat = (
        first("cold_home", [*cold, *AT_HOME], 5, a_family(**kind)) for kind in ({}, {"residents": 2}, {"pets": True})
    )
    assert alone is not None and two is not None and cat is not None
    assert alone < two < cat < 2 * HOUR


def test_whom_the_other_resident_left_behind_is_expected_inside_for_longer() -> None:
    cold = every(5, Temperature(celsius=9.0), "air", 5)
    alone, two = (first("cold_home", [*cold, *OUT], 5, a_family(residents=number)) for number in (1, 2))
    assert alone is not None and two is not None
    assert two <= alone
