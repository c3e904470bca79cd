"""The outbox and its dispatch: calls are claimed, sent, and what came of them is written down."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
import structlog
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import PoolTimeout

from alerts import metrics, rows
from alerts.channels import Delivery, NotSent, Pusher, Result, Sent
from alerts.delivery import LANE_PATIENCE_SECONDS, LANE_WIDTH, LAST_ATTEMPT, LEASES, lane_of, wait_after
from alerts.events import Delivered, DeliveryFailed
from alerts.links import LIFETIME, make_token
from alerts.model import Notification, Purpose
from alerts.postgres import AlertStore
from alerts.wording import Message, message
from homes.model import Channel, Contact, Home
from homes.postgres import HomeStore
from runtime import clock
from runtime.lifecycle import Life
from runtime.postgres import Pool
from runtime.settings import Alerts

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A call that is ours until its lease ends."""

    notification: Notification
    #: Counted from 1; the fencing token of this try.
    attempt: int


class Outbox:
    """The calls of the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def claim(self, limit: int) -> list[Claimed]:
        """Claim calls that are due, the worst first; nobody else gets them until the lease ends."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(_CLAIM, {"limit": limit, "leases": Jsonb(LEASES)})
            return [_claimed(row) for row in await cursor.fetchall()]

    async def later(self, claimed: Claimed, wait_seconds: float) -> None:
        """Give a call back, to be tried again under the same key."""
        call = {"notification_id": claimed.notification.notification_id, "attempt": claimed.attempt}
        async with self._pool.connection() as connection:
            await connection.execute(_LATER, call | {"seconds": wait_seconds})


def _claimed(row: dict[str, Any]) -> Claimed:
    attempt = row.pop("attempts")
    return Claimed(notification=rows.read(row, Notification), attempt=attempt)


class Dispatch:
    """The loop that empties the outbox."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        store: AlertStore,
        homes: HomeStore,
        channels: Mapping[Channel, Pusher],
        settings: Alerts,
    ) -> None:
        self._outbox = outbox
        self._store = store
        self._homes = homes
        self._channels = channels
        self._settings = settings
        self._on_the_way = 0
        self._lanes: dict[str, asyncio.Semaphore] = {}

    async def run(self, life: Life, wake: asyncio.Event) -> None:
        """Send what is due until the service stops; a slow receiver holds up nobody else."""
        async with asyncio.TaskGroup() as group:
            while not life.stopping.is_set():
                wake.clear()
                for claimed in await self._claimed():
                    self._on_the_way += 1
                    group.create_task(self._carry(claimed, wake))
                life.turned("push")
                await _woken(wake, within=1.0)

    async def _claimed(self) -> list[Claimed]:
        if self._on_the_way >= _AT_ONCE:
            return []
        try:
            return await self._outbox.claim(_AT_ONCE - self._on_the_way)
        except (psycopg.OperationalError, PoolTimeout) as error:
            log.warning("outbox_not_reached", error=type(error).__name__)
            return []

    async def _carry(self, claimed: Claimed, wake: asyncio.Event) -> None:
        try:
            await self.push(claimed)
        except (psycopg.OperationalError, PoolTimeout) as error:
            # Its lease will end, and then it is sent again under the same key.
            log.warning("delivery_not_written", error=type(error).__name__)
        finally:
            if self._on_the_way >= _AT_ONCE:
                wake.set()
            self._on_the_way -= 1

    async def push(self, claimed: Claimed) -> None:
        """Send one call, and write down what came of it."""
        home = await self._homes.load(claimed.notification.home_id)
        if claimed.attempt > LAST_ATTEMPT:
            delivery: Delivery = NotSent(result=Result.POISONOUS, retry=False)
        else:
            delivery = await self._sent(claimed.notification, home)
        metrics.pushes.labels(channel=claimed.notification.channel, result=delivery.result).inc()
        log.info(
            "notification_pushed",
            notification_id=claimed.notification.notification_id,
            alert_id=claimed.notification.alert_id,
            channel=claimed.notification.channel,
            attempt=claimed.attempt,
            result=delivery.result,
        )
        await self._settle(claimed, delivery)

    async def _sent(self, call: Notification, home: Home | None) -> Delivery:
        responder = (
            next((one for one in home.responders if one.responder_id == call.responder_id), None) if home else None
        )
        if home is None or responder is None or call.contact >= len(responder.contacts):
            # The list was changed after the call was made.
            return NotSent(result=Result.NO_CONTACT, retry=False)
        contact = responder.contacts[call.contact]
        said = message(call, dong=home.district.dong, language=responder.language, link=self._link(call))
        return await self._send(said, contact)

    async def _send(self, said: Message, contact: Contact) -> Delivery:
        """Send it when its receiver has few enough others on their way."""
        lane = self._lanes.setdefault(lane_of(contact), asyncio.Semaphore(LANE_WIDTH))
        try:
            async with asyncio.timeout(LANE_PATIENCE_SECONDS):
                await lane.acquire()
        except TimeoutError:
            return NotSent(result=Result.BUSY, retry=True)
        try:
            return await self._channels[contact.channel].send(said, contact)
        finally:
            lane.release()

    def _link(self, call: Notification) -> str:
        if call.purpose is Purpose.INCIDENT:
            return f"{self._settings.public_url.rstrip('/')}/incidents"
        token = make_token(
            self._settings.link_secret.reveal(), call.alert_id, call.responder_id, call.called_at + LIFETIME
        )
        return f"{self._settings.public_url.rstrip('/')}/r/{token}"

    async def _settle(self, claimed: Claimed, delivery: Delivery) -> None:
        call = claimed.notification
        match delivery:
            case Sent():
                await self._store.apply(
                    Delivered(
                        alert_id=call.alert_id,
                        notification=call,
                        attempt=claimed.attempt,
                        provider_ref=delivery.provider_ref,
                    )
                )
                _measure(call, clock.now())
            case NotSent():
                wait = wait_after(claimed.attempt) if delivery.retry else None
                if wait is not None:
                    await self._outbox.later(claimed, wait.total_seconds())
                    return
                await self._store.apply(
                    DeliveryFailed(
                        alert_id=call.alert_id, notification=call, attempt=claimed.attempt, why=delivery.result
                    )
                )


def _measure(call: Notification, now: datetime) -> None:
    metrics.called_to_push_seconds.observe(max((now - call.called_at).total_seconds(), 0))
    if not call.late and call.step == 1 and not call.contact:
        metrics.began_to_push_seconds.observe(max((now - call.since).total_seconds(), 0))


async def _woken(wake: asyncio.Event, *, within: float) -> None:
    try:
        async with asyncio.timeout(within):
            await wake.wait()
    except TimeoutError:
        return


#: Calls on their way at the same time.
_AT_ONCE: Final = 96
_CLAIM: Final = """
    with due as (
        select notification_id from notification where state = 'queued' and due_at <= clock_timestamp()
        order by rank, due_at limit %(limit)s for update skip locked
    )
    update notification n set attempts = n.attempts + 1,
        due_at = clock_timestamp() + (%(leases)s ->> n.channel)::double precision * interval '1 second'
    from due where n.notification_id = due.notification_id
    returning n.notification_id, n.alert_id, n.home_id, n.responder_id, n.channel, n.contact, n.step, n.purpose,
        n.severity, n.hazard, n.since, n.late, n.called_at, n.insisted, n.attempts
"""
_LATER: Final = """
    update notification set due_at = clock_timestamp() + %(seconds)s * interval '1 second'
    where notification_id = %(notification_id)s and attempts = %(attempt)s and state = 'queued'
"""
