"""Devices in trouble as an engineer reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from console.health.model import Trouble
from console.health.tabs import KINDS, Tab
from console.rows import room_of
from console.sheets import csv_of
from console.spans import ZONE, clock_time, span
from console.words import Words
from contracts import Evidence


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a list."""

    alert_id: str
    home_id: str
    dong: str
    device: str
    what: str
    value: str
    since: str
    since_at: str
    unprotected: bool
    job: str
    late: bool
    job_id: int | None


def lines_of(troubles: Sequence[Trouble], words: Words, now: datetime) -> list[Line]:
    """Write the lines of a list."""
    return [_line(one, words, now) for one in troubles]


def counted(counts: Mapping[str, int]) -> dict[Tab, int]:
    """Count each list."""
    return {tab: sum(counts.get(kind, 0) for kind in kinds) for tab, kinds in KINDS.items()}


def sheet_of(lines: Sequence[Line], words: Words) -> str:
    """Write a list for a spreadsheet."""
    heads = ("home", "dong", "device", "what", "value", "since", "unprotected", "job")
    yes = words("health.yes")
    rows = [
        (one.home_id, one.dong, one.device, one.what, one.value, one.since_at, yes if one.unprotected else "", one.job)
        for one in lines
    ]
    return csv_of([[words(f"health.{head}") for head in heads], *rows])


def _line(trouble: Trouble, words: Words, now: datetime) -> Line:
    evidence = msgspec.convert(trouble.evidence, Evidence)
    who = trouble.engineer or words("health.anybody")
    job = words("health.job_on", date=f"{trouble.due_on:%m.%d}", who=who) if trouble.due_on else ""
    return Line(
        alert_id=trouble.alert_id,
        home_id=trouble.home_id,
        dong=trouble.dong,
        device=_device(evidence, words),
        what=words(f"trouble.{trouble.kind}"),
        value=evidence.sentence.ko if words.language == "ko" else evidence.sentence.en,
        since=span(words, now - trouble.since),
        since_at=clock_time(trouble.since, now=now, zone=ZONE),
        unprotected=trouble.unprotected,
        job=job,
        late=_late(trouble.due_on, now),
        job_id=trouble.job_id,
    )


def _late(due_on: date | None, now: datetime) -> bool:
    return due_on is not None and due_on < now.astimezone(ZONE).date()


def _device(evidence: Evidence, words: Words) -> str:
    if evidence.sensor_id is None:
        return words("health.gateway")
    room = room_of(evidence.room, words) if evidence.room else ""
    return " · ".join(part for part in (room, evidence.sensor_id) if part)
