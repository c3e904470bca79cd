"""What a month's report is counted from: cases, homes, their devices, their protection, and what was done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256

import msgspec

from alerts.figures.cases import Case


@dataclass(frozen=True, kw_only=True)
class Place:
    """One district's homes over the month."""

    district_id: str
    dong: str
    homes: int = 0
    sensors: int = 0
    #: Homes that were not protected for some time, and for how many hours in all.
    unprotected_homes: int = 0
    unprotected_hours: float = 0
    #: What was done for the month's alerts, by the log's word.
    actions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Everything that the parts of one report are made from, read at one moment."""

    month: date
    counted_at: datetime
    #: Hours of the month that have passed.
    hours: float
    places: tuple[Place, ...]
    cases: tuple[Case, ...]

    @property
    def digest(self) -> str:
        """Tell one set of counts from another."""
        return sha256(msgspec.json.encode((self.places, self.cases))).hexdigest()

    def of(self, district_id: str) -> tuple[Place, list[Case]]:
        """Give one district's part of it."""
        place = next(place for place in self.places if place.district_id == district_id)
        return place, [case for case in self.cases if case.district_id == district_id]

    @property
    def whole(self) -> Place:
        """Add up the districts."""
        return Place(
            district_id="",
            dong="",
            homes=sum(place.homes for place in self.places),
            sensors=sum(place.sensors for place in self.places),
            unprotected_homes=sum(place.unprotected_homes for place in self.places),
            unprotected_hours=sum(place.unprotected_hours for place in self.places),
            actions=_added(place.actions for place in self.places),
        )


def protected_share(place: Place, hours: float) -> float | None:
    """Tell the share of all hours of all homes in which somebody would have noticed; None: there was no home."""
    all_hours = place.homes * hours
    return max(0.0, 1 - place.unprotected_hours / all_hours) if all_hours else None


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in counts:
        for name, count in one.items():
            found[name] = found.get(name, 0) + count
    return dict(sorted(found.items()))
