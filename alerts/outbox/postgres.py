"""The outbox in PostgreSQL: what the store writes in an alert's transaction, and what the dispatch claims."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from alerts import rows
from alerts.delivery import LEASES, MOST_DEATHS
from alerts.events import Answered, Delivered, DeliveryFailed, Receipt, Receipted
from alerts.in_hand import expected
from alerts.model import Alert, Notification
from alerts.outbox import statements as sql
from contracts import AlertId
from runtime.postgres import Pool

Connection = AsyncConnection[Any]


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A call that is ours until its lease ends."""

    notification: Notification
    #: Counted from 1; the fencing token of this try.
    attempt: int
    #: When it was taken up, by the database's clock.
    at: datetime
    #: How often its provider did not take it.
    failures: int = 0
    #: How often there was no place for it on the way to its receiver.
    crowded: int = 0
    #: The next contact or person is called already.
    passed_on: bool = False

    @property
    def deaths(self) -> int:
        """Count the tries of which nobody ever said how they went: their workers died, whatever they died of."""
        return max(self.attempt - 1 - self.failures - self.crowded, 0)

    @property
    def suspected(self) -> bool:
        """Tell whether it may be this call that workers die of."""
        return self.deaths >= MOST_DEATHS


class Outbox:
    """The calls of the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def claim(self, limit: int) -> list[Claimed]:
        """Claim calls that are due, in the order of the queue; nobody else gets them until the lease ends."""
        return await self._claimed(sql.CLAIM, limit=limit, leases=Jsonb(LEASES))

    async def later(self, claimed: Claimed, wait_seconds: float) -> None:
        """Give a call back that its provider did not take, to be tried again under the same key."""
        await self._do(sql.LATER, **_token(claimed), seconds=wait_seconds, failed=1, crowded=0)

    async def wait_for_room(self, claimed: Claimed, wait_seconds: float) -> None:
        """Give a call back that never left, because too many others were on their way."""
        await self._do(sql.LATER, **_token(claimed), seconds=wait_seconds, failed=0, crowded=1)

    async def keep_longer(self, claimed: Claimed, wait_seconds: float) -> None:
        """Lengthen the lease of a call in hand: if its worker dies of it, the next comes so much later."""
        await self._do(sql.LATER, **_token(claimed), seconds=wait_seconds, failed=0, crowded=0)

    async def hold_back(self, claimed: Claimed, until: datetime) -> None:
        """Give a call back untried, to go with others."""
        await self._do(sql.HELD_BACK, **_token(claimed), until=until)

    async def sent_lately(self, call: Notification, since: datetime) -> datetime | None:
        """Tell when this contact last heard of something that may wait."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(sql.LATELY, _to(call) | {"since": since})
            row = await cursor.fetchone()
        at = row[0] if row else None
        return rows.utc(at) if isinstance(at, datetime) else None

    async def companions(self, call: Notification, most: int) -> list[Claimed]:
        """Claim what else is due for the same contact and may go in the same message."""
        about = _to(call) | {"notification_id": call.notification_id, "most": most, "deaths": MOST_DEATHS}
        return await self._claimed(sql.COMPANIONS, **about, leases=Jsonb(LEASES))

    async def bundled(self, group: Sequence[Claimed]) -> None:
        """Write down which call's message spoke of the others too."""
        first, *others = (one.notification.notification_id for one in group)
        await self._do(sql.BUNDLED, first=first, others=others)

    async def silent(self, limit: int = 50) -> list[Claimed]:
        """Find calls whose provider should have reported by now; they are still theirs who settle them first."""
        return await self._claimed(sql.SILENT, limit=limit)

    async def _claimed(self, statement: LiteralString, **asked: object) -> list[Claimed]:
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(statement, asked)
            return [_claimed(row) for row in await cursor.fetchall()]

    async def _do(self, statement: LiteralString, **asked: object) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(statement, asked)


async def settle(connection: Connection, event: Delivered | DeliveryFailed | Receipted) -> bool:
    """Write down what came of a call; False: it was known, or a later attempt has taken the call over."""
    match event:
        case Receipted():
            return await _receipted(connection, event)
        case Delivered():
            statement = sql.DELIVERED
            about = {"provider_ref": event.provider_ref, "receipt_within": event.receipt_within}
        case DeliveryFailed():
            statement = sql.PASSED_ON if event.still_tried else sql.FAILED
            about = {"failure": event.why}
    call = {"notification_id": event.notification.notification_id, "attempt": event.attempt}
    return (await connection.execute(statement, call | about)).rowcount == 1


async def answered(connection: Connection, event: Answered) -> None:
    """Write a responder's answer beside the calls that brought it about."""
    about = {"alert_id": event.alert_id, "responder_id": event.responder_id, "accepted": event.accepted}
    await connection.execute(sql.ANSWERED, about)
    if not event.accepted:
        await connection.execute(sql.SPARED, about)


async def put(connection: Connection, calls: Iterable[Notification]) -> None:
    """Write calls into the outbox; of one that is there already only the wait may end."""
    await connection.execute(sql.PUT, {"new": rows.notification_rows(calls)})


async def withdraw(connection: Connection, alert: Alert) -> None:
    """Take back what waits, because somebody has the case."""
    await connection.execute(sql.WITHDRAW, {"alert_id": alert.alert_id, "expected": expected(alert)})


async def called(connection: Connection, alert_id: AlertId) -> tuple[Notification, ...]:
    """Load the calls for help of an alert that somebody got."""
    return tuple(await _calls(connection, sql.CALLED, alert_id=alert_id))


async def call_of(connection: Connection, notification_id: str) -> Notification | None:
    """Load one call."""
    return next(iter(await _calls(connection, sql.ONE, notification_id=notification_id)), None)


async def _receipted(connection: Connection, event: Receipted) -> bool:
    if event.receipt is Receipt.SENT:
        return False  # the channel said so itself
    about = {"notification_id": event.notification_id, "at": event.at}
    return (await connection.execute(sql.RECEIPTS[event.receipt], about)).rowcount == 1


async def _calls(connection: Connection, statement: LiteralString, **asked: object) -> Sequence[Notification]:
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(statement, asked)
    return [rows.read(row, Notification) for row in await cursor.fetchall()]


def _claimed(row: dict[str, Any]) -> Claimed:
    attempt, at = row.pop("attempts"), row.pop("claimed_at")
    failures, crowded, passed_on_at = row.pop("failures"), row.pop("crowded"), row.pop("passed_on_at")
    return Claimed(
        notification=rows.read(row, Notification),
        attempt=attempt,
        at=rows.utc(at),
        failures=failures,
        crowded=crowded,
        passed_on=passed_on_at is not None,
    )


def _token(claimed: Claimed) -> dict[str, object]:
    return {"notification_id": claimed.notification.notification_id, "attempt": claimed.attempt}


def _to(call: Notification) -> dict[str, object]:
    return {"responder_id": call.responder_id, "channel": call.channel, "contact": call.contact}
