"""Bathroom, morning, bed, door and absence: each at its limit, silent beside it, and ended by what ends it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from contracts import Finding, Hazard, Hold, HoldKind, Phase, Profile, Reading, Severity, Value, WatchedHome, WatchPlan
from contracts.profiles import usual_plan
from contracts.values import Contact, Motion, Occupancy, Temperature
from detectors import bathroom, first_activity, left_at_night, out_of_bed, out_too_long
from detectors.gate import Detector
from detectors.remember import remember
from detectors.settle import settle
from detectors.state import HomeState
from detectors.watch import watch
from tests.detectors.values import a_heartbeat, a_home, a_reading, a_sensor

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SEOUL = ZoneInfo("Asia/Seoul")
SENSORS = [
    a_sensor("living", "motion", "거실"),
    a_sensor("bath", "motion", "욕실"),
    a_sensor("bedroom", "motion", "안방"),
    a_sensor("door", "contact", "현관"),
    a_sensor("bed", "occupancy", "안방"),
    a_sensor("porch", "temperature", "실외"),
]


def clock(hour: int, minute: int = 0, *, day: int = 22) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SEOUL).astimezone(UTC)


def home_of(plan: WatchPlan | None = None, *, holds: Sequence[Hold] = (), without: str = "") -> WatchedHome:
    return a_home(sensors=[one for one in SENSORS if one.sensor_id != without], plan=plan, holds=holds)


def said(sensor: str, at: datetime, value: Value | None = None, *, late_by: timedelta | None = None) -> Reading:
    usual: dict[str, Value] = {"door": Contact(open=True), "bed": Occupancy(occupied=True)}
    return a_reading(value or usual.get(sensor, Motion(active=True)), at=at, sensor=sensor, late_by=late_by)


def left(at: datetime) -> Reading:
    return said("bed", at, Occupancy(occupied=False))


def told(
    detector: Detector, home: WatchedHome, story: Sequence[Reading], until: datetime, *, deaf: tuple[int, int] = (0, 0)
) -> list[Finding]:
    """Let a home live through a story with a heartbeat each minute, and hear what one detector tells."""
    began = min(reading.observed_at for reading in story) - MINUTE
    state = HomeState()
    settle(state, home)
    for sensor in home.sensors:
        state.sensor_heard[sensor.sensor_id] = began
    beats = [a_heartbeat(began + MINUTE * turn) for turn in range((until - began) // MINUTE + 1)]
    heard = [beat for turn, beat in enumerate(beats) if not deaf[0] <= turn < deaf[1]]
    findings: list[Finding] = []
    for reading in sorted([*story, *heard], key=lambda one: one.received_at):
        remember(state, reading)
        assert state.watermark is not None
        findings += watch(state, home, state.watermark, (detector,))[1]
    return findings


def began(findings: Sequence[Finding]) -> list[tuple[Severity, datetime]]:
    return [(one.severity, one.told_at) for one in findings if one.phase is Phase.BEGAN]


def ended(findings: Sequence[Finding]) -> list[datetime]:
    return [one.told_at for one in findings if one.phase is Phase.ENDED]


def worst(findings: Sequence[Finding]) -> Severity:
    return min((one.severity for one in findings), key=lambda severity: severity.rank)


# Bathroom

WENT_IN = [said("living", clock(14)), said("bath", clock(14, 2))]


def test_a_stay_in_the_bathroom_worries_after_45_minutes_and_is_an_emergency_after_an_hour() -> None:
    findings = told(bathroom, home_of(), WENT_IN, clock(15, 2))
    assert began(findings) == [(Severity.CAUTION, clock(14, 47))]
    assert [one.told_at for one in findings if one.severity is Severity.EMERGENCY] == [clock(15, 2)]
    assert findings[-1].evidence.sentence.ko == "욕실에 들어간 뒤 1시간 · 한계 1시간 · 다른 곳에서 움직임 없음"
    assert findings[-1].evidence.sentence.en == "in the bathroom for 1 h · limit 1 h · seen nowhere else"
    assert findings[-1].evidence.room == "욕실"


def test_at_night_half_an_hour_is_enough() -> None:
    story = [said("bedroom", clock(2)), said("bath", clock(2, 2))]
    assert began(told(bathroom, home_of(), story, clock(2, 40))) == [(Severity.CAUTION, clock(2, 32))]


def test_movement_in_the_bathroom_does_not_begin_the_stay_anew() -> None:
    story = [*WENT_IN, *(said("bath", clock(14, 2) + 7 * MINUTE * turn) for turn in range(1, 7))]
    assert began(told(bathroom, home_of(), story, clock(14, 50))) == [(Severity.CAUTION, clock(14, 47))]


@pytest.mark.parametrize("sensor", ["living", "bedroom", "door", "bed"])
def test_whoever_is_seen_elsewhere_is_not_in_the_bathroom_any_more(sensor: str) -> None:
    home = home_of()
    assert not told(bathroom, home, [*WENT_IN, said(sensor, clock(14, 46))], clock(15, 30))
    findings = told(bathroom, home, [*WENT_IN, said(sensor, clock(14, 50))], clock(15, 30))
    assert ended(findings) == [clock(14, 50)]


def test_a_late_movement_elsewhere_does_not_end_a_stay_that_was_told_and_keeps_one_from_beginning() -> None:
    late = said("living", clock(14, 30), late_by=25 * MINUTE)
    assert not ended(told(bathroom, home_of(), [*WENT_IN, late], clock(15, 10)))
    early = said("living", clock(14, 30), late_by=10 * MINUTE)
    assert not told(bathroom, home_of(), [*WENT_IN, early], clock(15, 10))


def test_where_nobody_would_be_seen_to_leave_the_bathroom_nothing_is_told() -> None:
    story = [said("living", clock(2)), said("bath", clock(2, 2))]
    no_bedroom = structs.replace(home_of(), sensors=tuple(one for one in SENSORS if one.room != "안방"))
    assert not told(bathroom, no_bedroom, story, clock(4))


def test_a_gap_in_observation_is_no_stay() -> None:
    assert not told(bathroom, home_of(), WENT_IN, clock(15), deaf=(6, 40))


def test_whoever_is_disabled_has_an_hour() -> None:
    home = home_of(usual_plan(Profile.DISABLED))
    assert began(told(bathroom, home, WENT_IN, clock(15, 5))) == [(Severity.CAUTION, clock(15, 2))]


# First activity

SLEPT = [said("living", clock(21, 30, day=21)), said("bedroom", clock(22, 40, day=21))]


def test_a_morning_without_a_sign_is_told_at_half_past_ten_by_the_homes_own_clock() -> None:
    findings = told(first_activity, home_of(), SLEPT, clock(10, 40))
    assert began(findings) == [(Severity.CAUTION, clock(10, 30))]
    sentence = findings[0].evidence.sentence
    assert sentence.ko == "10:30 까지 아침 첫 움직임 없음 · 마지막 움직임 뒤 11시간 50분"
    assert sentence.en == "no first activity by 10:30 · 11 h 50 min since the last movement"


@pytest.mark.parametrize("sign", [clock(4), clock(8), clock(10, 29)])
def test_a_sign_since_four_o_clock_is_a_morning(sign: datetime) -> None:
    assert not told(first_activity, home_of(), [*SLEPT, said("living", sign)], clock(13))


def test_a_late_sign_does_not_end_what_was_told_and_a_live_one_does() -> None:
    late = said("living", clock(9), late_by=2 * HOUR)
    findings = told(first_activity, home_of(), [*SLEPT, late, said("living", clock(11, 30))], clock(12))
    assert ended(findings) == [clock(11, 30)]


def test_whoever_is_out_is_not_expected_to_get_up_here() -> None:
    assert not told(first_activity, home_of(), [*SLEPT, said("door", clock(3))], clock(12))


def test_whoever_lies_in_bed_all_morning_is_missed() -> None:
    findings = told(first_activity, home_of(), [*SLEPT, said("bed", clock(23, day=21))], clock(11))
    assert began(findings) == [(Severity.CAUTION, clock(10, 30))]


def test_time_that_was_not_observed_is_waited_for() -> None:
    deaf = (12 * 60, 13 * 60)
    findings = told(first_activity, home_of(), SLEPT, clock(12), deaf=deaf)
    assert clock(11, 20) < began(findings)[0][1] <= clock(11, 30)


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
def test_the_morning_comes_by_the_clock_also_when_it_is_put_forward_or_back(day: datetime) -> None:
    zone = ZoneInfo("Europe/Berlin")
    home = structs.replace(home_of(), timezone="Europe/Berlin")
    slept = [said("living", datetime(day.year, day.month, day.day - 1, 22, tzinfo=zone).astimezone(UTC))]
    limit = datetime(day.year, day.month, day.day, 10, 30, tzinfo=zone).astimezone(UTC)
    assert began(told(first_activity, home, slept, limit + 5 * MINUTE)) == [(Severity.CAUTION, limit)]


# Out of bed

IN_BED = [said("living", clock(21, day=21)), said("bed", clock(22, day=21))]


def test_a_bed_left_at_night_worries_after_45_minutes() -> None:
    findings = told(out_of_bed, home_of(), [*IN_BED, left(clock(2))], clock(2, 50))
    assert began(findings) == [(Severity.CAUTION, clock(2, 45))]
    assert findings[0].evidence.sentence.ko == "밤에 침대를 떠난 뒤 45분 · 한계 45분 · 다른 방 움직임 없음 45분"


def test_movement_beside_the_bed_is_not_being_up_and_movement_in_another_room_is() -> None:
    story = [*IN_BED, left(clock(2))]
    beside = told(out_of_bed, home_of(), [*story, said("bedroom", clock(2, 40))], clock(2, 50))
    assert began(beside) == [(Severity.CAUTION, clock(2, 45))]
    up = told(out_of_bed, home_of(), [*story, said("living", clock(2, 40))], clock(3, 5))
    assert began(up) == [(Severity.CAUTION, clock(3))]


def test_whoever_is_back_in_bed_or_up_again_is_well() -> None:
    story = [*IN_BED, left(clock(2))]
    assert not told(out_of_bed, home_of(), [*story, said("bed", clock(2, 44))], clock(5))
    assert ended(told(out_of_bed, home_of(), [*story, said("bed", clock(3))], clock(4))) == [clock(3)]
    assert ended(told(out_of_bed, home_of(), [*story, said("living", clock(3))], clock(3, 10))) == [clock(3)]


def test_whoever_has_not_gone_to_bed_yet_or_got_up_in_the_morning_has_not_left_it_at_night() -> None:
    assert not told(
        out_of_bed, home_of(), [said("bed", clock(13)), left(clock(14)), said("living", clock(20))], clock(23)
    )
    assert not told(out_of_bed, home_of(), [*IN_BED, left(clock(5, 30))], clock(8))


def test_who_rose_before_dawn_and_is_still_in_the_evening_is_not_out_of_bed() -> None:
    about = [said("living", clock(4, 10) + turn * 20 * MINUTE) for turn in range(7)]
    story = [*IN_BED, left(clock(4)), *about, said("living", clock(21, 20))]
    assert not told(out_of_bed, home_of(), story, clock(23))


def test_whoever_left_the_home_is_not_beside_the_bed() -> None:
    assert not told(out_of_bed, home_of(), [*IN_BED, left(clock(2)), said("door", clock(2, 3))], clock(3, 30))


def test_a_late_word_that_the_bed_is_taken_does_not_end_what_was_told() -> None:
    late = said("bed", clock(2, 50), late_by=20 * MINUTE)
    assert not ended(told(out_of_bed, home_of(), [*IN_BED, left(clock(2)), late], clock(4)))


# Out at night

WENT_OUT = [said("living", clock(1)), said("door", clock(1, 5))]
DEMENTIA = usual_plan(Profile.DEMENTIA)


def test_whoever_has_dementia_is_looked_for_five_minutes_after_the_door() -> None:
    findings = told(left_at_night, home_of(DEMENTIA), WENT_OUT, clock(1, 15))
    assert began(findings) == [(Severity.URGENT, clock(1, 10))]
    assert findings[0].hazard is Hazard.ABSENCE
    assert findings[0].evidence.sentence.ko == "밤에 현관문이 열린 뒤 5분 동안 집 안 움직임 없음 · 한계 5분"


def test_others_are_told_of_after_half_an_hour_as_a_notice() -> None:
    assert began(told(left_at_night, home_of(), WENT_OUT, clock(2))) == [(Severity.NOTICE, clock(1, 35))]


@pytest.mark.parametrize(
    ("celsius", "dementia", "other"),
    [
        (4.9, Severity.EMERGENCY, Severity.CAUTION),
        (5.0, Severity.URGENT, Severity.NOTICE),
        (33.0, Severity.URGENT, Severity.NOTICE),
        (33.1, Severity.EMERGENCY, Severity.CAUTION),
    ],
)
def test_cold_and_heat_outside_make_it_worse(celsius: float, dementia: Severity, other: Severity) -> None:
    story = [*WENT_OUT, said("porch", clock(1), Temperature(celsius=celsius))]
    findings = told(left_at_night, home_of(DEMENTIA), story, clock(1, 20))
    assert worst(findings) is dementia
    assert findings[0].evidence.values["outside_celsius"] == celsius
    assert worst(told(left_at_night, home_of(), story, clock(2))) is other


def test_air_of_hours_ago_says_nothing_of_now() -> None:
    story = [*WENT_OUT, said("porch", clock(22, day=21), Temperature(celsius=-9.0))]
    assert worst(told(left_at_night, home_of(DEMENTIA), story, clock(1, 20))) is Severity.URGENT


def test_whoever_is_seen_inside_came_back_or_never_left() -> None:
    home = home_of(DEMENTIA)
    assert not told(left_at_night, home, [*WENT_OUT, said("living", clock(1, 9))], clock(3))
    assert ended(told(left_at_night, home, [*WENT_OUT, said("living", clock(1, 30))], clock(2))) == [clock(1, 30)]


def test_a_door_by_day_is_nobodys_wandering() -> None:
    assert not told(
        left_at_night, home_of(DEMENTIA), [said("living", clock(21)), said("door", clock(22, 59))], clock(23, 30)
    )


def test_a_late_door_says_that_it_is_late() -> None:
    story = [said("living", clock(1)), said("door", clock(1, 5), late_by=20 * MINUTE)]
    findings = told(left_at_night, home_of(DEMENTIA), story, clock(1, 30))
    assert findings[0].late


# Out too long


def test_an_absence_of_a_day_is_told_and_ends_with_a_movement() -> None:
    story = [said("living", clock(9)), said("door", clock(9, 5)), said("living", clock(10, day=23))]
    findings = told(out_too_long, home_of(), story, clock(10, 5, day=23))
    assert began(findings) == [(Severity.CAUTION, clock(9, 5, day=23))]
    assert ended(findings) == [clock(10, day=23)]
    assert findings[0].evidence.sentence.ko == "외출한 뒤 24시간 동안 돌아오지 않음 · 한계 24시간"


def test_whoever_has_dementia_is_missed_after_six_hours() -> None:
    story = [said("living", clock(9)), said("door", clock(9, 5))]
    assert began(told(out_too_long, home_of(DEMENTIA), story, clock(15, 10))) == [(Severity.CAUTION, clock(15, 5))]


def test_an_absence_that_was_entered_does_not_count() -> None:
    hold = Hold(kind=HoldKind.AWAY, from_at=clock(8), until_at=clock(20))
    story = [said("living", clock(9)), said("door", clock(9, 5))]
    findings = told(out_too_long, home_of(DEMENTIA, holds=[hold]), story, clock(2, 10, day=23))
    assert [at for _, at in began(findings)] == [clock(1, 59, day=23)]


DETECTORS: list[tuple[Detector, list[Reading], datetime]] = [
    (bathroom, WENT_IN, clock(15, 10)),
    (first_activity, SLEPT, clock(11)),
    (out_of_bed, [*IN_BED, left(clock(2))], clock(3)),
    (left_at_night, WENT_OUT, clock(2)),
    (out_too_long, [said("living", clock(9)), said("door", clock(9, 5))], clock(10, day=23)),
]


@pytest.mark.parametrize(("detector", "story", "until"), DETECTORS)
def test_a_hold_keeps_it_from_beginning(detector: Detector, story: list[Reading], until: datetime) -> None:
    hold = Hold(kind=HoldKind.HOSPITAL, from_at=story[0].observed_at - HOUR, until_at=until + HOUR)
    assert told(detector, home_of(), story, until)
    assert not told(detector, home_of(holds=[hold]), story, until)


@pytest.mark.parametrize(("detector", "story", "until"), DETECTORS)
def test_a_silent_line_raises_nothing(detector: Detector, story: list[Reading], until: datetime) -> None:
    assert not told(detector, home_of(), story, until, deaf=(3, 100_000))


@pytest.mark.parametrize(("detector", "story", "until"), DETECTORS)
def test_repeats_and_order_within_a_moment_change_nothing(
    detector: Detector, story: list[Reading], until: datetime
) -> None:
    once = told(detector, home_of(), story, until)
    assert told(detector, home_of(), [*reversed(story), *story], until) == once
    assert len({one.finding_id for one in once}) == 1
