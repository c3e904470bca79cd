"""The service tests itself on the real way: a made-up press becomes a call, and a missing worker is noticed by it."""

import pytest

from alerts.audit.postgres import AuditStore
from alerts.outcomes import OutcomeCode
from alerts.postgres import AlertStore
from alerts.probe.press import HOME
from contracts import AlertState
from runtime.postgres import Pool, pooled
from tests.journey.town import Town, town
from tests.until import until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


async def test_a_synthetic_press_goes_the_whole_way_until_detectors_are_gone() -> None:
    async with town(1) as here, pooled(here.settings.postgres) as pool:
        probe = here.stack.service("alerts", {"DOLBOM_ALERTS_SYNTHETIC_SECONDS": "1"}, arguments=["probe"])
        try:
            await it_becomes_a_call(pool)
            await it_is_missed_without_detectors(here, pool)
        finally:
            probe.stop()


async def it_becomes_a_call(pool: Pool) -> None:
    store = AlertStore(pool)

    async def closed() -> bool:
        found = [one for one in await store.of_home(HOME) if one.state is AlertState.RESOLVED]
        return any(one.outcome and one.outcome.code is OutcomeCode.SYNTHETIC_TEST for one in found)

    await until(lambda: count(pool, "called_at is not null"), within=90, what="a synthetic press becomes a call")
    await until(closed, within=30, what="its alert is closed as a test")
    assert HOME not in {alert.home_id for alert in await store.open_alerts()}


async def it_is_missed_without_detectors(here: Town, pool: Pool) -> None:
    here.running["detectors"].kill()

    async def missed() -> bool:
        return (await AuditStore(pool).facts()).missed_at is not None

    # The press may be on its way past the detectors already; the next one is not.
    await until(missed, within=30, what="a press is waited for")
    before = await count(pool, "called_at is not null")
    await until(lambda: count(pool, "clock_timestamp() - pressed_at > '30 s' and called_at is null"), within=90)
    assert await count(pool, "called_at is not null") <= before + 1


async def count(pool: Pool, where: str) -> int:
    async with pool.connection() as connection:
        row = await (
            await connection.execute(f"select count(*) from synthetic_press where {where}".encode())
        ).fetchone()
    return int(f"{row[0]}") if row else 0
