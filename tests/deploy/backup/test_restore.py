"""The database is lost at work: its backup is brought back, and the ledger is complete."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

from alerts.events import Resolve
from alerts.outcomes import OutcomeCode, ResolvedBy
from alerts.postgres import AlertStore
from console.access import Access
from console.chain import Look
from console.postgres import ConsoleStore
from contracts import Finding
from deploy.backup import dump, proof, restore
from deploy.embedded.postgres import EmbeddedPostgres
from runtime import clock
from runtime.postgres import migrate, pooled
from runtime.settings import Console, Kafka, Postgres
from tests.alerts.faults.flow import cries, homes_of, tell_all
from tests.alerts.faults.tally import leases_end
from tests.alerts.receiver import Got, Receiver, receiving
from tests.alerts.running import environ_of, running, with_home
from tests.deploy.backup.databases import an_empty, destroy, rows
from tests.until import until

pytestmark = [pytest.mark.door, pytest.mark.timeout(240)]

#: Homes that cry before the backup, and after it; so many of the former are closed by a person before it.
BEFORE, AFTER, CLOSED = 12, 6, 3
#: Whose daughter's provider is out of order until the database is back: their calls wait in the outbox.
STUCK = 4
#: An alert, who is called for it, and what for.
Call = tuple[str, str, str]


async def test_after_the_database_was_lost_every_press_has_one_alert_and_every_call_its_one_key(
    embedded_postgres: EmbeddedPostgres, kafka: Kafka, tmp_path: Path
) -> None:
    told = cries(BEFORE + AFTER)
    async with receiving() as receiver:
        with an_empty(embedded_postgres) as lost, an_empty(embedded_postgres) as new:
            receiver.answer = _deaf_for({f"{one.home_id}" for one in told[CLOSED : CLOSED + STUCK]})
            await _begin(lost, receiver, len(told))
            async with running(tmp_path, environ_of(lost, kafka), "first"):
                await tell_all(kafka, told[:BEFORE])
                await until(lambda: _daughters(receiver) == BEFORE, within=60, what="everybody's first call")
                await _close(lost, told[:CLOSED])
                made = await asyncio.to_thread(partial(dump.make, lost.dsn, tmp_path / "shelf", jobs=2))
                await tell_all(kafka, told[BEFORE:])
                await until(lambda: _daughters(receiver) == BEFORE + AFTER, within=60, what="calls after the backup")
            before = _keys(receiver)
            destroy(embedded_postgres, lost)
            back = await asyncio.to_thread(partial(restore.restore, made.folder, new.dsn, jobs=2))
            assert not back.faults
            assert back.waiting_calls >= STUCK
            assert (back.open_alerts, len(rows(new, "select 1 from alert"))) == (BEFORE - CLOSED, BEFORE)
            receiver.answer = lambda _: 204
            await leases_end(new)
            async with running(tmp_path, environ_of(new, kafka), "second"):
                await until(partial(_all_called, new), within=90, what="all are called, also those after the backup")
            await _ledger_is_complete(new, told)
            _every_call_has_one_key(new, receiver, before)


async def test_an_access_log_that_somebody_changed_before_the_backup_is_found_at_its_return(
    embedded_postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    with an_empty(embedded_postgres) as old, an_empty(embedded_postgres) as new:
        await migrate(old)
        await _look(old, "h-0001", "h-0002", "h-0003")
        rows(old, "alter table access_log disable trigger all")
        rows(old, "update access_log set subject = 'h-0009' where subject = 'h-0002'")
        rows(old, "alter table access_log enable trigger all")
        made = await asyncio.to_thread(partial(dump.make, old.dsn, tmp_path / "shelf"))
        back = await asyncio.to_thread(partial(restore.restore, made.folder, new.dsn))
        assert [fault[:30] for fault in back.faults] == ["the access log does not follow"]


def _deaf_for(homes: set[str]) -> Callable[[Got], int | None]:
    def answer(got: Got) -> int:
        return 503 if got.path == "/daughter" and f"{got.json['home_id']}" in homes else 204

    return answer


async def _begin(postgres: Postgres, receiver: Receiver, homes: int) -> None:
    await migrate(postgres)
    await with_home(postgres, *homes_of(homes, receiver.url))
    await _look(postgres, "h-0001", "h-0002")


async def _look(postgres: Postgres, *subjects: str) -> None:
    async with pooled(postgres) as pool:
        access = Access(ConsoleStore(pool), Console())
        for subject in subjects:
            await access.looked("kim", subject, Look.ALERT_OPENED, at=clock.now())


async def _close(postgres: Postgres, told: Sequence[Finding]) -> None:
    homes = {one.home_id for one in told}
    async with pooled(postgres) as pool:
        store = AlertStore(pool)
        for alert in await store.open_alerts():
            if alert.home_id in homes:
                await store.apply(
                    Resolve(
                        alert_id=alert.alert_id,
                        operator="kim",
                        version=alert.version,
                        outcome=OutcomeCode.REASSURANCE,
                        resolved_by=ResolvedBy.OPERATOR,
                    )
                )


def _daughters(receiver: Receiver) -> int:
    return len({f"{got.json['alert_id']}" for got in receiver.got if got.path == "/daughter"})


def _keys(receiver: Receiver) -> dict[Call, set[str]]:
    """The idempotency keys under which each alert's call to each person, for one purpose, came."""
    keys: dict[Call, set[str]] = defaultdict(set)
    for got in receiver.got:
        keys[f"{got.json['alert_id']}", got.path, f"{got.json['purpose']}"].add(got.key)
    return keys


def _all_called(postgres: Postgres) -> bool:
    waiting = rows(postgres, "select 1 from notification where state = 'queued'")
    called = rows(postgres, "select 1 from alert where state <> 'resolved' and step >= 2")
    return not waiting and len(called) == BEFORE + AFTER - CLOSED


async def _ledger_is_complete(postgres: Postgres, told: Sequence[Finding]) -> None:
    alerts = rows(postgres, "select home_id, repeats from alert")
    assert Counter(home for home, _ in alerts) == Counter(one.home_id for one in told)
    assert {repeats for _, repeats in alerts} == {0}, "one cry was heard as two"
    calls = rows(postgres, "select alert_id, responder_id, step, purpose from notification")
    assert set(Counter(calls).values()) == {1}, "somebody was called twice for one step"
    steps = rows(postgres, "select alert_id, step from alert_log where change = 'escalated'")
    assert set(Counter(steps).values()) == {1}, "a step was taken twice"
    assert not await asyncio.to_thread(partial(_faults, postgres))


def _faults(postgres: Postgres) -> list[str]:
    return proof.faults(postgres.dsn)


def _every_call_has_one_key(postgres: Postgres, receiver: Receiver, before: dict[Call, set[str]]) -> None:
    keys = _keys(receiver)
    assert {len(each) for each in keys.values()} == {1}, "a call came under two keys: a person is called twice"
    assert all(keys[call] == each for call, each in before.items()), "what went out again came under another key"
    sent = {f"{key}" for (key,) in rows(postgres, "select notification_id from notification where state = 'delivered'")}
    assert sent <= {key for each in keys.values() for key in each}
