"""`python -m homes enrol`: claim codes, replacement, revocation, tables of homes, the authority and its keeper."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
from rich.markup import escape
from rich.table import Table

from contracts import HomeId
from homes.command.service import AWAY, FAULTY, UNUSABLE, account, err, give_up, known_settings, out, with_pool
from homes.enrolment import codes, qr
from homes.enrolment.bulk.__main__ import import_table
from homes.enrolment.gateway.__main__ import exchange
from homes.enrolment.keeping.__main__ import authority, keep
from homes.enrolment.model import MENDS, Claim, Enrolment, Refused, state_of
from homes.enrolment.names import serial_of
from homes.enrolment.postgres import EnrolmentStore
from runtime import clock

enrol = typer.Typer(no_args_is_help=True, help="Give gateways credentials of their own, and take them away.")
enrol.command("exchange")(exchange)
enrol.command("import")(import_table)
enrol.command("authority")(authority)
enrol.command("keep")(keep)

#: The keeper needs a fraction of this.
_LOOKS: Final = 50
_LOOK_EVERY_SECONDS: Final = 0.1

HOME = Annotated[str, typer.Argument(help="The home's id.")]
SVG = Annotated[Path | None, typer.Option(help="Write the QR code to this file as SVG, too.")]


@enrol.command()
def claim(home: HOME, svg: SVG = None) -> None:
    """Make a claim code for a home: ten minutes, one use; a code made before is worth nothing then."""
    code = codes.code_of(secrets.token_bytes(codes.ENTROPY_BYTES))
    _show(
        home,
        lambda store: store.claim(HomeId(home), code=code, account=account(), now=clock.now()),
        svg=svg,
    )


@enrol.command()
def replace(
    home: HOME,
    now: Annotated[bool, typer.Option("--now", help="End the old gateway's credential at once.")] = False,
    svg: SVG = None,
) -> None:
    """Make a claim code for another gateway; the old one's credential ends when the new one is first used."""
    code = codes.code_of(secrets.token_bytes(codes.ENTROPY_BYTES))
    _show(
        home,
        lambda store: store.replace(HomeId(home), code=code, account=account(), now=clock.now(), at_once=now),
        svg=svg,
    )


@enrol.command()
def revoke(
    home: HOME,
    serial: Annotated[str | None, typer.Option(help="Only the certificate of this serial number.")] = None,
) -> None:
    """End a home's credentials: within seconds the broker neither hears the gateway nor tells it anything."""
    wanted = serial_of(serial) if serial else None
    ended, cut = with_pool(lambda pool: _revoke(EnrolmentStore(pool), HomeId(home), wanted))
    if isinstance(ended, Refused):
        _refuse(home, ended)
    out.print(f"{escape(home)}: {ended}개 폐기 (revoked)")
    if not cut:
        give_up("브로커가 아직 모릅니다 (the broker was not told yet: is the keeper running?)", AWAY)
    out.print("브로커에서 끊었습니다 (cut at the broker)")


async def _revoke(store: EnrolmentStore, home_id: HomeId, serial: str | None) -> tuple[int | Refused, bool]:
    """Revoke, and see whether the keeper has done its part."""
    ended = await store.revoke(home_id, account=account(), now=clock.now(), serial=serial)
    for _ in range(_LOOKS):
        if await store.is_cut(home_id):
            return ended, True
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    return ended, False


@enrol.command("list")
def list_enrolments() -> None:
    """List how far each home's enrolment is."""
    enrolments = with_pool(lambda pool: EnrolmentStore(pool).enrolments())
    table = Table("집 (home)", "상태 (state)", "방식 (kind)", "일련번호 (serial)", "만료 (expires)")
    for each in enrolments:
        table.add_row(*_row(each))
    out.print(table)


def _row(enrolment: Enrolment) -> tuple[str, ...]:
    newest = next(iter(enrolment.credentials), None)
    return (
        enrolment.home_id,
        state_of(enrolment, clock.now()),
        newest.kind if newest else "-",
        (newest.serial or "-")[:16] if newest else "-",
        f"{newest.expires_at:%Y-%m-%d}" if newest and newest.expires_at else "-",
    )


def _show(home: str, work: Callable[[EnrolmentStore], Awaitable[Claim | Refused]], *, svg: Path | None) -> None:
    settings = known_settings()

    async def made(store: EnrolmentStore) -> Claim | Refused:
        return await work(store)

    claimed = with_pool(lambda pool: made(EnrolmentStore(pool)))
    if isinstance(claimed, Refused):
        _refuse(home, claimed)
    address = qr.address_of(settings.alerts.public_url, claimed.code)
    until = claimed.expires_at.astimezone()
    out.print(qr.on_terminal(address), highlight=False, soft_wrap=True)
    out.print(f"[bold]{codes.shown(claimed.code)}[/]  {until:%H:%M:%S} 까지 한 번 (once, until then)", highlight=False)
    out.print(f"python -m homes enrol exchange '{escape(address)}'", highlight=False, soft_wrap=True)
    if svg is not None:
        _write(svg, qr.as_svg(address))


def _write(file: Path, text: str) -> None:
    try:
        # The drawing holds the code: nobody else of this machine may read it.
        file.touch(mode=0o600)
        file.chmod(0o600)
        file.write_text(text)
    except OSError as error:
        give_up(f"{file}: 쓸 수 없습니다 (cannot be written: {error.strerror})", UNUSABLE)
    err.print(f"{escape(str(file))} 에 저장함 (written)")


def _refuse(home: str, refused: Refused) -> NoReturn:
    give_up(f"{home}: {MENDS[refused]}", FAULTY)
