"""The channels against receivers on this machine: what arrives, and what a failure is called."""

import asyncio
import sys
from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import default

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from alerts.channels import Result
from alerts.channels.apprise import THREADS, Apprise
from alerts.channels.email import Email
from alerts.channels.webhook import Webhook
from alerts.service import channels_of
from alerts.signing import verify
from alerts.wording import Message as Push
from alerts.wording import message
from deploy.embedded.children import loopback_port
from deploy.embedded.stack import ROOT
from homes.model import Channel, Contact
from runtime import clock
from runtime.lifecycle import Life
from runtime.settings import Alerts, Secret
from tests.alerts.building import opened
from tests.alerts.receiver import Receiver, receiving
from tests.alerts.running import SECRET
from tests.until import until

pytestmark = pytest.mark.door


def a_push(language: str = "ko") -> Push:
    (call,) = opened().notifications
    return message(call, dong="맑은동", language=language, link="https://dolbom.example/r/token")


async def posted(receiver: Receiver, path: str = "/") -> Result:
    async with httpx.AsyncClient(trust_env=False) as client:
        contact = Contact(channel=Channel.WEBHOOK, address=receiver.url + path)
        return (await Webhook(client, Secret(SECRET)).send(a_push(), contact)).result


async def test_a_webhook_is_signed_and_carries_its_key() -> None:
    async with receiving() as receiver:
        assert await posted(receiver) is Result.SENT
        (got,) = receiver.got
        timestamp, signature = got.headers["dolbom-timestamp"], got.headers["dolbom-signature"]
        assert verify(SECRET, got.body, timestamp=timestamp, signature=signature, now=clock.now())
        assert not verify("another", got.body, timestamp=timestamp, signature=signature, now=clock.now())
        assert got.key == a_push().notification_id == got.json["notification_id"]


@pytest.mark.parametrize(
    ("status", "result"),
    [(200, Result.SENT), (503, Result.BUSY), (429, Result.BUSY), (404, Result.REFUSED), (302, Result.REFUSED)],
)
async def test_a_receiver_says_yes_later_or_no(status: int, result: Result) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: status
        assert await posted(receiver) is result


async def test_connections_are_kept() -> None:
    async with receiving() as receiver, httpx.AsyncClient(trust_env=False) as client:
        webhook = Webhook(client, Secret(SECRET))
        for _ in range(3):
            await webhook.send(a_push(), Contact(channel=Channel.WEBHOOK, address=receiver.url))
        assert {got.connection for got in receiver.got} == {1}


@pytest.mark.parametrize(
    ("address", "result"),
    [
        ("not a url", Result.BAD_ADDRESS),
        ("ftp://127.0.0.1/", Result.BAD_ADDRESS),
        ("http://ä..b/", Result.BAD_ADDRESS),
        # The port differs from run to run; the test's name must not.
        pytest.param(f"http://127.0.0.1:{loopback_port()}/", Result.UNREACHABLE, id="closed"),
    ],
)
async def test_an_address_that_is_none_and_a_door_that_is_closed_are_told_apart(address: str, result: Result) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        delivery = await Webhook(client, Secret(SECRET)).send(
            a_push(), Contact(channel=Channel.WEBHOOK, address=address)
        )
        assert delivery.result is result


@pytest.mark.parametrize("address", ["http://[", "http://a:99999999/", "http://\udc80/", "//", "", "http:///x", "\0"])
@pytest.mark.parametrize("channel", [Channel.WEBHOOK, Channel.APPRISE, Channel.EMAIL])
async def test_whatever_stands_in_an_address_the_service_lives(channel: Channel, address: str) -> None:
    settings = Alerts(webhook_secret=Secret(SECRET), smtp_host="127.0.0.1", smtp_port=loopback_port())
    async with httpx.AsyncClient(trust_env=False) as client:
        contact = Contact(channel=channel, address=address)
        delivery = await channels_of(settings, client)[channel].send(a_push(), contact)
        assert delivery.result is not Result.SENT


@pytest.mark.parametrize("paces", [1, 60_000])
async def test_an_answer_that_never_ends_is_not_read(paces: int) -> None:
    """Either it comes fast and fills the memory, or it trickles and fills the time."""

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"%x\r\n%s\r\n" % (paces, b"x" * paces)
        try:
            while not writer.is_closing():
                writer.write(chunk)
                await writer.drain()
                await Life().rest(0.05)
        except OSError:
            pass
        ended.set()

    ended = asyncio.Event()
    async with await asyncio.start_server(endless, "127.0.0.1", 0) as server, httpx.AsyncClient() as client:
        contact = Contact(channel=Channel.WEBHOOK, address=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        async with asyncio.timeout(2):
            assert (await Webhook(client, Secret(SECRET)).send(a_push(), contact)).result is Result.SENT
            await ended.wait()


class Mailbox:
    """A mail server's hands: it keeps what comes and refuses whom it does not know."""

    def __init__(self) -> None:
        self.mails: list[Message] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 no such person"
        if address.startswith("later"):
            return "451 later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.mails.append(BytesParser(policy=default).parsebytes(envelope.original_content or b""))
        return "250 OK"


@pytest.fixture
def mail() -> Iterator[tuple[Mailbox, Alerts]]:
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=loopback_port())
    controller.start()
    yield (
        box,
        Alerts(smtp_host="127.0.0.1", smtp_port=controller.port, smtp_starttls=False, smtp_from="a@dolbom.invalid"),
    )
    controller.stop()


