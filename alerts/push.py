"""The dispatch: calls are claimed, sent, and what came of them is written down."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from alerts import metrics
from alerts.addressing import Addressed, addressed
from alerts.channels import Delivery, NotSent, Pusher, Result, Sent
from alerts.contacts.postgres import Contacts
from alerts.delivery import LANE_PATIENCE_SECONDS, LANE_WIDTH, lane_of, wait_after
from alerts.events import Delivered, DeliveryFailed
from alerts.links import LIFETIME, make_token
from alerts.model import Notification, Purpose
from alerts.outbox.postgres import Claimed, Outbox
from alerts.postgres import AlertStore
from alerts.settling.push import Settling
from alerts.sheet import sheet_of
from alerts.telling import RESIDENT
from alerts.throttle import MOST, Pace, judge, may_wait, together
from alerts.trying_on.push import TryingOn
from alerts.wording import Message, bundle, message
from contracts import HomeId
from homes.model import Channel, Contact, Home
from homes.postgres import HomeStore
from runtime import clock
from runtime.lifecycle import Life
from runtime.settings import Alerts

__all__ = ["Claimed", "Dispatch", "Outbox"]

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class _Ready:
    """A call that is worded, with whom it goes to."""

    claimed: Claimed
    said: Message
    contact: Contact


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
        contacts: Contacts | None = None,
    ) -> None:
        self._outbox = outbox
        self._store = store
        self._homes = homes
        self._channels = channels
        self._settings = settings
        self._contacts = contacts
        self._window = timedelta(seconds=settings.bundle_seconds)
        self._settling = Settling(store, contacts)
        self.trying_on = TryingOn(outbox, store)
        self._on_the_way = 0
        #: More waited than there was room for.
        self._more = False
        self._lanes: dict[str, asyncio.Semaphore] = {}

    async def run(self, life: Life, wake: asyncio.Event) -> None:
        """Send what is due until the service stops; a slow receiver holds up nobody else."""
        async with asyncio.TaskGroup() as group:
            while not life.stopping.is_set():
                wake.clear()
                claimed, homes = await self._claimed()
                for each in grouped(claimed):
                    self._on_the_way += len(each)
                    group.create_task(self._carry(each, homes, wake))
                life.turned("push")
                # Few free places are worth no question while many wait; whoever waits behind somebody slow is
                # asked for at the next turn all the same.
                await _woken(wake, within=1.0)

    async def _claimed(self) -> tuple[list[Claimed], dict[HomeId, Home]]:
        free = _AT_ONCE - self._on_the_way
        if free <= 0:
            return [], {}
        try:
            claimed = await self._outbox.claim(free)
            self._more = len(claimed) == free
            claimed = await self.trying_on.one_at_a_time(claimed)
            return claimed, await self._homes_of(claimed)
        except (psycopg.OperationalError, PoolTimeout) as error:
            log.warning("outbox_not_reached", error=type(error).__name__)
            return [], {}

    async def _homes_of(self, claimed: Sequence[Claimed]) -> dict[HomeId, Home]:
        return await self._homes.load_many(list({one.notification.home_id for one in claimed})) if claimed else {}

    async def _carry(self, claimed: Sequence[Claimed], homes: Mapping[HomeId, Home], wake: asyncio.Event) -> None:
        try:
            await self._push(claimed, homes)
        except (psycopg.OperationalError, PoolTimeout) as error:
            # Its lease will end, and then it is sent again under the same key.
            log.warning("delivery_not_written", error=type(error).__name__)
        finally:
            self._on_the_way -= len(claimed)
            if self._more and _AT_ONCE - self._on_the_way >= _WORTH_ASKING:
                self._more = False
                wake.set()

    async def push(self, *claimed: Claimed) -> None:
        """Send one call, or what goes to one contact together, and write down what came of it."""
        await self._push(claimed, await self._homes_of(claimed))

    async def _push(self, claimed: Sequence[Claimed], homes: Mapping[HomeId, Home]) -> None:
        if await self._held_back(claimed):
            return
        first = claimed[0]
        if first.suspected:
            await self.trying_on.before(first)
        elif may_wait(first.notification):
            others = await self._companions(claimed)
            claimed, homes = (*claimed, *others), {**homes, **await self._homes_of(others)}
        ready = [one for each in claimed if (one := await self._ready(each, homes)) is not None]
        if not ready:
            return
        said = bundle(ready[0].said, [one.said for one in ready[1:]]) if len(ready) > 1 else ready[0].said
        delivery = await self._send(said, ready[0].contact)
        if len(ready) > 1:
            await self._outbox.bundled([one.claimed for one in ready])
            metrics.bundled.inc(len(ready) - 1)
        for one in ready:
            await self._settle(one.claimed, delivery, one.contact)

    async def _held_back(self, claimed: Sequence[Claimed]) -> bool:
        """Give back what may wait, while its contact has heard of such things only lately."""
        call, now = claimed[0].notification, claimed[0].at
        if not may_wait(call):
            return False
        last_at = await self._outbox.sent_lately(call, now - self._window)
        verdict = judge(call, last_at=last_at, window=self._window, now=now)
        metrics.paced.labels(pace=verdict.pace).inc()
        if verdict.pace is not Pace.HELD_BACK or verdict.until is None:
            return False
        for each in claimed:
            await self._outbox.hold_back(each, verdict.until)
            log.info("notification_held_back", notification_id=each.notification.notification_id, reason=verdict.pace)
        return True

    async def _companions(self, claimed: Sequence[Claimed]) -> Sequence[Claimed]:
        room = MOST - len(claimed)
        return await self._outbox.companions(claimed[0].notification, room) if room > 0 else ()

    async def _ready(self, claimed: Claimed, homes: Mapping[HomeId, Home]) -> _Ready | None:
        """Word a call; one that cannot go anywhere is settled here."""
        call = claimed.notification
        home = homes.get(call.home_id)
        to = await self._to(call, home) if home else None
        if home is None or to is None:
            # The list was changed after the call was made.
            await self._settle(claimed, NotSent(result=Result.NO_CONTACT, retry=False), None)
            return None
        said = message(call, dong=home.district.dong, language=to.language, link=self._link(call))
        if to.with_sheet and (alert := await self._store.alert(call.alert_id)):
            said = replace(said, sheet=sheet_of(alert, home, clock.now()))
        return _Ready(claimed=claimed, said=said, contact=to.contact)

    async def _to(self, call: Notification, home: Home) -> Addressed | None:
        """Find the contact: by the home's list, or else on the rosters."""
        by_voice = bool(self._settings.voice_gateway)
        known = addressed(call, home, by_voice=by_voice)
        if known or call.responder_id == RESIDENT:
            return known
        return addressed(call, home, rosters=await self._homes.on_rosters())

    async def _send(self, said: Message, contact: Contact) -> Delivery:
        """Send it when its receiver has few enough others on their way."""
        lane = self._lanes.setdefault(lane_of(contact), asyncio.Semaphore(LANE_WIDTH))
        try:
            async with asyncio.timeout(LANE_PATIENCE_SECONDS):
                await lane.acquire()
        except TimeoutError:
            return NotSent(result=Result.CROWDED, retry=True)
        try:
            return await self._channels[contact.channel].send(said, contact)
        finally:
            lane.release()

    def _link(self, call: Notification) -> str:
        base = self._settings.public_url.rstrip("/")
        if call.purpose is Purpose.INCIDENT:
            return f"{base}/incidents"
        if call.purpose is Purpose.FOLLOW_UP:
            return f"{base}/follow-ups"
        if call.purpose in _WITHOUT_LINK:
            return ""
        token = make_token(
            self._settings.link_secret.reveal(), call.alert_id, call.responder_id, call.called_at + LIFETIME
        )
        return f"{base}/r/{token}"

    async def _settle(self, claimed: Claimed, delivery: Delivery, contact: Contact | None) -> None:
        call = claimed.notification
        _tell(claimed, delivery)
        match delivery:
            case Sent():
                await self._settling.apply(
                    Delivered(
                        alert_id=call.alert_id,
                        notification=call,
                        attempt=claimed.attempt,
                        provider_ref=delivery.provider_ref,
                        receipt_within=delivery.receipt_within,
                    ),
                    arrived=contact if not delivery.receipt_within else None,
                )
                metrics.delivered(call, clock.now())
            case NotSent(result=Result.CROWDED):
                await self.trying_on.no_room(claimed)
            case NotSent():
                wait = wait_after(claimed.failures + 1) if delivery.retry else None
                if wait is not None:
                    await self._outbox.later(claimed, wait.total_seconds())
                    return
                await self._failed(claimed, delivery.result, contact)

    async def _failed(self, claimed: Claimed, why: Result, contact: Contact | None) -> None:
        call = claimed.notification
        # What is known of the contact comes first: the next call may already depend on it.
        if self._contacts and contact:
            await self._contacts.failed(call.responder_id, contact)
        attempt, passed_on = claimed.attempt, claimed.passed_on
        failed = DeliveryFailed(
            alert_id=call.alert_id, notification=call, attempt=attempt, why=why, passed_on=passed_on
        )
        await self._store.apply(failed)

    async def overdue(self) -> int:
        """Count as not delivered what a provider should have reported by now; tell how many."""
        silent = await self._outbox.silent()
        for claimed in silent:
            call = claimed.notification
            home = await self._homes.load(call.home_id)
            to = await self._to(call, home) if home else None
            metrics.receipts.labels(channel=call.channel, receipt=Result.NO_RECEIPT).inc()
            log.warning("receipt_missing", notification_id=call.notification_id, channel=call.channel)
            await self._failed(claimed, Result.NO_RECEIPT, to.contact if to else None)
        return len(silent)


