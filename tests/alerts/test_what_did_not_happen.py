"""What did not happen is written too: who was passed over and why, and that there was nobody."""

from dataclasses import replace

from alerts.model import Purpose
from contracts import AlertChangeKind, Severity
from homes.model import Hours, ResponderKind
from tests.alerts.building import CARER, CONTEXT, DAUGHTER, a_policy
from tests.alerts.cases import Case, a_case


def test_a_list_that_rests_although_it_has_people_does_not_say_that_there_is_nobody() -> None:
    context = replace(CONTEXT, responders=(DAUGHTER,), policy=a_policy((0, ResponderKind.FAMILY)))
    case = a_case(context=context)
    case.says(DAUGHTER, yes=False)
    assert AlertChangeKind.LIST_EXHAUSTED in case.lines()
    assert AlertChangeKind.NOBODY_TO_CALL not in case.lines(), "she is called again in a minute"
    case.later(minutes=1)
    assert case.calls(Purpose.HELP) == ["daughter", "daughter"]


def test_a_list_without_anybody_says_so() -> None:
    case = a_case(context=replace(CONTEXT, responders=(), policy=a_policy((0, ResponderKind.FAMILY))))
    assert AlertChangeKind.NOBODY_TO_CALL in case.lines()


def test_whoever_did_not_consent_is_passed_over_and_the_log_says_why() -> None:
    refused = replace(DAUGHTER, consented=False)
    steps = a_policy((0, ResponderKind.FAMILY), (60, ResponderKind.CARE_MANAGER))
    case = a_case(context=replace(CONTEXT, responders=(refused, CARER), policy=steps))
    assert passed_over(case) == [("daughter", "no_consent")] and case.calls(Purpose.HELP) == ["carer"]


def test_whoever_is_outside_their_hours_is_passed_over_and_the_log_says_why() -> None:
    away = replace(DAUGHTER, hours=(Hours(from_minute=20 * 60, until_minute=21 * 60),))
    steps = a_policy((0, ResponderKind.FAMILY), (60, ResponderKind.CARE_MANAGER))
    case = a_case(severity=Severity.URGENT, context=replace(CONTEXT, responders=(away, CARER), policy=steps))
    assert passed_over(case) == [("daughter", "out_of_hours")] and case.calls(Purpose.HELP) == ["carer"]


def passed_over(case: Case) -> list[tuple[str | None, str]]:
    return [(line.by, line.text) for line in case.store.log if line.change is AlertChangeKind.SUPPRESSED]
