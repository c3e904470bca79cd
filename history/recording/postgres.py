"""Batches into PostgreSQL: each in one transaction with its offsets, once, whoever else believes they are theirs."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, LiteralString

import msgspec
import psycopg
from psycopg import AsyncConnection

from history import metrics
from history.messages import postgres as messages
from history.recording.batch import Batch, Place
from history.recording.fields import finding_fields, letter_fields
from runtime.postgres import Pool

#: Single readings are kept for so long; TimescaleDB's own policy says the same.
_RAW_DAYS: Final = 90
#: After a repeat was met, so many batches take the slower way at once: repeats come in company.
_CAREFUL_BATCHES: Final = 20

Connection = AsyncConnection[Any]


class Fenced(Exception):
    """Somebody else has recorded a part of this batch; read the offsets again."""


class Writer:
    """Records batches: each in one transaction with the offsets that it covers."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        #: So many batches still take the slower way, which bears repeats.
        self._careful = 0

    async def keep(self) -> None:
        """Make the coming days ready, and forget what is too old."""
        async with self._pool.connection() as connection:
            await connection.execute("select reading_keep(%(days)s)", {"days": _RAW_DAYS})
            await messages.keep(connection)

    async def offsets(self, places: Iterable[Place]) -> dict[Place, int]:
        """Tell which record of each place comes next; a place that was never read begins at 0."""
        asked = {"places": _json([{"topic": each.topic, "partition": each.partition} for each in places])}
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(_BEGIN_PLACES, asked)
            rows = await (await connection.execute(_OFFSETS, asked)).fetchall()
        return {Place(f"{topic}", int(f"{partition}")): int(f"{offset}") for topic, partition, offset in rows}

    async def begin_anew(self, place: Place, *, was: int) -> None:
        """Read a place from its beginning, because its log is not the one that was read before."""
        async with self._pool.connection() as connection:
            await connection.execute(_MOVE, {"topic": place.topic, "partition": place.partition, "was": was, "end": 0})

    async def write(self, batch: Batch, starts: Mapping[Place, int]) -> None:
        """Write a batch; raise Fenced when somebody else has recorded a part of it, and then nothing is written."""
        if not self._careful:
            try:
                await self._write(batch, starts, careful=False)
            except psycopg.errors.UniqueViolation:
                self._careful = _CAREFUL_BATCHES
            else:
                return
        metrics.careful_batches.inc()
        await self._write(batch, starts, careful=True)
        self._careful -= 1

    async def _write(self, batch: Batch, starts: Mapping[Place, int], *, careful: bool) -> None:
        async with self._pool.connection() as connection, connection.transaction():
            # First the offsets: who was overtaken learns it before any work, and who overtakes waits here.
            for place in sorted(batch.ends):
                await _move(connection, place, was=starts[place], end=batch.ends[place])
            if batch.readings:
                await (_merge if careful else _copy)(connection, batch)
            await _put_rest(connection, batch)


async def _move(connection: Connection, place: Place, *, was: int, end: int) -> None:
    asked = {"topic": place.topic, "partition": place.partition, "was": was, "end": end}
    if (await connection.execute(_MOVE, asked)).rowcount != 1:
        raise Fenced(f"{place.topic}/{place.partition}: somebody else moved it away from {was}")


async def _copy(connection: Connection, batch: Batch) -> None:
    await _copy_into(connection, _COPY, batch)


async def _merge(connection: Connection, batch: Batch) -> None:
    await connection.execute(_INCOMING)
    await _copy_into(connection, _COPY_INCOMING, batch)
    await connection.execute(_MERGE)


async def _copy_into(connection: Connection, statement: LiteralString, batch: Batch) -> None:
    async with connection.cursor().copy(statement) as copy:
        copy.set_types(_TYPES)
        for row in batch.readings.values():
            await copy.write_row(row)


async def _put_rest(connection: Connection, batch: Batch) -> None:
    if batch.findings:
        told = [finding_fields(told) for told in batch.findings.values()]
        await connection.execute(_PUT_FINDINGS, {"new": _json(told)})
    if batch.alerts:
        await connection.execute(_PUT_ALERTS, {"new": _json(list(batch.alerts.values()))})
    if batch.messages:
        await messages.put(connection, batch.messages)
    for letter in batch.letters:
        await connection.execute(_PUT_LETTER, letter_fields(letter))


def _json(things: list[Any]) -> str:
    return msgspec.json.encode(things).decode()


_COLUMNS: Final = "ts, received_at, value, kind, sign, late, clock_doubted, home_id, sensor, reading_id, detail"
_TYPES: Final = (
    *("timestamptz", "timestamptz", "float8", "int2", "int2", "bool", "bool", "text", "text", "bytea", "jsonb"),
)
_COPY: Final = f"copy reading ({_COLUMNS}) from stdin (format binary)"
_COPY_INCOMING: Final = f"copy incoming ({_COLUMNS}) from stdin (format binary)"
_INCOMING: Final = f"""
    create temporary table if not exists incoming on commit delete rows as select {_COLUMNS} from reading with no data
"""
_MERGE: Final = f"insert into reading ({_COLUMNS}) select {_COLUMNS} from incoming on conflict do nothing"
_BEGIN_PLACES: Final = """
    insert into kafka_offset (topic, partition, next_offset)
    select topic, partition, 0 from jsonb_to_recordset(%(places)s) as asked (topic text, partition integer)
    on conflict do nothing
"""
_OFFSETS: Final = """
    select topic, partition, next_offset
    from kafka_offset join jsonb_to_recordset(%(places)s) as asked (topic text, partition integer)
        using (topic, partition)
"""
_MOVE: Final = """
    update kafka_offset set next_offset = %(end)s
    where topic = %(topic)s and partition = %(partition)s and next_offset = %(was)s
"""
_PUT_FINDINGS: Final = """
    insert into history_finding (finding_id, phase, severity, home_id, kind, hazard, since, first_told_at,
        last_told_at, late, test, evidence)
    select finding_id, phase, severity, home_id, kind, hazard, since, first_told_at, last_told_at, late, test, evidence
    from jsonb_to_recordset(%(new)s) as new (finding_id text, phase text, severity text, home_id text, kind text,
        hazard text, since timestamptz, first_told_at timestamptz, last_told_at timestamptz, late boolean,
        test boolean, evidence jsonb)
    on conflict (finding_id, phase, severity) do update
    set first_told_at = least(history_finding.first_told_at, excluded.first_told_at),
        last_told_at = greatest(history_finding.last_told_at, excluded.last_told_at),
        evidence = case when excluded.last_told_at >= history_finding.last_told_at
            then excluded.evidence else history_finding.evidence end
"""
_PUT_ALERTS: Final = """
    insert into history_alert (alert_id, version, home_id, hazard, severity, state, change, at, opened_at, due_at, test)
    select alert_id, version, home_id, hazard, severity, state, change, at, opened_at, due_at, coalesce(test, false)
    from jsonb_to_recordset(%(new)s) as new (alert_id text, version integer, home_id text, hazard text,
        severity text, state text, change text, at timestamptz, opened_at timestamptz, due_at timestamptz,
        test boolean)
    on conflict (alert_id, version) do nothing
"""
_PUT_LETTER: Final = """
    insert into history_dead_letter (topic, partition, record_offset, fate, detail, payload)
    values (%(topic)s, %(partition)s, %(record_offset)s, %(fate)s, %(detail)s, %(payload)s)
    on conflict do nothing
"""
