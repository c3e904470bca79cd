"""Calls that workers died with, or that found no room: never given up, and whoever is next is called meanwhile."""

from collections.abc import Sequence

import structlog

from alerts.channels import Result
from alerts.delivery import ASIDE, LANE_WAIT, MOST_CROWDED, pause_after
from alerts.events import DeliveryFailed
from alerts.outbox.postgres import Claimed, Outbox
from alerts.postgres import AlertStore

log = structlog.get_logger()


class TryingOn:
    """Keeps such calls in the outbox."""

    def __init__(self, outbox: Outbox, store: AlertStore) -> None:
        self._outbox = outbox
        self._store = store

    async def one_at_a_time(self, claimed: Sequence[Claimed]) -> list[Claimed]:
        """Keep one call of those that workers may die of, and give the others back: so it is seen which it is."""
        suspects = sorted((one for one in claimed if one.suspected), key=lambda one: one.deaths)
        for one in suspects[1:]:
            await self._outbox.hold_back(one, one.at + ASIDE)
        aside = {one.notification.notification_id for one in suspects[1:]}
        return [one for one in claimed if one.notification.notification_id not in aside]

    async def before(self, claimed: Claimed) -> None:
        """Prepare for this worker to die of a call as well: the next are called, and its next try comes late."""
        await self._outbox.keep_longer(claimed, pause_after(claimed.deaths).total_seconds())
        await self._pass_on(claimed, Result.POISONOUS)

    async def no_room(self, claimed: Claimed) -> None:
        """Let a call wait that never left; after a while the next are called as well."""
        if claimed.crowded + 1 >= MOST_CROWDED:
            await self._pass_on(claimed, Result.CROWDED)
        await self._outbox.wait_for_room(claimed, LANE_WAIT.total_seconds())

    async def _pass_on(self, claimed: Claimed, why: Result) -> None:
        if claimed.passed_on:
            return
        call = claimed.notification
        failed = DeliveryFailed(
            alert_id=call.alert_id, notification=call, attempt=claimed.attempt, why=why, still_tried=True
        )
        done = await self._store.apply(failed)
        log.error("call_passed_on", notification_id=call.notification_id, why=why, reason=done.reason)
