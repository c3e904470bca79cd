"""An alert's timers: its own, and one for each responder on the way or in the home; the earliest is `due_at`.

While a rule works on an alert, `due_at` is the alert's own timer and `timers` are those of its visits, whichever is
earlier: `unwound` lays them out so, and `wound` puts the earliest in front again.
"""

from dataclasses import replace
from datetime import datetime

from alerts.model import Alert, DueFor, Timer
from contracts import ResponderId


def unwound(alert: Alert) -> Alert:
    """Lay the timers out for the rules: the alert's own as `due_at`, those of its visits beside it."""
    own = next((timer for timer in alert.timers if timer.responder_id is None), None)
    if own is None:
        return alert
    beside = tuple(timer for timer in alert.timers if timer is not own)
    return replace(alert, due_at=own.at, due_for=own.due_for, timers=beside)


def wound(alert: Alert) -> Alert:
    """Put the earliest timer in front, where the clock looks; a resolved alert has none."""
    if alert.due_at is None:
        return replace(alert, timers=())
    own = Timer(due_for=alert.due_for, at=alert.due_at)
    first = min((own, *alert.timers), key=lambda timer: timer.at)
    if first is own:
        return alert
    return replace(alert, due_at=first.at, due_for=first.due_for, timers=(*alert.timers, own))


def earliest(alert: Alert) -> datetime | None:
    """Tell when something happens next by itself; None: never."""
    if alert.due_at is None:
        return None
    return min((alert.due_at, *(timer.at for timer in alert.timers)))


def watched(alert: Alert, responder_id: ResponderId, due_for: DueFor, at: datetime) -> Alert:
    """Watch a responder's way or visit until then, instead of what was watched of them before."""
    timer = Timer(due_for=due_for, at=at, responder_id=responder_id)
    return replace(unwatched(alert, responder_id), timers=(*unwatched(alert, responder_id).timers, timer))


def unwatched(alert: Alert, responder_id: ResponderId) -> Alert:
    """Watch a responder no more."""
    return replace(alert, timers=tuple(timer for timer in alert.timers if timer.responder_id != responder_id))
