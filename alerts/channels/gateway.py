"""SMS and voice by a gateway over HTTP: what it wants to hear and how it answers stands in its template."""

import asyncio
from typing import Final

import httpx
import msgspec

from alerts.channels import Delivery, NotSent, Result, Sent
from alerts.channels.answering import read_some
from alerts.delivery import TIMEOUTS
from alerts.gateway.template import Answer, Template, fill, found
from alerts.wording import Message, asking, in_language, written
from homes.model import Channel, Contact
from runtime.settings import Alerts, Secret

_NUMBER: Final = frozenset("+0123456789")


class Gateway:
    """One gateway. It gets our key, and answers with its own id when it has one."""

    def __init__(
        self, client: httpx.AsyncClient, template: Template | None, values: dict[str, str], channel: Channel
    ) -> None:
        self._client = client
        self._template = template
        self._values = values
        self._channel = channel

    async def send(self, message: Message, contact: Contact) -> Delivery:
        """Ask the gateway to send a text, or to ring and say it."""
        template = self._template
        if template is None:
            return NotSent(result=Result.NOT_SET_UP, retry=False)
        number = "".join(sign for sign in contact.address if sign in _NUMBER)
        if len(number) < 3:
            return NotSent(result=Result.BAD_ADDRESS, retry=False)
        try:
            status, said = await self._asked(template, self._said(message) | {"to": number})
        except (TimeoutError, httpx.TimeoutException):
            return NotSent(result=Result.TIMED_OUT, retry=True)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, ValueError):
            return NotSent(result=Result.NOT_SET_UP, retry=False)
        except (httpx.HTTPError, OSError):
            return NotSent(result=Result.UNREACHABLE, retry=True)
        return judged(template.answer, status, said, receipt_within=template.receipts.within_seconds)

    async def _asked(self, template: Template, values: dict[str, str]) -> tuple[int, object]:
        request = fill(template, self._values | values)
        async with (
            asyncio.timeout(TIMEOUTS[self._channel]),
            self._client.stream(request.method, request.url, content=request.body, headers=request.headers) as answer,
        ):
            return answer.status_code, _read(await read_some(answer))

    def _said(self, message: Message) -> dict[str, str]:
        spoken = self._channel is Channel.VOICE
        # A link cannot be spoken.
        text = in_language(message.text, message.language) if spoken else written(message)
        ask = asking(message, spoken=spoken) if spoken or self._values["sender"] else ""
        return {
            "text": f"{text}{' ' if spoken else chr(10)}{ask}" if ask else text,
            "key": message.notification_id,
            "language": message.language,
        }


def values_of(settings: Alerts, *, name: str, url: str, user: str, secret: Secret, sender: str) -> dict[str, str]:
    """Name what a template may put into every request of a gateway."""
    return {
        "url": url.rstrip("/"),
        "user": user,
        "secret": secret.reveal(),
        "sender": sender,
        "callback": f"{settings.public_url.rstrip('/')}/in/{name}",
    }


def judged(answer: Answer, status: int, said: object, *, receipt_within: int = 0) -> Delivery:
    """Tell what a gateway's answer means."""
    result = found(said, answer.result)
    if status in answer.bad_address or (result and result in answer.result_bad_address):
        return NotSent(result=Result.BAD_ADDRESS, retry=False)
    if status in answer.later or (result and result in answer.result_later):
        return NotSent(result=Result.BUSY, retry=True)
    # One that says its true result in the body has not taken what it says nothing of.
    if status not in answer.taken or (answer.result and result not in answer.result_taken):
        unsaid = answer.result and not result and status in answer.taken
        return NotSent(result=Result.BUSY if unsaid else Result.REFUSED, retry=bool(unsaid))
    return Sent(provider_ref=found(said, answer.ref), receipt_within=receipt_within)


def _read(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
