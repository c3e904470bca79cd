"""Who goes to the home: yes and no, the way there, the time in the home, and what happens when nothing is heard."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from alerts import escalation, telling, timers
from alerts.events import Answered, Moved, StillWell
from alerts.in_hand import ALONE, enough, goes, heard_of, held, is_there, last_word, said_on, with_visits
from alerts.model import Alert, DueFor, Purpose, Timer, Visit, VisitStage
from alerts.reasons import Reason
from alerts.ringing import ring, then_the_next
from alerts.transition import Context, Transition
from contracts import AlertChangeKind, AlertState, ResponderId
from homes.model import ResponderKind

#: A responder who goes is given so long to arrive; then everybody is called again.
TRAVEL: Final = timedelta(minutes=30)
#: However far they say they are: a case is not kept quiet for longer without anybody there.
LONGEST_TRAVEL: Final = timedelta(minutes=60)
#: Of a responder who is silent in the home, others hear again so often.
SILENT_AGAIN: Final = timedelta(minutes=15)
#: What was pressed without a line is believed to be so old at most.
LONGEST_SILENT_LINE: Final = timedelta(hours=2)
#: A press that comes so late came at once.
UNNOTICED: Final = timedelta(seconds=30)
#: A button that is pressed twice is pressed once.
ONE_PRESS: Final = timedelta(seconds=15)

_ORDER: Final = tuple(VisitStage)
_MOVES: Final = {
    VisitStage.EN_ROUTE: AlertChangeKind.EN_ROUTE,
    VisitStage.ARRIVED: AlertChangeKind.ARRIVED,
    VisitStage.ENTERED: AlertChangeKind.ENTERED,
    VisitStage.LEFT: AlertChangeKind.LEFT,
}
_LOOK_AFTER: Final = frozenset({ResponderKind.SUPERVISOR, ResponderKind.OPERATOR})


def answered(alert: Alert, event: Answered, now: datetime, context: Context) -> Transition:
    """Apply a responder's yes or no."""
    if event.accepted:
        return _accepted(alert, event.responder_id, now, context)
    return _declined(alert, event, now, context)


def visit_of(alert: Alert, responder_id: ResponderId) -> Visit | None:
    """Find the visit of a responder who goes, was sent, or was there."""
    return next((visit for visit in alert.visits if visit.responder_id == responder_id), None)


def _accepted(alert: Alert, responder_id: ResponderId, now: datetime, context: Context) -> Transition:
    known = visit_of(alert, responder_id)
    if known is not None and goes(known, now) and not alert.rings:
        return Transition(reason=Reason.SAID_BEFORE, alert=alert)
    sent = known is not None and known.stage is VisitStage.SENT
    # While it rings, everybody who goes is welcome: it got worse, or more than one must go.
    if enough(alert, now) and not alert.rings and not sent:
        late = Transition(reason=Reason.ANOTHER_GOES, alert=alert)
        return late.line(AlertChangeKind.SUPPRESSED, now, by=responder_id, text=Reason.ANOTHER_GOES)
    yes = replace(alert, declined=tuple(one for one in alert.declined if one != responder_id))
    if known is None or not (goes(known, now) and is_there(known)):
        visit = Visit(responder_id=responder_id, accepted_at=now, expected_at=now + TRAVEL)
        yes = _on_the_way(yes, visit, now)
    done = Transition(reason=Reason.ACCEPTED, alert=_perhaps_held(yes, now, context))
    done = done.line(AlertChangeKind.ACCEPTED, now, by=responder_id)
    if not enough(yes, now):
        return done
    return telling.told_taken(replace(done, withdraws=True), now, context)


def sent(alert: Alert, responder_id: ResponderId, now: datetime) -> Alert:
    """Note that an operator sent somebody, and by when they should be there."""
    visit = Visit(responder_id=responder_id, stage=VisitStage.SENT, accepted_at=now, expected_at=now + TRAVEL)
    return _on_the_way(alert, visit, now)


def _on_the_way(alert: Alert, visit: Visit, now: datetime) -> Alert:
    others = tuple(one for one in alert.visits if one.responder_id != visit.responder_id)
    on_the_way = with_visits(alert, (*others, visit), now)
    return timers.watched(on_the_way, visit.responder_id, DueFor.TRAVEL, visit.expected_at)


def _perhaps_held(alert: Alert, now: datetime, context: Context) -> Alert:
    """Let it be quiet when as many go as are wanted; another centre keeps what it has."""
    if alert.state is AlertState.HANDED_OVER:
        return alert
    if alert.rings and not enough(alert, now):
        return alert
    return held(alert, now, context, least=said_on(alert))


