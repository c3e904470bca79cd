"""Webhooks: a signed POST with an idempotency key, over connections that are kept."""

import asyncio
from typing import Final

import httpx
import msgspec

from alerts.channels import Delivery, NotSent, Result, Sent
from alerts.channels.answering import read_some
from alerts.delivery import TIMEOUTS
from alerts.signing import KEY_HEADER, sign
from alerts.wording import Message
from homes.model import Channel, Contact
from runtime import clock
from runtime.settings import Secret

#: These say "later", every other refusal is final.
_LATER: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


class Webhook:
    """Any receiver of our own JSON."""

    def __init__(self, client: httpx.AsyncClient, secret: Secret) -> None:
        self._client = client
        self._secret = secret

    async def send(self, message: Message, contact: Contact) -> Delivery:
        """Post a message; success is any 2xx."""
        now = clock.now()
        body = msgspec.json.encode(
            {
                "alert_id": message.alert_id,
                "notification_id": message.notification_id,
                "severity": message.severity,
                "hazard": message.hazard,
                "text": message.text,
                "link": message.link,
                "links": message.links,
                "purpose": message.purpose,
                "home_ref": message.home_id,
                "sent_at": now,
            }
            | ({"sheet": message.sheet} if message.sheet else {})
        )
        headers = {"Content-Type": "application/json", KEY_HEADER: message.notification_id}
        try:
            # The client bounds each part by itself; this is the bound of the whole.
            async with asyncio.timeout(TIMEOUTS[Channel.WEBHOOK]):
                signed = headers | sign(self._secret.reveal(), body, now)
                async with self._client.stream("POST", contact.address, content=body, headers=signed) as answer:
                    await read_some(answer)  # its status says all
        except (TimeoutError, httpx.TimeoutException):
            return NotSent(result=Result.TIMED_OUT, retry=True)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError):
            return NotSent(result=Result.BAD_ADDRESS, retry=False)
        except (httpx.HTTPError, OSError):
            return NotSent(result=Result.UNREACHABLE, retry=True)
        if answer.is_success:
            return Sent()
        if answer.status_code in _LATER:
            return NotSent(result=Result.BUSY, retry=True)
        return NotSent(result=Result.REFUSED, retry=False)
