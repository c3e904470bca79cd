"""The home is asked whether all is well, where the hazard allows it; no answer is an emergency."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from alerts import following_up, telling
from alerts.events import CheckAnswered
from alerts.model import Alert, DueFor, Purpose
from alerts.outcomes import Outcome, OutcomeCode, ResolvedBy
from alerts.reasons import Reason
from alerts.ringing import ring
from alerts.transition import Context, Transition
from contracts import AlertChangeKind, AlertId, AlertState, Finding, Hazard, Severity

#: How long the home may take to answer. What is not named here is never asked about: a button, smoke, gas, CO.
ANSWER_WITHIN: Final = {
    Hazard.FALL: timedelta(seconds=30),
    Hazard.STILLNESS: timedelta(minutes=5),
    Hazard.ABSENCE: timedelta(minutes=5),
    Hazard.VITAL_SIGNS: timedelta(minutes=5),
    Hazard.APPLIANCE: timedelta(minutes=5),
    Hazard.MEDICATION: timedelta(minutes=10),
}
#: Of the resident: two of these at once are more than one sensor's mistake.
SIGNS: Final = frozenset({Hazard.HELP, Hazard.FALL, Hazard.STILLNESS, Hazard.VITAL_SIGNS})
#: An emergency waits for an answer no longer than this.
EMERGENCY_WITHIN: Final = timedelta(seconds=60)
#: Found because the home was asked and said nothing: it is not asked once more.
ASKED_ALREADY: Final = frozenset({"check_unanswered"})
#: A home's clock may be behind ours by so much; it is never behind itself.
CLOCK_BEHIND: Final = timedelta(minutes=2)
#: Whatever is said, a case that is in hand does not ring for another cry more often than this.
CRY_RINGS_AFTER: Final = timedelta(seconds=60)
WELL: Final = "fine"
HELP: Final = "help"


def beside(alert_id: AlertId | None, others: Iterable[Alert]) -> frozenset[Hazard]:
    """Name what else is open for a home and serious: beside it, a word that all is well proves less."""
    serious = (one for one in others if one.severity.rank <= Severity.URGENT.rank and not one.test)
    return frozenset(one.hazard for one in serious if one.alert_id != alert_id and one.hazard in SIGNS)


def answer_of(finding: Finding, alert: Alert) -> CheckAnswered | None:
    """Make an answer of what a home said to a question that concerns an alert."""
    said = finding.evidence.values.get("answer")
    if said not in {WELL, HELP} or alert.hazard not in ANSWER_WITHIN or finding.test > alert.test:
        return None
    return CheckAnswered(alert_id=alert.alert_id, well=said == WELL, at=finding.since)


def may_ask(alert: Alert, context: Context) -> bool:
    """Tell whether the home is asked before anybody is called."""
    if not context.can_ask or not alert.calls_people or alert.late or not alert.holding:
        return False
    if alert.hazard is Hazard.FALL and context.beside:
        return False
    return alert.hazard in ANSWER_WITHIN and alert.kind not in ASKED_ALREADY


def ask(alert: Alert, now: datetime, context: Context) -> Transition:
    """Open an alert by asking the home; nobody else is called yet."""
    until = now + answer_within(alert.hazard, alert.severity)
    asks = replace(alert, state=AlertState.CHECKING, due_at=until, due_for=DueFor.CHECK, rang_version=alert.version + 1)
    done = Transition(reason=Reason.OPENED, alert=asks).line(AlertChangeKind.OPENED, now)
    call = telling.call_of(asks, telling.RESIDENT, context.asks_by, Purpose.CHECK, "", now)
    done = done.line(AlertChangeKind.CHECK_ASKED, now, by=call.responder_id, notification_id=call.notification_id)
    return replace(done, notifications=(call,))


def answer_within(hazard: Hazard, severity: Severity) -> timedelta:
    """Tell how long the home may take to answer."""
    within = ANSWER_WITHIN[hazard]
    return min(within, EMERGENCY_WITHIN) if severity is Severity.EMERGENCY else within


def unanswered(alert: Alert, now: datetime, context: Context) -> Transition:
    """Nobody answered in time: it rings."""
    return ring(alert, Reason.CHECK_UNANSWERED, AlertChangeKind.CHECK_UNANSWERED, now, context)


def not_asked(alert: Alert, now: datetime, context: Context, why: str) -> Transition:
    """The question could not be brought to the home: nobody waits for an answer to it."""
    return ring(alert, Reason.COULD_NOT_ASK, AlertChangeKind.CHECK_UNANSWERED, now, context, text=why)


def answered(alert: Alert, event: CheckAnswered, now: datetime, context: Context) -> Transition:
    """Apply what the home said."""
    if alert.hazard not in ANSWER_WITHIN:
        return Transition(reason=Reason.NOTHING_ASKED, alert=alert)
    if not event.well:
        return _help(alert, now, context)
    if event.at is not None and event.at < max(alert.since, alert.opened_at - CLOCK_BEHIND):
        return Transition(reason=Reason.SAID_BEFORE_ASKED, alert=alert)
    if alert.state is not AlertState.CHECKING:
        # It rings already: what the home says now is for the person who has to decide.
        return _said(alert, Reason.SAID_WELL, WELL, now)
    if alert.hazard is Hazard.FALL and context.beside:
        return ring(alert, Reason.SECOND_SIGN, AlertChangeKind.CHECK_ANSWERED, now, context, text=WELL)
    well = Outcome(code=OutcomeCode.RESIDENT_WELL, resolved_by=ResolvedBy.RESIDENT)
    said = _said(alert, Reason.SAID_WELL, WELL, now)
    return following_up.resolved(said, well, now, context, by=telling.RESIDENT)


def rang_lately(alert: Alert, now: datetime) -> bool:
    """Tell whether it rang for a cry just now; what is said to have rung later than now, was said by a wrong clock."""
    return alert.cry_rang_at is not None and timedelta(0) <= now - alert.cry_rang_at < CRY_RINGS_AFTER


def _help(alert: Alert, now: datetime, context: Context) -> Transition:
    """The home asked for help: it rings, and nobody closes it who has not seen that."""
    cried = replace(alert, cried_version=alert.version + 1)
    if alert.rings or rang_lately(alert, now):
        return _said(cried, Reason.SAID_HELP, HELP, now)
    first = alert.state is AlertState.CHECKING
    again = replace(cried, cry_rang_at=now, again=alert.again + (not first))
    return ring(again, Reason.SAID_HELP, AlertChangeKind.CHECK_ANSWERED, now, context, text=HELP)


def _said(alert: Alert, reason: Reason, text: str, now: datetime) -> Transition:
    said = Transition(reason=reason, alert=alert)
    return said.line(AlertChangeKind.CHECK_ANSWERED, now, by=telling.RESIDENT, text=text)