def _declined(alert: Alert, event: Answered, now: datetime, context: Context) -> Transition:
    responder_id = event.responder_id
    visit = visit_of(alert, responder_id)
    if visit is not None and is_there(visit):
        return Transition(reason=Reason.THERE_ALREADY, alert=alert)
    if visit is not None and visit.stage is not VisitStage.LEFT:
        return _turned_back(alert, visit, event, now, context)
    if responder_id in alert.declined:
        return Transition(reason=Reason.SAID_BEFORE, alert=alert)
    said_no = replace(alert, declined=(*alert.declined, responder_id))
    done = Transition(reason=Reason.DECLINED, alert=said_no)
    done = done.line(AlertChangeKind.DECLINED, now, by=responder_id, text=event.why)
    if not escalation.called_last(alert, context, responder_id):
        return done
    return then_the_next(done, now, context)


def _turned_back(alert: Alert, visit: Visit, event: Answered, now: datetime, context: Context) -> Transition:
    """Whoever wanted to go does not: it stays with its operator or with whoever else goes, or rings again."""
    who = visit.responder_id
    went = timers.unwatched(alert, who)
    went = with_visits(went, tuple(one for one in alert.visits if one is not visit), now)
    said_no = replace(went, declined=(*(one for one in alert.declined if one != who), who))
    if alert.state is AlertState.ACKNOWLEDGED and alert.owner is None and not enough(said_no, now):
        rings = replace(said_no, again=alert.again + 1)
        return ring(rings, Reason.DECLINED, AlertChangeKind.DECLINED, now, context, by=who, text=event.why)
    if alert.state is AlertState.ACKNOWLEDGED:
        said_no = held(said_no, now, context, least=said_on(alert))
    done = Transition(reason=Reason.DECLINED, alert=said_no)
    done = done.line(AlertChangeKind.DECLINED, now, by=who, text=event.why)
    return then_the_next(done, now, context)


def moved(alert: Alert, event: Moved, now: datetime, context: Context) -> Transition:
    """Let a responder say how far they are: only forward, and in the home only who was before its door."""
    visit = visit_of(alert, event.responder_id)
    if visit is None:
        return Transition(reason=Reason.NOT_ON_THE_WAY, alert=alert)
    if event.stage not in _MOVES:
        return Transition(reason=Reason.WRONG_WAY, alert=alert)
    later = event.stage is visit.stage is VisitStage.EN_ROUTE and event.expected_at is not None
    if event.stage is visit.stage and not later:
        return Transition(reason=Reason.SAID_BEFORE, alert=alert)
    if visit.stage is VisitStage.LEFT or _ORDER.index(event.stage) < _ORDER.index(visit.stage):
        return Transition(reason=Reason.WRONG_WAY, alert=alert)
    if event.stage is VisitStage.LEFT and not is_there(visit):
        return Transition(reason=Reason.WRONG_WAY, alert=alert)
    return _moved(alert, visit, event, now, context)


def _moved(alert: Alert, before: Visit, event: Moved, now: datetime, context: Context) -> Transition:
    visit = _stamped(before, event, now)
    visits = tuple(visit if one is before else one for one in alert.visits)
    moved_on = _watched(with_visits(alert, visits, now), visit, now)
    counted = goes(before, now)
    # Who is at the door, or is heard of again, is help; a way that was told before its last ring is no answer to it.
    answers = is_there(visit) or (not counted and goes(visit, now))
    if alert.state is AlertState.ACKNOWLEDGED or (alert.rings and answers):
        moved_on = _perhaps_held(moved_on, now, context)
    quiet = alert.rings and not moved_on.rings
    done = Transition(reason=Reason.MOVED, alert=moved_on, withdraws=quiet)
    said = pressed_at(before, event, now)
    text = said.isoformat(timespec="seconds") if now - said > UNNOTICED else ""
    done = done.line(_MOVES[visit.stage], now, by=visit.responder_id, text=text)
    return telling.told_taken(done, now, context) if quiet else done


def pressed_at(visit: Visit, event: Moved, now: datetime) -> datetime:
    """Believe a telephone without a line when they pressed: after they said yes, not in the future, not long ago."""
    if event.said_at is None:
        return now
    return min(max(event.said_at, visit.accepted_at, now - LONGEST_SILENT_LINE), now)


