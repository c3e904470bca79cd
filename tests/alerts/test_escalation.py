"""Who is called, when, and what happens at the end of the list."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts import escalation
from alerts.events import Answered, DeliveryFailed, Found
from alerts.model import Alert, DueFor, Purpose
from alerts.reasons import Reason
from alerts.transition import Context
from contracts import AlertChangeKind, AlertId, Hazard, Phase, ResponderId, Severity
from homes.model import ResponderKind
from tests.alerts.building import (
    BOSS,
    CARER,
    CONTEXT,
    DAUGHTER,
    EVERYBODY,
    GUARD,
    MINUTE,
    NOON,
    POLICY,
    a_finding,
    a_policy,
    a_responder,
    an_alert,
    opened,
)
from tests.alerts.dict_store import DictStore


def a_store(context: Context = CONTEXT) -> tuple[DictStore, AlertId]:
    store = DictStore(context=context)
    store.apply(Found(finding=a_finding()), NOON)
    return store, store.open_alerts()[0].alert_id


def called(store: DictStore) -> list[str]:
    return [call.responder_id for call in store.outbox.values()]


def now_of(store: DictStore) -> Alert:
    return store.open_alerts()[0]


def test_the_first_on_the_list_is_called_at_once() -> None:
    done = opened()
    assert [call.responder_id for call in done.notifications] == ["daughter"]
    assert done.alert and done.alert.due_at == NOON + timedelta(seconds=60)


def test_the_next_is_called_when_nobody_has_answered_in_time() -> None:
    store, _ = a_store()
    store.due(NOON + timedelta(seconds=59))
    assert called(store) == ["daughter"]
    (done,) = store.due(NOON + timedelta(seconds=60))
    assert done.reason is Reason.CALLED and called(store) == ["daughter", "carer"]
    assert now_of(store).due_at == NOON + timedelta(seconds=180)


def test_at_the_end_of_the_list_the_supervisor_hears_of_it_and_the_list_begins_again() -> None:
    store, alert_id = a_store()
    for seconds in (60, 180, 360):
        store.due(NOON + timedelta(seconds=seconds))
    assert called(store) == ["daughter", "carer", "guard", "boss", "daughter"]
    alarm = list(store.outbox.values())[3]
    assert alarm.purpose is Purpose.NOBODY_ANSWERED and now_of(store).rounds == 1
    assert AlertChangeKind.LIST_EXHAUSTED in [line.change for line in store.lines_of(alert_id)]


def test_it_never_gives_up() -> None:
    store, _ = a_store()
    now = NOON
    for _ in range(200):
        now = now_of(store).due_at or now
        assert store.due(now)
    assert now_of(store).rounds > 40
    assert len(called(store)) == len(set(store.outbox)) > 200


def test_a_case_without_a_list_calls_the_supervisor_again_and_again_but_not_in_a_rush() -> None:
    store, _ = a_store(Context(responders=(BOSS,), policy=a_policy(repeat=0)))
    assert called(store) == ["boss"]
    assert now_of(store).due_at == NOON + escalation.SHORTEST_ROUND
    store.due(NOON + escalation.SHORTEST_ROUND)
    assert called(store) == ["boss", "boss"]


def test_a_home_that_nobody_knows_has_an_exhausted_list_at_once() -> None:
    done = opened(context=Context())
    assert AlertChangeKind.LIST_EXHAUSTED in [line.change for line in done.lines]
    assert done.alert and done.alert.due_at == NOON + 3 * MINUTE


def test_a_step_without_people_does_not_cost_time() -> None:
    policy = a_policy((0, ResponderKind.VOLUNTEER), (60, ResponderKind.GUARD))
    done = opened(context=Context(responders=EVERYBODY, policy=policy))
    assert [call.responder_id for call in done.notifications] == ["guard"]


def test_a_step_for_the_operators_gives_them_their_time_on_the_board() -> None:
    policy = a_policy((0, ResponderKind.OPERATOR), (60, ResponderKind.FAMILY))
    done = opened(context=Context(responders=EVERYBODY, policy=policy))
    assert not done.notifications
    assert done.alert and done.alert.due_at == NOON + MINUTE and done.alert.step == 1


def test_steps_without_a_wait_are_called_together() -> None:
    policy = a_policy((0, ResponderKind.FAMILY), (0, ResponderKind.GUARD), (60, ResponderKind.CARE_MANAGER))
    store, alert_id = a_store(Context(responders=EVERYBODY, policy=policy))
    assert called(store) == ["daughter", "guard"]
    store.apply(Answered(alert_id=alert_id, responder_id=DAUGHTER.responder_id, accepted=False), NOON)
    assert called(store) == ["daughter", "guard", "carer"]


def test_a_patient_policy_waits_before_its_first_step() -> None:
    done = opened(context=Context(responders=EVERYBODY, policy=a_policy((30, ResponderKind.FAMILY))))
    assert not done.notifications and done.alert and done.alert.due_at == NOON + timedelta(seconds=30)


def test_a_caution_leaves_responders_in_peace_while_the_operators_look() -> None:
    done = opened(a_finding("inactivity", Hazard.STILLNESS, Severity.CAUTION))
    assert not done.notifications and done.alert and done.alert.due_at == NOON + 15 * MINUTE


@pytest.mark.parametrize("severity", [Severity.NOTICE, Severity.DEVICE])
def test_a_notice_or_a_device_calls_nobody_and_is_looked_at_within_the_hour(severity: Severity) -> None:
    store = DictStore(context=CONTEXT)
    store.apply(Found(finding=a_finding("battery_low", Hazard.SENSOR, severity)), NOON)
    (done,) = store.due(NOON + 60 * MINUTE)
    assert done.reason is Reason.OVERDUE and not store.outbox
    assert now_of(store).due_for is DueFor.LOOK and now_of(store).due_at == NOON + 120 * MINUTE


def test_a_no_calls_the_next_at_once() -> None:
    store, alert_id = a_store()
    answer = Answered(alert_id=alert_id, responder_id=DAUGHTER.responder_id, accepted=False)
    assert store.apply(answer, NOON).reason is Reason.DECLINED
    assert called(store) == ["daughter", "carer"]
    assert store.apply(answer, NOON).reason is Reason.SAID_BEFORE
    assert called(store) == ["daughter", "carer"]


def test_whoever_said_no_is_asked_again_in_the_next_round_and_may_say_no_again() -> None:
    store, alert_id = a_store()
    no = Answered(alert_id=alert_id, responder_id=DAUGHTER.responder_id, accepted=False)
    store.apply(no, NOON)
    for seconds in (120, 300):
        store.due(NOON + timedelta(seconds=seconds))
    assert called(store)[-2:] == ["boss", "daughter"]
    assert store.apply(no, NOON + 6 * MINUTE).reason is Reason.DECLINED
    assert called(store)[-1] == "carer"


def test_a_worse_case_replaces_the_calls_that_still_wait() -> None:
    store = DictStore(context=CONTEXT)
    store.apply(Found(finding=a_finding("leak", Hazard.WATER, Severity.URGENT)), NOON)
    worse = a_finding("leak", Hazard.WATER, Severity.EMERGENCY, Phase.HOLDS, told_at=NOON + MINUTE)
    store.apply(Found(finding=worse), NOON + MINUTE)
    assert [call.severity for call in store.queued()] == [Severity.EMERGENCY]


def test_a_late_no_of_an_earlier_step_does_not_skip_the_present_one() -> None:
    store, alert_id = a_store()
    store.due(NOON + MINUTE)
    store.apply(Answered(alert_id=alert_id, responder_id=DAUGHTER.responder_id, accepted=False), NOON + MINUTE)
    assert called(store) == ["daughter", "carer"]


def test_a_no_before_anybody_was_called_calls_nobody() -> None:
    patient = Context(responders=EVERYBODY, policy=a_policy((30, ResponderKind.FAMILY)))
    store, alert_id = a_store(patient)
    store.apply(Answered(alert_id=alert_id, responder_id=DAUGHTER.responder_id, accepted=False), NOON)
    assert not store.outbox


def failure(store: DictStore, name: str) -> DeliveryFailed:
    call = [call for call in store.outbox.values() if call.responder_id == name][-1]
    return DeliveryFailed(alert_id=call.alert_id, notification=call, attempt=3, why="timed_out")


def test_a_contact_that_fails_is_followed_by_the_next_of_the_same_person() -> None:
    store, _ = a_store()
    assert store.apply(failure(store, "daughter"), NOON).reason is Reason.NEXT_CONTACT
    assert [(call.responder_id, call.contact) for call in store.outbox.values()] == [("daughter", 0), ("daughter", 1)]


def test_a_person_who_cannot_be_reached_is_followed_by_the_next_person_at_once() -> None:
    store, _ = a_store()
    store.apply(failure(store, "daughter"), NOON)
    assert store.apply(failure(store, "daughter"), NOON).reason is Reason.NOT_REACHED
    assert called(store) == ["daughter", "daughter", "carer"]


def test_a_person_who_was_taken_off_the_list_is_not_called_again() -> None:
    store, _ = a_store()
    store.context = replace(CONTEXT, responders=(CARER, GUARD, BOSS))
    assert store.apply(failure(store, "daughter"), NOON).reason is Reason.NOT_REACHED
    assert called(store) == ["daughter", "carer"]


def test_a_call_that_fails_after_the_next_was_called_skips_nobody() -> None:
    store, _ = a_store()
    store.apply(failure(store, "daughter"), NOON)
    store.due(NOON + MINUTE)
    store.apply(failure(store, "daughter"), NOON + MINUTE)
    assert called(store) == ["daughter", "daughter", "carer"]


def test_a_person_without_a_contact_is_passed_over() -> None:
    nobody = a_responder("son", ResponderKind.FAMILY)
    done = opened(context=Context(responders=(nobody, CARER), policy=POLICY))
    assert [call.responder_id for call in done.notifications] == ["carer"]


def test_a_call_has_the_same_name_whoever_writes_it() -> None:
    alert = an_alert()
    first, second = (escalation.call(alert, CONTEXT, NOON + wait) for wait in (MINUTE, 2 * MINUTE))
    assert [one.notification_id for one in first.notifications] == [one.notification_id for one in second.notifications]


def test_somebody_who_is_not_on_the_list_was_not_called_last() -> None:
    assert not escalation.called_last(an_alert(), CONTEXT, ResponderId("stranger"))
