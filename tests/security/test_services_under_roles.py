"""Every service does its whole work under its own role of the database, which has no more rights than that takes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from alerts.postgres import AlertStore
from alerts.probe.press import HOME
from console.accounts.rows import Deed
from console.audit.postgres import AuditStore
from console.privacy.postgres import PrivacyStore
from contracts import HomeId
from deploy.roles.service import make
from homes.enrolment import codes
from homes.enrolment.keeping.postgres import KeeperStore
from homes.enrolment.model import REPLACED_AFTER, Claim
from homes.enrolment.postgres import EnrolmentStore, Exchanged
from homes.model import Home
from runtime import clock
from runtime.postgres import pooled
from runtime.settings import Postgres, Secret
from tests.console.privacy.test_an_erasure_reaches_everywhere import deed, written
from tests.console.running import with_street
from tests.journey.board import signed_in
from tests.journey.test_a_press_is_answered import an_operator_answers
from tests.journey.town import Town, town
from tests.security.canaries import SECRETS, Told, canary, environ
from tests.until import until

#: These lead to real servers here.
REAL = ("DOLBOM_POSTGRES_DSN", "DOLBOM_MQTT_PASSWORD")


@pytest.mark.journey
@pytest.mark.timeout(240)
async def test_a_press_goes_the_whole_way_and_is_answered_and_nobody_was_refused_anything() -> None:
    secrets = {name: value for name, value in environ().items() if name not in REAL}
    async with town(4, environ=secrets, roles=True) as here:
        probe = here.stack.service(
            "alerts",
            {
                "DOLBOM_ALERTS_SYNTHETIC_SECONDS": "1",
                "DOLBOM_POSTGRES_DSN": here.stack.addresses["prober"],
            },
            arguments=["probe"],
        )
        await answered_by_link(here, here.homes[0].home_id)
        await an_operator_answers(here)
        async with signed_in(here) as browser:
            for path in ("/", "/homes", f"/homes/{here.homes[0].home_id}", "/unprotected", "/follow-ups", "/search"):
                assert (await browser.get(path)).status_code == 200, path
        await until(lambda: a_press_was_called(here), within=60, what="a synthetic press becomes a call")
        await until(lambda: recorded(here), within=30, what="history has readings and alerts")
        told = what_was_told(here)
        probe.stop()
        told.hear("the prober's last words", probe.log_tail(1000))
        passwords = [str(urlsplit(address).password) for address in here.stack.addresses.values()]
        assert told.found([*map(canary, SECRETS), *passwords]) == {}
        people = [word for home in here.homes for word in words_of(home)]
        log = here.stack.logs / "postgres.log"
        assert refused_in(log) == []
        assert {where: held for where, held in told.found(people).items() if not where.startswith("table")} == {}
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            psycopg.connect(here.stack.addresses["alerts"]).execute("delete from alert_log")
        await until(lambda: refused_in(log), within=10, what="the server's log tells of what was refused")


def refused_in(log: Path) -> list[str]:
    return [line for line in log.read_text().splitlines() if "permission denied" in line]


def what_was_told(here: Town) -> Told:
    """Gather what the services told in logs, figures, command lines and rows, and the servers' logs."""
    told = Told()
    for name, running in here.running.items():
        told.process(name, running.pid)
        told.hear(f"{name}: metrics", running.metrics())
    for log in here.stack.logs.glob("*.log"):
        told.hear(f"log {log.name}", log.read_text())
    told.rows(here.settings.postgres)
    assert {"log console.log", "table alert_log", "console: metrics"} <= told.places.keys()
    return told


def words_of(home: Home) -> list[str]:
    """Name what tells who lives there and who comes: names, numbers, the address."""
    people = [word for one in home.responders for word in (one.name, one.phone)]
    return [word for word in (home.resident.name, home.resident.phone, home.address, *people) if len(word) > 2]


async def answered_by_link(here: Town, home: HomeId) -> None:
    here.press(home)
    await until(lambda: here.pushes_for(home), within=30, what="a push to the family")
    link = str(here.pushes_for(home)[0].body["link"])
    async with httpx.AsyncClient(timeout=10) as telephone:
        assert (await telephone.get(link)).status_code == 200
        assert (await telephone.post(f"{link}/accept", follow_redirects=True)).status_code == 200
    assert await here.state_of(home) == "acknowledged"


async def a_press_was_called(here: Town) -> bool:
    async with pooled(here.settings.postgres) as pool:
        closed = [one for one in await AlertStore(pool).of_home(HOME) if one.outcome]
    return bool(closed)


async def recorded(here: Town) -> bool:
    asked = "select exists (select from reading) and exists (select from history_alert)"
    return await here.ask(asked) == [(True,)]


@pytest.mark.door
async def test_the_console_lets_go_and_erases_as_retention_and_the_chain_holds(
    any_postgres: Postgres, tmp_path: Path
) -> None:
    async with pooled(any_postgres) as pool:
        await written(pool)
    addresses = make_in_a_thread(any_postgres, tmp_path)
    now = clock.now()
    async with pooled(Postgres(dsn=addresses["dolbom_console"])) as pool:
        store = PrivacyStore(pool)
        await store.erase("h-0001", deed())
        counted = await store.over(now + timedelta(days=1200))
        assert await store.apply(Deed(by="tests", at=now + timedelta(days=1200))) == counted
        verdict = await AuditStore(pool).verify(now)
        assert verdict.broken is None and verdict.lines
        async with pool.connection() as connection:
            row = await (await connection.execute("select current_user")).fetchone()
        assert row == ("dolbom_console",), "retention lasts for its transaction"


@pytest.mark.door
async def test_a_gateway_is_enrolled_by_a_console_and_a_keeper_with_rights_of_their_own(
    any_postgres: Postgres, tmp_path: Path
) -> None:
    await with_street(any_postgres)
    addresses = make_in_a_thread(any_postgres, tmp_path)
    home, now = HomeId("h-0001"), clock.now()
    code = codes.code_of(bytes([7] * codes.ENTROPY_BYTES))
    async with (
        pooled(Postgres(dsn=addresses["dolbom_console"])) as ours,
        pooled(Postgres(dsn=addresses["dolbom_keeper"])) as theirs,
    ):
        console, keeper = EnrolmentStore(ours), KeeperStore(theirs)
        await keeper.tell_authority("c", now)
        assert isinstance(await console.claim(home, code=code, account="tests", now=now), Claim)
        done = await console.exchange(code, request=b"r", password_hash=None, source="tests", now=now)
        assert isinstance(done, Exchanged)
        assert [each.home_id for each in await keeper.waiting()] == [home]
        until_at = now + timedelta(days=9)
        await keeper.issue(done.credential_id, serial="1a", certificate="c", now=now, until=until_at)
        await console.confirm(done.credential_id, now)
        await keeper.end_outdated(now + REPLACED_AFTER)
        await keeper.cut([each.credential_id for each in await keeper.uncut()], now)
        assert await keeper.mark() is not None and await keeper.standing(now)


def make_in_a_thread(owner: Postgres, folder: Path) -> dict[str, Secret]:
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(make, owner, folder / "addresses").result()
