"""The commands about contacts: try one, prove one, list those on which nobody should rely, make a key for Web Push."""

from datetime import timedelta
from typing import Annotated, Final

import httpx
import typer
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from alerts.channels import NotSent, Sent
from alerts.channels.device import Device
from alerts.contacts.postgres import Contacts
from alerts.contacts.push import Tried, try_one
from alerts.contacts.state import Doubt, doubts, masked, proves
from alerts.gateway.template import BadTemplate
from alerts.service import channels_of
from alerts.web_push.vapid import BadVapidKey, public_key, write_key
from contracts import ResponderId
from homes.command.service import FAULTY, UNUSABLE, give_up, known_settings, with_pool
from homes.model import Channel, Contact, Responder
from homes.postgres import HomeStore
from runtime import clock
from runtime.postgres import Pool
from runtime.settings import BadSettings, Settings, refuse_weak

app = typer.Typer(add_completion=False)
out = Console()
_NOBODY: Final = "그런 출동자가 없습니다 (no such responder)"


@app.command("try")
def try_contacts(
    responder: Annotated[str, typer.Argument(help="The responder's id.")],
    channel: Annotated[Channel | None, typer.Option(help="Only this channel.")] = None,
) -> None:
    """Send a test message with a code to a responder's contacts, and say what came of each."""
    settings = _settings()
    try:
        tried = with_pool(lambda pool: _try_all(pool, settings, ResponderId(responder), channel))
    except (BadTemplate, BadVapidKey) as error:
        give_up(str(error), UNUSABLE)
    table = Table("연락 수단 (channel)", "주소 (address)", "결과 (result)")
    for one in tried:
        sent = isinstance(one.delivery, Sent)
        style = "green" if sent else "red"
        table.add_row(one.contact.channel, escape(masked(one.contact)), f"[{style}]{one.delivery.result}[/]")
    out.print(table)
    out.print(f"받은 번호를 넣어 확인하십시오 (prove it): python -m alerts verify {escape(responder)} CODE")
    if not tried or any(isinstance(one.delivery, NotSent) for one in tried):
        raise typer.Exit(FAULTY)


async def _try_all(pool: Pool, settings: Settings, responder_id: ResponderId, channel: Channel | None) -> list[Tried]:
    responder = await _responder(pool, responder_id)
    async with httpx.AsyncClient(trust_env=False) as client:
        channels = channels_of(settings.alerts, client, pool=pool, mqtt=settings.mqtt)
        try:
            wanted = [one for one in responder.contacts if channel in (None, one.channel)]
            return [await try_one(pool, settings, channels, responder, contact) for contact in wanted]
        finally:
            device = channels[Channel.DEVICE]
            if isinstance(device, Device):
                device.close()


@app.command()
def verify(
    responder: Annotated[str, typer.Argument(help="The responder's id.")],
    code: Annotated[str, typer.Argument(help="The six digits that reached them.")],
) -> None:
    """Write down that a contact works, because the code that was sent there came back."""
    settings = _settings()
    proved = with_pool(lambda pool: _verify(pool, settings, ResponderId(responder), code))
    if proved is None:
        give_up("번호가 다르거나 15분이 지났습니다 (not the code that was sent, or too old); send another: try", FAULTY)
    out.print(f"[green]확인됨 (verified)[/]: {proved.channel} {escape(masked(proved))}")


async def _verify(pool: Pool, settings: Settings, responder_id: ResponderId, code: str) -> Contact | None:
    responder = await _responder(pool, responder_id)
    secret, now = settings.alerts.link_secret.reveal(), clock.now()
    for contact in responder.contacts:
        if proves(secret, code, responder_id, contact, now):
            await Contacts(pool).verified(responder_id, contact)
            return contact
    return None


@app.command("contacts")
def list_contacts(
    untested: Annotated[str, typer.Option(help="Tested longer ago than this counts as untested: 30d, 12h.")] = "30d",
) -> None:
    """List the contacts that were not reached, were never proved, or were not tested lately."""
    found = with_pool(lambda pool: _doubtful(pool, _span(untested)))
    if not found:
        out.print("[green]모든 연락처가 확인되어 있습니다 (every contact is verified and tested)[/]")
        return
    table = Table("출동자 (responder)", "연락 수단 (channel)", "주소 (address)", "왜 (why)", "시험 (tested)")
    for one in found:
        tested = f"{one.state.tested_at.astimezone():%Y-%m-%d}" if one.state.tested_at else "-"
        table.add_row(one.responder_id, one.channel, escape(one.masked), " ".join(one.why) or "untested", tested)
    out.print(table)
    failing = sum(1 for one in found if one.state.failing_since)
    out.print(
        f"믿을 수 없는 연락처 (contacts in doubt): [bold]{len(found)}[/], 닿지 않음 (failing): [bold]{failing}[/]"
    )


async def _doubtful(pool: Pool, untested: timedelta) -> list[Doubt]:
    street = await HomeStore(pool).export()
    return doubts(list(street.responders), await Contacts(pool).all(), untested=untested, now=clock.now())


@app.command()
def vapid() -> None:
    """Make a key pair for Web Push: the private key is a setting, browsers get the public one by themselves."""
    key = generate_private_key(SECP256R1())
    out.print(f"DOLBOM_ALERTS_WEB_PUSH_KEY={write_key(key)}", highlight=False, soft_wrap=True)
    out.print(f"# 공개 키 (public key): {public_key(key)}", highlight=False, soft_wrap=True)


def _settings() -> Settings:
    """Read the settings, or end: a code of a weak key could be guessed."""
    settings = known_settings()
    try:
        refuse_weak({"DOLBOM_ALERTS_LINK_SECRET": settings.alerts.link_secret})
    except BadSettings as fault:
        give_up(str(fault), UNUSABLE)
    return settings


async def _responder(pool: Pool, responder_id: ResponderId) -> Responder:
    found = (await HomeStore(pool).responders([responder_id])).get(responder_id)
    if found is None:
        give_up(f"{_NOBODY}: {responder_id}", FAULTY)
    return found


def _span(text: str) -> timedelta:
    number, unit = text[:-1], text[-1:]
    if not number.isascii() or not number.isdigit() or unit not in _UNITS:
        raise typer.BadParameter("30d 나 12h 처럼 씁니다 (write 30d or 12h)")
    return int(number) * _UNITS[unit]


_UNITS: Final = {"d": timedelta(days=1), "h": timedelta(hours=1)}
