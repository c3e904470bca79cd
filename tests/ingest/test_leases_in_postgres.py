"""The bridges' leases in the database, by a clock that is turned."""

from datetime import datetime, timedelta

import pytest

from contracts.topics import PARTITIONS
from ingest.bridge.postgres import LeaseStore
from ingest.leases import LEASE_SECONDS
from runtime.postgres import pooled
from runtime.settings import Postgres
from tests.alerts.timeline.moved import moved_time

pytestmark = pytest.mark.door

NOON = datetime.fromisoformat("2026-11-24T12:00:00+09:00")
EVERY = frozenset(range(PARTITIONS))


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(minutes=10)])
async def test_what_a_dead_bridge_held_is_taken_within_its_lease_whatever_clock_it_was_taken_by(
    postgres: Postgres, ahead: timedelta
) -> None:
    time = moved_time(postgres, NOON + ahead)
    async with pooled(postgres) as pool:
        dead, living = LeaseStore(pool, "dead"), LeaseStore(pool, "living")
        await dead.begin()
        assert (await dead.turn(able=True)).take == EVERY
        time.stand_at(NOON)
        await living.begin()
        assert not (await living.turn(able=True)).take, "it may live yet"
        time.stand_at(NOON + timedelta(seconds=LEASE_SECONDS + 1))
        assert (await living.turn(able=True)).take == EVERY


async def test_a_bridge_that_lives_keeps_what_it_holds_when_the_clock_goes_back(postgres: Postgres) -> None:
    time = moved_time(postgres, NOON)
    async with pooled(postgres) as pool:
        one, other = LeaseStore(pool, "one"), LeaseStore(pool, "other")
        await one.begin()
        await one.turn(able=True)
        time.stand_at(NOON - timedelta(minutes=10))
        await other.begin()
        assert not (await other.turn(able=True)).take
        assert (await one.turn(able=True)).keep
