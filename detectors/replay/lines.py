"""Lines of a file as readings: our own readings, records of the topic `readings`, or what gateways of ours say."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

from contracts import HomeId, Reading, ReadingBatch, SensorId, Value, WatchedHome, kind_of, reading_id


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a line holds."""

    readings: tuple[Reading, ...] = ()
    homes: tuple[WatchedHome, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A line that holds nothing we know, with what is wrong with it."""

    line: int
    detail: str


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    sensor: SensorId
    value: Value
    at: datetime | None = None


class _Envelope(msgspec.Struct, frozen=True, kw_only=True):
    home: HomeId
    readings: tuple[_Said, ...]
    session: int | None = None
    seq: int | None = None
    at: datetime | None = None
    received_at: datetime | None = None


class _Shape(msgspec.Struct, frozen=True, kw_only=True):
    reading_id: str | None = None
    batched_at: str | None = None


_shape: Final = msgspec.json.Decoder(_Shape)
_reading: Final = msgspec.json.Decoder(Reading)
_batch: Final = msgspec.json.Decoder(ReadingBatch)
_envelope: Final = msgspec.json.Decoder(_Envelope)
_EXPECTED: Final = "expected a reading, a record of `readings`, or {home, readings: [{sensor, value, at}]}"


def read_line(line: bytes, number: int) -> Told | Unreadable:
    """Read one line; an empty one holds nothing."""
    if not line.strip():
        return Told()
    try:
        shape = _shape.decode(line)
        if shape.reading_id is not None:
            return Told(readings=(_aware(_reading.decode(line)),))
        if shape.batched_at is not None:
            batch = _batch.decode(line)
            return Told(readings=batch.readings, homes=batch.homes)
        return Told(readings=_opened(_envelope.decode(line)))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, _NoTime) as error:
        return Unreadable(line=number, detail=f"{_EXPECTED}: {error}")


class _NoTime(Exception):
    """A reading does not say when, with its offset."""


def _opened(envelope: _Envelope) -> tuple[Reading, ...]:
    """Name readings as the bridge does, so that they are the same ones."""
    moments = [said.at or envelope.at for said in envelope.readings]
    known = [moment for moment in (*moments, envelope.received_at) if moment]
    if not known and moments:
        raise _NoTime("no `at`")
    heard = envelope.received_at or max(known, default=datetime.min.replace(tzinfo=UTC))
    return tuple(
        _aware(_named(envelope, said, place, moments[place] or heard, heard))
        for place, said in enumerate(envelope.readings)
    )


def _named(envelope: _Envelope, said: _Said, place: int, at: datetime, heard: datetime) -> Reading:
    counted = envelope.session is not None and envelope.seq is not None
    told = msgspec.json.encode(said.value).decode()
    mark = f"{envelope.session}:{envelope.seq}:{place}" if counted else f"{at.isoformat()}:{told}"
    return Reading(
        reading_id=reading_id(envelope.home, said.sensor, kind=kind_of(said.value), mark=mark),
        home_id=envelope.home,
        sensor_id=said.sensor,
        observed_at=at,
        received_at=heard,
        value=said.value,
    )


def _aware(reading: Reading) -> Reading:
    if reading.observed_at.tzinfo is None or reading.received_at.tzinfo is None:
        raise _NoTime("a time without its offset; write 2026-01-31T09:00:00+09:00")
    return msgspec.structs.replace(
        reading, observed_at=reading.observed_at.astimezone(UTC), received_at=reading.received_at.astimezone(UTC)
    )
