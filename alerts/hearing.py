"""What a finding does to an alert: opens it, counts, makes it worse, or marks that the signal is back to normal.

What gets milder is only proposed: a person lowers it.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from alerts import checking, escalation
from alerts.checking import rang_lately
from alerts.following_up import close_by_itself
from alerts.heard import Heard, newest, said
from alerts.model import Alert
from alerts.reasons import Reason
from alerts.ringing import ring
from alerts.transition import Context, Transition
from contracts import AlertChangeKind, Finding, Hazard, Phase, Severity, alert_id

#: A person cries for help: each cry counts by itself.
CRIES: Final = frozenset({Hazard.HELP, Hazard.FALL})


def hear(alert: Alert | None, finding: Finding, now: datetime, context: Context) -> Transition:
    """Apply a finding to the open alert of its home and hazard, if there is one."""
    heard = newest(context.heard, finding)
    if heard == context.heard:
        return Transition(reason=Reason.TOLD_BEFORE, alert=alert)
    if finding.hazard is Hazard.CHECK:
        # An answer threatens nobody: it is brought to the alerts that were asked about, and opens none.
        return Transition(reason=Reason.NOTHING_ASKED, heard=heard)
    says = said(context.heard, finding)
    if _closed_by_a_person(context.former, heard, says):
        return Transition(reason=Reason.CLOSED_BEFORE, heard=heard)
    if alert is None:
        return _without_alert(finding, heard, now, context)
    done = _with_alert(alert, finding, heard, says, now, context)
    return replace(done, heard=replace(heard, alert_id=alert.alert_id))


def _closed_by_a_person(former: Alert | None, heard: Heard, says: Severity | None) -> bool:
    """Tell whether a person has closed this very matter, as bad as it is now: it does not ring a second time."""
    if former is None or former.outcome is None:
        return False
    # Of one that a person lowered, it counts what is said now; else the worst that was ever said.
    bad = heard.severity if former.worst is None else says
    return (bad is None or former.severity.rank <= bad.rank) and former.test <= heard.test


def _without_alert(finding: Finding, heard: Heard, now: datetime, context: Context) -> Transition:
    over = heard.phase is Phase.ENDED
    # Of a cry that is over before we heard of it, or of how bad it was, somebody must hear all the same; once.
    worse = context.heard is not None and heard.severity.rank < context.heard.severity.rank
    unheard = (heard.openings == 0 or worse) and heard.severity.rank <= Severity.URGENT.rank
    if over and not unheard:
        return Transition(reason=Reason.ENDED_UNSEEN, heard=heard)
    heard = replace(heard, openings=heard.openings + 1)
    alert = _opened(finding, heard, now, context)
    if heard.openings == 1 and checking.may_ask(alert, context):
        done = checking.ask(alert, now, context)
    else:
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


def _with_alert(
    alert: Alert, finding: Finding, heard: Heard, says: Severity | None, now: datetime, context: Context
) -> Transition:
    known = finding.finding_id in alert.holding
    holding = _holding(alert, heard)
    bad = says if heard.alert_id == alert.alert_id else heard.severity
    if bad is not None and bad.rank < alert.severity.rank and (alert.test or not heard.test):
        return _rung(_worse(holding, finding, bad), Reason.WORSENED, AlertChangeKind.WORSENED, now, context)
    if alert.test and not heard.test:
        live = _worse(holding, finding, bad or heard.severity)
        return _rung(live, Reason.NOW_LIVE, AlertChangeKind.WORSENED, now, context)
    if heard.phase is Phase.ENDED:
        return _ended(alert, holding, now)
    if known:
        return _still(alert, heard, says, now)
    if heard.alert_id == alert.alert_id:
        return _repeated(holding, Reason.HOLDS_AGAIN, now)
    if _is_a_cry(alert, heard):
        return _cried(alert, holding, now, context)
    return _repeated(holding, Reason.REPEATED, now)


def _still(alert: Alert, heard: Heard, says: Severity | None, now: datetime) -> Transition:
    """It holds as before; when it is all that holds and has become milder, that is proposed."""
    only = alert.holding == (heard.finding_id,)
    if says is None or not only or heard.test > alert.test:
        return Transition(reason=Reason.STILL_HOLDS, alert=alert)
    proposed = says if says.rank > alert.severity.rank else None
    if proposed is alert.proposed:
        return Transition(reason=Reason.STILL_HOLDS, alert=alert)
    other = replace(alert, proposed=proposed)
    if proposed is None:
        withdrawn = Transition(reason=Reason.LOWERING_WITHDRAWN, alert=other)
        return withdrawn.line(AlertChangeKind.LOWERING_WITHDRAWN, now)
    return Transition(reason=Reason.LOWERING_PROPOSED, alert=other).line(AlertChangeKind.LOWERING_PROPOSED, now)


def _holding(alert: Alert, heard: Heard) -> Alert:
    others = tuple(one for one in alert.holding if one != heard.finding_id)
    return replace(alert, holding=others if heard.phase is Phase.ENDED else (*others, heard.finding_id))


def _rung(alert: Alert, reason: Reason, change: AlertChangeKind, now: datetime, context: Context) -> Transition:
    """Let it ring; what is over already says so, and rings all the same."""
    if alert.holding:
        return ring(alert, reason, change, now, context)
    done = ring(replace(alert, restored_at=now), reason, change, now, context)
    return done.line(AlertChangeKind.RESTORED, now)


def _worse(alert: Alert, finding: Finding, says: Severity) -> Alert:
    return replace(
        alert,
        kind=finding.kind,
        severity=min(alert.severity, says, key=lambda severity: severity.rank),
        proposed=None,
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
    if alert.rings or rang_lately(alert, now):
        return _repeated(cried, Reason.REPEATED, now)
    again = replace(cried, repeats=alert.repeats + 1, again=alert.again + 1, restored_at=None, cry_rang_at=now)
    return ring(again, Reason.CRIED_AGAIN, AlertChangeKind.REPEATED, now, context)


def _repeated(alert: Alert, reason: Reason, now: datetime) -> Transition:
    """Count what was found beside it, or once more; it does not ring again for that."""
    counted = replace(alert, repeats=alert.repeats + 1, restored_at=None, proposed=None)
    return Transition(reason=reason, alert=counted).line(AlertChangeKind.REPEATED, now)


def _ended(alert: Alert, holding: Alert, now: datetime) -> Transition:
    if holding.holding == alert.holding:
        return Transition(reason=Reason.ENDED_UNSEEN, alert=alert)
    if holding.holding:
        partly = Transition(reason=Reason.PARTLY_RESTORED, alert=holding)
        return partly.line(AlertChangeKind.PARTLY_RESTORED, now)
    if holding.matters or not holding.rings:
        return _restored(holding, now)
    return close_by_itself(holding, now)


def _restored(alert: Alert, now: datetime) -> Transition:
    """Mark that the signal is back to normal. It is a mark and no answer: the escalation goes on."""
    marked = replace(alert, restored_at=now)
    return Transition(reason=Reason.RESTORED, alert=marked).line(AlertChangeKind.RESTORED, now)
