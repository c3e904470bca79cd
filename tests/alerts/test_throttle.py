"""What may wait and what never does: laws of the pace of calls."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.model import Notification, Purpose
from alerts.throttle import EXEMPT, MOST, Pace, judge, may_wait, together
from contracts import Hazard, HomeId, ResponderId, Severity
from tests.alerts.building import NOON, opened

WINDOW = timedelta(minutes=10)
spans = st.timedeltas(timedelta(0), timedelta(hours=3))


def a_call(severity: Severity = Severity.CAUTION, **more: object) -> Notification:
    return replace(opened().notifications[0], severity=severity, **more)  # type: ignore[arg-type]  # fields by name


calls = st.builds(
    a_call,
    severity=st.sampled_from(Severity),
    purpose=st.sampled_from(Purpose),
    hazard=st.sampled_from(Hazard),
    responder_id=st.sampled_from([ResponderId("daughter"), ResponderId("carer")]),
    home_id=st.sampled_from([HomeId(f"h-{number}") for number in range(4)]),
    contact=st.integers(0, 1),
    insisted=st.booleans(),
    notification_id=st.uuids().map(str),
)


@given(call=calls, ago=st.none() | spans, waited=spans)
def test_nobody_waits_for_a_call_that_is_serious(call: Notification, ago: timedelta | None, waited: timedelta) -> None:
    now = NOON + waited
    verdict = judge(call, last_at=now - ago if ago is not None else None, window=WINDOW, now=now)
    if call.severity in EXEMPT or call.insisted:
        assert verdict.pace is Pace.EXEMPT and verdict.until is None


@given(call=calls, ago=spans, waited=spans)
def test_nothing_waits_longer_than_two_windows(call: Notification, ago: timedelta, waited: timedelta) -> None:
    now = call.called_at + waited
    verdict = judge(call, last_at=now - ago, window=WINDOW, now=now)
    if verdict.until is not None:
        assert now < verdict.until <= call.called_at + 2 * WINDOW


@given(st.lists(calls, max_size=60, unique_by=lambda call: call.notification_id))
def test_only_what_may_wait_goes_together_and_nothing_is_lost(waiting: list[Notification]) -> None:
    groups = together(waiting)
    told = [call.notification_id for group in groups for call in group]
    assert sorted(told) == sorted(call.notification_id for call in waiting)
    for group in groups:
        assert len(group) <= MOST
        assert len(group) == 1 or all(may_wait(call) and call.severity not in EXEMPT for call in group)
        assert len({(call.responder_id, call.channel, call.contact) for call in group}) == 1


def test_the_first_goes_at_once_and_the_next_waits_for_its_window() -> None:
    assert judge(a_call(), last_at=None, window=WINDOW, now=NOON).pace is Pace.FIRST
    held = judge(a_call(), last_at=NOON - timedelta(minutes=4), window=WINDOW, now=NOON)
    assert held.pace is Pace.HELD_BACK and held.until == NOON + timedelta(minutes=6)
    assert judge(a_call(), last_at=NOON - WINDOW, window=WINDOW, now=NOON).pace is Pace.FIRST
    old = a_call(called_at=NOON - 2 * WINDOW)
    assert judge(old, last_at=NOON, window=WINDOW, now=NOON).pace is Pace.WAITED
