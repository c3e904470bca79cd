"""The auditor: it looks every few seconds, writes down what is wrong, wakes engineers, and lets a switch outside know.

It goes past the outbox on purpose: what it tells of may be the outbox.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import httpx
import psycopg
import structlog
from psycopg_pool import PoolTimeout

from alerts import metrics
from alerts.audit.duties.service import Duties
from alerts.audit.faults import OF_THE_CENTRE, Fault, Limits, troubles_of
from alerts.audit.paging import AGAIN_AFTER, Page, contacts_of, message_of
from alerts.audit.postgres import AuditStore, Standing
from alerts.channels import Delivery, NotSent, Pusher, Result
from alerts.wording import Message
from homes.model import Channel, Contact
from runtime import clock
from runtime.lifecycle import Life
from runtime.postgres import Pool
from runtime.settings import Alerts

log = structlog.get_logger()

#: All homes are read for whether they have somebody who could be called.
HOMES_EVERY_SECONDS: Final = 60.0
_PING_SECONDS: Final = 10.0
_AWAY: Final = (psycopg.OperationalError, PoolTimeout)


@dataclass(kw_only=True)
class Pulse:
    """What loops tell the auditor of themselves, beside that they turn."""

    findings_lag_seconds: float = 0.0


class Auditor:
    """Looks after one worker and after what all workers share."""

    def __init__(
        self,
        *,
        pool: Pool,
        worker: str,
        settings: Alerts,
        channels: Mapping[Channel, Pusher],
        client: httpx.AsyncClient,
        limits: Limits | None = None,
    ) -> None:
        self._store = AuditStore(pool)
        self._worker = worker
        self._engineers = contacts_of(settings.engineers.reveal())
        self._supervisors = contacts_of(settings.supervisors.reveal()) or self._engineers
        self._duties = Duties(pool, settings)
        self._link = settings.public_url
        self._dead_man = DeadMan(client, settings)
        self._channels = channels
        self._limits = limits or Limits()
        self._nobody: tuple[float, int] | None = None
        self._seen_at = clock.ticks()
        self._told_blind_at: float | None = None
        if not self._engineers:
            log.warning("engineers_not_set", mend="set DOLBOM_ALERTS_ENGINEERS, or nobody hears of a fault")

    async def turn(self, loops: Mapping[str, timedelta], pulse: Pulse) -> Sequence[Standing]:
        """Look once, tell what must be told, and answer what is wrong now."""
        try:
            standing = await self._look(loops, pulse)
        except _AWAY:
            await self._blind()
            raise
        self._seen_at, self._told_blind_at = clock.ticks(), None
        self._measure(standing)
        # Before the pages, which may hang: a switch that is silent for a slow provider would cry for nothing.
        if all(one.fault in OF_THE_CENTRE for one in standing):
            await self._dead_man.ping()
        await self._tell()
        return standing

    def look_at_homes_again(self) -> None:
        """Read all homes at the next turn, however lately they were read."""
        self._nobody = None
        self._duties.look_again()

    async def _look(self, loops: Mapping[str, timedelta], pulse: Pulse) -> Sequence[Standing]:
        seen = await self._store.facts()
        duties = await self._duties.seen(seen.now)
        facts = replace(
            seen,
            roster_gaps=duties.roster_gaps,
            shift_ended_at=duties.shift_ended_at,
            loops=loops,
            nobody_listed=await self._nobody_listed(),
            findings_lag=timedelta(seconds=pulse.findings_lag_seconds),
        )
        kept = await self._store.keep(self._worker, troubles_of(facts, self._limits))
        for one in kept.began:
            log.error("service_fault_began", fault=one.fault, about=one.about, of_worker=one.worker)
        for one in kept.ended:
            log.info("service_fault_ended", fault=one.fault, about=one.about, of_worker=one.worker)
        return kept.standing

    async def _nobody_listed(self) -> int:
        if self._nobody is None or clock.ticks() - self._nobody[0] > HOMES_EVERY_SECONDS:
            self._nobody = clock.ticks(), len(await self._store.nobody_listed())
        return self._nobody[1]

    def _measure(self, standing: Sequence[Standing]) -> None:
        for fault in Fault:
            metrics.faults.labels(fault=fault).set(sum(one.fault is fault for one in standing))
        metrics.audited.set(clock.now().timestamp())

    async def _blind(self) -> None:
        """Without the database there is no row to keep: engineers are told from here, as seldom as of all else."""
        now = clock.ticks()
        if now - self._seen_at < self._limits.blind.total_seconds():
            return
        metrics.faults.labels(fault=Fault.DATABASE_AWAY).set(1)
        if self._told_blind_at is not None and now - self._told_blind_at < AGAIN_AFTER.total_seconds():
            return
        at = clock.now()
        began = at - timedelta(seconds=now - self._seen_at)
        page = Page(
            fault_id=int(began.timestamp()),
            fault=Fault.DATABASE_AWAY,
            about="",
            count=1,
            began_at=began,
            ended_at=None,
            pages=0,
            now=at,
        )
        if await self._send(page):
            self._told_blind_at = now

    async def _tell(self) -> None:
        if not self._engineers and not self._supervisors:
            return
        await asyncio.gather(*(self._page(page) for page in await self._store.claim()))

    async def _page(self, page: Page) -> None:
        if await self._send(page):
            await self._store.paged(page)

    async def _send(self, page: Page) -> bool:
        """Tell every engineer, or every supervisor of what the centre must mend; answer whether one of them has it."""
        said = message_of(page, self._link)
        whom = self._supervisors if page.fault in OF_THE_CENTRE else self._engineers
        sent = await asyncio.gather(*(self._sent(said, one) for one in whom))
        for delivery in sent:
            metrics.pages.labels(result=delivery.result).inc()
        log.info("engineers_paged", fault=page.fault, ended=page.ended_at is not None, results=[d.result for d in sent])
        return any(delivery.result is Result.SENT for delivery in sent)

    async def _sent(self, said: Message, contact: Contact) -> Delivery:
        if contact.channel not in self._channels:
            return NotSent(result=Result.NOT_SET_UP, retry=False)
        return await self._channels[contact.channel].send(said, contact)


class DeadMan:
    """A switch outside that cries when we fall silent."""

    def __init__(self, client: httpx.AsyncClient, settings: Alerts) -> None:
        self._client = client
        self._url = settings.dead_man_url.reveal()
        self._every = settings.dead_man_seconds
        self._pinged_at: float | None = None

    async def ping(self) -> None:
        """Say that all is well, when it is time to; that nobody listens is logged, and no more."""
        now = clock.ticks()
        if not self._url or (self._pinged_at is not None and now - self._pinged_at < self._every):
            return
        try:
            async with asyncio.timeout(_PING_SECONDS):
                answer = await self._client.get(self._url)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            metrics.dead_man_pings.labels(result="unreachable").inc()
            log.warning("dead_man_not_pinged", error=type(error).__name__)
            return
        metrics.dead_man_pings.labels(result="sent" if answer.is_success else "refused").inc()
        if not answer.is_success:
            log.warning("dead_man_not_pinged", status=answer.status_code)
            return
        self._pinged_at = now


#: What must turn in an alerts service. A loop that never has is as silent as one that stopped.
LOOPS: Final = ("findings", "relay", "timers", "clock_steps", "incidents", "listen", "measure", "push", "hand_over")


async def auditing(life: Life, auditor: Auditor, pulse: Pulse, every_seconds: float) -> None:
    """Look again and again until the service stops."""
    began = clock.ticks()
    while not life.stopping.is_set():
        now = clock.ticks()
        loops = {loop: timedelta(seconds=now - life.turns.get(loop, began)) for loop in LOOPS}
        await auditor.turn(loops, pulse)
        life.turned("audit")
        await life.rest(every_seconds)
