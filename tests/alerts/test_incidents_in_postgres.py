"""Incidents on real servers: twelve homes of a dong are one case, and a press in one of them is its own at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from prometheus_client import REGISTRY
from psycopg.rows import dict_row

from alerts import metrics
from alerts.events import Found
from alerts.incidents.model import Cause, Incident
from alerts.incidents.postgres import IncidentStore
from alerts.incidents.service import Lookout
from alerts.incidents.survey import Survey
from alerts.model import Alert
from alerts.postgres import AlertStore
from contracts import NEVER_HEARD, AlertState, Finding, Hazard, HomeId, Phase, Severity
from homes.model import District, Home, ResponderKind
from runtime import clock
from runtime.postgres import Pool, pooled
from runtime.settings import Postgres
from tests.alerts.building import BOSS, DAUGHTER, NOON, a_finding, a_home, a_responder
from tests.alerts.running import with_home

pytestmark = pytest.mark.door

OTHER_BOSS = a_responder("other-boss", ResponderKind.SUPERVISOR, "http://127.0.0.1:9/other-boss")


def a_street() -> list[Home]:
    """Twelve homes of one dong and eighteen of three others, with one supervisor for each half."""
    homes = []
    for number in range(30):
        dong = "d-1" if number < 12 else f"d-{2 + number % 3}"
        homes.append(
            replace(
                a_home(HomeId(f"h-{number:04d}"), responders=(DAUGHTER, BOSS if number % 2 else OTHER_BOSS)),
                district=District(district_id=dong, city="서울특별시", gu="새빛구", dong=f"{dong}동"),
                vulnerability=number % 4,
            )
        )
    return homes


STREET = a_street()
DONG = [home.home_id for home in STREET if home.district.district_id == "d-1"]


def silent(home: HomeId, *, after: int = 0, phase: Phase = Phase.BEGAN) -> Finding:
    since = NOON + timedelta(seconds=after)
    told_at = since + timedelta(minutes=3 if phase is Phase.BEGAN else 9)
    return a_finding("gateway_silent", Hazard.GATEWAY, Severity.DEVICE, phase, home=home, since=since, told_at=told_at)


async def cut(store: AlertStore, homes: Sequence[HomeId], *, phase: Phase = Phase.BEGAN) -> list[Alert]:
    done = [await store.apply(Found(finding=silent(home, after=DONG.index(home), phase=phase))) for home in homes]
    return [one.alert for one in done if one.alert]


async def calls(pool: Pool) -> list[dict[str, object]]:
    async with pool.connection() as connection:
        cursor = connection.cursor(row_factory=dict_row)
        await cursor.execute("select responder_id, purpose, home_id, severity, state from notification")
        return await cursor.fetchall()


async def the_only(pool: Pool) -> Incident:
    (incident,) = await IncidentStore(pool).open()
    return incident


async def test_twelve_homes_of_a_dong_are_one_incident_with_one_call_to_each_supervisor(any_postgres: Postgres) -> None:
    await with_home(any_postgres, *STREET)
    async with pooled(any_postgres) as pool:
        store, lookout = AlertStore(pool), Lookout(pool)
        await cut(store, DONG[:4])
        assert not await lookout.turn()
        assert not await IncidentStore(pool).open()
        await cut(store, DONG[4:8])
        assert await lookout.turn()
        first = await the_only(pool)
        await cut(store, DONG[8:])
        await lookout.turn()
        grown = await the_only(pool)
        assert (grown.incident_id, grown.cause, grown.key) == (first.incident_id, Cause.DISTRICT, "d-1")
        assert list(grown.homes) == DONG and grown.version == first.version + 1
        told = await calls(pool)
        assert sorted((one["responder_id"], one["purpose"]) for one in told) == [
            ("boss", "incident"),
            ("other-boss", "incident"),
        ]
        # Nothing new is written while nothing changes.
        assert not await lookout.turn() and (await the_only(pool)).version == grown.version
        await metrics.measure(pool)
        assert REGISTRY.get_sample_value("dolbom_alerts_incidents_open", {"cause": "district"}) == 1


async def test_a_dong_of_homes_that_were_never_heard_is_not_protected_and_no_outage(any_postgres: Postgres) -> None:
    await with_home(any_postgres, *STREET)
    async with pooled(any_postgres) as pool:
        store, lookout = AlertStore(pool), Lookout(pool)
        for home in DONG:
            values: dict[str, float | str] = {NEVER_HEARD: 1.0}
            found = a_finding("not_protected", Hazard.PROTECTION, Severity.NOTICE, home=home, values=values)
            await store.apply(Found(finding=found))
        assert not await lookout.turn()
        assert not await IncidentStore(pool).open()
        assert {alert.home_id for alert in await store.not_protected()} == set(DONG)


async def test_a_press_during_an_incident_is_an_emergency_of_its_own_and_calls_at_once(any_postgres: Postgres) -> None:
    await with_home(any_postgres, *STREET)
    async with pooled(any_postgres) as pool:
        store, lookout = AlertStore(pool), Lookout(pool)
        await cut(store, DONG)
        await lookout.turn()
        pressed = (await store.apply(Found(finding=a_finding(home=DONG[3])))).alert
        assert pressed and pressed.severity is Severity.EMERGENCY and pressed.rings
        await lookout.turn()
        (first, *_) = await store.open_alerts()
        assert first.alert_id == pressed.alert_id
        assert ("daughter", "help", DONG[3], "emergency") in {
            (one["responder_id"], one["purpose"], one["home_id"], one["severity"]) for one in await calls(pool)
        }
        assert list((await the_only(pool)).homes) == DONG


async def test_homes_that_are_heard_again_leave_and_the_rest_are_themselves_when_it_is_over(
    any_postgres: Postgres,
) -> None:
    await with_home(any_postgres, *STREET)
    async with pooled(any_postgres) as pool:
        store, lookout = AlertStore(pool), Lookout(pool)
        await cut(store, DONG)
        await lookout.turn()
        known = await the_only(pool)
        back = await cut(store, DONG[:10], phase=Phase.ENDED)
        assert {alert.state for alert in back} == {AlertState.RESOLVED}
        await lookout.turn()
        low = await the_only(pool)
        assert low.incident_id == known.incident_id and list(low.homes) == DONG[10:] and low.low_since
        async with pool.connection() as connection:
            await connection.execute("update incident set low_since = low_since - interval '5 minutes'")
        await lookout.turn()
        assert not await IncidentStore(pool).open()
        assert {alert.home_id for alert in await store.open_alerts()} == set(DONG[10:])
        over = await IncidentStore(pool).one(known.incident_id)
        assert over and over.over_at and not over.homes
        await metrics.measure(pool)
        assert REGISTRY.get_sample_value("dolbom_alerts_incidents_open", {"cause": "district"}) == 0


async def test_of_two_workers_that_look_at_once_one_writes(any_postgres: Postgres) -> None:
    await with_home(any_postgres, *STREET)
    async with pooled(any_postgres) as pool:
        await cut(AlertStore(pool), DONG)
        first, second = Lookout(pool), Lookout(pool)
        assert [await first.turn(), await second.turn()] == [True, False]
        assert len(await calls(pool)) == 2
        known = await the_only(pool)
        assert not await IncidentStore(pool).apply([], Survey(opened=(known,)), [])


async def test_the_database_lets_a_cause_be_open_once_and_a_home_be_in_one(any_postgres: Postgres) -> None:
    await with_home(any_postgres, *STREET)
    async with pooled(any_postgres) as pool, pool.connection() as connection:
        put = (
            "insert into incident (incident_id, cause, key, version, opened_at, began_at)"
            " values (%s, 'district', %s, 1, now(), now())"
        )
        await connection.execute(put, ["i-1", "d-1"])
        with pytest.raises(psycopg.errors.UniqueViolation):
            await connection.execute(put, ["i-2", "d-1"])
        await connection.execute(put, ["i-3", "d-2"])
        join = "insert into incident_home (incident_id, home_id, losses) values (%s, 'h-0001', array[now()])"
        await connection.execute(join, ["i-1"])
        with pytest.raises(psycopg.errors.UniqueViolation):
            await connection.execute(join, ["i-3"])


async def test_what_is_written_of_an_incident_is_what_is_read(any_postgres: Postgres) -> None:
    await with_home(any_postgres, *STREET)
    async with pooled(any_postgres) as pool:
        await cut(AlertStore(pool), DONG)
        lookout = Lookout(pool)
        await lookout.turn()
        known = (await IncidentStore(pool).standing(lookout.places)).known
        assert [loss.home_id for loss in known[0].losses] == DONG
        assert known[0].opened_at <= clock.now() and known[0].began_at == NOON
