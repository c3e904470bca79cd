"""What a responder may see: before they accept, only what they need to decide; after it, what they need at the door."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from alerts.model import Alert
from console.rows import SYMBOLS, headline_of
from console.spans import ZONE, span
from console.words import Words
from contracts import AlertState, ResponderId
from homes.model import Home, Responder, ResponderKind


class Stage(StrEnum):
    """How far a responder and an alert have come with each other."""

    OFFER = "offer"
    GOING = "going"
    DECLINED = "declined"
    ANOTHER = "another"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """The page behind a link."""

    stage: Stage
    p: str = ""
    severity: str = ""
    headline: str = ""
    second: str = ""
    who: str = ""
    where: str = ""
    distance: str = ""
    entry: str = ""
    notes: tuple[str, ...] = ()
    token_note: str = ""


def stage_of(alert: Alert, responder_id: ResponderId) -> Stage:
    """Tell what this responder can do about the alert now."""
    if alert.state is AlertState.RESOLVED:
        return Stage.CLOSED
    if alert.goes == responder_id:
        return Stage.GOING
    if alert.goes is not None:
        return Stage.ANOTHER
    return Stage.DECLINED if responder_id in alert.declined else Stage.OFFER


def offer_of(
    alert: Alert, home: Home | None, responder: Responder | None, words: Words, *, expires_at: datetime, now: datetime
) -> Offer:
    """Write the page; whoever does not go sees neither address nor name nor health."""
    stage = stage_of(alert, responder.responder_id) if responder else Stage.CLOSED
    if home is None or responder is None or stage in (Stage.CLOSED, Stage.ANOTHER):
        return Offer(stage=Stage.CLOSED if home is None or responder is None else stage)
    happened, *beside = headline_of(alert, words)
    until = f"{expires_at.astimezone(ZONE):%H:%M}"
    offer = Offer(
        stage=stage,
        p=SYMBOLS[alert.severity],
        severity=words(f"severity.{alert.severity}"),
        headline=happened,
        second=" · ".join((*beside, _since(alert, words, now))),
        distance=words("offer.distance", km=f"{responder.distance_km:g}") if responder.distance_km is not None else "",
        token_note=words("offer.token", name=responder.name, time=until),
    )
    return (
        _for_the_door(offer, home, responder, words, now)
        if stage is Stage.GOING
        else _to_decide(offer, home, responder, words, now)
    )


def _to_decide(offer: Offer, home: Home, responder: Responder, words: Words, now: datetime) -> Offer:
    name = home.resident.name
    shown = name if responder.kind is ResponderKind.FAMILY else masked(name)
    notes = (home.resident.animals,) if home.resident.animals else ()
    return replace(offer, who=_person(shown, home, words, now), where=home.district.dong, notes=notes)


def _for_the_door(offer: Offer, home: Home, responder: Responder, words: Words, now: datetime) -> Offer:
    person = home.resident
    where = f"{home.district.dong} {home.address}"
    shown = replace(offer, who=_person(person.name, home, words, now), where=where)
    # A neighbour who volunteers needs to know what is dangerous, not what ails somebody or how the door opens.
    if responder.kind is ResponderKind.VOLUNTEER:
        return replace(shown, notes=tuple(note for note in (person.hazards, person.animals) if note))
    notes = tuple(note for note in (person.hazards, person.health, person.hearing, person.animals) if note)
    return replace(shown, entry=home.entry, notes=notes)


def masked(name: str) -> str:
    """Hide the given name's middle, as forms in Korea do: 이순자 becomes 이○자."""
    if len(name) < 2:
        return "○"
    return f"{name[0]}○{name[2:]}"


def _person(name: str, home: Home, words: Words, now: datetime) -> str:
    age = now.astimezone(ZONE).year - home.resident.birth_year
    return words("offer.person", name=name, age=age, sex=words(f"sex.{home.resident.sex}"))


def _since(alert: Alert, words: Words, now: datetime) -> str:
    return words("offer.ago", span=span(words, now - alert.opened_at))
