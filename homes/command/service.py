"""A command's way to the database and its words when something is wrong."""

import asyncio
import getpass
import os
from collections.abc import Awaitable, Callable, Coroutine
from typing import Final, NoReturn, TypeVar

import psycopg
import typer
from rich.console import Console
from rich.markup import escape

from runtime import settings
from runtime.postgres import Pool, SchemaDiffers, connect, migrate, pooled

#: Exit statuses: what was given is wrong; the settings or the command are wrong; the database is away.
FAULTY: Final = 1
UNUSABLE: Final = 2
AWAY: Final = 3
NO_DATABASE: Final = (
    "데이터베이스에 연결할 수 없습니다 (no database); set DOLBOM_POSTGRES_DSN,"
    " or, while the demo runs, `source` the file that it names under Look inside"
)

Answer = TypeVar("Answer")

out = Console()
err = Console(stderr=True)


def account() -> str:
    """Name who sits at the terminal, for the record of what was done."""
    try:
        return f"terminal {getpass.getuser()}"
    except (KeyError, OSError):
        # In a container an account may have a number and no name.
        return f"terminal {os.getuid()}"


def give_up(message: str, status: int) -> NoReturn:
    """End the command with a sentence."""
    err.print(escape(message), style="red", soft_wrap=True, highlight=False)
    raise typer.Exit(status)


def known_settings() -> settings.Settings:
    """Read the settings, or end the command."""
    try:
        return settings.load(os.environ)
    except settings.BadSettings as error:
        give_up(str(error), UNUSABLE)


def with_pool(work: Callable[[Pool], Coroutine[None, None, Answer]]) -> Answer:
    """Do something with the database, or end with a sentence that says what to do."""
    database = known_settings().postgres
    try:
        return asyncio.run(_work(database, work))
    except SchemaDiffers as error:
        give_up(f"{error}", UNUSABLE)
    except psycopg.OperationalError:
        give_up(NO_DATABASE, AWAY)


async def _work(database: settings.Postgres, work: Callable[[Pool], Awaitable[Answer]]) -> Answer:
    # A person waits: say at once that nothing answers, where a service would go on trying.
    await (await connect(database)).close()
    await migrate(database)
    async with pooled(database) as pool:
        return await work(pool)
