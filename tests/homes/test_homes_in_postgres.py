"""Homes as PostgreSQL keeps them and tells of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from contracts import Hold, HoldKind, HomeId
from homes import Home, Street, watched_home
from homes.model import Hours, Override, Roster, Rotation
from homes.postgres import BadHold, HomeStore, UnknownHome, changes
from homes.street import dump, parse
from runtime import clock
from runtime.postgres import pooled
from runtime.settings import Postgres

pytestmark = pytest.mark.door

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "street.yaml"


def the_example() -> Street:
    street = parse(EXAMPLE.read_text())
    assert isinstance(street, Street), street
    return replace(street, homes=tuple(replace(home, holds=()) for home in street.homes))


def with_home(street: Street, home: Home) -> Street:
    return replace(street, homes=tuple(home if home.home_id == each.home_id else each for each in street.homes))


@pytest.fixture
async def store(any_postgres: Postgres) -> AsyncIterator[HomeStore]:
    async with pooled(any_postgres) as pool:
        yield HomeStore(pool)


async def test_an_import_and_an_export_are_the_same_street(store: HomeStore) -> None:
    street = the_example()
    report = await store.save(street)
    assert report.added == ("h-0001", "h-0002", "h-0003")
    exported = await store.export()
    assert exported.homes == street.homes
    assert set(exported.responders) == set(street.responders)
    assert parse(dump(exported)) == exported


async def test_an_import_done_twice_changes_nothing(store: HomeStore) -> None:
    await store.save(the_example())
    before = await store.load(HomeId("h-0001"))
    report = await store.save(the_example())
    assert report.unchanged == ("h-0001", "h-0002", "h-0003") and not report.changed
    assert await store.load(HomeId("h-0001")) == before
    assert before and before.version == 1


async def test_only_the_home_that_changed_gets_a_new_version(store: HomeStore) -> None:
    street = the_example()
    await store.save(street)
    home = replace(street.homes[0], sensors=street.homes[0].sensors[1:])
    report = await store.save(with_home(street, home))
    assert report.changed == ("h-0001",)
    versions = {watched.home_id: watched.version for watched in await store.all_watched()}
    assert versions == {"h-0001": 2, "h-0002": 1, "h-0003": 1}
    assert await store.load(HomeId("h-0001")) == replace(home, version=2)


async def test_a_responders_new_number_changes_every_home_that_calls_them(store: HomeStore) -> None:
    street = the_example()
    await store.save(street)
    team = replace(street.responders[0], phone="010-9999-0000")
    report = await store.save(Street(responders=(team,)))
    assert report.changed == ("h-0001", "h-0002", "h-0003")
    loaded = await store.load(HomeId("h-0002"))
    assert loaded and team in loaded.responders and loaded.version == 2


async def test_what_is_true_of_a_responder_for_one_home_stays_with_that_home(store: HomeStore) -> None:
    street = the_example()
    before = street.homes[0].responders
    night = (Hours(from_minute=1320, until_minute=360),)
    here = (replace(before[1], consented=False, has_key=False, hours=night), *before[2:])
    await store.save(with_home(street, replace(street.homes[0], responders=here)))
    found = await store.load_many([HomeId("h-0001"), HomeId("h-0002")])
    assert found[HomeId("h-0001")].responders == here
    assert before[1] in found[HomeId("h-0002")].responders
    exported = await store.export()
    assert before[1] in exported.responders and parse(dump(exported)) == exported


async def test_what_changes_with_a_responder_changes_where_no_home_says_otherwise(store: HomeStore) -> None:
    street = the_example()
    await store.save(street)
    team = replace(street.responders[0], has_key=False, hours=(Hours(until_minute=60),))
    await store.save(Street(responders=(team,)))
    loaded = await store.load(HomeId("h-0002"))
    assert loaded and team in loaded.responders


async def test_rosters_are_kept_and_tell_who_is_on_duty(any_postgres: Postgres) -> None:
    street = the_example()
    team, daughter = street.responders[0], street.responders[1]
    turns = Rotation(responders=(team.responder_id, daughter.responder_id), from_day=date(2026, 11, 1), days=1)
    away = Override(from_at=clock.now(), until_at=clock.now() + timedelta(days=1), responders=(daughter.responder_id,))
    roster = Roster(roster_id="night", name="야간", rotations=(turns,), overrides=(away,))
    async with pooled(any_postgres) as pool:
        await HomeStore(pool).save(replace(street, rosters=(roster,)))
        store = HomeStore(pool)
        assert (await store.export()).rosters == (roster,)
        assert await store.on_duty(away.from_at) == {"night": (daughter,)}
        seoul_noon = datetime(2026, 11, 2, 3, tzinfo=UTC)
        assert await store.on_duty(seoul_noon) == {"night": (daughter,)}
        assert await store.on_duty(seoul_noon + timedelta(days=1)) == {"night": (team,)}
        assert await store.responders([team.responder_id]) == {team.responder_id: team}


async def test_a_database_without_rosters_has_nobody_on_duty(store: HomeStore) -> None:
    assert await store.on_duty(clock.now()) == {}


async def test_a_home_that_is_not_in_the_file_is_left_alone(store: HomeStore) -> None:
    street = the_example()
    await store.save(street)
    report = await store.save(replace(street, homes=street.homes[:1]))
    assert report.left_alone == ("h-0002", "h-0003")
    assert await store.load(HomeId("h-0003")) is not None


async def test_what_is_watched_is_what_detectors_may_know(store: HomeStore) -> None:
    await store.save(the_example())
    home = await store.load(HomeId("h-0003"))
    assert home and await store.watched(HomeId("h-0003")) == watched_home(home)
    assert await store.watched(HomeId("h-9999")) is None
    assert await store.load_many([]) == {}


async def test_a_hold_is_kept_by_the_next_import(store: HomeStore) -> None:
    street = the_example()
    await store.save(street)
    hold = Hold(kind=HoldKind.AWAY, from_at=clock.now(), until_at=clock.now() + timedelta(hours=24))
    await store.add_hold(HomeId("h-0001"), hold)
    report = await store.save(street)
    home = await store.load(HomeId("h-0001"))
    assert not report.changed and home and home.holds == (hold,) and home.version == 2


async def test_a_hold_has_an_end_within_two_weeks_and_a_home(store: HomeStore) -> None:
    await store.save(the_example())
    now = clock.now()
    with pytest.raises(BadHold):
        until = now + timedelta(days=15)
        await store.add_hold(HomeId("h-0001"), Hold(kind=HoldKind.AWAY, from_at=now, until_at=until))
    with pytest.raises(BadHold):
        await store.add_hold(HomeId("h-0001"), Hold(kind=HoldKind.AWAY, from_at=now, until_at=now))
    with pytest.raises(UnknownHome):
        until = now + timedelta(days=1)
        await store.add_hold(HomeId("h-9999"), Hold(kind=HoldKind.AWAY, from_at=now, until_at=until))


async def test_a_hold_that_ended_is_forgotten_and_not_imported_again(store: HomeStore) -> None:
    street = the_example()
    ended = Hold(
        kind=HoldKind.HOSPITAL, from_at=clock.now() - timedelta(days=9), until_at=clock.now() - timedelta(days=2)
    )
    await store.save(street)
    report = await store.save(with_home(street, replace(street.homes[0], holds=(ended,))))
    assert not report.changed


async def test_a_change_reaches_a_listener(store: HomeStore, any_postgres: Postgres) -> None:
    street = the_example()
    await store.save(street)
    async with aclosing(changes(any_postgres)) as heard:
        assert await anext(heard) is None
        await store.save(with_home(street, replace(street.homes[1], watched=False)))
        assert await anext(heard) == "h-0002"


async def test_a_listener_that_lost_its_line_is_told_to_load_everything(
    store: HomeStore, any_postgres: Postgres
) -> None:
    async with aclosing(changes(any_postgres)) as heard:
        assert await anext(heard) is None
        async with await psycopg.AsyncConnection.connect(any_postgres.dsn.reveal(), autocommit=True) as other:
            await other.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        assert await anext(heard) is None


async def test_a_change_whose_writer_died_before_telling_is_noticed(store: HomeStore, any_postgres: Postgres) -> None:
    await store.save(the_example())
    async with aclosing(changes(any_postgres)) as heard:
        assert await anext(heard) is None
        async with await psycopg.AsyncConnection.connect(any_postgres.dsn.reveal(), autocommit=True) as other:
            await other.execute("update home set version = version + 1 where home_id = 'h-0001'")
        async with asyncio.timeout(15):
            assert await anext(heard) is None


async def test_a_great_import_is_told_as_load_everything(store: HomeStore, any_postgres: Postgres) -> None:
    street = the_example()
    many = tuple(replace(street.homes[0], home_id=HomeId(f"g-{number:04}")) for number in range(100))
    async with aclosing(changes(any_postgres)) as heard:
        assert await anext(heard) is None
        await store.save(replace(street, homes=many))
        assert await anext(heard) is None
