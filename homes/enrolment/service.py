"""The keeper's process: it turns whenever something was done to an enrolment, and looks for itself in between."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import psycopg
import structlog
from cryptography.hazmat.primitives.serialization import Encoding
from psycopg_pool import PoolTimeout

from homes import metrics
from homes.enrolment.authority import Authority
from homes.enrolment.keeping import files, mqtt
from homes.enrolment.keeping.files import Beside, BrokerFiles
from homes.enrolment.keeping.postgres import KeeperStore, become_the_keeper
from homes.enrolment.keeping.service import Keeper
from homes.enrolment.model import State, state_of
from homes.enrolment.postgres import CHANNEL, EnrolmentStore
from runtime import clock, postgres
from runtime.lifecycle import Life
from runtime.postgres import Pool
from runtime.settings import BadSettings, Enrolment, Settings

log = structlog.get_logger()

#: A word that was never heard is found by looking so often; everything is read again at least so often.
_LOOK_EVERY_SECONDS: Final = 5.0
_READ_ALL_EVERY: Final = timedelta(seconds=60)
_MEASURE_EVERY_SECONDS: Final = 60.0
_TROUBLE: Final = (psycopg.OperationalError, PoolTimeout, OSError, TimeoutError, mqtt.NotCut)


def main_of(beside: Beside, *, once: bool) -> Callable[[Life, Settings], Awaitable[None]]:
    """Make the keeper's life for one broker; `once` writes the files and ends."""

    async def main(life: Life, settings: Settings) -> None:
        authority = _authority(settings.enrolment)
        await postgres.migrate(settings.postgres)
        async with postgres.pooled(settings.postgres) as pool:
            store = KeeperStore(pool)
            told = BrokerFiles(beside)
            keeper = Keeper(store, authority, told, settings.mqtt)
            await store.tell_authority(authority.certificate.public_bytes(Encoding.PEM).decode(), clock.now())
            if once:
                await keeper.turn()
                return
            async with asyncio.TaskGroup() as group:
                group.create_task(_steadily(life, lambda: _keep(life, settings, store, keeper, told)))
                group.create_task(_steadily(life, lambda: _measure(life, pool)))

    return main


async def _steadily(life: Life, loop: Callable[[], Awaitable[None]]) -> None:
    while not life.stopping.is_set():
        try:
            await loop()
        except _TROUBLE as error:
            life.set_ready(False, type(error).__name__)
            log.warning("loop_in_trouble", error=type(error).__name__)
            await life.rest(1.0)


async def _keep(life: Life, settings: Settings, store: KeeperStore, keeper: Keeper, told: BrokerFiles) -> None:
    async with await postgres.connect(settings.postgres) as connection:
        # A second keeper of one database waits: two would date their lists against each other.
        while not await become_the_keeper(connection):
            life.set_ready(False, "another keeper is at work")
            life.turned("keeper")
            await life.rest(1.0)
            if life.stopping.is_set():
                return
        await connection.execute(f"listen {CHANNEL}")
        seen, read_at = object(), clock.now()
        while not life.stopping.is_set():
            mark, now = await store.mark(), clock.now()
            if mark != seen or now - read_at >= _READ_ALL_EVERY or told.behind:
                await keeper.turn()
                seen, read_at = mark, now
            life.set_ready(not told.behind, "the broker could not be told")
            life.turned("keeper")
            await _hear(life, connection)


async def _hear(life: Life, connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
    """Wait for a word, for the time to look, or for the stop."""
    waiting = asyncio.ensure_future(_word(connection))
    stopping = asyncio.ensure_future(life.stopping.wait())
    await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not waiting.done():
        waiting.cancel()
        await asyncio.wait({waiting})
        return
    waiting.result()


async def _word(connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
    async for _ in connection.notifies(timeout=_LOOK_EVERY_SECONDS, stop_after=1):
        pass


async def _measure(life: Life, pool: Pool) -> None:
    while not life.stopping.is_set():
        now = clock.now()
        counted = dict.fromkeys(State, 0)
        for enrolment in await EnrolmentStore(pool).enrolments():
            counted[state_of(enrolment, now)] += 1
        for state, homes in counted.items():
            metrics.enrolments.labels(state=state).set(homes)
        life.turned("measure")
        await life.rest(_MEASURE_EVERY_SECONDS)


def check(settings: Settings) -> None:
    """Refuse an authority that cannot be used before the keeper starts; raise BadSettings."""
    try:
        _authority(settings.enrolment)
    except files.NoAuthority as error:
        raise BadSettings(str(error)) from error


def _authority(enrolment: Enrolment) -> Authority:
    return files.load_authority(
        Path(enrolment.authority_file),
        Path(enrolment.authority_key_file),
        enrolment.authority_passphrase.reveal(),
    )
