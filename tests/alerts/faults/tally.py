"""What must be true whatever failed, counted: findings, alerts, calls, pushes, and what came twice under its key."""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from alerts.postgres import AlertStore
from contracts import AlertChangeKind, Finding
from runtime.postgres import Pool, pooled
from runtime.settings import Postgres
from tests.alerts.faults.flow import CALLED_AFTER_SECONDS
from tests.alerts.receiver import Receiver
from tests.until import until

#: Both were called for every case, and both calls were settled.
_SETTLED = "select count(*) from notification where state <> 'queued'"
_CALLS = "select notification_id, alert_id, responder_id, step, state from notification"
_UNTOLD = "select count(*) from alert_change"


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The counts, as they are printed."""

    told: int
    alerts: int
    calls: int
    delivered: int
    pushes: int
    doubled: int

    def __str__(self) -> str:
        return (
            f"told {self.told}, alerts {self.alerts}, calls {self.calls}, delivered {self.delivered},"
            f" pushes {self.pushes}, doubled by key {self.doubled}"
        )


async def tally(
    postgres: Postgres, receiver: Receiver, told: Sequence[Finding], *, what: str, within: float = 90
) -> Tally:
    """Wait until everybody was called, then hold everything to the promises, and print the counts."""
    async with pooled(postgres) as pool:
        both = 2 * len(told)
        await until(lambda: _at_least(pool, _SETTLED, both), within=within, what=f"{what}: all calls are settled")
        await until(lambda: _none(pool, _UNTOLD), within=within, what=f"{what}: the world was told every change")
        await _each_case_once(pool, told)
        calls = await _rows(pool, _CALLS)
    keys = Counter(receiver.keys())
    delivered = {f"{key}" for key, *_, state in calls if state == "delivered"}
    assert delivered <= keys.keys(), f"{what}: {delivered - keys.keys()} were never at the provider"
    assert keys.keys() <= {f"{key}" for key, *_ in calls}, f"{what}: a push without a call"
    once = Counter((alert, responder, step) for _, alert, responder, step, _ in calls)
    assert set(once.values()) == {1}, f"{what}: somebody was called twice for one step: {once.most_common(3)}"
    counted = Tally(
        told=len(told),
        alerts=len({alert for _, alert, *_ in calls}),
        calls=len(calls),
        delivered=len(delivered),
        pushes=keys.total(),
        doubled=keys.total() - len(keys),
    )
    sys.stderr.write(f"{what}: {counted}\n")
    assert (counted.alerts, counted.delivered) == (len(told), both), f"{what}: {counted}"
    return counted


async def _each_case_once(pool: Pool, told: Sequence[Finding]) -> None:
    store = AlertStore(pool)
    alerts = await store.open_alerts()
    assert Counter(one.home_id for one in alerts) == Counter(one.home_id for one in told)
    for alert in alerts:
        assert alert.repeats == 0, f"{alert.home_id}: one cry was heard as two"
        log = await store.timeline(alert.alert_id)
        assert [line.version for line in log] == list(range(1, alert.version + 1))
        called = [line for line in log if line.change is AlertChangeKind.ESCALATED]
        assert [line.step for line in called] == [1, 2], f"{alert.home_id}: a step was lost, or taken twice"
        for one, other in pairwise(called):
            assert (other.at - one.at).total_seconds() >= CALLED_AFTER_SECONDS


async def leases_end(postgres: Postgres) -> None:
    """Let the lease of a dead worker end now; nobody else may be at work."""
    async with pooled(postgres) as pool, pool.connection() as connection:
        await connection.execute("update notification set due_at = now() where state = 'queued' and due_at > now()")


async def _at_least(pool: Pool, statement: str, count: int) -> bool:
    return await _count(pool, statement) >= count


async def _none(pool: Pool, statement: str) -> bool:
    return await _count(pool, statement) == 0


async def _count(pool: Pool, statement: str) -> int:
    return int(f"{(await _rows(pool, statement))[0][0]}")


async def _rows(pool: Pool, statement: str) -> list[tuple[object, ...]]:
    async with pool.connection() as connection:
        return await (await connection.execute(statement.encode())).fetchall()