def _stamped(visit: Visit, event: Moved, now: datetime) -> Visit:
    said = pressed_at(visit, event, now)
    match event.stage:
        case VisitStage.EN_ROUTE:
            return replace(
                visit,
                stage=event.stage,
                en_route_at=visit.en_route_at or said,
                expected_at=_expected(visit, event, now),
            )
        case VisitStage.ARRIVED:
            return replace(visit, stage=event.stage, arrived_at=said)
        case VisitStage.ENTERED:
            return replace(visit, stage=event.stage, arrived_at=visit.arrived_at or said, entered_at=said)
        case _:
            return replace(visit, stage=event.stage, left_at=said)


def _expected(visit: Visit, event: Moved, now: datetime) -> datetime:
    """Believe what they say, within bounds; whoever is late and sets out now is given the time anew."""
    said = event.expected_at or (visit.expected_at if visit.expected_at > now else now + TRAVEL)
    return min(max(said, now), now + LONGEST_TRAVEL)


def _watched(alert: Alert, visit: Visit, now: datetime) -> Alert:
    """Watch the way until they are expected, then the visit, then nothing."""
    if visit.stage is VisitStage.LEFT:
        return timers.unwatched(alert, visit.responder_id)
    if visit.arrived_at is not None:
        return timers.watched(alert, visit.responder_id, DueFor.VISIT, heard_of(visit, now) + ALONE)
    return timers.watched(alert, visit.responder_id, DueFor.TRAVEL, visit.expected_at)


def still_well(alert: Alert, event: StillWell, now: datetime, context: Context) -> Transition:
    """Give somebody who is in the home their time anew; if it rings because they were silent, that is answered."""
    visit = visit_of(alert, event.responder_id)
    if visit is None or not is_there(visit):
        return Transition(reason=Reason.WRONG_WAY if visit else Reason.NOT_ON_THE_WAY, alert=alert)
    if timedelta(0) <= now - last_word(visit) < ONE_PRESS:
        return Transition(reason=Reason.SAID_BEFORE, alert=alert)
    well = replace(visit, well_at=now)
    visits = tuple(well if one is visit else one for one in alert.visits)
    heard = _watched(with_visits(alert, visits, now), well, now)
    # It answers the ring that their silence caused, and no other: that it got worse is for everybody to hear.
    if alert.state is AlertState.ACKNOWLEDGED or (alert.rings and now - heard_of(visit, now) >= ALONE):
        heard = _perhaps_held(heard, now, context)
    done = Transition(reason=Reason.STILL_WELL, alert=heard, withdraws=alert.rings and not heard.rings)
    return done.line(AlertChangeKind.STILL_WELL, now, by=well.responder_id)


def ran_out(alert: Alert, timer: Timer, now: datetime, context: Context) -> Transition:
    """Nothing was heard of a responder when it should have been: it rings, whoever has the case in hand."""
    if timer.responder_id is None:
        return Transition(reason=Reason.NOT_DUE, alert=alert)
    again = replace(with_visits(alert, alert.visits, now), again=alert.again + 1)
    if timer.due_for is DueFor.VISIT:
        return _silent_in_the_home(again, timer.responder_id, now, context)
    missed = timers.unwatched(again, timer.responder_id)
    if alert.state is AlertState.HANDED_OVER or enough(missed, now):
        # Others go, or another centre has it: it is written down, and nobody is woken for it.
        done = Transition(reason=Reason.NOT_ARRIVED, alert=replace(missed, again=alert.again))
        return done.line(AlertChangeKind.NOT_ARRIVED, now, by=timer.responder_id)
    done = _rings_on(missed, Reason.NOT_ARRIVED, AlertChangeKind.NOT_ARRIVED, timer.responder_id, now, context)
    return then_the_next(done, now, context) if alert.rings else done


def _rings_on(
    alert: Alert, reason: Reason, change: AlertChangeKind, who: ResponderId, now: datetime, context: Context
) -> Transition:
    """Let it ring; what rings already goes on where it is, and is not begun anew."""
    if alert.rings:
        return Transition(reason=reason, alert=alert).line(change, now, by=who)
    return ring(alert, reason, change, now, context, by=who)


def _silent_in_the_home(alert: Alert, who: ResponderId, now: datetime, context: Context) -> Transition:
    """Whoever is alone in there may need help themselves: supervisors and operators are called."""
    rearmed = timers.watched(alert, who, DueFor.VISIT, now + SILENT_AGAIN)
    done = _rings_on(rearmed, Reason.VISIT_OVERDUE, AlertChangeKind.VISIT_OVERDUE, who, now, context)
    # A test is played by people who know each other; in every true case somebody looks for them.
    listed = () if alert.test else context.responders
    people = [one for one in listed if one.kind in _LOOK_AFTER and one.responder_id != who]
    mark = str(done.alert.version) if done.alert else ""
    return telling.told(done, people, Purpose.RESPONDER_SILENT, mark, now)
