"""Read the history of a campaign where it lies: in Kafka's topics and in the database."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

import msgspec
import psycopg
from psycopg.sql import SQL

from alerts.signing import KEY_HEADER
from bench.faults.seen import Call, History, Kept, Opened, Press, Pushed, Told
from bench.faults.street import BUTTON
from contracts import Finding, Hazard, ReadingBatch, decode
from contracts.codec import Undecodable
from contracts.topics import FINDINGS, READINGS
from runtime.kafka import consuming, name_of
from runtime.settings import Kafka, Postgres, Settings
from simulator.push import Push

_ALERTS = """
    select a.alert_id, a.home_id, a.hazard, a.severity, a.outcome ->> 'code', a.evidence -> 'readings',
        array(select h.finding_id from finding_heard h where h.alert_id = a.alert_id)
    from alert a where not starts_with(a.home_id, 'synthetic-')
"""
_CALLS = """
    select notification_id, alert_id, responder_id || '/' || contact || '/' || purpose, step, state
    from notification where not starts_with(home_id, 'synthetic-') and hazard = 'help'
"""
_RECORDED = """
    select encode(reading_id, 'hex') from reading where sensor = %(button)s and not starts_with(home_id, 'synthetic-')
"""


async def history(settings: Settings, presses: Sequence[Press], pushes: Iterable[Push], *, began: float) -> History:
    """Gather every hop of every press."""
    kept, told = await _of_kafka(settings.kafka, {press.reading_id for press in presses})
    opened, calls, recorded = await _of_database(settings.postgres)
    return History(
        presses=tuple(presses),
        kept=tuple(kept),
        told=tuple(finding for finding in told if finding.hazard in {Hazard.HELP, Hazard.STILLNESS}),
        opened=tuple(opened),
        calls=tuple(calls),
        pushed=tuple(_pushed(pushes, began)),
        recorded=tuple(recorded),
        others=dict(Counter(finding.kind for finding in told if finding.hazard != Hazard.HELP)),
    )


async def _of_kafka(settings: Kafka, wanted: set[str]) -> tuple[list[Kept], list[Told]]:
    kept: list[Kept] = []
    told: dict[str, Told] = {}
    async with consuming(settings, READINGS, FINDINGS, group=None) as consumer:
        # A broker that has just come back may be silent for a moment: the end is where the brokers say that it is.
        ends = await consumer.end_offsets(consumer.assignment())
        while [place for place, end in ends.items() if await consumer.position(place) < end]:
            for place, records in (await consumer.getmany(timeout_ms=1_000)).items():
                for record in records:
                    if place.topic == name_of(READINGS, settings):
                        kept += _kept(record.value, wanted, place.partition, record.offset)
                    elif (finding := _finding(record.value)) is not None:
                        told[finding.finding_id] = finding
    return kept, list(told.values())


def _kept(value: bytes, wanted: set[str], partition: int, offset: int) -> list[Kept]:
    try:
        batch = decode(value, ReadingBatch)
    except Undecodable:  # our own poison
        return []
    return [
        Kept(reading_id=reading.reading_id, partition=partition, offset=offset)
        for reading in batch.readings
        if reading.reading_id in wanted
    ]


def _finding(value: bytes) -> Told | None:
    try:
        finding = decode(value, Finding)
    except Undecodable:
        return None
    if finding.home_id.startswith("synthetic-"):
        return None
    return Told(
        finding_id=finding.finding_id,
        home_id=finding.home_id,
        kind=finding.kind,
        hazard=str(finding.hazard),
        reading_ids=tuple(finding.evidence.readings),
    )


async def _of_database(settings: Postgres) -> tuple[list[Opened], list[Call], list[str]]:
    async with asking(settings) as connection:
        alerts = await (await connection.execute(SQL(_ALERTS))).fetchall()
        calls = await (await connection.execute(SQL(_CALLS))).fetchall()
        recorded = await (await connection.execute(SQL(_RECORDED), {"button": BUTTON})).fetchall()
    names = ("alert_id", "home_id", "hazard", "severity", "outcome", "reading_ids", "finding_ids")
    columns = ("key", "alert_id", "whom", "step", "state")
    return (
        [msgspec.convert(dict(zip(names, row, strict=True)), Opened) for row in alerts],
        [msgspec.convert(dict(zip(columns, row, strict=True)), Call) for row in calls],
        [str(reading) for (reading,) in recorded],
    )


@asynccontextmanager
async def asking(settings: Postgres) -> AsyncIterator[psycopg.AsyncConnection[tuple[object, ...]]]:
    """Hold one connection for questions."""
    async with await psycopg.AsyncConnection.connect(settings.dsn.reveal(), autocommit=True) as connection:
        yield connection


def _pushed(pushes: Iterable[Push], began: float) -> Iterable[Pushed]:
    for push in pushes:
        if push.body.get("hazard") == Hazard.HELP and not str(push.body.get("home_ref")).startswith("synthetic-"):
            yield Pushed(
                key=push.headers.get(KEY_HEADER.lower(), ""),
                alert_id=str(push.body.get("alert_id")),
                home_id=str(push.body.get("home_ref")),
                at=push.ticks - began,
            )
