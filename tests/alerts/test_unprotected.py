"""Homes that are not protected now: a query, a command and a metric that tell the same at once."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from prometheus_client import REGISTRY
from typer.testing import CliRunner, Result

from alerts import metrics
from alerts.__main__ import app
from alerts.events import Acknowledge, Found, Resolve
from alerts.outcomes import OutcomeCode, ResolvedBy
from alerts.postgres import AlertStore
from alerts.protection import Unprotected, unprotected_of
from contracts import Finding, Hazard, HomeId, Phase, Severity
from homes.model import Home
from homes.postgres import HomeStore
from runtime.postgres import Pool, pooled
from runtime.settings import Postgres
from tests.alerts.building import MINUTE, NOON, a_finding, a_home
from tests.alerts.running import with_home

pytestmark = pytest.mark.door

HOMES = [
    replace(a_home(HomeId(f"h-{number:04d}")), vulnerability=number % 4, carrier="하늘통신") for number in range(5)
]


def not_protected(
    home: Home,
    *,
    kind: str = "not_protected",
    after: timedelta = timedelta(0),
    phase: Phase = Phase.BEGAN,
    severity: Severity = Severity.NOTICE,
) -> Finding:
    told_at = NOON + 15 * MINUTE + (MINUTE if phase is Phase.ENDED else timedelta(0))
    since = NOON + after
    return a_finding(kind, Hazard.PROTECTION, severity, phase, home=home.home_id, since=since, told_at=told_at)


async def listed(pool: Pool) -> tuple[Unprotected, ...]:
    store = AlertStore(pool)
    alerts = await store.not_protected()
    found = unprotected_of(alerts, await HomeStore(pool).load_many([alert.home_id for alert in alerts]))
    assert await store.count_not_protected() == len(found)
    return found


async def test_they_are_listed_by_vulnerability_and_leave_at_once(any_postgres: Postgres) -> None:
    await with_home(any_postgres, *HOMES)
    async with pooled(any_postgres) as pool:
        store = AlertStore(pool)
        for number, home in enumerate(HOMES):
            await store.apply(Found(finding=not_protected(home, after=number * MINUTE)))
        assert [one.home_id[-1] for one in await listed(pool)] == ["3", "2", "1", "0", "4"]
        await store.apply(Found(finding=not_protected(HOMES[2], after=2 * MINUTE, phase=Phase.ENDED)))
        assert [one.home_id[-1] for one in await listed(pool)] == ["3", "1", "0", "4"]
        await metrics.measure(pool)
        assert REGISTRY.get_sample_value("dolbom_alerts_homes_not_protected") == 4


async def test_a_home_is_not_protected_until_the_matter_ends_whoever_closed_the_case(any_postgres: Postgres) -> None:
    await with_home(any_postgres, *HOMES)
    async with pooled(any_postgres) as pool:
        store = AlertStore(pool)
        worse = not_protected(HOMES[0], severity=Severity.CAUTION)
        alert = (await store.apply(Found(finding=worse))).alert
        assert alert
        await store.apply(Acknowledge(alert_id=alert.alert_id, operator="kim", version=99))
        await store.apply(
            Resolve(
                alert_id=alert.alert_id,
                operator="kim",
                version=99,
                outcome=OutcomeCode.ACCIDENTAL_PRESS,
                resolved_by=ResolvedBy.OPERATOR,
                minutes=3,
            )
        )
        assert [one.why for one in await listed(pool)] == [("not_protected",)]
        ended = not_protected(HOMES[0], severity=Severity.CAUTION, phase=Phase.ENDED)
        await store.apply(Found(finding=ended))
        assert not await listed(pool)


async def test_a_case_that_stays_open_does_not_make_a_home_unprotected(any_postgres: Postgres) -> None:
    await with_home(any_postgres, *HOMES)
    async with pooled(any_postgres) as pool:
        store = AlertStore(pool)
        for phase in (Phase.BEGAN, Phase.ENDED):
            await store.apply(Found(finding=not_protected(HOMES[1], severity=Severity.CAUTION, phase=phase)))
        assert [alert.restored_at is not None for alert in await store.open_alerts()] == [True]
        missing = not_protected(HOMES[2], kind="test_missing", severity=Severity.DEVICE)
        await store.apply(Found(finding=missing))
        assert not await listed(pool)


async def test_a_home_out_of_service_is_not_counted(any_postgres: Postgres) -> None:
    await with_home(any_postgres, replace(HOMES[0], watched=False))
    async with pooled(any_postgres) as pool:
        await AlertStore(pool).apply(Found(finding=not_protected(HOMES[0])))
        assert not await listed(pool)


def test_the_command_prints_a_table_lines_and_json(postgres: Postgres) -> None:
    asyncio.run(with_home(postgres, *HOMES))
    run = _commands(postgres)
    assert "every home is protected" in run().stdout
    asyncio.run(_lose(postgres))
    assert "h-0003" in run().stdout and "최우선" in run().stdout
    told = msgspec.json.decode(run("--json").stdout, type=list[dict[str, str | int]])
    assert [one["home_id"] for one in told] == ["h-0003", "h-0001"]
    assert told[0]["carrier"] == "하늘통신" and told[0]["why"] == "not_protected"
    head, *lines = run("--csv").stdout.splitlines()
    assert head.startswith("home_id,since,why,vulnerability") and len(lines) == 2
    assert "김하늘" not in run().stdout + run("--json").stdout + run("--csv").stdout


def _commands(postgres: Postgres) -> Callable[..., Result]:
    environ = {"DOLBOM_POSTGRES_DSN": postgres.dsn.reveal(), "COLUMNS": "200"}
    return lambda *words: CliRunner().invoke(app, ["unprotected", *words], env=environ, catch_exceptions=False)


async def _lose(postgres: Postgres) -> None:
    async with pooled(postgres) as pool:
        for home in (HOMES[1], HOMES[3]):
            await AlertStore(pool).apply(Found(finding=not_protected(home)))
