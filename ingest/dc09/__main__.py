"""Run the alarm receiver, and say which home a panel speaks for."""

import asyncio
import os
import secrets
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, NoReturn, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from contracts import HomeId
from ingest.dc09 import service
from ingest.dc09.accounts import NONCE_BYTES, BadAccount, BadKey, Place, key_of, lock, place_of
from ingest.dc09.meanings import DEFAULT
from ingest.dc09.postgres import AccountStore
from runtime import logs
from runtime.postgres import migrate, pooled
from runtime.settings import Settings, name_of, refuse_weak
from runtime.start import read, start

Told = TypeVar("Told")

app = typer.Typer(add_completion=False, no_args_is_help=False, help=__doc__)
account_app = typer.Typer(add_completion=False, no_args_is_help=True, help="Which home a panel speaks for.")
app.add_typer(account_app, name="account")

AccountNumber = Annotated[str, typer.Argument(help="The panel's account: 3 to 16 hex digits.")]
ReceiverNumber = Annotated[str, typer.Option("--receiver", help="Only when the panel names this receiver (R).")]
LineNumber = Annotated[str, typer.Option("--line", help="Only when the panel names this line (L).")]


@app.callback(invoke_without_command=True)
def run(context: typer.Context) -> None:
    """Hear panels over DC-09 until told to stop."""
    if context.invoked_subcommand:
        return
    start("ingest-dc09", os.environ, service.main, check=service.check)


@account_app.command()
def add(
    account: AccountNumber,
    home: Annotated[str, typer.Argument(help="The home that it speaks for.")],
    receiver: ReceiverNumber = "",
    line: LineNumber = "",
    profile: Annotated[str, typer.Option(help="What its codes mean: a profile's name.")] = DEFAULT,
    key: Annotated[bool, typer.Option("--key", help="Read the panel's key from the standard input.")] = False,
    new_key: Annotated[bool, typer.Option("--new-key", help="Make a key of 16 bytes, and show it this once.")] = False,
) -> None:
    """Add an account; with a key it must speak encrypted, and a message of it in clear is refused."""
    settings = _settings(sealing=key or new_key)
    if profile not in service.profiles_of(settings):
        _give_up(f"{profile}: there is no such profile")
    try:
        place = place_of(account, receiver, line)
        made = secrets.token_bytes(16) if new_key else key_of(sys.stdin.readline()) if key else None
    except (BadAccount, BadKey) as fault:
        _give_up(f"{fault}")
    locked = _locked(settings, place, made) if made else None
    _told(settings, lambda store: store.add(place, HomeId(home), profile=profile, locked_key=locked))
    Console().print(f"{place}: 추가됨 (added)", markup=False)
    if new_key and made:
        Console().print(f"키, 다시 보여 주지 않음 (key, never shown again): {made.hex().upper()}", markup=False)


@account_app.command("list")
def list_accounts() -> None:
    """List all accounts; a key is never shown."""
    accounts = _told(_settings(sealing=False), lambda store: store.load())
    table = Table("account", "receiver", "line", "home", "profile", "key")
    for each in accounts:
        place = each.place
        sealed = "yes" if each.key or each.locked else "no"
        table.add_row(place.account, place.receiver, place.line, each.home_id, each.profile, sealed)
    Console().print(table)


@account_app.command()
def remove(account: AccountNumber, receiver: ReceiverNumber = "", line: LineNumber = "") -> None:
    """Remove an account: its panel is answered that we do not know it."""
    try:
        place = place_of(account, receiver, line)
    except BadAccount as fault:
        _give_up(f"{fault}")
    if not _told(_settings(sealing=False), lambda store: store.remove(place)):
        _give_up(f"{place}: there is no such account")
    Console().print(f"{place}: 삭제됨 (removed)", markup=False)


def _locked(settings: Settings, place: Place, key: bytes) -> bytes:
    return lock(key, place, secret=settings.dc09.secret.reveal(), nonce=secrets.token_bytes(NONCE_BYTES))


def _settings(*, sealing: bool) -> Settings:
    def check(settings: Settings) -> None:
        if sealing:
            refuse_weak({name_of("dc09", "secret"): settings.dc09.secret})

    settings = read(os.environ, check=check)
    logs.configure("ingest-dc09", log_format=settings.service.log_format)
    return settings


def _told(settings: Settings, ask: Callable[[AccountStore], Awaitable[Told]]) -> Told:
    async def asked() -> Told:
        await migrate(settings.postgres)
        async with pooled(settings.postgres) as pool:
            return await ask(AccountStore(pool, settings.dc09.secret))

    try:
        return asyncio.run(asked())
    except BadAccount as fault:
        _give_up(f"{fault}")


def _give_up(why: str) -> NoReturn:
    Console(stderr=True).print(why, markup=False)
    sys.exit(1)


if __name__ == "__main__":
    app()