async def mailed(settings: Alerts, address: str, language: str = "ko") -> Result:
    contact = Contact(channel=Channel.EMAIL, address=address)
    return (await Email(settings).send(a_push(language), contact)).result


async def test_a_mail_says_little_and_links_to_the_rest(mail: tuple[Mailbox, Alerts]) -> None:
    box, settings = mail
    assert await mailed(settings, "daughter@family.invalid") is Result.SENT
    (got,) = box.mails
    assert isinstance(got, EmailMessage)
    assert got["Subject"] == "[긴급] 도움 요청 · 맑은동" and got["To"] == "daughter@family.invalid"
    assert got["Message-ID"] == f"<{a_push().notification_id}@dolbom.invalid>"
    assert "https://dolbom.example/r/token" in got.get_content()
    assert await mailed(settings, "son@family.invalid", language="en") is Result.SENT
    assert box.mails[1]["Subject"].startswith("[Emergency] Help requested")


@pytest.mark.parametrize(
    ("address", "result"),
    [
        ("nobody@family.invalid", Result.BAD_ADDRESS),
        ("later@family.invalid", Result.BUSY),
        ("a@b.invalid\nBcc: all@b.invalid", Result.BAD_ADDRESS),
        ("<", Result.BAD_ADDRESS),
        ('"', Result.BAD_ADDRESS),
        ("a@[", Result.BAD_ADDRESS),
    ],
)
async def test_a_mail_server_says_no_or_later(mail: tuple[Mailbox, Alerts], address: str, result: Result) -> None:
    assert await mailed(mail[1], address) is result


async def test_a_mail_server_that_offers_no_starttls_is_not_told_anything(mail: tuple[Mailbox, Alerts]) -> None:
    box, settings = mail
    strict = Alerts(smtp_host=settings.smtp_host, smtp_port=settings.smtp_port)
    assert await mailed(strict, "daughter@family.invalid") is not Result.SENT
    assert not box.mails


async def test_without_a_mail_server_a_mail_fails_with_that_reason() -> None:
    assert await mailed(Alerts(), "daughter@family.invalid") is Result.NOT_SET_UP
    closed = Alerts(smtp_host="127.0.0.1", smtp_port=loopback_port(), smtp_starttls=False)
    assert await mailed(closed, "daughter@family.invalid") is Result.UNREACHABLE


@pytest.mark.parametrize("there", [True, False])
async def test_no_channel_writes_an_address_into_the_log(mail: tuple[Mailbox, Alerts], there: bool) -> None:
    port = mail[1].smtp_port if there else loopback_port()
    async with receiving() as receiver:
        host = receiver.url.removeprefix("http://") if there else f"127.0.0.1:{loopback_port()}"
        sender = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.alerts.a_send", str(port)),
            f"webhook=http://{host}/swordfish",
            "email=swordfish@family.invalid",
            f"apprise=json://{host}/swordfish",
            f"apprise=mailto://127.0.0.1:{port}?from=a@dolbom.invalid&to=swordfish@family.invalid&mode=insecure",
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told, _ = await sender.communicate()
    assert told.count(b"sent_by_the_test") == 4
    assert told.count(b'"result": "sent"') == (4 if there else 0), told.decode()
    assert b"swordfish" not in told and b"127.0.0.1" not in told, told.decode()


async def test_an_apprise_url_is_pushed_to() -> None:
    async with receiving() as receiver:
        address = f"json{receiver.url.removeprefix('http')}/daughter"
        delivery = await Apprise().send(a_push(), Contact(channel=Channel.APPRISE, address=address))
        assert delivery.result is Result.SENT
        (got,) = receiver.got
        assert got.json["title"] == "[긴급] 도움 요청 · 맑은동"
        assert "https://dolbom.example/r/token" in str(got.json["message"])


async def test_apprise_services_that_hang_leave_the_other_channels_their_threads() -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: None
        apprise, contact = Apprise(), Contact(channel=Channel.APPRISE, address=f"json{receiver.url[4:]}/")
        hanging = [asyncio.ensure_future(apprise.send(a_push(), contact)) for _ in range(40)]
        await until(lambda: receiver.has(THREADS), what="every thread of Apprise hangs")
        async with asyncio.timeout(1):  # names are looked up by the loop's own threads
            await asyncio.get_running_loop().getaddrinfo("127.0.0.1", 80)
        for one in hanging:
            one.cancel()


async def test_an_apprise_url_that_is_none_and_a_service_that_is_away_are_told_apart() -> None:
    nonsense = Contact(channel=Channel.APPRISE, address="nonsense")
    assert (await Apprise().send(a_push(), nonsense)).result is Result.BAD_ADDRESS
    away = Contact(channel=Channel.APPRISE, address=f"json://127.0.0.1:{loopback_port()}/")
    assert (await Apprise().send(a_push(), away)).result is Result.UNREACHABLE
