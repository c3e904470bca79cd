"""One event in one transaction: what it is about is locked and loaded, decided, and written."""

from dataclasses import replace
from datetime import datetime
from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from alerts import checking, rows
from alerts import statements as sql
from alerts.events import (
    Answered,
    CheckAnswered,
    Delivered,
    DeliveryFailed,
    Event,
    Found,
    Moved,
    Receipted,
    Resolve,
)
from alerts.heard import Heard, newest
from alerts.machine import advance
from alerts.model import Alert
from alerts.outbox import postgres as outbox
from alerts.reasons import Reason
from alerts.rows import Thing
from alerts.transition import Context, Transition
from contracts import Finding, Hazard

Connection = AsyncConnection[Any]


async def apply(connection: Connection, event: Event, context: Context) -> Transition:
    """Apply an event to its alert."""
    if isinstance(event, Found):
        alert, context = await _for_finding(connection, event, context)
    else:
        alert = _only(await _alerts(connection, sql.ONE_LOCKED, alert_id=event.alert_id))
        context = await _with_calls(connection, event, alert, context)
    if isinstance(event, Delivered | DeliveryFailed | Receipted) and not await outbox.settle(connection, event):
        return Transition(reason=Reason.SETTLED_BEFORE, alert=alert)
    if isinstance(event, Answered):
        await outbox.answered(connection, event)
    done = advance(alert, event, await now_of(connection), context)
    await write(connection, alert, done)
    return done


async def _with_calls(connection: Connection, event: Event, alert: Alert | None, context: Context) -> Context:
    """Add what an event asks of the outbox and of the home's other alerts, and no more."""
    match event:
        case Answered() | Moved() | Resolve():
            return replace(context, called=await outbox.called(connection, event.alert_id))
        case Receipted():
            return replace(context, call=await outbox.call_of(connection, event.notification_id))
        case CheckAnswered() if alert:
            others = await _alerts(connection, sql.OPEN_OF_HOME, home_id=alert.home_id)
            called = await outbox.called(connection, event.alert_id)
            return replace(context, beside=checking.beside(alert.alert_id, others), called=called)
        case _:
            return context


async def answer(connection: Connection, finding: Finding, context: Context) -> list[Transition]:
    """Bring what the home said to each of its alerts about which it may be asked."""
    about = {"home_id": finding.home_id, "hazard": finding.hazard, "finding_id": finding.finding_id}
    await connection.execute(sql.LOCK_HAZARD, about)
    last = await _read(connection, sql.HEARD, Heard, **about)
    if last:
        # It is told for a while, so that one record of it comes; said was it once.
        return [Transition(reason=Reason.TOLD_BEFORE)]
    await connection.execute(sql.PUT_HEARD, rows.heard_row(newest(None, finding)))
    asked = await _alerts(connection, f"{sql.OPEN_OF_HOME} for update", home_id=finding.home_id)
    said = [event for alert in asked if (event := checking.answer_of(finding, alert))]
    return [await apply(connection, event, context) for event in said] or [Transition(reason=Reason.NOTHING_ASKED)]


async def _for_finding(connection: Connection, event: Found, context: Context) -> tuple[Alert | None, Context]:
    """Lock the home's hazard, so that two findings of it come one after the other, and load what is known."""
    finding = event.finding
    about = {"home_id": finding.home_id, "hazard": finding.hazard, "finding_id": finding.finding_id}
    async with connection.pipeline():
        await connection.execute(sql.LOCK_HAZARD, about)
        opened = connection.cursor(row_factory=dict_row)
        await opened.execute(sql.OPEN_OF_HAZARD, about)
        last = connection.cursor(row_factory=dict_row)
        await last.execute(sql.HEARD, about)
        former = connection.cursor(row_factory=dict_row)
        await former.execute(sql.FORMER, about)
    heard = await last.fetchone()
    alert, was = await opened.fetchone(), await former.fetchone()
    context = replace(
        context,
        heard=rows.read(heard, Heard) if heard else None,
        former=rows.read(was, Alert) if was else None,
    )
    if context.can_ask and finding.hazard is Hazard.FALL:
        others = await _alerts(connection, sql.OPEN_OF_HOME, home_id=finding.home_id)
        context = replace(context, beside=checking.beside(None, others))
    return (rows.read(alert, Alert) if alert else None), context


async def write(connection: Connection, before: Alert | None, done: Transition) -> None:
    """Write what came of an event, in one way to the database."""
    async with connection.pipeline():
        if done.alert is not None and done.alert != before:
            await connection.execute(sql.UPDATE if before else sql.INSERT, rows.alert_row(done.alert))
        if done.alert is not None and done.withdraws:
            await outbox.withdraw(connection, done.alert)
        if done.heard:
            await connection.execute(sql.PUT_HEARD, rows.heard_row(done.heard))
        if done.lines:
            await connection.execute(sql.PUT_LINES, {"new": rows.line_rows(done.lines)})
            await connection.execute(sql.PUT_CHANGES, {"new": rows.change_rows(done.changes)})
        if done.notifications:
            await outbox.put(connection, done.notifications)


async def _alerts(connection: Connection, statement: LiteralString, **asked: object) -> list[Alert]:
    return await _read(connection, statement, Alert, **asked)


async def _read(connection: Connection, statement: LiteralString, kind: type[Thing], **asked: object) -> list[Thing]:
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(statement, asked)
    return [rows.read(row, kind) for row in await cursor.fetchall()]


def _only(alerts: list[Alert]) -> Alert | None:
    return alerts[0] if alerts else None


async def now_of(connection: Connection) -> datetime:
    """Ask the database what time it is."""
    ((now,),) = await (await connection.execute("select clock_timestamp()")).fetchall()
    return rows.utc(now)
