"""Readings, findings and changes to build tests of."""

from datetime import UTC, datetime, timedelta

from contracts import (
    AlertChange,
    AlertChangeKind,
    AlertId,
    AlertState,
    Became,
    Evidence,
    Finding,
    Hazard,
    HeardMessage,
    HeardMessages,
    HomeId,
    Objection,
    Phase,
    Reading,
    ReadingBatch,
    SensorId,
    Sentence,
    Severity,
    Value,
    encode,
    finding_id,
    kind_of,
    partition_of,
    reading_id,
)
from contracts.topics import PARTITIONS
from contracts.values import Motion
from history.recording.batch import Place, Record, Source

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def a_reading(
    home: str = "h-0001",
    sensor: str = "motion-living",
    value: Value | None = None,
    *,
    at: datetime = NOON,
    number: int = 0,
) -> Reading:
    value = value or Motion(active=True)
    return Reading(
        reading_id=reading_id(home, sensor, kind=kind_of(value), mark=f"{at.isoformat()} {number}"),
        home_id=HomeId(home),
        sensor_id=SensorId(sensor),
        observed_at=at,
        received_at=at + timedelta(milliseconds=40),
        value=value,
    )


def a_batch(*readings: Reading, at: datetime = NOON) -> ReadingBatch:
    return ReadingBatch(batched_at=at, readings=readings)


def a_finding(
    *,
    phase: Phase = Phase.HOLDS,
    severity: Severity = Severity.CAUTION,
    told_at: datetime = NOON,
    since: datetime = NOON - timedelta(hours=8),
    text: str = "8시간 움직임 없음",
) -> Finding:
    return Finding(
        finding_id=finding_id("h-0001", "inactivity", since),
        home_id=HomeId("h-0001"),
        kind="inactivity",
        hazard=Hazard.STILLNESS,
        severity=severity,
        phase=phase,
        since=since,
        told_at=told_at,
        evidence=Evidence(rule="inactivity/1", sentence=Sentence(ko=text, en="no movement")),
    )


def a_change(version: int = 1) -> AlertChange:
    return AlertChange(
        alert_id=AlertId("a" * 24),
        home_id=HomeId("h-0001"),
        hazard=Hazard.STILLNESS,
        severity=Severity.CAUTION,
        state=AlertState.NEW,
        change=AlertChangeKind.OPENED,
        version=version,
        at=NOON,
        opened_at=NOON,
    )


def a_heard(
    payload: bytes = b"{}",
    home: str = "h-0001",
    *,
    at: datetime = NOON,
    refusals: tuple[Objection, ...] = (),
    stranger: bool = False,
    observed_at: datetime | None = None,
) -> HeardMessage:
    return HeardMessage(
        home_id=home,
        topic=f"home/00/{home}/native/readings",
        received_at=at,
        observed_at=observed_at,
        payload=payload,
        payload_bytes=len(payload),
        became=() if refusals else (Became(sensor_id="bath", kind="motion", value="active=true"),),
        readings=0 if refusals else 1,
        refusals=refusals,
        stranger=stranger,
    )


def partition(home: str) -> int:
    return partition_of(home, partitions=PARTITIONS)


def a_record(
    message: ReadingBatch | Finding | AlertChange | HeardMessages | bytes,
    offset: int = 0,
    *,
    part: int = 0,
    source: Source | None = None,
) -> Record:
    match message:
        case ReadingBatch():
            source = source or Source.READINGS
        case Finding():
            source = source or Source.FINDINGS
        case AlertChange():
            source = source or Source.ALERTS
        case HeardMessages():
            source = source or Source.MESSAGES
        case _:
            source = source or Source.READINGS
    payload = message if isinstance(message, bytes) else encode(message)
    return Record(source=source, place=Place(source, part), offset=offset, payload=payload)
