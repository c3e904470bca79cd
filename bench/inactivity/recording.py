"""A home's recording: what its sensors saw, and the spans in which the resident was known to be out."""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bench.samples import street_of
from contracts.values import Contact, Motion, Presence
from homes.model import watched_home
from simulator.household import household_of, readings_between

#: What the annotations call an absence.
_AWAY: Final = ("leave-house", "going-out", "leaving", "step_out", "away")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: Recordings keep the wall clock of their home; the pretend street lives in Seoul.
_SEOUL: Final = timedelta(hours=9)
_BEGAN: Final = datetime(2026, 3, 1, 15, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that a sensor saw, in seconds of the home's own wall clock."""

    at: float
    front_door: bool


@dataclass(frozen=True, kw_only=True)
class Recording:
    """All events of one home in order of time, and its annotated absences."""

    name: str
    events: tuple[Event, ...]
    away: tuple[tuple[float, float], ...] = ()


def wall_clock(seconds: float) -> datetime:
    """Tell the home's wall clock, in the guise of UTC: recordings do not always say their zone."""
    return _EPOCH + timedelta(seconds=seconds)


def recordings(folder: Path) -> Iterator[Recording]:
    """Read every home of a folder."""
    for file in sorted(folder.glob("*.csv.gz")):
        if not file.name.endswith(".ann.csv.gz"):
            yield _recording(file)


def pretend(homes: int = 4, days: int = 35) -> Iterator[Recording]:
    """Let the simulator live in some homes, so that there is something to measure without any data."""
    for home in street_of(homes, webhook="").homes:
        watched = watched_home(home)
        doors = {
            sensor.sensor_id for sensor in watched.sensors if sensor.kind == "contact" and sensor.room == "entrance"
        }
        seen = readings_between(household_of(watched, seed=1), _BEGAN, _BEGAN + timedelta(days=days))
        events = [
            Event(at=(sighting.at - _EPOCH + _SEOUL).total_seconds(), front_door=sighting.sensor_id in doors)
            for sighting in seen
            if isinstance(sighting.value, Motion | Contact | Presence)
        ]
        yield Recording(name=f"simulated-{home.home_id}", events=tuple(events))


def _recording(file: Path) -> Recording:
    name = file.name.removesuffix(".csv.gz")
    events = [
        Event(at=_seconds(row["ts"]), front_door=row["kind"] == "contact" and row["room"] == "Entrance")
        for row in _rows(file)
    ]
    notes = file.with_name(f"{name}.ann.csv.gz")
    away = [
        (_seconds(begin), _seconds(end))
        for begin, end, what in (list(row.values()) for row in _rows(notes))
        if any(word in what.lower() for word in _AWAY)
    ]
    return Recording(name=name, events=tuple(sorted(events, key=lambda event: event.at)), away=tuple(sorted(away)))


def _rows(file: Path) -> Iterator[dict[str, str]]:
    if file.exists():
        with gzip.open(file, "rt", newline="") as opened:
            yield from csv.DictReader(opened)


def _seconds(moment: str) -> float:
    return (datetime.fromisoformat(moment).replace(tzinfo=UTC) - _EPOCH).total_seconds()
