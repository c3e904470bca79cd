"""What a finding does to an alert: opens it, counts, makes it worse, or marks that the signal is back to normal."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from alerts import escalation
from alerts.heard import Heard, newest
from alerts.model import Alert
from alerts.reasons import Reason
from alerts.ringing import ring
from alerts.transition import Context, Transition
from contracts import AlertChangeKind, AlertState, Finding, Hazard, Phase, Severity, alert_id

#: Only a person closes an alert that is, or was, one of these.
MATTERS: Final = frozenset({Severity.EMERGENCY, Severity.URGENT, Severity.CAUTION})
#: A person cries for help: each cry counts by itself.
CRIES: Final = frozenset({Hazard.HELP, Hazard.FALL})
#: Whatever flaps, a case that is in hand does not ring for another cry more often than this.
CRY_RINGS_AFTER: Final = timedelta(seconds=60)


def hear(alert: Alert | None, finding: Finding, now: datetime, context: Context) -> Transition:
    """Apply a finding to the open alert of its home and hazard, if there is one."""
    heard = newest(context.heard, finding)
    if heard == context.heard:
        return Transition(reason=Reason.TOLD_BEFORE, alert=alert)
    if _closed_by_a_person(context.former, heard):
        return Transition(reason=Reason.CLOSED_BEFORE, heard=heard)
    if alert is None:
        return _without_alert(finding, heard, now, context)
    done = _with_alert(alert, finding, heard, now, context)
    return replace(done, heard=replace(heard, alert_id=alert.alert_id))


def _closed_by_a_person(former: Alert | None, heard: Heard) -> bool:
    """Tell whether a person has closed this very matter, as bad as it is now: it does not ring a second time."""
    if former is None or former.outcome is None:
        return False
    return former.severity.rank <= heard.severity.rank and (former.test <= heard.test)


def _without_alert(finding: Finding, heard: Heard, now: datetime, context: Context) -> Transition:
    over = heard.phase is Phase.ENDED
    # Of a cry that is over before we heard of it, somebody must hear all the same; once.
    unheard = heard.openings == 0 and heard.severity.rank <= Severity.URGENT.rank
    if over and not unheard:
        return Transition(reason=Reason.ENDED_UNSEEN, heard=heard)
    heard = replace(heard, openings=heard.openings + 1)
    alert = _opened(finding, heard, now, context)
    done = _rung(alert, Reason.OPENED, AlertChangeKind.OPENED, now, context)
    return replace(done, heard=replace(heard, alert_id=alert.alert_id))


def _opened(finding: Finding, heard: Heard, now: datetime, context: Context) -> Alert:
    mark = finding.finding_id if heard.openings == 1 else f"{finding.finding_id}/{heard.openings}"
    return Alert(
        alert_id=alert_id(finding.home_id, finding.hazard, mark),
        home_id=finding.home_id,
        hazard=finding.hazard,
        kind=finding.kind,
        severity=heard.severity,
        test=heard.test,
        late=finding.late,
        opened_at=now,
        since=finding.since,
        due_at=now,
        holding=() if heard.phase is Phase.ENDED else (finding.finding_id,),
        policy=context.policy or escalation.NO_POLICY,
        evidence=finding.evidence,
    )


def _with_alert(alert: Alert, finding: Finding, heard: Heard, now: datetime, context: Context) -> Transition:
    known = finding.finding_id in alert.holding
    holding = _holding(alert, heard)
    if heard.severity.rank < alert.severity.rank and (alert.test or not heard.test):
        return _rung(_worse(holding, finding), Reason.WORSENED, AlertChangeKind.WORSENED, now, context)
    if alert.test and not heard.test:
        return _rung(_worse(holding, finding), Reason.NOW_LIVE, AlertChangeKind.WORSENED, now, context)
    if heard.phase is Phase.ENDED:
        return _ended(alert, holding, now)
    if known:
        return Transition(reason=Reason.STILL_HOLDS, alert=alert)
    if heard.alert_id == alert.alert_id:
        return _repeated(holding, Reason.HOLDS_AGAIN, now)
    if _is_a_cry(alert, heard):
        return _cried(alert, holding, now, context)
    return _repeated(holding, Reason.REPEATED, now)


def _holding(alert: Alert, heard: Heard) -> Alert:
    others = tuple(one for one in alert.holding if one != heard.finding_id)
    return replace(alert, holding=others if heard.phase is Phase.ENDED else (*others, heard.finding_id))


def _rung(alert: Alert, reason: Reason, change: AlertChangeKind, now: datetime, context: Context) -> Transition:
    """Let it ring; what is over already says so, and rings all the same."""
    if alert.holding:
        return ring(alert, reason, change, context.responders, now)
    done = ring(replace(alert, restored_at=now), reason, change, context.responders, now)
    return done.line(AlertChangeKind.RESTORED, now)


def _worse(alert: Alert, finding: Finding) -> Alert:
    return replace(
        alert,
        kind=finding.kind,
        severity=min(alert.severity, finding.severity, key=lambda severity: severity.rank),
        test=alert.test and finding.test,
        late=finding.late,
        since=min(alert.since, finding.since),
        evidence=finding.evidence,
        restored_at=None,
        again=alert.again + 1,
    )


def _is_a_cry(alert: Alert, heard: Heard) -> bool:
    """Tell whether somebody cries for help once more; a test is no cry in a true case."""
    return (alert.test or not heard.test) and (heard.hazard in CRIES or heard.severity is Severity.EMERGENCY)


def _cried(alert: Alert, holding: Alert, now: datetime, context: Context) -> Transition:
    """Let nobody close it who has not seen the cry; a case that somebody has in hand rings again."""
    cried = replace(holding, cried_version=alert.version + 1)
    rang_lately = alert.cry_rang_at is not None and now - alert.cry_rang_at < CRY_RINGS_AFTER
    if alert.rings or rang_lately:
        return _repeated(cried, Reason.REPEATED, now)
    again = replace(cried, repeats=alert.repeats + 1, again=alert.again + 1, restored_at=None, cry_rang_at=now)
    return ring(again, Reason.CRIED_AGAIN, AlertChangeKind.REPEATED, context.responders, now)


def _repeated(alert: Alert, reason: Reason, now: datetime) -> Transition:
    """Count what was found beside it, or once more; it does not ring again for that."""
    counted = replace(alert, repeats=alert.repeats + 1, restored_at=None)
    return Transition(reason=reason, alert=counted).line(AlertChangeKind.REPEATED, now)


def _ended(alert: Alert, holding: Alert, now: datetime) -> Transition:
    if holding.holding == alert.holding:
        return Transition(reason=Reason.ENDED_UNSEEN, alert=alert)
    if holding.holding:
        return Transition(reason=Reason.PARTLY_RESTORED, alert=holding)
    if holding.severity in MATTERS or not holding.rings:
        return _restored(holding, now)
    return close_by_itself(holding, now)


def _restored(alert: Alert, now: datetime) -> Transition:
    """Mark that the signal is back to normal. It is a mark and no answer: the escalation goes on."""
    marked = replace(alert, restored_at=now)
    return Transition(reason=Reason.RESTORED, alert=marked).line(AlertChangeKind.RESTORED, now)


def close_by_itself(alert: Alert, now: datetime) -> Transition:
    """Close a notice or a device's trouble that is over and that nobody has in hand."""
    closed = replace(alert, state=AlertState.RESOLVED, restored_at=now, resolved_at=now, due_at=None)
    return Transition(reason=Reason.CLOSED_BY_ITSELF, alert=closed).line(AlertChangeKind.RESOLVED, now)
