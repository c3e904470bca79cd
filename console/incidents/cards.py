"""An incident as the board's strip shows it: what, how many, where, since when; and who is folded into it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.incidents.model import Cause, Incident
from console.spans import ZONE, clock_time
from console.words import Words
from contracts import HomeId
from homes.model import Home

#: The strip shows no more; the list shows all.
MOST_CARDS = 3


@dataclass(frozen=True, kw_only=True)
class Card:
    """One incident, in the reader's words."""

    id: str
    title: str
    about: str


@dataclass(frozen=True, kw_only=True)
class Cards:
    """All open incidents, largest first, and what the board does with them."""

    #: Another text whenever anything here is another.
    mark: str
    cards: tuple[Card, ...]
    #: Homes whose losses stand in an incident instead of in lines of their own.
    folded: frozenset[HomeId]
    not_protected: int

    @property
    def shown(self) -> tuple[Card, ...]:
        """Give what there is room for."""
        return self.cards[:MOST_CARDS]


def mark_of(incidents: Sequence[Incident]) -> str:
    """Write another text whenever incidents open, end or go on; it says neither which nor how many."""
    told = " ".join(sorted(f"{incident.incident_id}:{incident.version}" for incident in incidents))
    return hashlib.sha256(told.encode()).hexdigest()[:16] if told else ""


def seen_in(incidents: Iterable[Incident], homes: Mapping[HomeId, Home], districts: Set[str]) -> list[Incident]:
    """Give the incidents with the homes of these districts alone, the largest first; what has none is not there."""
    theirs = {home_id for home_id, home in homes.items() if home.district.district_id in districts}
    parts = [replace(one, homes=tuple(home_id for home_id in one.homes if home_id in theirs)) for one in incidents]
    return sorted((one for one in parts if one.homes), key=lambda one: (-len(one.homes), one.incident_id))


def counted_in(by_district: Mapping[str, int], districts: Set[str]) -> int:
    """Add up what is counted district by district; no districts means all."""
    return sum(count for district_id, count in by_district.items() if not districts or district_id in districts)


def cards_of(
    incidents: Sequence[Incident], homes: Mapping[HomeId, Home], not_protected: int, words: Words, now: datetime
) -> Cards:
    """Write the strip; of each incident one home suffices, to name its dong."""
    return Cards(
        mark=mark_of(incidents),
        cards=tuple(card_of(incident, homes, words, now) for incident in incidents),
        folded=frozenset(home for incident in incidents for home in incident.homes),
        not_protected=not_protected,
    )


def card_of(incident: Incident, homes: Mapping[HomeId, Home], words: Words, now: datetime) -> Card:
    """Write one incident."""
    began = clock_time(incident.began_at, now=now, zone=ZONE)
    return Card(
        id=incident.incident_id,
        title=words("incident.title", n=len(incident.homes)),
        about=words("incident.about", cause=cause_of(incident, homes, words), time=began),
    )


def cause_of(incident: Incident, homes: Mapping[HomeId, Home], words: Words) -> str:
    """Name the cause as an operator would."""
    return words(f"incident.cause.{incident.cause}", which=_which(incident, homes))


def _which(incident: Incident, homes: Mapping[HomeId, Home]) -> str:
    if incident.cause is not Cause.DISTRICT:
        return incident.key
    of_it = (home.district for home in homes.values() if home.district.district_id == incident.key)
    district = next(of_it, None)
    return f"{district.gu} {district.dong}" if district else incident.key
