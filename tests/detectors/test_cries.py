"""What threatens a life is told at once, however late, in whatever home, under whatever hold; a walk test marks it."""

from datetime import timedelta

import pytest

from contracts import Finding, Hazard, Hold, HoldKind, Phase, Severity, Value
from contracts.values import (
    ButtonAction,
    CarbonMonoxide,
    CheckAnswer,
    Fall,
    Gas,
    Heat,
    HelpButton,
    Smoke,
    Voice,
    WaterLeak,
)
from detectors.help_button import judge
from detectors.state import HomeState
from tests.detectors.values import NOON, a_heartbeat, a_home, a_reading, a_sensor, a_state, heartbeats, live

MINUTE = timedelta(minutes=1)
CRIES: list[tuple[Value, str, Hazard]] = [
    (HelpButton(), "help_button", Hazard.HELP),
    (Voice(answer=CheckAnswer.HELP), "help_button", Hazard.HELP),
    (Fall(), "fall", Hazard.FALL),
    (Smoke(active=True), "smoke", Hazard.FIRE),
    (Heat(active=True), "heat", Hazard.FIRE),
    (Gas(active=True), "gas", Hazard.GAS),
    (CarbonMonoxide(active=True), "carbon_monoxide", Hazard.CARBON_MONOXIDE),
    (CarbonMonoxide(active=False, ppm=300.0), "carbon_monoxide", Hazard.CARBON_MONOXIDE),
]


def cries(findings: list[Finding]) -> list[Finding]:
    """Leave out that a spoken cry is also the answer to a check, if one was asked."""
    return [finding for finding in findings if finding.hazard is not Hazard.CHECK]


@pytest.mark.parametrize(("value", "kind", "hazard"), CRIES)
def test_a_cry_is_told_at_once_as_an_emergency(value: Value, kind: str, hazard: Hazard) -> None:
    (finding,) = cries(live(HomeState(), a_home(), [a_reading(value, sensor="s")]))
    assert (finding.kind, finding.hazard, finding.severity) == (kind, hazard, Severity.EMERGENCY)
    assert finding.phase == Phase.BEGAN
    assert finding.since == finding.told_at == NOON
    assert finding.evidence.sentence.ko
    assert finding.evidence.sentence.en


@pytest.mark.parametrize(("value", "kind", "hazard"), CRIES)
@pytest.mark.parametrize("hold", [kind for kind in HoldKind if kind != HoldKind.TEST])
def test_no_hold_silences_a_cry_or_makes_it_a_test(value: Value, kind: str, hazard: Hazard, hold: HoldKind) -> None:
    home = a_home(holds=[Hold(kind=hold, from_at=NOON, until_at=NOON + MINUTE)])
    (finding,) = cries(live(HomeState(), home, [a_reading(value)]))
    assert (finding.kind, finding.test) == (kind, False)


@pytest.mark.parametrize(("value", "kind", "hazard"), CRIES)
def test_a_cry_in_a_walk_test_is_told_as_a_test(value: Value, kind: str, hazard: Hazard) -> None:
    home = a_home(holds=[Hold(kind=HoldKind.TEST, from_at=NOON, until_at=NOON + 30 * MINUTE)])
    (finding,) = cries(live(HomeState(), home, [a_reading(value, at=NOON + 29 * MINUTE)]))
    assert (finding.kind, finding.test) == (kind, True)


@pytest.mark.parametrize(("value", "kind", "hazard"), CRIES)
def test_a_cry_half_an_hour_into_a_longer_test_is_real(value: Value, kind: str, hazard: Hazard) -> None:
    home = a_home(holds=[Hold(kind=HoldKind.TEST, from_at=NOON, until_at=NOON + timedelta(days=1))])
    (finding,) = cries(live(HomeState(), home, [a_reading(value, at=NOON + 30 * MINUTE)]))
    assert (finding.kind, finding.test) == (kind, False)


@pytest.mark.parametrize(("value", "kind", "hazard"), CRIES)
def test_a_cry_of_before_the_walk_test_that_comes_late_is_real(value: Value, kind: str, hazard: Hazard) -> None:
    home = a_home(holds=[Hold(kind=HoldKind.TEST, from_at=NOON, until_at=NOON + 30 * MINUTE)])
    state = a_state(a_heartbeat(NOON + MINUTE))
    (finding,) = live(state, home, [a_reading(value, at=NOON - MINUTE, late_by=6 * MINUTE)])
    assert (finding.kind, finding.test) == (kind, False)


