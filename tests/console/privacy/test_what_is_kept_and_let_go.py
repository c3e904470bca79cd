from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from alerts.events import Found, Note
from alerts.postgres import AlertStore
from console.accounts.rows import Deed
from console.audit.postgres import AuditStore
from console.chain import Circumstances, Look
from console.postgres import ConsoleStore
from console.privacy.consent import LONGEST_PAUSE, Consent, Kind, missing, pause_of
from console.privacy.postgres import PrivacyStore, UnknownHome
from console.privacy.retention import RULES, Kept
from console.privacy.statements import PARTS
from contracts import HoldKind, HomeId, ResponderId
from homes.model import Responder, ResponderKind, Street
from homes.postgres import HomeStore
from runtime import clock
from runtime.postgres import pooled
from runtime.settings import Postgres
from tests.console.building import NOON, STREET, a_finding, a_home

DAY = timedelta(days=1)


def test_every_class_of_data_has_one_rule_and_a_way_to_go() -> None:
    assert sorted(rule.kept for rule in RULES) == sorted(Kept)
    assert set(PARTS) == set(Kept) - {Kept.ACCESS_LOG}
    assert all(rule.why.ko and rule.why.en and rule.ends(NOON) < NOON for rule in RULES)
    assert next(rule for rule in RULES if rule.kept is Kept.ACCESS_LOG).lasts >= timedelta(days=730)


def test_a_pause_ends_by_itself_and_is_not_longer_than_two_weeks() -> None:
    pause = pause_of(48, NOON)
    assert pause is not None and (pause.kind, pause.until_at) == (HoldKind.AWAY, NOON + 2 * DAY)
    assert pause_of(0, NOON) is None and pause_of(-1, NOON) is None
    assert pause_of(LONGEST_PAUSE.total_seconds() / 3600 + 0.1, NOON) is None


def test_a_consent_that_is_over_is_missing() -> None:
    one = Consent(
        consent_id=1,
        kind=Kind.CARE,
        given_at=NOON - DAY,
        given_by="본인",
        until_at=NOON,
        written_by="김지현",
        ended_at=None,
        ended_by=None,
    )
    assert Kind.CARE in missing([one], NOON)
    assert Kind.CARE not in missing([replace(one, until_at=None)], NOON)
    assert Kind.CARE in missing([replace(one, until_at=None, ended_at=NOON)], NOON)


@pytest.mark.door
async def test_what_is_counted_is_what_is_let_go_and_a_day_passes_between_turns(postgres: Postgres) -> None:
    now = clock.now()
    async with pooled(postgres) as pool:
        async with pool.connection() as connection:
            for age in (1, 400):
                await connection.execute(
                    "insert into synthetic_press (pressed_at) values (%(at)s)", {"at": now - age * DAY}
                )
                await connection.execute(
                    "insert into presence (operator, console, seen_at) values ('a', %(console)s, %(at)s)",
                    {"console": f"{age}", "at": now - age * DAY},
                )
        store, deed = PrivacyStore(pool), Deed(by="tests", at=now)
        counted = await store.over(now)
        assert counted[Kept.SYNTHETIC_PRESSES] == counted[Kept.PRESENCE] == 1
        assert await store.apply(deed) == counted
        assert await store.apply(replace(deed, at=now + timedelta(hours=1)), only_daily=True) is None
        again = await store.apply(replace(deed, at=now + timedelta(hours=25)), only_daily=True)
        assert again is not None and not again[Kept.PRESENCE]


@pytest.mark.door
async def test_old_lines_of_the_access_log_go_from_its_beginning_and_the_chain_holds(postgres: Postgres) -> None:
    now = clock.now()
    async with pooled(postgres) as pool:
        log, audit, store = ConsoleStore(pool), AuditStore(pool), PrivacyStore(pool)
        for age in (900, 800, 731, 3, 1):
            await log.log_look(at=now - age * DAY, account="a", subject="h-0001", what=Look.ALERT_OPENED)
        assert (await store.over(now))[Kept.ACCESS_LOG] == 3
        await store.apply(Deed(by="tests", at=now))
        verdict = await audit.verify(now)
        # What was let go is itself a line.
        assert verdict.broken is None and verdict.lines == 3
        async with pool.connection() as connection:
            with pytest.raises(psycopg.Error, match="only grows"):
                await connection.execute("delete from access_log")
        await store.apply(Deed(by="tests", at=now + 5000 * DAY))
        await log.log_look(at=now, account="a", subject="h-0001", what=Look.ALERT_OPENED)
        assert (await audit.verify(now)).broken is None


@pytest.mark.door
async def test_an_erased_resident_leaves_figures_and_no_person(postgres: Postgres) -> None:
    son = Responder(responder_id=ResponderId("son"), name="최아들", kind=ResponderKind.FAMILY, phone="010-0000-7777")
    home = replace(a_home("h-0001", "최말순", 1947), responders=(son, *STREET[0].responders))
    async with pooled(postgres) as pool:
        await HomeStore(pool).save(Street(homes=(home, STREET[1])))
        alerts, store = AlertStore(pool), PrivacyStore(pool)
        alert = (await alerts.apply(Found(finding=a_finding("h-0001")))).alert
        assert alert is not None
        await alerts.apply(Note(alert_id=alert.alert_id, operator="김지현", text="최말순 님 아들과 통화"))
        deed = Deed(by="김지현", at=clock.now(), said=Circumstances(reason="해지"))
        assert await store.give("h-0001", Kind.CARE, deed, given_by="최말순", until=None)
        assert not await store.give("h-0001", Kind.CARE, deed, given_by="최말순", until=None)
        counts = await store.erase("h-0001", deed)
        assert counts["resident"] == counts["notes"] == counts["relatives"] == 1
        left = await HomeStore(pool).load(HomeId("h-0001"))
        assert left is not None and not left.watched and not left.responders and not left.address
        assert (left.resident.name, left.resident.birth_year, left.resident.phone) == ("—", 1940, "")
        whole = f"{await HomeStore(pool).export()!r} {await alerts.timeline(alert.alert_id)!r}"
        assert "최말순" not in whole and await alerts.alert(alert.alert_id) is not None
        async with pool.connection() as connection:
            cursor = await connection.execute(
                "select name, phone, contacts::text from responder where responder_id in ('son', 'daughter') order by 1"
            )
            kept = await cursor.fetchall()
        # The daughter is called for another home, too.
        assert ("—", "", "[]") in kept and any(row[0] == "이정민" for row in kept)
        assert [one.given_by for one in await store.consents("h-0001")] == [""]
        assert (await store.erased("h-0001")) is not None and (await store.erased("h-0002")) is None
        with pytest.raises(UnknownHome):
            await store.erase("nowhere", deed)
        async with pool.connection() as connection:
            with pytest.raises(psycopg.Error, match="append-only"):
                await connection.execute("update alert_log set text = ''")
