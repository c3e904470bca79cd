"""What gateways declared outlives the bridge that heard it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import pytest

from contracts import HomeId, partition_of
from contracts.topics import PARTITIONS
from homes.model import Street
from homes.postgres import HomeStore
from ingest.declarations import Declaration, Declared, declared_with
from ingest.postgres import DeclarationStore, Words
from runtime.postgres import Pool, pooled
from runtime.settings import Postgres
from tests.ingest.messages import NOON
from tests.ingest.street import a_home
from tests.until import until

pytestmark = pytest.mark.door

HOME, OTHER = HomeId("h-0001"), HomeId("h-0002")
PARTITION = partition_of(HOME, partitions=PARTITIONS)


def a_word(name: str = "topic a", meaning: bytes = b"[]", *, volatile: bool = False) -> Declaration:
    return Declaration(dialect="homeassistant", name=name, meaning=meaning, volatile=volatile)


def held(*words: Declaration) -> Declared:
    return declared_with({}, words)


@pytest.fixture
async def pool(any_postgres: Postgres) -> AsyncIterator[Pool]:
    async with pooled(any_postgres) as pool:
        await HomeStore(pool).save(Street(homes=(a_home(HOME), a_home(OTHER))))
        yield pool


async def test_a_declaration_is_kept_changed_and_taken_back(pool: Pool) -> None:
    store = DeclarationStore(pool)
    await store.put(HOME, a_word(meaning=b"1"), NOON)
    await store.put(HOME, a_word(meaning=b"\x00\xff"), NOON + timedelta(seconds=1))
    await store.put(OTHER, a_word("topic b"), NOON)
    assert await store.load_all() == {HOME: held(a_word(meaning=b"\x00\xff")), OTHER: held(a_word("topic b"))}
    assert await store.load([OTHER]) == {OTHER: held(a_word("topic b"))}
    await store.put(HOME, a_word(meaning=b""), NOON + timedelta(seconds=2))
    assert await store.load_all() == {OTHER: held(a_word("topic b"))}


async def test_an_older_word_never_covers_a_newer_one(pool: Pool) -> None:
    store = DeclarationStore(pool)
    await store.put(HOME, a_word(meaning=b"new"), NOON)
    await store.put(HOME, a_word(meaning=b"old"), NOON - timedelta(seconds=1))
    await store.put(HOME, a_word(meaning=b""), NOON - timedelta(seconds=1))
    assert await store.load_all() == {HOME: held(a_word(meaning=b"new"))}


async def test_of_the_moment_and_of_strangers_nothing_is_kept(pool: Pool) -> None:
    store = DeclarationStore(pool)
    await store.put(HOME, a_word(volatile=True), NOON)
    await store.put(HomeId("h-gone"), a_word(), NOON)
    assert await store.load_all() == {}


async def test_a_home_that_is_deleted_takes_its_words_along(pool: Pool) -> None:
    store = DeclarationStore(pool)
    await store.put(HOME, a_word(), NOON)
    async with pool.connection() as connection:
        await connection.execute("delete from home where home_id = %s", [HOME])
    assert await store.load_all() == {}


class Bridge:
    """The part of a bridge that remembers. Mutable: it lives for one test."""

    def __init__(self, pool: Pool) -> None:
        self.opened: list[int] = []
        self.words = Words(DeclarationStore(pool), self.opened.append)
        self._keeping = asyncio.create_task(self.words.keep())

    async def enters(self, partition: int = PARTITION) -> None:
        self.words.enter(partition)
        await until(lambda: self.words.knows(partition), what="the words of the partition")

    async def dies(self) -> None:
        self._keeping.cancel()
        with suppress(asyncio.CancelledError):
            await self._keeping


async def test_a_bridge_that_takes_over_knows_what_the_other_heard(pool: Pool) -> None:
    first = Bridge(pool)
    await first.enters()
    first.words.learn(HOME, (a_word(), a_word("asked", volatile=True)), NOON)
    assert first.words.declared[HOME] == held(a_word(), a_word("asked", volatile=True)), "known before it is written"

    async def written() -> bool:
        return bool(await DeclarationStore(pool).load_all())

    await until(written, what="the declaration in the database")
    await first.dies()
    second = Bridge(pool)
    await second.enters()
    assert second.opened == [PARTITION] and second.words.declared == {HOME: held(a_word())}
    await second.dies()


async def test_a_bridge_that_leaves_in_good_order_has_everything_written(pool: Pool) -> None:
    bridge = Bridge(pool)
    await bridge.enters()
    await bridge.dies()
    bridge.words.learn(HOME, tuple(a_word(f"topic {n}") for n in range(1_200)), NOON)
    await bridge.words.written()
    bridge.words.leave(PARTITION)
    assert not bridge.words.declared and not bridge.words.knows(PARTITION)
    assert len((await DeclarationStore(pool).load_all())[HOME]) == 1_200


async def test_what_is_not_written_yet_is_newer_than_what_is_read(pool: Pool) -> None:
    await DeclarationStore(pool).put(HOME, a_word(meaning=b"old"), NOON)
    bridge = Bridge(pool)
    bridge.words.learn(HOME, (a_word(meaning=b"new"),), NOON)
    await bridge.enters()
    assert bridge.words.declared[HOME] == held(a_word(meaning=b"new"))
    await bridge.dies()


async def test_of_another_partition_nothing_is_read_and_nothing_forgotten(pool: Pool) -> None:
    elsewhere = next(each for each in range(PARTITIONS) if each != PARTITION)
    await DeclarationStore(pool).put(HOME, a_word(), NOON)
    bridge = Bridge(pool)
    await bridge.enters(elsewhere)
    assert not bridge.words.declared
    await bridge.enters()
    bridge.words.leave(elsewhere)
    assert bridge.words.declared == {HOME: held(a_word())}
    await bridge.dies()
