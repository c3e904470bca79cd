"""What a finding does to a case."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.events import Acknowledge, Due, Found, Resolve
from alerts.model import Alert
from alerts.outcomes import OutcomeCode, ResolvedBy
from alerts.reasons import Reason
from contracts import AlertState, Finding, Hazard, Phase, Severity
from tests.alerts.building import CONTEXT, MINUTE, NOON, a_finding
from tests.alerts.dict_store import DictStore

SECOND = timedelta(seconds=1)
EIGHT = timedelta(hours=8)


def a_store() -> DictStore:
    return DictStore(context=CONTEXT)


def stillness(severity: Severity, phase: Phase = Phase.BEGAN, *, after: timedelta = EIGHT) -> Finding:
    return a_finding("inactivity", Hazard.STILLNESS, severity, phase, told_at=NOON + after)


def a_silent_sensor(sensor: str, phase: Phase = Phase.BEGAN, *, after: timedelta = timedelta()) -> Finding:
    return a_finding(f"sensor_silent/{sensor}", Hazard.SENSOR, Severity.DEVICE, phase, told_at=NOON + after)


def only(store: DictStore) -> Alert:
    (alert,) = store.open_alerts()
    return alert


def close(store: DictStore) -> None:
    store.apply(
        Resolve(
            alert_id=only(store).alert_id,
            operator="kim",
            version=only(store).version,
            outcome=OutcomeCode.REASSURANCE,
            resolved_by=ResolvedBy.OPERATOR,
        ),
        NOON,
    )


def test_a_press_opens_a_case_that_rings() -> None:
    store = a_store()
    assert store.apply(Found(finding=a_finding()), NOON).reason is Reason.OPENED
    alert = only(store)
    assert alert.rings and alert.version == len(store.log) and alert.policy == CONTEXT.policy


def test_the_same_record_twice_is_heard_once() -> None:
    store = a_store()
    store.apply(Found(finding=a_finding()), NOON)
    before = only(store)
    assert store.apply(Found(finding=a_finding()), NOON + MINUTE).reason is Reason.TOLD_BEFORE
    assert only(store) == before


def test_what_is_told_again_each_minute_is_not_a_repeat() -> None:
    store = a_store()
    store.apply(Found(finding=a_finding()), NOON)
    again = a_finding(phase=Phase.HOLDS, told_at=NOON + MINUTE)
    assert store.apply(Found(finding=again), NOON + MINUTE).reason is Reason.STILL_HOLDS
    assert only(store).repeats == 0


def test_a_second_press_counts_on_the_same_case() -> None:
    store = a_store()
    store.apply(Found(finding=a_finding()), NOON)
    assert store.apply(Found(finding=a_finding(since=NOON + MINUTE)), NOON).reason is Reason.REPEATED
    assert only(store).repeats == 1


def taken(store: DictStore) -> None:
    store.apply(Acknowledge(alert_id=only(store).alert_id, operator="kim", version=only(store).version), NOON)


def pressed(store: DictStore, after: timedelta, *, test: bool = False) -> Reason:
    return store.apply(Found(finding=a_finding(since=NOON + after, test=test)), NOON + after).reason


def test_a_second_press_on_a_case_that_somebody_has_in_hand_rings_again() -> None:
    store = a_store()
    pressed(store, timedelta())
    taken(store)
    assert pressed(store, 5 * SECOND) is Reason.CRIED_AGAIN
    alert = only(store)
    assert alert.rings and alert.owner is None and alert.again == 1 and alert.repeats == 1
    assert len(store.queued()) == 1


def test_what_flaps_does_not_ring_again_and_again() -> None:
    store = a_store()
    pressed(store, timedelta())
    for number in range(1, 60):
        taken(store)
        pressed(store, number * SECOND)
    assert only(store).again == 1 and only(store).repeats == 59 and not only(store).rings
    assert pressed(store, 61 * SECOND) is Reason.CRIED_AGAIN


def test_a_press_that_lasts_does_not_ring_again() -> None:
    store = a_store()
    pressed(store, timedelta())
    taken(store)
    lasts = a_finding(phase=Phase.HOLDS, told_at=NOON + MINUTE)
    assert store.apply(Found(finding=lasts), NOON + MINUTE).reason is Reason.STILL_HOLDS
    assert not only(store).rings


def test_a_press_for_a_test_does_not_ring_in_a_true_case() -> None:
    store = a_store()
    pressed(store, timedelta())
    taken(store)
    assert pressed(store, MINUTE, test=True) is Reason.REPEATED
    assert not only(store).rings


def test_another_silent_sensor_does_not_trouble_the_engineer_at_work() -> None:
    store = a_store()
    store.apply(Found(finding=a_silent_sensor("a")), NOON)
    taken(store)
    assert store.apply(Found(finding=a_silent_sensor("b")), NOON).reason is Reason.REPEATED
    assert not only(store).rings


def test_a_finding_whose_first_record_was_lost_opens_the_case_when_it_is_told_again() -> None:
    store = a_store()
    again = a_finding(phase=Phase.HOLDS, told_at=NOON + MINUTE)
    assert store.apply(Found(finding=again), NOON + MINUTE).reason is Reason.OPENED


def test_what_gets_worse_rings_again_although_somebody_has_it() -> None:
    store = a_store()
    store.apply(Found(finding=stillness(Severity.CAUTION)), NOON)
    store.apply(Acknowledge(alert_id=only(store).alert_id, operator="kim", version=99), NOON)
    worse = stillness(Severity.URGENT, Phase.HOLDS, after=timedelta(hours=12))
    assert store.apply(Found(finding=worse), NOON).reason is Reason.WORSENED
    alert = only(store)
    assert alert.rings and alert.again == 1 and alert.owner is None
    assert alert.severity is Severity.URGENT and alert.step == 1


def test_a_case_never_gets_milder() -> None:
    store = a_store()
    store.apply(Found(finding=stillness(Severity.URGENT)), NOON)
    milder = stillness(Severity.CAUTION, Phase.HOLDS, after=EIGHT + MINUTE)
    store.apply(Found(finding=milder), NOON)
    assert only(store).severity is Severity.URGENT


@pytest.mark.parametrize("severity", [Severity.EMERGENCY, Severity.URGENT, Severity.CAUTION])
def test_what_matters_is_only_marked_when_the_signal_is_back_to_normal(severity: Severity) -> None:
    store = a_store()
    store.apply(Found(finding=stillness(severity)), NOON)
    ended = stillness(severity, Phase.ENDED, after=EIGHT + MINUTE)
    assert store.apply(Found(finding=ended), NOON).reason is Reason.RESTORED
    alert = only(store)
    assert alert.restored_at == NOON and alert.rings and alert.due_at is not None


def test_a_device_that_is_heard_again_closes_its_case_by_itself() -> None:
    store = a_store()
    store.apply(Found(finding=a_silent_sensor("a")), NOON)
    ended = a_silent_sensor("a", Phase.ENDED, after=MINUTE)
    assert store.apply(Found(finding=ended), NOON).reason is Reason.CLOSED_BY_ITSELF
    assert not store.open_alerts()


def test_a_device_that_falls_silent_once_more_opens_another_case() -> None:
    store = a_store()
    store.apply(Found(finding=a_silent_sensor("a")), NOON)
    store.apply(Found(finding=a_silent_sensor("a", Phase.ENDED, after=MINUTE)), NOON)
    again = a_silent_sensor("a", Phase.HOLDS, after=2 * MINUTE)
    assert store.apply(Found(finding=again), NOON).reason is Reason.OPENED
    assert len(store.alerts) == 2


def test_a_case_of_two_sensors_ends_with_the_second() -> None:
    store = a_store()
    store.apply(Found(finding=a_silent_sensor("a")), NOON)
    store.apply(Found(finding=a_silent_sensor("b")), NOON)
    first = store.apply(Found(finding=a_silent_sensor("a", Phase.ENDED, after=MINUTE)), NOON)
    assert first.reason is Reason.PARTLY_RESTORED and store.open_alerts()
    second = store.apply(Found(finding=a_silent_sensor("b", Phase.ENDED, after=MINUTE)), NOON)
    assert second.reason is Reason.CLOSED_BY_ITSELF


def test_a_device_whose_engineer_is_at_work_is_left_to_them_until_their_time_is_up() -> None:
    store = a_store()
    store.apply(Found(finding=a_silent_sensor("a")), NOON)
    store.apply(Acknowledge(alert_id=only(store).alert_id, operator="lee", version=99), NOON)
    ended = a_silent_sensor("a", Phase.ENDED, after=MINUTE)
    assert store.apply(Found(finding=ended), NOON).reason is Reason.RESTORED
    (done,) = store.due(NOON + timedelta(minutes=10))
    assert done.reason is Reason.CLOSED_BY_ITSELF


def test_what_comes_back_while_the_case_is_open_counts() -> None:
    store = a_store()
    store.apply(Found(finding=stillness(Severity.URGENT)), NOON)
    store.apply(Found(finding=stillness(Severity.URGENT, Phase.ENDED, after=EIGHT + MINUTE)), NOON)
    back = stillness(Severity.URGENT, Phase.HOLDS, after=EIGHT + 2 * MINUTE)
    assert store.apply(Found(finding=back), NOON).reason is Reason.HOLDS_AGAIN
    assert only(store).restored_at is None


def test_what_a_person_has_closed_does_not_ring_a_second_time() -> None:
    store = a_store()
    store.apply(Found(finding=a_finding()), NOON)
    close(store)
    again = a_finding(phase=Phase.HOLDS, told_at=NOON + MINUTE)
    assert store.apply(Found(finding=again), NOON).reason is Reason.CLOSED_BEFORE
    assert not store.open_alerts()


def test_a_press_after_the_case_was_closed_opens_another() -> None:
    store = a_store()
    store.apply(Found(finding=a_finding()), NOON)
    close(store)
    assert store.apply(Found(finding=a_finding(since=NOON + MINUTE)), NOON).reason is Reason.OPENED


def test_what_gets_worse_after_a_person_closed_it_opens_another_case() -> None:
    store = a_store()
    store.apply(Found(finding=stillness(Severity.CAUTION)), NOON)
    close(store)
    worse = stillness(Severity.URGENT, Phase.HOLDS, after=timedelta(hours=12))
    assert store.apply(Found(finding=worse), NOON).reason is Reason.OPENED
    assert len(store.alerts) == 2


def test_of_a_cry_that_is_over_before_it_was_heard_somebody_hears_all_the_same() -> None:
    store = a_store()
    over = a_finding("smoke", Hazard.FIRE, phase=Phase.ENDED, told_at=NOON + MINUTE)
    assert store.apply(Found(finding=over), NOON).reason is Reason.OPENED
    assert only(store).restored_at == NOON and only(store).step == 1


def test_a_trouble_that_is_over_before_it_was_heard_troubles_nobody() -> None:
    store = a_store()
    over = a_silent_sensor("a", Phase.ENDED, after=MINUTE)
    assert store.apply(Found(finding=over), NOON).reason is Reason.ENDED_UNSEEN
    began = a_silent_sensor("a")
    assert store.apply(Found(finding=began), NOON).reason is Reason.TOLD_BEFORE
    assert not store.open_alerts()


def test_an_end_of_something_else_does_not_mark_the_case_as_restored() -> None:
    store = a_store()
    store.apply(Found(finding=a_silent_sensor("a")), NOON)
    other = a_silent_sensor("b", Phase.ENDED, after=MINUTE)
    assert store.apply(Found(finding=other), NOON).reason is Reason.ENDED_UNSEEN
    assert only(store).restored_at is None


def test_an_old_record_does_not_bring_back_what_has_ended() -> None:
    store = a_store()
    store.apply(Found(finding=stillness(Severity.URGENT)), NOON)
    store.apply(Found(finding=stillness(Severity.URGENT, Phase.ENDED, after=EIGHT + 2 * MINUTE)), NOON)
    old = stillness(Severity.URGENT, Phase.HOLDS, after=EIGHT + MINUTE)
    assert store.apply(Found(finding=old), NOON).reason is Reason.TOLD_BEFORE
    assert only(store).restored_at == NOON


def test_an_old_record_that_is_worse_is_heard_although_it_has_ended() -> None:
    store = a_store()
    store.apply(Found(finding=stillness(Severity.CAUTION)), NOON)
    store.apply(Found(finding=stillness(Severity.CAUTION, Phase.ENDED, after=EIGHT + 2 * MINUTE)), NOON)
    old = stillness(Severity.URGENT, Phase.HOLDS, after=EIGHT + MINUTE)
    assert store.apply(Found(finding=old), NOON).reason is Reason.WORSENED
    assert only(store).rings and only(store).restored_at == NOON


def test_a_test_is_shown_and_calls_nobody() -> None:
    store = a_store()
    done = store.apply(Found(finding=a_finding(test=True)), NOON)
    assert done.reason is Reason.OPENED and only(store).test
    store.due(NOON + timedelta(days=1))
    assert not store.outbox


def test_a_true_press_during_a_test_makes_the_case_live() -> None:
    store = a_store()
    store.apply(Found(finding=a_finding(test=True)), NOON)
    assert store.apply(Found(finding=a_finding(since=NOON + MINUTE)), NOON).reason is Reason.NOW_LIVE
    assert not only(store).test and len(store.queued()) == 1


def test_a_test_during_a_true_case_only_counts() -> None:
    store = a_store()
    store.apply(Found(finding=stillness(Severity.CAUTION)), NOON)
    test = a_test_of(stillness(Severity.EMERGENCY, after=EIGHT + MINUTE))
    store.apply(Found(finding=test), NOON)
    assert only(store).severity is Severity.CAUTION and not only(store).test


def a_test_of(finding: Finding) -> Finding:
    return a_finding("other", finding.hazard, finding.severity, finding.phase, told_at=finding.told_at, test=True)


def test_the_policy_of_an_open_case_is_the_one_that_it_opened_with() -> None:
    store = a_store()
    store.apply(Found(finding=a_finding()), NOON)
    policy = only(store).policy
    store.context = replace(store.context, policy=replace(policy, steps=()))
    store.apply(Due(alert_id=only(store).alert_id), NOON + 5 * MINUTE)
    assert only(store).policy == policy and only(store).state is AlertState.NEW


def test_an_old_live_record_of_what_was_only_known_as_a_test_is_heard() -> None:
    store = a_store()
    tested = a_finding(told_at=NOON + MINUTE, test=True)
    store.apply(Found(finding=tested), NOON)
    live = a_finding(told_at=NOON)
    assert store.apply(Found(finding=live), NOON).reason is Reason.NOW_LIVE and only(store).rings


def test_of_a_notice_that_closed_and_was_worse_than_was_heard_somebody_hears() -> None:
    store = a_store()
    for phase, severity in ((Phase.BEGAN, Severity.NOTICE), (Phase.ENDED, Severity.NOTICE)):
        store.apply(Found(finding=a_finding(severity=severity, phase=phase)), NOON)
    worse = a_finding(severity=Severity.EMERGENCY, phase=Phase.ENDED, told_at=NOON + MINUTE)
    assert store.apply(Found(finding=worse), NOON).reason is Reason.OPENED
