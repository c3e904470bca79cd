"""What people do with a case, and what its timer does when they do not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.events import (
    Acknowledge,
    Answered,
    Delivered,
    DeliveryFailed,
    Due,
    EscalateNow,
    Event,
    Found,
    Note,
    Resolve,
)
from alerts.machine import advance
from alerts.model import Alert, DueFor
from alerts.outcomes import OUTCOME_WORDS, OutcomeCode, ResolvedBy, words_of
from alerts.reasons import Reason
from alerts.transition import Transition
from contracts import AlertChangeKind, AlertId, AlertState, Hazard, Phase, ResponderId, Severity
from homes.model import ResponderKind
from tests.alerts.building import CARER, CONTEXT, DAUGHTER, MINUTE, NOON, a_finding, a_policy, a_responder
from tests.alerts.dict_store import DictStore

TWICE = a_responder("neighbour", ResponderKind.CARE_MANAGER, "http://127.0.0.1:9/one", "http://127.0.0.1:9/two")


def a_store() -> tuple[DictStore, AlertId]:
    store = DictStore(context=CONTEXT)
    store.apply(Found(finding=a_finding()), NOON)
    return store, store.open_alerts()[0].alert_id


def now_of(store: DictStore) -> Alert:
    (alert,) = store.alerts.values()
    return alert


def takes(operator: str, alert: Alert) -> Acknowledge:
    return Acknowledge(alert_id=alert.alert_id, operator=operator, version=alert.version)


def closes(alert_id: AlertId, *, version: int = 99) -> Resolve:
    return Resolve(
        alert_id=alert_id,
        operator="kim",
        version=version,
        outcome=OutcomeCode.FALL_LIFTED,
        resolved_by=ResolvedBy.FAMILY,
        minutes=20,
        rule_at_fault=True,
    )


def test_an_operator_who_takes_a_case_stops_the_calls() -> None:
    store, _ = a_store()
    assert store.apply(takes("kim", now_of(store)), NOON).reason is Reason.ACKNOWLEDGED
    assert not store.queued()
    assert now_of(store).owner == "kim" and now_of(store).due_for is DueFor.LEASE
    store.due(NOON + 5 * MINUTE)
    assert len(store.outbox) == 1


def test_of_two_operators_the_second_learns_who_was_first() -> None:
    store, _ = a_store()
    seen = now_of(store)
    store.apply(takes("kim", seen), NOON)
    done = store.apply(takes("lee", seen), NOON)
    assert done.reason is Reason.SOMEBODY_HAS_IT and done.alert and done.alert.owner == "kim"


def test_a_case_that_is_taken_and_forgotten_comes_back_and_rings() -> None:
    store, _ = a_store()
    store.apply(takes("kim", now_of(store)), NOON)
    (done,) = store.due(NOON + 10 * MINUTE)
    assert done.reason is Reason.LEASE_EXPIRED
    alert = now_of(store)
    assert alert.rings and alert.owner is None and alert.again == 1 and len(store.queued()) == 1


def test_an_answer_to_an_older_ring_does_not_silence_a_newer_one() -> None:
    store, _ = a_store()
    seen = now_of(store)
    store.apply(takes("kim", seen), NOON)
    store.due(NOON + 10 * MINUTE)
    assert store.apply(takes("kim", seen), NOON + 10 * MINUTE).reason is Reason.RANG_SINCE_SEEN
    assert now_of(store).rings


def test_whoever_has_a_case_may_take_it_again_to_keep_it() -> None:
    store, _ = a_store()
    store.apply(takes("kim", now_of(store)), NOON)
    assert store.apply(takes("kim", now_of(store)), NOON + 5 * MINUTE).reason is Reason.LEASE_RENEWED
    assert now_of(store).due_at == NOON + 15 * MINUTE


def test_whoever_writes_about_their_case_keeps_it() -> None:
    store, alert_id = a_store()
    store.apply(takes("kim", now_of(store)), NOON)
    store.apply(Note(alert_id=alert_id, operator="kim", text="통화함"), NOON + 5 * MINUTE)
    assert now_of(store).due_at == NOON + 15 * MINUTE
    assert store.log[-1].text == "통화함" and store.log[-1].by == "kim"


def test_a_note_of_somebody_else_changes_no_time() -> None:
    store, alert_id = a_store()
    due_at = now_of(store).due_at
    store.apply(Note(alert_id=alert_id, operator="lee", text="보고 있음"), NOON)
    assert now_of(store).due_at == due_at


def test_an_empty_note_is_no_note() -> None:
    store, alert_id = a_store()
    assert store.apply(Note(alert_id=alert_id, operator="lee", text=" \n"), NOON).reason is Reason.NOTHING_WRITTEN


def test_a_button_for_the_next_step_calls_the_next_and_only_once() -> None:
    store, alert_id = a_store()
    press = EscalateNow(alert_id=alert_id, operator="kim", step_seen=now_of(store).step, why="worse")
    assert store.apply(press, NOON).reason is Reason.CALLED
    assert store.apply(press, NOON).reason is Reason.STEP_PASSED
    assert [call.responder_id for call in store.outbox.values()] == ["daughter", "carer"]
    called = [(line.by, line.text) for line in store.log if line.change is AlertChangeKind.ESCALATED]
    assert called == [(None, ""), ("kim", "worse")]


def test_an_operator_who_has_the_case_may_call_others_and_keeps_their_time() -> None:
    store, alert_id = a_store()
    store.apply(takes("kim", now_of(store)), NOON)
    store.apply(EscalateNow(alert_id=alert_id, operator="kim", step_seen=1), NOON + MINUTE)
    assert now_of(store).due_at == NOON + 10 * MINUTE and now_of(store).owner == "kim"
    (call,) = store.queued()
    failed = DeliveryFailed(alert_id=alert_id, notification=call, attempt=3, why="refused")
    assert store.apply(failed, NOON + MINUTE).reason is Reason.NOT_REACHED


def test_calls_that_fail_after_somebody_has_the_case_call_nobody_else() -> None:
    store, alert_id = a_store()
    (call,) = store.queued()
    store.apply(takes("kim", now_of(store)), NOON)
    store.apply(DeliveryFailed(alert_id=alert_id, notification=call, attempt=1, why="refused"), NOON)
    assert len(store.outbox) == 1


def test_a_call_on_its_way_that_fails_after_the_end_is_only_written_down() -> None:
    store, alert_id = a_store()
    store.context = replace(CONTEXT, responders=(TWICE,))
    store.apply(EscalateNow(alert_id=alert_id, operator="kim", step_seen=1), NOON)
    call = list(store.outbox.values())[-1]
    assert call.insisted and call.responder_id == TWICE.responder_id
    store.apply(closes(alert_id), NOON)
    store.apply(DeliveryFailed(alert_id=alert_id, notification=call, attempt=1, why="refused"), NOON)
    assert not store.queued() and store.log[-1].change is AlertChangeKind.DELIVERY_FAILED


def test_a_call_that_an_operator_asked_for_goes_on_to_the_next_contact() -> None:
    store, alert_id = a_store()
    store.context = replace(CONTEXT, responders=(TWICE,))
    store.apply(takes("kim", now_of(store)), NOON)
    store.apply(EscalateNow(alert_id=alert_id, operator="kim", step_seen=1), NOON)
    call = list(store.outbox.values())[-1]
    done = store.apply(DeliveryFailed(alert_id=alert_id, notification=call, attempt=1, why="refused"), NOON)
    assert done.reason is Reason.NEXT_CONTACT and done.notifications[0].insisted


def test_a_test_cannot_be_escalated() -> None:
    store = DictStore(context=CONTEXT)
    store.apply(Found(finding=a_finding(test=True)), NOON)
    press = EscalateNow(alert_id=now_of(store).alert_id, operator="kim", step_seen=0)
    assert store.apply(press, NOON).reason is Reason.CALLS_NOBODY


def test_a_responder_who_goes_stops_the_calls_for_as_long_as_the_way_takes() -> None:
    store, alert_id = a_store()
    yes = Answered(alert_id=alert_id, responder_id=DAUGHTER.responder_id, accepted=True)
    assert store.apply(yes, NOON).reason is Reason.ACCEPTED
    assert now_of(store).goes == DAUGHTER.responder_id and not store.queued()
    assert store.apply(yes, NOON).reason is Reason.SAID_BEFORE
    other = Answered(alert_id=alert_id, responder_id=CARER.responder_id, accepted=True)
    assert store.apply(other, NOON).reason is Reason.ANOTHER_GOES
    store.apply(takes("kim", now_of(store)), NOON)
    assert now_of(store).due_at == NOON + 30 * MINUTE
    (done,) = store.due(NOON + 30 * MINUTE)
    assert done.reason is Reason.NOT_ARRIVED and now_of(store).goes is None and now_of(store).rings


def test_a_responder_who_goes_does_not_shorten_an_operators_time() -> None:
    store, alert_id = a_store()
    store.context = replace(CONTEXT, lease_seconds=3600)
    store.apply(takes("kim", now_of(store)), NOON)
    store.apply(Answered(alert_id=alert_id, responder_id=DAUGHTER.responder_id, accepted=True), NOON)
    assert now_of(store).owner_until == NOON + 60 * MINUTE


def test_a_responder_who_turns_back_makes_the_case_ring_again() -> None:
    store, alert_id = a_store()
    store.apply(Answered(alert_id=alert_id, responder_id=DAUGHTER.responder_id, accepted=True), NOON)
    store.apply(Answered(alert_id=alert_id, responder_id=DAUGHTER.responder_id, accepted=False), NOON + MINUTE)
    assert now_of(store).rings and now_of(store).again == 1


def test_a_responder_who_turns_back_leaves_the_case_with_its_operator() -> None:
    store, alert_id = a_store()
    store.apply(takes("kim", now_of(store)), NOON)
    store.apply(Answered(alert_id=alert_id, responder_id=DAUGHTER.responder_id, accepted=True), NOON)
    store.apply(Answered(alert_id=alert_id, responder_id=DAUGHTER.responder_id, accepted=False), NOON + MINUTE)
    assert now_of(store).owner == "kim" and now_of(store).goes is None


def test_whoever_said_no_may_still_go() -> None:
    store, alert_id = a_store()
    store.apply(Answered(alert_id=alert_id, responder_id=DAUGHTER.responder_id, accepted=False), NOON)
    store.apply(Answered(alert_id=alert_id, responder_id=DAUGHTER.responder_id, accepted=True), NOON)
    assert now_of(store).goes == DAUGHTER.responder_id and not now_of(store).declined


def test_a_delivery_is_no_answer() -> None:
    store, alert_id = a_store()
    due_at = now_of(store).due_at
    (call,) = store.queued()
    store.apply(Delivered(alert_id=alert_id, notification=call, attempt=1), NOON)
    assert now_of(store).rings and now_of(store).due_at == due_at


def test_a_person_closes_a_case_and_says_how_it_ended() -> None:
    store, alert_id = a_store()
    assert store.apply(closes(alert_id), NOON).reason is Reason.RESOLVED
    alert = now_of(store)
    assert alert.state is AlertState.RESOLVED and alert.due_at is None and not store.queued()
    assert alert.outcome and alert.outcome.code is OutcomeCode.FALL_LIFTED and alert.outcome.minutes == 20


def test_whoever_saw_a_caution_does_not_close_the_emergency_that_it_became() -> None:
    store = DictStore(context=CONTEXT)
    store.apply(Found(finding=a_finding("inactivity", Hazard.STILLNESS, Severity.CAUTION)), NOON)
    seen = now_of(store)
    worse = a_finding("inactivity", Hazard.STILLNESS, phase=Phase.HOLDS, told_at=NOON + MINUTE)
    store.apply(Found(finding=worse), NOON)
    assert store.apply(closes(seen.alert_id, version=seen.version), NOON).reason is Reason.RANG_SINCE_SEEN
    assert now_of(store).rings
    assert store.apply(closes(seen.alert_id, version=now_of(store).version), NOON).reason is Reason.RESOLVED


@pytest.mark.parametrize("ringing", [True, False])
def test_nobody_closes_a_case_without_having_seen_the_second_press(ringing: bool) -> None:
    store, alert_id = a_store()
    if not ringing:
        store.apply(takes("kim", now_of(store)), NOON)
    seen = now_of(store)
    store.apply(Found(finding=a_finding(since=NOON + MINUTE)), NOON)
    assert store.apply(closes(alert_id, version=seen.version), NOON).reason is Reason.RANG_SINCE_SEEN
    # To take it in hand closes nothing: who hammers the button does not keep help from them.
    assert not ringing or store.apply(takes("kim", seen), NOON).reason is Reason.ACKNOWLEDGED


@pytest.mark.parametrize(
    "event",
    [
        Due(alert_id=AlertId("x")),
        Acknowledge(alert_id=AlertId("x"), operator="kim", version=9),
        Note(alert_id=AlertId("x"), operator="kim", text="late"),
        EscalateNow(alert_id=AlertId("x"), operator="kim", step_seen=1),
        closes(AlertId("x")),
        Answered(alert_id=AlertId("x"), responder_id=ResponderId("daughter"), accepted=False),
    ],
)
def test_a_closed_case_stays_closed(event: Event) -> None:
    store, alert_id = a_store()
    store.apply(closes(alert_id), NOON)
    closed = now_of(store)
    done = advance(closed, event, NOON + timedelta(hours=1), CONTEXT)
    assert done.reason is Reason.RESOLVED_BEFORE and done.alert == closed and not done.lines


def test_nothing_happens_to_a_case_that_there_is_not() -> None:
    assert advance(None, Due(alert_id=AlertId("x")), NOON, CONTEXT).reason is Reason.NO_SUCH_ALERT


def test_a_timer_that_is_asked_too_early_does_nothing() -> None:
    store, alert_id = a_store()
    assert store.apply(Due(alert_id=alert_id), NOON).reason is Reason.NOT_DUE


def test_every_outcome_has_its_words() -> None:
    assert set(OUTCOME_WORDS) == set(OutcomeCode)
    assert words_of(OutcomeCode.FIRE).ko == "화재"


def test_the_world_is_told_every_line_of_the_log() -> None:
    store, alert_id = a_store()
    done = store.apply(takes("kim", now_of(store)), NOON)
    assert [change.version for change in done.changes] == [line.version for line in done.lines]
    assert replace(done, changes=()).changed
    assert done.changes[0].change is AlertChangeKind.ACKNOWLEDGED and done.changes[0].alert_id == alert_id


def test_there_is_no_log_without_an_alert() -> None:
    nothing = Transition(reason=Reason.NO_SUCH_ALERT)
    assert nothing.line(AlertChangeKind.NOTED, NOON) == nothing and not nothing.changed


def test_a_step_that_trusts_in_operators_while_none_is_there_is_written_and_not_waited_for() -> None:
    policy = a_policy((0, ResponderKind.OPERATOR), (60, ResponderKind.FAMILY))
    store = DictStore(context=replace(CONTEXT, policy=policy, manned=False))
    store.apply(Found(finding=a_finding()), NOON)
    assert AlertChangeKind.UNMANNED in {line.change for line in store.log}
    assert [call.responder_id for call in store.queued()] == [DAUGHTER.responder_id]
