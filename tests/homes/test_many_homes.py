"""A city's homes imported at once: the database knows at once how many there are."""

import pytest

from bench.samples import street_of
from homes.changes import AT_ONCE
from homes.postgres import HomeStore
from runtime.postgres import pooled
from runtime.settings import Postgres

pytestmark = pytest.mark.door

_COUNTED = "select relname::text, reltuples::integer from pg_class where relname in ('home', 'responder', 'sensor')"


async def test_after_an_import_of_many_homes_none_is_found_by_reading_all(any_postgres: Postgres) -> None:
    street = street_of(150, webhook="http://127.0.0.1:9/")
    async with pooled(any_postgres) as pool:
        await HomeStore(pool).save(street)
        async with pool.connection() as connection:
            rows = await (await connection.execute(_COUNTED)).fetchall()
    counted = {f"{table}": many for table, many in rows}
    assert counted["home"] == 150
    assert counted["responder"] == len(street.responders)
    assert counted["sensor"] == sum(len(home.sensors) for home in street.homes)


async def test_a_city_of_more_homes_than_one_value_holds_is_imported_whole(postgres: Postgres) -> None:
    street = street_of(AT_ONCE + 50, webhook="http://127.0.0.1:9/")
    async with pooled(postgres) as pool:
        report = await HomeStore(pool).save(street)
        watched = await HomeStore(pool).all_watched()
    assert len(report.added) == len(watched) == AT_ONCE + 50
    assert all(home.sensors for home in watched)
