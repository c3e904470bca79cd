"""The stage of a story: the store, the outbox and the channels as in production, on a database whose time is turned."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from alerts.events import Receipt, Receipted
from alerts.model import Alert, Purpose
from alerts.postgres import AlertStore
from alerts.presence.postgres import left, seen
from alerts.push import Dispatch, Outbox, grouped
from alerts.service import channels_of
from contracts import AlertId
from homes.model import Channel
from homes.postgres import HomeStore
from runtime.postgres import Pool, pooled
from runtime.settings import Alerts, Postgres, Secret
from tests.alerts.building import HOME
from tests.alerts.receiver import Got
from tests.alerts.running import SECRET
from tests.alerts.timeline.moved import MovedTime, moved_time
from tests.alerts.timeline.provider import Provider
from tests.alerts.timeline.sentences import Message

_NEXT = """
    select min(due_at) from (
        select due_at from alert where state <> 'resolved'
        union all select coalesce(remind_at, follow_up_at) from alert where follow_up = 'due'
        union all select due_at from notification where state = 'queued'
        union all select receipt_due_at from notification where state = 'delivered'
    ) as waiting
"""
_CALL = "select alert_id, responder_id, channel, purpose from notification where notification_id = %s"


@dataclass(kw_only=True)
class Stage:
    """A home in which one case is played."""

    began: datetime
    now: datetime
    time: MovedTime
    pool: Pool
    store: AlertStore
    outbox: Outbox
    dispatch: Dispatch
    provider: Provider
    manned: bool = True
    #: When each kind of finding began: what holds and ends is the same one.
    told: dict[str, datetime] = field(default_factory=dict)
    #: Every message, in the story's own words.
    came: list[str] = field(default_factory=list)

    async def until(self, moment: datetime) -> None:
        """Let time pass, and all that is due on the way happen at its very moment."""
        while (due := await self._next_due()) is not None and due <= moment:
            await self._stand_at(max(due, self.now))
            await self.settle()
        await self._stand_at(moment)
        await self.settle()

    async def settle(self) -> None:
        """Let happen what is due now, until nothing is."""
        for _ in range(200):
            done = await self.store.due()
            claimed = await self.outbox.claim(50)
            for each in grouped(claimed):
                await self.dispatch.push(*each)
            for got in self.provider.new():
                self.came.append(f"{self.clock()} {await self._message(got)}")
            if not done and not claimed and not await self.dispatch.overdue():
                return
        raise AssertionError(f"{self.clock()}: it does not come to rest; so far: {self.came}")

    def clock(self) -> str:
        """Say the moment as stories say it."""
        return said_of(self.now - self.began)

    async def case(self) -> Alert:
        """Load the newest case of the home."""
        alerts = await self.store.of_home(HOME)
        assert alerts, f"{self.clock()}: there is no case"
        return alerts[0]

    async def log(self) -> list[str]:
        """Read what the newest case's log says."""
        case = await self.case()
        return [line.change for line in await self.store.timeline(case.alert_id)]

    async def _next_due(self) -> datetime | None:
        async with self.pool.connection() as connection:
            row = await (await connection.execute(_NEXT)).fetchone()
        due = row[0] if row else None
        assert due is None or isinstance(due, datetime)
        return due

    async def _stand_at(self, moment: datetime) -> None:
        self.now = moment
        self.time.stand_at(moment)
        async with self.pool.connection() as connection:
            await (seen if self.manned else left)(connection, "kim", "console-1")

    async def _message(self, got: Got) -> Message:
        async with self.pool.connection() as connection:
            row = await (await connection.execute(_CALL, [got.key])).fetchone()
        assert row, f"{self.clock()}: a message whose call nobody wrote down: {got.path}"
        alert_id, responder_id, channel, purpose = (f"{value}" for value in row)
        assert self.provider.whose(got) == responder_id, f"{self.clock()}: it went to somebody else: {got.path}"
        if self.provider.reports(got):
            await self.store.apply(
                Receipted(alert_id=AlertId(alert_id), notification_id=got.key, receipt=Receipt.DELIVERED, at=self.now)
            )
        in_vain = self.provider.in_vain(got)
        return Message(whom=responder_id, purpose=Purpose(purpose), channel=Channel(channel), in_vain=in_vain)


def said_of(span: timedelta) -> str:
    """Say a moment of a story: 1:30."""
    minutes, seconds = divmod(span.total_seconds(), 60)
    return f"{minutes:.0f}:{seconds:02.0f}" if seconds == int(seconds) else f"{minutes:.0f}:{seconds:06.3f}"


def _settings(provider: Provider) -> Alerts:
    url = provider.receiver.url
    return Alerts(
        link_secret=Secret(SECRET),
        webhook_secret=Secret(SECRET),
        sms_gateway="generic-json",
        sms_gateway_url=url,
        voice_gateway="generic-json",
        voice_gateway_url=url,
    )


@asynccontextmanager
async def a_stage(postgres: Postgres, provider: Provider, began: datetime) -> AsyncIterator[Stage]:
    """Set the stage; the database's clock stands at the beginning."""
    time, settings = moved_time(postgres, began), _settings(provider)
    async with pooled(postgres) as pool, httpx.AsyncClient(trust_env=False) as client:
        store, outbox = AlertStore(pool, by_voice=True), Outbox(pool)
        dispatch = Dispatch(
            outbox=outbox,
            store=store,
            homes=HomeStore(pool),
            channels=channels_of(settings, client),
            settings=settings,
        )
        yield Stage(
            began=began,
            now=began,
            time=time,
            pool=pool,
            store=store,
            outbox=outbox,
            dispatch=dispatch,
            provider=provider,
        )
