"""The alarm receiver as a process: its accounts kept fresh, its lines open, and a stop that answers what it can."""

import asyncio
from typing import Final

import psycopg
import structlog

from contracts import RefusalReason
from ingest.dc09 import metrics
from ingest.dc09.files import load_profiles
from ingest.dc09.kafka import Receiver
from ingest.dc09.meanings import BadProfile, Profile
from ingest.dc09.postgres import AccountStore
from ingest.dc09.sockets import Lines
from runtime.kafka import create_topics
from runtime.lifecycle import Life
from runtime.postgres import migrate, pooled
from runtime.settings import BadSettings, Settings, name_of, refuse_weak

log = structlog.get_logger()

#: A change of an account is noticed after so long.
LOOK_SECONDS: Final = 2.0
#: A stop waits so long for what is under way to Kafka.
WIND_DOWN_SECONDS: Final = 1.0


async def follow(store: AccountStore, receiver: Receiver, life: Life) -> None:
    """Keep the accounts fresh, for ever; while the database is away, those that are known still count."""
    seen: object = None
    while True:
        try:
            standing = await store.standing()
            if standing != seen or not receiver.loaded.is_set():
                await _learn(store, receiver)
                seen = standing
        except psycopg.OperationalError as error:
            log.warning("accounts_not_loaded", error=type(error).__name__)
        life.turned("accounts")
        await asyncio.sleep(LOOK_SECONDS)


async def _learn(store: AccountStore, receiver: Receiver) -> None:
    accounts = await store.load()
    locked = sum(each.locked for each in accounts)
    if locked:
        log.error("keys_not_opened", accounts=locked, setting=name_of("dc09", "secret"))
    metrics.locked_accounts.set(locked)
    receiver.know(accounts)
    log.info("accounts_learned", accounts=len(accounts))


def check(settings: Settings) -> None:
    """Raise BadSettings when keys could not be sealed, or a profile cannot be used."""
    refuse_weak({name_of("dc09", "secret"): settings.dc09.secret})
    profiles_of(settings)


def profiles_of(settings: Settings) -> dict[str, Profile]:
    """Read the profiles; raise BadSettings when one cannot be used."""
    try:
        return load_profiles(settings.ingest.profiles)
    except (BadProfile, OSError) as error:
        raise BadSettings(f"{name_of('ingest', 'profiles')}: {error}") from error


async def main(life: Life, settings: Settings) -> None:
    """Run the receiver until the service stops."""
    _ = [metrics.faults.labels(reason=reason) for reason in RefusalReason]
    await migrate(settings.postgres)
    await create_topics(settings.kafka)
    receiver = Receiver(settings, life, profiles_of(settings))
    async with pooled(settings.postgres) as pool, asyncio.TaskGroup() as tasks:
        store = AccountStore(pool, settings.dc09.secret)
        running = [tasks.create_task(follow(store, receiver, life))]
        await _first(receiver.loaded, life.stopping)
        running.append(tasks.create_task(receiver.run()))
        async with Lines(settings.dc09, receiver.hear, receiver.answered) as lines:
            await life.stopping.wait()
            await lines.quiet(WIND_DOWN_SECONDS)
            if receiver.unanswered:
                log.warning("stopped_with_unanswered_messages", count=receiver.unanswered)
        for task in running:
            task.cancel()


async def _first(*events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
