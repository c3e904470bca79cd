"""A page that was drawn before the last ring is stale: what is pressed on it is not done, and says so."""

from alerts.events import ByAPerson, CallResult, CloseFile, FollowedUp, Phoned
from alerts.outcomes import OutcomeCode
from alerts.reasons import Reason
from alerts.transition import Transition
from tests.alerts.cases import Case, a_case


def _pressed(case: Case, press: ByAPerson) -> Transition:
    return case.store.apply(press, case.now)


def _phones(case: Case, version: int | None) -> ByAPerson:
    return Phoned(
        alert_id=case.alert.alert_id, operator="kim", whom="resident", came_of_it=CallResult.SPOKE, version=version
    )


def test_a_call_that_was_noted_on_an_old_page_is_noted_again_on_a_new_one() -> None:
    case = a_case()
    old, seen = case.alert.rang_version - 1, case.alert.version
    assert _pressed(case, _phones(case, old)).reason is Reason.RANG_SINCE_SEEN
    assert _pressed(case, _phones(case, seen)).reason is Reason.PHONED
    assert _pressed(case, _phones(case, None)).reason is Reason.PHONED


def test_nobody_closes_a_file_that_grew_since_they_read_it() -> None:
    case = a_case()
    case.ends(OutcomeCode.ACCIDENTAL_PRESS)
    read = case.alert.version
    older = CloseFile(alert_id=case.alert.alert_id, supervisor="park", version=read - 1)
    assert _pressed(case, older).reason is Reason.NOT_READ_TO_THE_END and case.alert.closed_at is None
    assert _pressed(case, CloseFile(alert_id=case.alert.alert_id, supervisor="park", version=read)).changed


def test_a_follow_up_on_a_page_of_before_the_ring_is_not_done() -> None:
    case = a_case()
    case.ends(OutcomeCode.MEDICAL)
    stale = FollowedUp(alert_id=case.alert.alert_id, operator="kim", version=case.alert.rang_version - 1)
    assert _pressed(case, stale).reason is Reason.RANG_SINCE_SEEN
    assert _pressed(case, FollowedUp(alert_id=case.alert.alert_id, operator="kim", version=case.alert.version)).changed
