"""What a responder may see: before they accept, only what they need to decide; then, step by step, the rest."""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from alerts.model import Alert, DueFor
from alerts.visits import visit_of
from console.people import masked, responder_name
from console.progress import reached_at
from console.responder.forms import MINUTES, Ending
from console.responder.stages import AT_THE_DOOR, COMING, OVER, Stage, parts_of, stage_of
from console.rows import SYMBOLS, headline_of, instant
from console.spans import ZONE, span
from console.words import Words
from homes.model import Home, Responder, ResponderKind


@dataclass(frozen=True, kw_only=True)
class Offer:
    """The page behind a link."""

    stage: Stage
    p: str = ""
    severity: str = ""
    headline: str = ""
    second: str = ""
    #: Until when an answer is waited for before the next people are called, in words and for a script.
    answer_by: str = ""
    answer_by_at: str = ""
    who: str = ""
    where: str = ""
    #: How far away, and when they said that they would be there.
    way: str = ""
    #: The address as a telephone's map understands it, and as a person reads it.
    map: str = ""
    address: str = ""
    #: The other people who go.
    others: str = ""
    entry: str = ""
    #: The way in is theirs to know, once they stand before it.
    entry_later: bool = False
    notes: tuple[str, ...] = ()
    token_note: str = ""
    parts: tuple[str, ...] = ()
    minutes: tuple[int, ...] = MINUTES
    endings: tuple[str, ...] = tuple(Ending)


def offer_of(
    alert: Alert, home: Home | None, responder: Responder | None, words: Words, *, expires_at: datetime, now: datetime
) -> Offer:
    """Write the page; whoever does not go sees neither address nor name nor health."""
    if home is None or responder is None:
        return Offer(stage=Stage.CLOSED)
    stage = stage_of(alert, responder.responder_id, now)
    if stage in OVER:
        return Offer(stage=stage, parts=parts_of(stage), second=_ended(alert, words))
    happened, *beside = headline_of(alert, words)
    until = f"{expires_at.astimezone(ZONE):%H:%M}"
    offer = Offer(
        stage=stage,
        p=SYMBOLS[alert.severity],
        severity=words(f"severity.{alert.severity}"),
        headline=happened,
        second=" · ".join((*beside, words("offer.ago", span=span(words, now - alert.opened_at)))),
        way=_way(alert, responder, words),
        token_note=words("offer.token", name=responder.name, time=until),
        parts=parts_of(stage),
    )
    if stage in COMING:
        return _for_the_door(offer, alert, home, responder, words, now)
    return _to_decide(offer, alert, home, responder, words, now)


def _ended(alert: Alert, words: Words) -> str:
    """Say who closed the case, and when; nothing of whose case it was."""
    if alert.resolved_at is None:
        return ""
    time = f"{alert.resolved_at.astimezone(ZONE):%H:%M}"
    return words("offer.closed_by", name=alert.owner, time=time) if alert.owner else words("offer.closed_at", time=time)


def _way(alert: Alert, responder: Responder, words: Words) -> str:
    visit = visit_of(alert, responder.responder_id)
    parts = []
    if responder.distance_km is not None:
        parts.append(words("offer.distance", km=f"{responder.distance_km:g}"))
    if visit is not None and visit.arrived_at is None:
        parts.append(words("offer.expected", time=f"{reached_at(visit).astimezone(ZONE):%H:%M}"))
    return " · ".join(parts)


def _to_decide(offer: Offer, alert: Alert, home: Home, responder: Responder, words: Words, now: datetime) -> Offer:
    name = home.resident.name
    shown = name if responder.kind is ResponderKind.FAMILY else masked(name)
    notes = (home.resident.animals,) if home.resident.animals else ()
    waits = alert.rings and alert.due_for is DueFor.CALL and alert.due_at is not None and alert.due_at > now
    offer = replace(offer, who=_person(shown, home, words, now), where=home.district.dong, notes=notes)
    if not waits or alert.due_at is None:
        return offer
    by = words("offer.answer_by", time=f"{alert.due_at.astimezone(ZONE):%H:%M:%S}")
    return replace(offer, answer_by=by, answer_by_at=instant(alert.due_at))


def _for_the_door(offer: Offer, alert: Alert, home: Home, responder: Responder, words: Words, now: datetime) -> Offer:
    person = home.resident
    where = f"{home.district.dong} {home.address}"
    address = f"{home.district.city} {home.district.gu} {where}"
    others = [visit.responder_id for visit in alert.visits if visit.responder_id != responder.responder_id]
    shown = replace(
        offer,
        who=_person(person.name, home, words, now),
        where=where,
        map=f"geo:0,0?q={quote(address)}",
        address=address,
        others=", ".join(responder_name(home, one) for one in others),
    )
    # A neighbour who volunteers needs to know what is dangerous, not what ails somebody or how the door opens.
    if responder.kind is ResponderKind.VOLUNTEER:
        return replace(shown, notes=tuple(note for note in (person.hazards, person.animals) if note))
    notes = tuple(note for note in (person.hazards, person.health, person.hearing, person.animals) if note)
    there = offer.stage in AT_THE_DOOR
    return replace(shown, entry=home.entry if there else "", entry_later=bool(home.entry) and not there, notes=notes)


def _person(name: str, home: Home, words: Words, now: datetime) -> str:
    age = now.astimezone(ZONE).year - home.resident.birth_year
    return words("offer.person", name=name, age=age, sex=words(f"sex.{home.resident.sex}"))
