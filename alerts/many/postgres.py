"""Many events in one transaction: what they are about is locked and loaded, decided, and written, each at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from alerts import rows
from alerts import statements as single
from alerts.events import Delivered, Found
from alerts.heard import Heard
from alerts.many import statements as sql
from alerts.many.deciding import Known, Step, Together, calls_of, decide
from alerts.model import Alert
from alerts.one import postgres as one
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
    if findings:
        await connection.execute(sql.LOCK_HAZARDS, asked)
    alerts = await _read(connection, sql.LOCK_ALERTS, Alert, asked)
    heard = await _read(connection, sql.HEARD, Heard, asked) if findings else []
    former = await _read(connection, sql.FORMER, Alert, asked) if any(last.alert_id for last in heard) else []
    settled = await _settled(connection, deliveries) if deliveries else frozenset()
    return Known(
        # What is locked comes last: it is what is true until we are done.
        alerts=[*former, *alerts],
        heard=heard,
        contexts=contexts,
        settled=settled,
        now=await one.now_of(connection),
    )


async def _settled(connection: Connection, deliveries: Iterable[Delivered]) -> frozenset[str]:
    new = [
        {
            "notification_id": event.notification.notification_id,
            "attempt": event.attempt,
            "provider_ref": event.provider_ref,
            "receipt_within": event.receipt_within,
        }
        for event in deliveries
    ]
    cursor = await connection.execute(sql.DELIVERED, {"new": _json(new)})
    return frozenset(f"{key}" for (key,) in await cursor.fetchall())


async def _write(connection: Connection, steps: Sequence[Step]) -> None:
    after = {alert.alert_id: alert for step in steps if (alert := step.done.alert) and alert != step.before}
    opened = {alert.alert_id for step in steps if (alert := step.done.alert) and step.before is None}
    heard = {step.done.heard.finding_id: step.done.heard for step in steps if step.done.heard}
    lines = [line for step in steps for line in step.done.lines]
    changes = [change for step in steps for change in step.done.changes]
    async with connection.pipeline():
        # What is closed comes first: a home has one open alert of a hazard.
        if changed := [alert for key, alert in after.items() if key not in opened]:
            await connection.execute(sql.UPDATE, {"new": _json(changed)})
        if new := [alert for key, alert in after.items() if key in opened]:
            await connection.execute(sql.INSERT, {"new": _json(new)})
        if heard:
            await connection.execute(sql.PUT_HEARD, {"new": _json(list(heard.values()))})
        if lines:
            await connection.execute(single.PUT_LINES, {"new": rows.line_rows(lines)})
            await connection.execute(single.PUT_CHANGES, {"new": rows.change_rows(changes)})
        for calls in calls_of(steps):
            for alert_id in calls.withdrawn:
                await outbox.withdraw(connection, alert_id)
            if calls.put:
                await outbox.put(connection, calls.put)


async def _read(
    connection: Connection, statement: LiteralString, kind: type[Thing], asked: dict[str, object]
) -> list[Thing]:
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(statement, asked)
    return [rows.read(row, kind) for row in await cursor.fetchall()]


def _json(thing: object) -> str:
    return msgspec.json.encode(thing).decode()