@pytest.mark.parametrize(("value", "kind", "hazard"), CRIES)
def test_a_late_cry_is_told_with_its_age(value: Value, kind: str, hazard: Hazard) -> None:
    state = a_state(a_heartbeat(NOON + timedelta(hours=3)))
    (finding,) = live(state, a_home(), [a_reading(value, late_by=timedelta(hours=3, minutes=12))])
    assert finding.late
    assert finding.since == NOON
    assert "3시간 12분 늦게 도착" in finding.evidence.sentence.ko
    assert "arrived 3 h 12 min late" in finding.evidence.sentence.en


def test_a_press_is_told_every_minute_for_ten_minutes_and_then_falls_silent() -> None:
    findings = live(HomeState(), a_home(), [a_reading(HelpButton()), *heartbeats(NOON + MINUTE, NOON + 20 * MINUTE)])
    assert [finding.phase for finding in findings] == [Phase.BEGAN, *[Phase.HOLDS] * 9]
    assert len({finding.finding_id for finding in findings}) == 1


def test_a_press_in_a_home_whose_clock_runs_ahead_is_told() -> None:
    state = a_state(a_heartbeat(NOON + 2 * MINUTE))
    assert judge(a_state(a_reading(HelpButton())), a_home(), state.watermark or NOON)


def test_a_second_press_is_told_at_once_and_says_that_it_is_the_second() -> None:
    presses = [a_reading(HelpButton()), a_reading(HelpButton(), at=NOON + MINUTE)]
    home = a_home(sensors=[a_sensor("motion-living", "help_button", "안방")])
    second = live(HomeState(), home, presses)[-1]
    assert second.evidence.values == {"presses_in_5_minutes": 2.0}
    assert second.evidence.sentence.ko == "도움 요청 버튼 누름 · 5분 안에 2번 · 안방"


def test_the_same_press_twice_is_one_finding() -> None:
    assert len(live(HomeState(), a_home(), [a_reading(HelpButton())] * 2)) == 1


def test_a_released_button_is_no_cry() -> None:
    assert not live(HomeState(), a_home(), [a_reading(HelpButton(action=ButtonAction.RELEASED))])


def test_a_fall_that_was_taken_back_is_told_no_more() -> None:
    story = [a_reading(Fall()), a_reading(Fall(active=False), at=NOON + MINUTE), a_heartbeat(NOON + 3 * MINUTE)]
    assert [finding.phase for finding in live(HomeState(), a_home(), story)] == [Phase.BEGAN]


def test_smoke_is_told_again_under_one_name_until_it_ends() -> None:
    story = [a_reading(Smoke(active=True), at=NOON + timedelta(seconds=20 * turn)) for turn in range(7)]
    findings = live(HomeState(), a_home(), [*story, a_reading(Smoke(active=False), at=NOON + 3 * MINUTE)])
    assert [finding.phase for finding in findings] == [Phase.BEGAN, Phase.HOLDS, Phase.HOLDS, Phase.ENDED]
    assert len({finding.finding_id for finding in findings}) == 1


def test_a_late_all_clear_does_not_cancel_a_live_alarm() -> None:
    clear = a_reading(Smoke(active=False), at=NOON + MINUTE, late_by=10 * MINUTE)
    findings = live(HomeState(), a_home(), [a_reading(Smoke(active=True)), clear, a_heartbeat(NOON + 12 * MINUTE)])
    assert [finding.phase for finding in findings] == [Phase.BEGAN, Phase.HOLDS, Phase.HOLDS]


def test_a_late_alarm_may_end_late() -> None:
    alarm = a_reading(Smoke(active=True), late_by=10 * MINUTE)
    clear = a_reading(Smoke(active=False), at=NOON + MINUTE, late_by=9 * MINUTE)
    assert [finding.phase for finding in live(HomeState(), a_home(), [alarm, clear])] == [Phase.BEGAN, Phase.ENDED]


def test_an_alarm_wins_over_an_all_clear_of_the_same_moment() -> None:
    assert live(HomeState(), a_home(), [a_reading(Gas(active=False)), a_reading(Gas(active=True))])


def test_two_detectors_of_a_home_are_two_findings() -> None:
    kitchen, hall = (a_reading(Smoke(active=True), sensor=sensor) for sensor in ("smoke-kitchen", "smoke-hall"))
    findings = live(HomeState(), a_home(), [kitchen, hall])
    assert len({finding.finding_id for finding in findings}) == 2


def test_a_leak_is_urgent_once_it_is_a_quarter_of_an_hour_old() -> None:
    findings = live(HomeState(), a_home(), [a_reading(WaterLeak(active=True)), *heartbeats(NOON, NOON + 15 * MINUTE)])
    assert {finding.severity for finding in findings[:-1]} == {Severity.CAUTION}
    assert (findings[-1].severity, findings[-1].told_at) == (Severity.URGENT, NOON + 15 * MINUTE)
