"""How a case ends: with an outcome, by a person, and not before what remains is done; and how it gets milder."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.events import CallResult, CloseFile, DeliveryFailed, FollowedUp, Lower, Note, Phoned, Receipt, Receipted
from alerts.following_up import remains, resolved
from alerts.model import Purpose, VisitStage
from alerts.outcomes import Outcome, OutcomeCode, ResolvedBy
from alerts.reasons import Reason
from alerts.transition import Transition
from contracts import AlertChangeKind, AlertStage, AlertState, FollowUp, Hazard, Phase, Severity
from tests.alerts.building import CONTEXT, DAUGHTER, GUARD, MINUTE, NOON, a_finding
from tests.alerts.cases import Case, a_case

LATER = NOON + MINUTE


def follows_up(case: Case) -> Transition:
    done = FollowedUp(alert_id=case.alert.alert_id, operator="kim", text="가족과 통화")
    return case.store.apply(done, case.now)


def closes(case: Case) -> Transition:
    return case.store.apply(CloseFile(alert_id=case.alert.alert_id, supervisor="boss"), case.now)


def lowers(case: Case, severity: Severity, *, version: int | None = None) -> Transition:
    seen = case.alert.version if version is None else version
    event = Lower(alert_id=case.alert.alert_id, operator="kim", severity=severity, version=seen)
    return case.store.apply(event, case.now)


def says_now(case: Case, severity: Severity, *, minutes: int = 1, phase: Phase = Phase.HOLDS) -> Transition:
    """Tell the same finding again, as bad as it is by now."""
    kind = case.alert.hazard
    return case.found(a_finding(kind, kind, severity, phase, told_at=NOON + minutes * MINUTE))


def test_nobody_ends_a_case_in_which_nobody_was_seen() -> None:
    case = a_case()
    assert case.ends(OutcomeCode.NO_CONTACT).reason is Reason.MUST_BE_HANDED_OVER and case.alert.rings
    assert a_case(test=True).ends(OutcomeCode.NO_CONTACT).reason is Reason.RESOLVED


@pytest.mark.parametrize(
    ("outcome", "hours"),
    [
        (OutcomeCode.MEDICAL, 24),
        (OutcomeCode.HELP_NEEDED, 72),
        (OutcomeCode.BATTERY, 48),
        (OutcomeCode.REFUSED, 24),
        (OutcomeCode.REASSURANCE, None),
        (OutcomeCode.DUPLICATE, None),
        (OutcomeCode.ACCIDENTAL_PRESS, None),
        (OutcomeCode.USER_TEST, None),
    ],
)
def test_what_remains_to_be_done_has_its_time(outcome: OutcomeCode, hours: int | None) -> None:
    within = None if hours is None else timedelta(hours=hours)
    assert remains(outcome) == within
    case = a_case()
    case.ends(outcome)
    assert case.alert.follow_up is (FollowUp.DUE if hours else FollowUp.NONE)
    assert case.alert.follow_up_at == (NOON + within if within else None)


def test_the_file_of_an_emergency_is_closed_when_a_supervisor_has_read_it() -> None:
    case = a_case()
    assert closes(case).reason is Reason.NOT_RESOLVED and follows_up(case).reason is Reason.NOT_RESOLVED
    case.ends(OutcomeCode.FALL_LIFTED)
    assert closes(case).reason is Reason.SOMETHING_REMAINS
    assert follows_up(case).reason is Reason.FOLLOWED_UP and case.alert.closed_at is None
    assert follows_up(case).reason is Reason.NOTHING_REMAINS
    assert closes(case).reason is Reason.FILE_CLOSED and case.alert.closed_at == NOON
    assert case.store.log[-1].by == "boss"
    assert closes(case).reason is Reason.FILE_CLOSED_BEFORE


def test_the_file_of_what_is_less_closes_by_itself() -> None:
    case = a_case(Hazard.STILLNESS, Severity.URGENT)
    case.ends(OutcomeCode.UNUSUAL_BUT_NORMAL)
    assert case.alert.closed_at == NOON and case.lines()[-2:] == ["resolved", "closed"]
    case = a_case(Hazard.STILLNESS, Severity.CAUTION)
    case.ends(OutcomeCode.REFERRED_TO_CARE)
    assert case.alert.closed_at is None
    follows_up(case)
    assert case.alert.closed_at == NOON


def test_a_test_leaves_nothing_to_do() -> None:
    case = a_case(test=True)
    case.ends(OutcomeCode.MEDICAL)
    assert case.alert.follow_up is FollowUp.NONE and case.alert.closed_at == NOON


def test_those_who_were_called_hear_that_it_is_over() -> None:
    case = a_case()
    case.brought()
    case.takes()
    case.ends(OutcomeCode.ACCIDENTAL_PRESS)
    assert case.calls(Purpose.TAKEN) == ["daughter"]


def test_whoever_is_in_the_home_when_it_ends_is_watched_no_more() -> None:
    case = a_case()
    case.says(DAUGHTER)
    case.moves(DAUGHTER, VisitStage.ARRIVED)
    case.ends(OutcomeCode.FALL_LIFTED)
    assert not case.alert.timers and not case.later(hours=9)


def test_what_gets_milder_is_proposed_once_and_a_person_lowers_it() -> None:
    case = a_case(Hazard.STILLNESS, Severity.EMERGENCY)
    assert says_now(case, Severity.CAUTION).reason is Reason.LOWERING_PROPOSED
    assert says_now(case, Severity.CAUTION, minutes=2).reason is Reason.STILL_HOLDS
    assert case.alert.proposed is Severity.CAUTION
    assert lowers(case, Severity.NOTICE).reason is Reason.NOTHING_PROPOSED
    assert lowers(case, Severity.CAUTION, version=0).reason is Reason.RANG_SINCE_SEEN
    assert lowers(case, Severity.CAUTION).reason is Reason.LOWERED
    assert case.alert.severity is Severity.CAUTION and case.alert.proposed is None
    assert says_now(case, Severity.CAUTION, minutes=3).reason is Reason.STILL_HOLDS


def test_what_is_as_bad_again_needs_no_lowering() -> None:
    case = a_case(Hazard.STILLNESS, Severity.URGENT)
    says_now(case, Severity.CAUTION)
    assert says_now(case, Severity.URGENT, minutes=2).reason is Reason.LOWERING_WITHDRAWN
    assert case.alert.proposed is None
    assert lowers(case, Severity.CAUTION).reason is Reason.NOTHING_PROPOSED


def test_nothing_is_proposed_while_something_else_holds() -> None:
    case = a_case(Hazard.STILLNESS, Severity.URGENT)
    case.found(a_finding("another", Hazard.STILLNESS, Severity.URGENT))
    assert says_now(case, Severity.CAUTION).reason is Reason.STILL_HOLDS and case.alert.proposed is None


def test_what_was_lowered_and_gets_worse_rings_again() -> None:
    case = a_case(Hazard.STILLNESS, Severity.EMERGENCY)
    says_now(case, Severity.CAUTION)
    lowers(case, Severity.CAUTION)
    case.takes()
    assert says_now(case, Severity.EMERGENCY, minutes=2).reason is Reason.WORSENED and case.alert.rings


def test_what_was_lowered_to_a_notice_calls_nobody_any_more() -> None:
    case = a_case(Hazard.STILLNESS, Severity.URGENT)
    says_now(case, Severity.NOTICE)
    assert lowers(case, Severity.NOTICE).withdraws
    assert not case.store.queued() and case.alert.rings
    assert [done.reason for done in case.later(hours=1)] == [Reason.OVERDUE]


def test_a_supervisor_reads_the_file_of_an_emergency_that_was_lowered() -> None:
    case = a_case(Hazard.STILLNESS, Severity.EMERGENCY)
    says_now(case, Severity.CAUTION)
    lowers(case, Severity.CAUTION)
    case.ends(OutcomeCode.UNUSUAL_BUT_NORMAL)
    assert case.alert.worst is Severity.EMERGENCY and case.alert.closed_at is None


def test_what_was_lowered_and_ended_does_not_ring_again_unless_it_gets_worse() -> None:
    case = a_case(Hazard.STILLNESS, Severity.EMERGENCY)
    says_now(case, Severity.CAUTION)
    lowers(case, Severity.CAUTION)
    case.ends(OutcomeCode.UNUSUAL_BUT_NORMAL)
    assert says_now(case, Severity.CAUTION, minutes=2).reason is Reason.CLOSED_BEFORE
    assert says_now(case, Severity.EMERGENCY, minutes=3).reason is Reason.OPENED


def test_whom_an_operator_rang_up_is_written_with_what_came_of_it() -> None:
    case = a_case()
    case.takes()
    case.later(minutes=5)
    call = Phoned(alert_id=case.alert.alert_id, operator="kim", whom="daughter", came_of_it=CallResult.NO_ANSWER)
    assert case.store.apply(call, case.now).reason is Reason.PHONED
    assert case.alert.stage is AlertStage.ON_THE_PHONE and case.alert.due_at == NOON + 15 * MINUTE
    assert case.store.log[-1].text == "daughter no_answer" and case.store.log[-1].by == "kim"
    assert case.store.apply(replace(call, whom=" "), case.now).reason is Reason.NOBODY_NAMED


def test_who_telephones_about_anothers_case_changes_no_time() -> None:
    case = a_case()
    due_at = case.alert.due_at
    call = Phoned(alert_id=case.alert.alert_id, operator="lee", whom="resident", came_of_it=CallResult.SPOKE)
    case.store.apply(call, NOON)
    assert case.alert.rings and case.alert.due_at == due_at and case.alert.stage is AlertStage.TAKEN


def test_who_writes_about_a_case_that_they_watch_watches_on() -> None:
    case = a_case(Hazard.STILLNESS, Severity.CAUTION)
    case.watches(timedelta(hours=1))
    case.store.apply(Note(alert_id=case.alert.alert_id, operator="kim", text="조용함"), LATER)
    assert case.alert.state is AlertState.WATCHING and case.alert.due_at == NOON + 60 * MINUTE


def test_what_a_provider_says_later_is_written() -> None:
    case = a_case()
    (call,) = case.store.queued()
    told = Receipted(alert_id=case.alert.alert_id, notification_id=call.notification_id, receipt=Receipt.READ, at=LATER)
    assert case.store.apply(told, LATER).reason is Reason.RECEIPT_NOTED
    assert case.lines()[-1] is AlertChangeKind.READ
    assert case.store.apply(replace(told, receipt=Receipt.SENT), LATER).reason is Reason.TOLD_BEFORE
    assert case.store.apply(replace(told, notification_id="none"), LATER).reason is Reason.NO_SUCH_CALL
    assert case.store.apply(replace(told, receipt=Receipt.FAILED), LATER).reason is Reason.NEXT_CONTACT
    assert len(case.calls(Purpose.HELP)) == 2


def test_a_signal_of_two_that_is_back_to_normal_is_written() -> None:
    case = a_case(Hazard.STILLNESS, Severity.CAUTION)
    case.found(a_finding("another", Hazard.STILLNESS, Severity.CAUTION))
    assert says_now(case, Severity.CAUTION, phase=Phase.ENDED).reason is Reason.PARTLY_RESTORED
    assert case.lines()[-1] is AlertChangeKind.PARTLY_RESTORED


def test_nothing_ends_that_there_is_not() -> None:
    nothing = Transition(reason=Reason.NO_SUCH_ALERT)
    outcome = Outcome(code=OutcomeCode.FIRE, resolved_by=ResolvedBy.FIRE_SERVICE)
    assert resolved(nothing, outcome, NOON, CONTEXT, by="kim") == nothing


def test_a_call_that_fails_when_it_is_over_is_made_another_way_only_to_say_that_it_is_over() -> None:
    case = a_case()
    case.brought()
    case.says(GUARD)
    (taken,) = case.store.queued()
    assert taken.purpose is Purpose.TAKEN
    failed = DeliveryFailed(alert_id=case.alert.alert_id, notification=taken, attempt=1, why="refused")
    assert case.store.apply(failed, NOON).reason is Reason.NEXT_CONTACT
    case.ends(OutcomeCode.FALL_LIFTED)
    assert case.store.apply(failed, NOON).reason is Reason.NEXT_CONTACT
    helped = replace(failed, notification=replace(taken, purpose=Purpose.HELP))
    assert case.store.apply(helped, NOON).reason is Reason.NOT_REACHED


def test_a_call_to_another_centre_that_fails_is_made_another_way_while_it_is_asked() -> None:
    case = a_case()
    case.hands_over("daughter")
    (call,) = [one for one in case.store.queued() if one.purpose is Purpose.HAND_OVER]
    failed = DeliveryFailed(alert_id=case.alert.alert_id, notification=call, attempt=1, why="refused")
    assert case.store.apply(failed, NOON).reason is Reason.NEXT_CONTACT
    case.later(seconds=60)
    assert case.store.apply(failed, case.now).reason is Reason.NOT_REACHED
