"""Many events in one transaction: what they are about is locked and loaded, decided, and written, each at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import dict_row

from alerts import rows
from alerts import statements as single
from alerts.events import Delivered, Found
from alerts.heard import Heard
from alerts.many import statements as sql
from alerts.many.deciding import Known, Step, Together, calls_of, changes_of, decide
from alerts.model import Alert
from alerts.outbox import postgres as outbox
from alerts.rows import Thing
from alerts.transition import Context
from contracts import HomeId

Connection = AsyncConnection[Any]


async def apply(connection: Connection, events: Sequence[Together], contexts: Mapping[HomeId, Context]) -> list[Step]:
    """Decide events in their order and write what came of them; the transaction is the caller's."""
    known = await _known(connection, events, contexts)
    steps = decide(events, known)
    await _write(connection, steps)
    return steps


async def _known(connection: Connection, events: Sequence[Together], contexts: Mapping[HomeId, Context]) -> Known:
    findings = [event.finding for event in events if isinstance(event, Found)]
    deliveries = [event for event in events if isinstance(event, Delivered)]
    asked: dict[str, object] = {
        "homes": [finding.home_id for finding in findings],
        "hazards": [finding.hazard for finding in findings],
        "findings": [finding.finding_id for finding in findings],
        "alerts": [event.alert_id for event in deliveries],
    }
    # One way to the database: each statement sees what is true once the one before it is done.
    async with connection.pipeline():
        if findings:
            await connection.execute(sql.LOCK_HAZARDS, asked)
        locked = await _asked(connection, sql.LOCK_ALERTS, asked)
        told = await _asked(connection, sql.HEARD, asked)
        settled = await connection.execute(sql.DELIVERED, {"new": _json(_settled(deliveries))})
        time = await connection.execute("select clock_timestamp()")
    alerts, heard = await _read(locked, Alert), await _read(told, Heard)
    former = await _asked(connection, sql.FORMER, asked) if any(last.alert_id for last in heard) else None
    ((now,),) = await time.fetchall()
    return Known(
        # What is locked comes last: it is what is true until we are done.
        alerts=[*(await _read(former, Alert) if former else ()), *alerts],
        heard=heard,
        contexts=contexts,
        settled=frozenset(f"{key}" for (key,) in await settled.fetchall()),
        now=rows.utc(now),
    )


def _settled(deliveries: Iterable[Delivered]) -> list[dict[str, object]]:
    return [
        {
            "notification_id": event.notification.notification_id,
            "attempt": event.attempt,
            "provider_ref": event.provider_ref,
            "receipt_within": event.receipt_within,
        }
        for event in deliveries
    ]


async def _write(connection: Connection, steps: Sequence[Step]) -> None:
    after = {alert.alert_id: alert for step in steps if (alert := step.done.alert) and alert != step.before}
    opened = {alert.alert_id for step in steps if (alert := step.done.alert) and step.before is None}
    heard = {step.done.heard.finding_id: step.done.heard for step in steps if step.done.heard}
    lines = [line for step in steps for line in step.done.lines]
    changes = [change for step in steps for change in step.done.changes]
    changed, counted = changes_of(steps)
    async with connection.pipeline():
        # What is closed comes first: a home has one open alert of a hazard.
        if changed:
            await connection.execute(sql.UPDATE, {"new": _json(changed)})
        if counted:
            about = {"ids": [one.alert_id for one in counted], "versions": [one.version for one in counted]}
            await connection.execute(sql.UPDATE_VERSION, about)
        if new := [alert for key, alert in after.items() if key in opened]:
            await connection.execute(sql.INSERT, {"new": _json(new)})
        if heard:
            await connection.execute(sql.PUT_HEARD, {"new": _json(list(heard.values()))})
        if lines:
            await connection.execute(single.PUT_LINES, {"new": rows.line_rows(lines)})
            await connection.execute(single.PUT_CHANGES, {"new": rows.change_rows(changes)})
        for calls in calls_of(steps):
            for alert in calls.withdrawn:
                await outbox.withdraw(connection, alert)
            if calls.put:
                await outbox.put(connection, calls.put)


async def _asked(
    connection: Connection, statement: LiteralString, asked: dict[str, object]
) -> AsyncCursor[dict[str, Any]]:
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(statement, asked)
    return cursor


async def _read(cursor: AsyncCursor[dict[str, Any]], kind: type[Thing]) -> list[Thing]:
    return [rows.read(row, kind) for row in await cursor.fetchall()]


def _json(thing: object) -> str:
    return msgspec.json.encode(thing).decode()
