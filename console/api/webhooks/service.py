"""Tells other systems what changed: in order, at least once, each change under one id."""

import asyncio
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

import msgspec
import psycopg
import structlog
from psycopg_pool import PoolTimeout

from alerts.signing import KEY_HEADER, sign
from console.api import metrics
from console.api.shapes import EventOut
from console.api.webhooks.addresses import key_of, wait_after
from console.api.webhooks.postgres import Waiting, Webhook, Webhooks
from console.api.webhooks.sockets import Poster
from contracts import AlertChange
from runtime import clock
from runtime.lifecycle import Life
from runtime.postgres import Pool
from runtime.settings import Console

log = structlog.get_logger()

#: One that took nothing for so long is switched off; its owner sees that, reads the lists, and subscribes again.
GIVEN_UP_AFTER: Final = timedelta(days=3)
_LOOK_EVERY_SECONDS: Final = 0.5


class Teller:
    """Brings changes to those who subscribed."""

    def __init__(self, pool: Pool, poster: Poster, settings: Console) -> None:
        self._webhooks = Webhooks(pool)
        self._poster = poster
        self._secret = settings.session_secret

    async def turn(self) -> int:
        """Bring what is due; answer how many systems it was for."""
        await self._webhooks.end_with_tokens()
        due = await self._webhooks.claim()
        await asyncio.gather(*(self._tell(one) for one in due))
        return len(due)

    async def test(self, webhook: Webhook, now: datetime) -> int:
        """Post a change that never was; answer the status."""
        event = EventOut(
            id=f"test-{int(now.timestamp())}", kind="test", webhook_id=webhook.webhook_id, at=now, change=None
        )
        return await self._post(webhook, event, now)

    async def _tell(self, webhook: Webhook) -> None:
        """Bring what waits, in its order; what is not taken holds up what comes after it."""
        for waiting in await self._webhooks.waiting(webhook.webhook_id):
            status = await self._post(webhook, _event(webhook, waiting), clock.now())
            metrics.events.labels(result=_result(status)).inc()
            if not 200 <= status < 300:
                return await self._not_taken(webhook, status)
            await self._webhooks.told(webhook.webhook_id, waiting.sequence)
        await self._webhooks.rest(webhook.webhook_id)

    async def _not_taken(self, webhook: Webhook, status: int) -> None:
        log.warning("webhook_not_taken", webhook_id=webhook.webhook_id, status=status, attempt=webhook.attempts + 1)
        away = webhook.failing_since is not None and clock.now() - webhook.failing_since > GIVEN_UP_AFTER
        if status == HTTPStatus.GONE or away:
            await self._webhooks.switch_off(webhook.webhook_id, "gone" if status == HTTPStatus.GONE else "not_taken")
            log.error("webhook_switched_off", webhook_id=webhook.webhook_id, status=status)
            return
        await self._webhooks.failed(webhook.webhook_id, wait_seconds=wait_after(webhook.attempts + 1))

    async def _post(self, webhook: Webhook, event: EventOut, now: datetime) -> int:
        body = msgspec.json.encode(event)
        key = key_of(self._secret.reveal(), webhook.webhook_id)
        headers = {"Content-Type": "application/json", KEY_HEADER: event.id} | sign(key, body, now)
        return await self._poster.post(webhook.url, body, headers)


def _event(webhook: Webhook, waiting: Waiting) -> EventOut:
    change = msgspec.convert(waiting.change, AlertChange)
    return EventOut(
        id=waiting.event_id, kind="alert_changed", webhook_id=webhook.webhook_id, at=change.at, change=change
    )


def _result(status: int) -> str:
    return "taken" if 200 <= status < 300 else "not_taken" if status else "not_reached"


async def telling(life: Life, pool: Pool, settings: Console) -> None:
    """Bring changes until the service stops."""
    async with Poster(inside=settings.webhooks_inside) as poster:
        teller = Teller(pool, poster, settings)
        while not life.stopping.is_set():
            try:
                told = await teller.turn()
            except (psycopg.OperationalError, PoolTimeout) as error:
                log.warning("webhooks_wait_for_postgres", error=type(error).__name__)
                told = 0
            life.turned("webhooks")
            if not told:
                await life.rest(_LOOK_EVERY_SECONDS)
