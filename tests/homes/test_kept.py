"""Homes that are kept beside the database, and are never older than it."""

import dataclasses
from collections.abc import AsyncIterator

import pytest

from contracts import HomeId
from homes import Home, Street
from homes.kept import Kept, KeptHomes
from homes.postgres import HomeStore
from runtime.postgres import pooled
from runtime.settings import Postgres
from tests.alerts.building import a_home


def test_whoever_was_not_asked_for_longest_makes_room() -> None:
    kept = KeptHomes(most=2)
    first, second, third = (HomeId(f"h-{number}") for number in range(3))
    kept.keep({home_id: Kept(mark="1", home=a_home(home_id)) for home_id in (first, second)})
    kept.keep(kept.of([first]))
    kept.keep({third: Kept(mark="1", home=a_home(third))})
    assert kept.of([first, second, third]).keys() == {first, third}


@pytest.fixture
async def stores(postgres: Postgres) -> AsyncIterator[tuple[HomeStore, HomeStore]]:
    async with pooled(postgres) as pool:
        yield HomeStore(pool), HomeStore(pool)


@pytest.mark.door
async def test_a_home_that_another_process_changed_is_read_anew_at_once(stores: tuple[HomeStore, HomeStore]) -> None:
    mine, theirs = stores
    home = a_home(HomeId("h-1"))
    await theirs.save(Street(homes=(home,)))
    before = await mine.load(home.home_id)
    assert before is not None
    assert await mine.load(home.home_id) is before
    await theirs.save(Street(homes=(dataclasses.replace(home, entry="the green door"),)))
    after = await mine.load(home.home_id)
    assert after is not None
    assert (after.entry, after.version) == ("the green door", before.version + 1)


@pytest.mark.door
async def test_whoever_is_called_for_a_kept_home_has_their_new_number(stores: tuple[HomeStore, HomeStore]) -> None:
    mine, theirs = stores
    home = a_home(HomeId("h-1"))
    await theirs.save(Street(homes=(home,)))
    await mine.load(home.home_id)
    moved = tuple(dataclasses.replace(one, phone="010-0000-0001") for one in home.responders)
    await theirs.save(Street(responders=moved, homes=()))
    found = await mine.load(home.home_id)
    assert found is not None
    assert [one.phone for one in found.responders] == ["010-0000-0001"] * len(moved)


@pytest.mark.door
async def test_a_home_that_does_not_exist_is_found_neither_at_first_nor_later(
    stores: tuple[HomeStore, HomeStore],
) -> None:
    mine, _ = stores
    known: Home = a_home(HomeId("h-1"))
    await mine.save(Street(homes=(known,)))
    for _ in range(2):
        assert (await mine.load_many([known.home_id, HomeId("h-2")])).keys() == {known.home_id}
