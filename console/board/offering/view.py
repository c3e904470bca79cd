"""The offers that a board shows over its rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from console.board.offering.offer import Offer, concerning
from console.people import name_of, place_of
from console.rows import Entry, Viewer, instant, sentence_of, shown_to
from console.spans import countdown
from contracts import AlertId


@dataclass(frozen=True, kw_only=True)
class OfferView:
    """One offer, in the reader's words."""

    alert_id: str
    #: It is for the reader to say yes; else they gave it and wait.
    asked: bool
    who: str
    case: str
    until: str
    left: str


def offers_of(
    offers: Iterable[Offer], entries: Mapping[AlertId, Entry], viewer: Viewer, now: datetime
) -> tuple[OfferView, ...]:
    """Write the reader's open offers."""
    return tuple(
        OfferView(
            alert_id=one.alert_id,
            asked=one.taker == viewer.name,
            who=one.giver if one.taker == viewer.name else one.taker,
            case=_case(entries.get(one.alert_id), viewer),
            until=instant(one.ends_at),
            left=countdown(one.ends_at - now),
        )
        for one in concerning(offers, viewer.name)
    )


def _case(entry: Entry | None, viewer: Viewer) -> str:
    if entry is None:
        return ""
    home = shown_to(entry, viewer).home
    return " · ".join(
        part for part in (name_of(home, entry.alert), place_of(home), sentence_of(entry.alert, viewer.words)) if part
    )
