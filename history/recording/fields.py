"""The fields of the smaller tables, as statements name them."""

from typing import Final

from history.recording.batch import DeadLetter, Told

#: An engineer sees from so much of a record what it was.
_SHOWN_BYTES: Final = 4096


def finding_fields(told: Told) -> dict[str, object]:
    """Write one line of a finding's life."""
    finding = told.finding
    return {
        "finding_id": finding.finding_id,
        "phase": finding.phase,
        "severity": finding.severity,
        "home_id": finding.home_id,
        "kind": finding.kind,
        "hazard": finding.hazard,
        "since": finding.since,
        "first_told_at": told.first_told_at,
        "last_told_at": told.last_told_at,
        "late": finding.late,
        "test": finding.test,
        "evidence": finding.evidence,
    }


def letter_fields(letter: DeadLetter) -> dict[str, object]:
    """Write a dead letter."""
    record = letter.record
    return {
        "topic": record.place.topic,
        "partition": record.place.partition,
        "record_offset": record.offset,
        "fate": str(letter.fate),
        "detail": letter.detail,
        "payload": record.payload[:_SHOWN_BYTES],
    }
