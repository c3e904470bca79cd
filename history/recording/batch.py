"""A batch: records of the topics as the rows that they become, each once, with the offsets that they cover."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from contracts import AlertChange, Finding, HeardMessages, ReadingBatch, decode
from contracts.codec import Undecodable
from contracts.rows import ReadingRow, row_of
from history.messages.rings import Rings


class Source(StrEnum):
    """What a topic carries."""

    READINGS = "readings"
    FINDINGS = "findings"
    ALERTS = "alerts"
    MESSAGES = "messages"


class Fate(StrEnum):
    """Why a record became a dead letter."""

    UNDECODABLE = "undecodable"
    UNSTORABLE = "unstorable"


@dataclass(frozen=True, order=True)
class Place:
    """A partition of a topic, by the topic's name in this installation."""

    topic: str
    partition: int


@dataclass(frozen=True, kw_only=True)
class Record:
    """A record as Kafka gave it."""

    source: Source
    place: Place
    offset: int
    payload: bytes


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """A record that could not become rows."""

    record: Record
    fate: Fate
    detail: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """A finding as it was told in one phase and severity, from the first time to the last."""

    finding: Finding
    first_told_at: datetime
    last_told_at: datetime

    @property
    def key(self) -> tuple[str, str, str]:
        """Tell what makes it the same line of a finding's life."""
        return (self.finding.finding_id, self.finding.phase, self.finding.severity)

    def and_also(self, other: "Told") -> "Told":
        """Put two tellings of the same line together; the newest evidence stays."""
        newest = max(self, other, key=lambda told: told.last_told_at)
        return replace(
            newest,
            first_told_at=min(self.first_told_at, other.first_told_at),
            last_told_at=max(self.last_told_at, other.last_told_at),
        )


@dataclass(kw_only=True)
class Batch:
    """Rows that wait for one transaction. Mutable: one loop fills it, and throws it away when it is written."""

    records: list[Record] = field(default_factory=list)
    readings: dict[tuple[str, datetime, bytes], ReadingRow] = field(default_factory=dict)
    findings: dict[tuple[str, str, str], Told] = field(default_factory=dict)
    alerts: dict[tuple[str, int], AlertChange] = field(default_factory=dict)
    messages: Rings = field(default_factory=Rings)
    letters: list[DeadLetter] = field(default_factory=list)
    #: The offset after the last record of each place.
    ends: dict[Place, int] = field(default_factory=dict)
    #: The bridge's clock at the newest batch of readings.
    batched_at: datetime | None = None

    @property
    def size(self) -> int:
        """Count the rows, and the records that gave none."""
        rows = len(self.readings) + len(self.findings) + len(self.alerts) + len(self.messages)
        return max(len(self.records), rows)

    def take(self, record: Record) -> None:
        """Take a record in; what cannot be read becomes a dead letter and the stream goes on."""
        self.records.append(record)
        self.ends[record.place] = record.offset + 1
        try:
            self._read(record)
        except Undecodable as error:
            self.letters.append(DeadLetter(record=record, fate=Fate.UNDECODABLE, detail=str(error)))

    def _read(self, record: Record) -> None:
        match record.source:
            case Source.READINGS:
                self._take_readings(decode(record.payload, ReadingBatch))
            case Source.FINDINGS:
                self._take_finding(decode(record.payload, Finding))
            case Source.ALERTS:
                change = decode(record.payload, AlertChange)
                self.alerts[(change.alert_id, change.version)] = change
            case Source.MESSAGES:
                self.messages.take(decode(record.payload, HeardMessages).messages)

    def _take_readings(self, batch: ReadingBatch) -> None:
        self.batched_at = max(self.batched_at or batch.batched_at, batch.batched_at)
        for reading in batch.readings:
            row = row_of(reading)
            self.readings[(row.home_id, row.ts, row.reading_id)] = row

    def _take_finding(self, finding: Finding) -> None:
        told = Told(finding=finding, first_told_at=finding.told_at, last_told_at=finding.told_at)
        known = self.findings.get(told.key)
        self.findings[told.key] = known.and_also(told) if known else told


def batch_of(records: Iterable[Record]) -> Batch:
    """Make a batch of these records."""
    batch = Batch()
    for record in records:
        batch.take(record)
    return batch


def dead(record: Record, detail: str) -> Batch:
    """Make a batch that holds nothing but the word that this record could not be stored."""
    batch = Batch(records=[record], ends={record.place: record.offset + 1})
    batch.letters.append(DeadLetter(record=record, fate=Fate.UNSTORABLE, detail=detail))
    return batch