def grouped(claimed: Sequence[Claimed]) -> list[list[Claimed]]:
    """Put together what goes to one contact; whoever was tried before leads, so that a repeat has the same key."""
    by_key = {one.notification.notification_id: one for one in claimed if not one.suspected}
    groups = [
        [by_key[call.notification_id] for call in group]
        for group in together(one.notification for one in by_key.values())
    ]
    return [*(sorted(group, key=_eldest) for group in groups), *([one] for one in claimed if one.suspected)]


def _eldest(one: Claimed) -> tuple[int, datetime, str]:
    return (-one.attempt, one.notification.called_at, one.notification.notification_id)


def _tell(claimed: Claimed, delivery: Delivery) -> None:
    call = claimed.notification
    metrics.pushes.labels(channel=call.channel, result=delivery.result).inc()
    log.info(
        "notification_pushed",
        notification_id=call.notification_id,
        alert_id=call.alert_id,
        channel=call.channel,
        attempt=claimed.attempt,
        result=delivery.result,
    )


async def _woken(wake: asyncio.Event, *, within: float) -> None:
    try:
        async with asyncio.timeout(within):
            await wake.wait()
    except TimeoutError:
        return


#: Calls on their way at the same time.
_AT_ONCE: Final = 96
#: So many free places are worth another question to the outbox.
_WORTH_ASKING: Final = 32
#: Whoever gets one of these has nothing to look at.
_WITHOUT_LINK: Final = frozenset({Purpose.CHECK, Purpose.IN_THE_HOME, Purpose.SERVICE})
