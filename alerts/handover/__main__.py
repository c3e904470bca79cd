"""`python -m alerts centres`: other alarm centres that may take a case."""

import os
import secrets
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Final, NoReturn, TypeVar

import httpx
import typer
from rich.console import Console
from rich.table import Table

from alerts.handover.centres import NONCE_BYTES, BadCentre, Centre, Way, checked, key_of, lock
from alerts.handover.frames import Answer, Token
from alerts.handover.postgres import HandOvers
from alerts.handover.service import Liaison
from alerts.postgres import AlertStore
from homes.command.service import FAULTY, with_pool
from runtime.postgres import Pool
from runtime.settings import SHORTEST_SECRET, Alerts
from runtime.start import read

Told = TypeVar("Told")

centres = typer.Typer(add_completion=False, no_args_is_help=True, help="Other alarm centres that may take a case.")
out = Console()
_NO_LINE: Final = (OSError, TimeoutError, httpx.HTTPError)

CentreId = Annotated[str, typer.Argument(help="What an operator picks: small letters, digits, dashes.")]


@centres.command()
def add(
    centre_id: CentreId,
    name: Annotated[str, typer.Option(help="Its name on the board.")] = "",
    dc09: Annotated[str, typer.Option(help="host:port of its SIA DC-09 receiver.")] = "",
    webhook: Annotated[str, typer.Option(help="URL that takes our signed JSON.")] = "",
    account: Annotated[str, typer.Option(help="Our account there: 3 to 16 hex digits.")] = "",
    receiver: Annotated[str, typer.Option(help="Its receiver number (R), where it has one.")] = "",
    line: Annotated[str, typer.Option(help="Its line number (L).")] = "0",
    token: Annotated[Token, typer.Option(help="In whose words it wants to be told.")] = Token.SIA,
    key: Annotated[bool, typer.Option("--key", help="Read the key from the standard input.")] = False,
) -> None:
    """Add a centre, or change it; exactly one of --dc09 and --webhook says how it is reached."""
    if bool(dc09) == bool(webhook):
        _give_up("--dc09 와 --webhook 가운데 하나만 (give exactly one of --dc09 and --webhook)")
    try:
        centre = checked(
            Centre(
                centre_id=centre_id,
                name=name or centre_id,
                way=Way.DC09 if dc09 else Way.WEBHOOK,
                address=dc09 or webhook,
                account=account.upper(),
                receiver=receiver.upper(),
                line=line.upper(),
                token=token,
                locked_key=_locked(centre_id) if key else None,
            )
        )
    except BadCentre as fault:
        _give_up(f"{fault}")
    _done(lambda store: store.put(centre))
    out.print(f"{centre_id}: 저장됨 (kept)", markup=False)


@centres.command()
def home(
    centre_id: CentreId,
    home_id: Annotated[str, typer.Argument(help="One of our homes.")],
    account: Annotated[str, typer.Argument(help="Under which account that centre knows it.")],
) -> None:
    """Say under which account a centre knows a home."""
    _done(lambda store: store.put_home(centre_id, home_id, account.upper()))


@centres.command("list")
def list_centres() -> None:
    """List all centres; a key is never shown."""
    table = Table("센터 (centre)", "이름 (name)", "방식 (way)", "주소 (address)", "계정 (account)", "키 (key)")
    for one in _done(lambda store: store.centres()):
        sealed = "yes" if one.locked_key else "no"
        table.add_row(one.centre_id, one.name, one.way, one.address, one.account, sealed)
    out.print(table)


@centres.command()
def remove(centre_id: CentreId) -> None:
    """Remove a centre; what was said to it stays in the log."""
    if not _done(lambda store: store.remove(centre_id)):
        _give_up(f"{centre_id}: 없는 센터 (there is no such centre)")


@centres.command()
def test(centre_id: CentreId) -> None:
    """Ask a DC-09 centre whether the line is there, without a case."""

    async def ask(pool: Pool) -> str:
        store = HandOvers(pool)
        centre = await store.centre(centre_id)
        if centre is None or centre.way is not Way.DC09:
            return "no DC-09 centre of this name"
        async with httpx.AsyncClient(trust_env=False) as client:
            liaison = Liaison(hand_overs=store, store=AlertStore(pool), client=client, settings=_settings())
            try:
                return await liaison.test(centre)
            except (*_NO_LINE, BadCentre) as error:
                return str(error) or type(error).__name__

    if (answer := with_pool(ask)) != Answer.ACK:
        _give_up(f"{centre_id}: {answer}")
    out.print(f"{centre_id}: {answer}", markup=False)


def _locked(centre_id: str) -> bytes:
    secret = _settings().centre_secret
    if len(secret) < SHORTEST_SECRET:
        raise BadCentre(f"DOLBOM_ALERTS_CENTRE_SECRET: expected at least {SHORTEST_SECRET} characters")
    nonce = secrets.token_bytes(NONCE_BYTES)
    return lock(key_of(sys.stdin.readline()), centre_id, secret=secret.reveal(), nonce=nonce)


def _settings() -> Alerts:
    return read(os.environ).alerts


def _done(action: Callable[[HandOvers], Awaitable[Told]]) -> Told:
    async def act(pool: Pool) -> Told:
        return await action(HandOvers(pool))

    try:
        return with_pool(act)
    except BadCentre as fault:
        _give_up(f"{fault}")


def _give_up(fault: str) -> NoReturn:
    Console(stderr=True).print(fault, style="red", markup=False)
    raise typer.Exit(FAULTY)
