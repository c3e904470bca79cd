"""The alerts service: findings are heard, timers run out, calls go out, and the world is told."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import psycopg
import structlog
from aiokafka.errors import KafkaError
from psycopg_pool import PoolTimeout

from alerts import metrics
from alerts.audit.service import Auditor, Pulse, auditing
from alerts.channels import Pusher
from alerts.channels.apprise import Apprise
from alerts.channels.device import Device
from alerts.channels.email import Email
from alerts.channels.setup import refuse_unusable
from alerts.channels.sms import Sms
from alerts.channels.voice import Voice
from alerts.channels.web_push import WebPush
from alerts.channels.webhook import Webhook
from alerts.clock_steps.postgres import put_right
from alerts.contacts.postgres import Contacts
from alerts.floods import postgres as floods
from alerts.handover.postgres import HandOvers
from alerts.handover.service import Liaison, liaising
from alerts.incidents.service import Lookout
from alerts.kafka import Hearing, Relay
from alerts.postgres import AlertStore
from alerts.push import Dispatch, Outbox
from alerts.transition import Transition
from alerts.web_push.postgres import Subscriptions
from contracts.topics import FINDINGS
from homes.model import Channel
from runtime import postgres, requests
from runtime.kafka import KafkaAway, consuming, create_topics, producing
from runtime.lifecycle import Life
from runtime.postgres import Pool
from runtime.settings import Alerts, Mqtt, Settings, refuse_weak

log = structlog.get_logger()

#: What may happen outside at any time: the loop waits a little and tries again.
TROUBLE = (psycopg.OperationalError, PoolTimeout, KafkaError, KafkaAway, OSError, TimeoutError)


#: What many homes lose together is looked for this often, and whether the database's clock went back.
LOOK_EVERY_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class Wakes:
    """What loops wait for, beside their polling."""

    push: asyncio.Event = field(default_factory=asyncio.Event)
    relay: asyncio.Event = field(default_factory=asyncio.Event)

    def on_commit(self, done: Transition) -> None:
        """Wake the loops that a transition gives work to, without a way round by the database."""
        if done.notifications:
            self.push.set()
        if done.changed:
            self.relay.set()


async def main(life: Life, settings: Settings) -> None:
    """Run every loop until the service is told to stop."""
    await postgres.migrate(settings.postgres)
    wakes, pulse = Wakes(), Pulse()
    async with (
        postgres.pooled(settings.postgres) as pool,
        requests.client() as client,
        _every_channel(settings, pool, client) as channels,
    ):
        store = AlertStore(
            pool,
            lease_seconds=settings.alerts.acknowledgement_seconds,
            by_voice=bool(settings.alerts.voice_gateway),
            on_commit=wakes.on_commit,
        )
        dispatch = _dispatch(pool, store, channels, settings.alerts)
        liaison = Liaison(hand_overs=HandOvers(pool), store=store, client=client, settings=settings.alerts)
        auditor = Auditor(pool=pool, worker=_worker(), settings=settings.alerts, channels=channels, client=client)
        async with asyncio.TaskGroup() as group:
            # Calls that are on their way are let out of the door; the rest is safe in the database.
            group.create_task(dispatch.run(life, wakes.push))
            others = [
                group.create_task(loop)
                for loop in (
                    _steadily(life, "findings", lambda: _findings(life, settings, store, pool, pulse)),
                    _steadily(life, "relay", lambda: _relay(life, settings, pool, wakes.relay)),
                    _steadily(life, "timers", lambda: _timers(life, store)),
                    _steadily(life, "receipts", lambda: _receipts(life, dispatch)),
                    _steadily(life, "clock_steps", lambda: _clock_steps(life, pool, wakes.push)),
                    _steadily(life, "incidents", lambda: _incidents(life, pool, wakes.push)),
                    _steadily(life, "listen", lambda: _listen(life, settings, wakes)),
                    _steadily(life, "measure", lambda: _measure(life, pool)),
                    _steadily(life, "hand_over", lambda: liaising(life, liaison)),
                    _steadily(life, "audit", lambda: auditing(life, auditor, pulse, settings.alerts.audit_seconds)),
                )
            ]
            await life.stopping.wait()
            wakes.push.set()
            for task in others:
                task.cancel()


def check(settings: Settings) -> None:
    """Refuse keys that could be guessed; raise BadSettings."""
    refuse_weak(
        {
            "DOLBOM_ALERTS_LINK_SECRET": settings.alerts.link_secret,
            "DOLBOM_ALERTS_WEBHOOK_SECRET": settings.alerts.webhook_secret,
        }
    )
    refuse_unusable(settings.alerts)


def _dispatch(pool: Pool, store: AlertStore, channels: dict[Channel, Pusher], settings: Alerts) -> Dispatch:
    return Dispatch(
        outbox=Outbox(pool),
        store=store,
        homes=store.homes,
        channels=channels,
        settings=settings,
        contacts=Contacts(pool),
    )


@asynccontextmanager
async def _every_channel(
    settings: Settings, pool: Pool, client: httpx.AsyncClient
) -> AsyncIterator[dict[Channel, Pusher]]:
    """Open every way to people, browsers and homes; and leave the broker in the end."""
    channels = channels_of(settings.alerts, client, pool=pool, mqtt=settings.mqtt)
    try:
        yield channels
    finally:
        device = channels[Channel.DEVICE]
        if isinstance(device, Device):
            device.close()


def channels_of(
    settings: Alerts, client: httpx.AsyncClient, *, pool: Pool | None = None, mqtt: Mqtt | None = None
) -> dict[Channel, Pusher]:
    """Make every channel; one that misses what it needs fails each call with that reason."""
    return {
        Channel.WEBHOOK: Webhook(client, settings.webhook_secret),
        Channel.EMAIL: Email(settings),
        Channel.APPRISE: Apprise(),
        Channel.WEB_PUSH: WebPush(client, settings, Subscriptions(pool) if pool else None),
        Channel.SMS: Sms(client, settings),
        Channel.VOICE: Voice(client, settings),
        Channel.DEVICE: Device(mqtt),
    }


async def _steadily(life: Life, name: str, loop: Callable[[], Awaitable[None]]) -> None:
    """Run a loop again whenever trouble outside ended it; say so once each time."""
    while not life.stopping.is_set():
        try:
            await loop()
        except TROUBLE as error:
            log.warning("loop_in_trouble", loop=name, error=type(error).__name__)
            await life.rest(1.0)


async def _findings(life: Life, settings: Settings, store: AlertStore, pool: Pool, pulse: Pulse) -> None:
    await create_topics(settings.kafka)
    async with consuming(settings.kafka, FINDINGS, group="alerts") as consumer:
        hearing = Hearing(consumer=consumer, store=store, pool=pool)
        life.set_ready(True)
        try:
            while not life.stopping.is_set():
                await hearing.turn()
                pulse.findings_lag_seconds = hearing.lag_seconds
                life.turned("findings")
        finally:
            life.set_ready(False, "findings are not heard")


async def _relay(life: Life, settings: Settings, pool: Pool, wake: asyncio.Event) -> None:
    async with producing(settings.kafka) as producer:
        relay = Relay(producer=producer, pool=pool, settings=settings.kafka, holder=_worker())
        while not life.stopping.is_set():
            wake.clear()
            if not await relay.turn():
                await _woken(wake, within=1.0)
            life.turned("relay")


async def _timers(life: Life, store: AlertStore) -> None:
    while not life.stopping.is_set():
        done = await store.due()
        for transition in done:
            metrics.timers.labels(reason=transition.reason).inc()
            if transition.alert:
                log.info("timer_ran_out", alert_id=transition.alert.alert_id, reason=transition.reason)
        life.turned("timers")
        if not done:
            await life.rest(0.5)


async def _receipts(life: Life, dispatch: Dispatch) -> None:
    while not life.stopping.is_set():
        if not await dispatch.overdue():
            await life.rest(1.0)
        life.turned("receipts")


async def _listen(life: Life, settings: Settings, wakes: Wakes) -> None:
    """Hear of what other processes wrote, such as the console."""
    async with await postgres.connect(settings.postgres) as connection:
        await connection.execute("listen outbox_due")
        await connection.execute("listen alert_changed")
        while not life.stopping.is_set():
            # What was told before we listened is found by polling.
            async for heard in connection.notifies(timeout=1.0, stop_after=1):
                (wakes.push if heard.channel == "outbox_due" else wakes.relay).set()
            life.turned("listen")


async def _incidents(life: Life, pool: Pool, wake: asyncio.Event) -> None:
    lookout = Lookout(pool)
    while not life.stopping.is_set():
        if await lookout.turn():
            wake.set()
        life.turned("incidents")
        await life.rest(LOOK_EVERY_SECONDS)


async def _clock_steps(life: Life, pool: Pool, wake: asyncio.Event) -> None:
    while not life.stopping.is_set():
        if await put_right(pool):
            wake.set()  # and look again at once: a turn moves no more than one transaction bears
        else:
            await life.rest(LOOK_EVERY_SECONDS)
        life.turned("clock_steps")


async def _measure(life: Life, pool: Pool) -> None:
    while not life.stopping.is_set():
        await metrics.measure(pool)
        await floods.look(pool)
        life.turned("measure")
        await life.rest(5.0)


def _worker() -> str:
    return f"{socket.gethostname()}/{os.getpid()}"


async def _woken(wake: asyncio.Event, *, within: float) -> None:
    try:
        async with asyncio.timeout(within):
            await wake.wait()
    except TimeoutError:
        return
