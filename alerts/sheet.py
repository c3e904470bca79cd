"""The sheet that is handed over with a case to 119: where, how one gets in, who lives there, what happened, since when.

It is shown to operators, who read it out, and is sent only by a contact that is for 119. No push text holds any of it.
"""

from datetime import datetime

import msgspec

from alerts.model import Alert, VisitStage
from contracts import AlertId, Hazard, Sentence, Severity
from homes.model import Channel, Contact, Home, Responder, ResponderKind


class KeyHolder(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who can open the door."""

    name: str
    kind: ResponderKind
    phone: str
    distance_km: float | None = None

    def __repr__(self) -> str:
        """Tell nothing of the person."""
        return f"KeyHolder(kind={self.kind!r})"


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What a crew must know before it is there, and nothing that it need not."""

    alert_id: AlertId
    severity: Severity
    hazard: Hazard
    test: bool
    #: What was found, by the rule that found it.
    what: Sentence
    #: In which room, as registered.
    room: str
    #: When the matter began by the home's own time, and when the case was opened.
    since: datetime
    opened_at: datetime
    #: The signal is back to normal; that is no all-clear.
    restored_at: datetime | None
    address: str
    dong: str
    entry: str
    resident: str
    age: int
    sex: str
    language: str
    phone: str
    #: What endangers them, or whoever comes in.
    hazards: str
    health: str
    hearing: str
    animals: str
    key_holders: tuple[KeyHolder, ...]
    #: How many of ours are on the way, at the door, and inside.
    on_the_way: int
    at_the_door: int
    inside: int
    #: How often the whole list was called without an answer.
    rounds: int
    #: The home's, for its times.
    timezone: str

    def __repr__(self) -> str:
        """Tell nothing of the person: what is printed or logged by mistake must not either."""
        return f"Sheet(alert_id={self.alert_id!r})"


def is_for_119(responder: Responder, contact: Contact) -> bool:
    """Tell whether a contact may be sent the sheet: a signed line, encrypted, that the responder is for 119."""
    signed = contact.channel is Channel.WEBHOOK and contact.address.startswith("https://")
    return responder.kind is ResponderKind.EMERGENCY_SERVICE and signed


def sheet_of(alert: Alert, home: Home, now: datetime) -> Sheet:
    """Write the sheet of a case as it is now."""
    person, stages = home.resident, [visit.stage for visit in alert.visits]
    return Sheet(
        alert_id=alert.alert_id,
        severity=alert.severity,
        hazard=alert.hazard,
        test=alert.test,
        what=alert.evidence.sentence,
        room=alert.evidence.room or "",
        since=alert.since,
        opened_at=alert.opened_at,
        restored_at=alert.restored_at,
        address=f"{home.district.city} {home.district.gu} {home.address}",
        dong=home.district.dong,
        entry=home.entry,
        resident=person.name,
        age=now.year - person.birth_year,
        sex=person.sex,
        language=person.language,
        phone=person.phone,
        hazards=person.hazards,
        health=person.health,
        hearing=person.hearing,
        animals=person.animals,
        key_holders=tuple(_key_holder(one) for one in home.responders if one.has_key and one.consented),
        on_the_way=stages.count(VisitStage.ACCEPTED) + stages.count(VisitStage.EN_ROUTE),
        at_the_door=stages.count(VisitStage.ARRIVED),
        inside=stages.count(VisitStage.ENTERED),
        rounds=alert.rounds,
        timezone=home.timezone,
    )


def _key_holder(responder: Responder) -> KeyHolder:
    return KeyHolder(name=responder.name, kind=responder.kind, phone=responder.phone, distance_km=responder.distance_km)
