"""Web Push: a sealed message to every browser in which the responder has switched it on."""

import asyncio
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from py_vapid import Vapid02
from pywebpush import WebPusher

from alerts.channels import SERIOUS, Delivery, NotSent, Result, Sent
from alerts.channels.answering import read_some
from alerts.delivery import TIMEOUTS
from alerts.signing import KEY_HEADER
from alerts.web_push.keys import BadKeys, check_keys
from alerts.web_push.postgres import Subscriptions
from alerts.web_push.subscription import Subscription, is_push_service
from alerts.web_push.vapid import read_key
from alerts.wording import ANSWERABLE, Message, in_language
from homes.model import Channel, Contact
from runtime import clock
from runtime.settings import Alerts

#: A push service keeps a message for so long for a telephone that is off; later it would only frighten.
_KEPT_SECONDS: Final = 900
#: A push service refuses a token that is good for more than a day.
_GOOD_FOR: Final = timedelta(hours=12)
#: More does not fit into one record with its tag and its end.
LARGEST_BYTES: Final = 3_993
_LATER: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
#: The browser is gone for good: permission taken back, telephone changed.
_GONE: Final = frozenset({404, 410})


class WebPush:
    """Every browser of a responder. The topic is our key: a repeat replaces what was not shown yet."""

    def __init__(self, client: httpx.AsyncClient, settings: Alerts, subscriptions: Subscriptions | None) -> None:
        self._client = client
        self._settings = settings
        self._subscriptions = subscriptions
        self._key = read_key(settings.web_push_key.reveal()) if settings.web_push_key else None

    async def send(self, message: Message, contact: Contact) -> Delivery:
        """Push to all of the responder's browsers; one that took it is enough."""
        if self._key is None or self._subscriptions is None:
            return NotSent(result=Result.NOT_SET_UP, retry=False)
        browsers = await self._subscriptions.of(message.responder_id)
        if not browsers:
            return NotSent(result=Result.NOT_SUBSCRIBED, retry=False)
        tried = await asyncio.gather(*(self._push(message, browser) for browser in browsers))
        return next((one for one in tried if isinstance(one, Sent)), None) or _worth_another(tried)

    async def _push(self, message: Message, browser: Subscription) -> Delivery:
        if not is_push_service(browser.endpoint, self._settings.web_push_hosts):
            return NotSent(result=Result.BAD_ADDRESS, retry=False)
        try:
            async with asyncio.timeout(TIMEOUTS[Channel.WEB_PUSH]):
                status = await self._posted(message, browser)
        except (TimeoutError, httpx.TimeoutException):
            return NotSent(result=Result.TIMED_OUT, retry=True)
        except (BadKeys, httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError):
            return NotSent(result=Result.BAD_ADDRESS, retry=False)
        except (httpx.HTTPError, OSError):
            return NotSent(result=Result.UNREACHABLE, retry=True)
        if status in _GONE and self._subscriptions is not None:
            await self._subscriptions.drop(browser.endpoint, browser.responder_id)
            return NotSent(result=Result.NOT_SUBSCRIBED, retry=False)
        return _judged(status)

    async def _posted(self, message: Message, browser: Subscription) -> int:
        if self._key is None:
            return HTTPStatus.UNAUTHORIZED
        sealed = sealed_for(browser, payload_of(message))
        headers = {
            "Authorization": _authorization(self._key, browser.endpoint, self._settings.web_push_contact, clock.now()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(_KEPT_SECONDS),
            "Topic": message.notification_id,
            "Urgency": "high" if message.severity in SERIOUS else "normal",
            KEY_HEADER: message.notification_id,
        }
        async with self._client.stream("POST", browser.endpoint, content=sealed, headers=headers) as answer:
            await read_some(answer)
            return answer.status_code


def sealed_for(browser: Subscription, text: bytes) -> bytes:
    """Seal a text for one browser (RFC 8291): the push service that carries it cannot read it."""
    check_keys(browser.p256dh, browser.auth)
    keys = {"p256dh": browser.p256dh, "auth": browser.auth}
    return bytes(WebPusher({"endpoint": browser.endpoint, "keys": keys}).encode(text)["body"])


def _authorization(key: EllipticCurvePrivateKey, endpoint: str, contact: str, now: datetime) -> str:
    """Prove to the push service of an endpoint that it is we who send (RFC 8292)."""
    to = urlsplit(endpoint)
    claims = {"aud": f"{to.scheme}://{to.netloc}", "exp": int((now + _GOOD_FOR).timestamp()), "sub": contact}
    return str(Vapid02(key).sign(claims)["Authorization"])


def payload_of(message: Message) -> bytes:
    """Write what the service worker shows: no more than any other channel says."""
    said = {
        "key": message.notification_id,
        "title": in_language(message.title, message.language),
        "text": in_language(message.text, message.language),
        "link": message.link,
        "language": message.language,
        "urgent": message.severity in SERIOUS,
        # Yes and no stand under the message itself.
        "asks": message.purpose in ANSWERABLE and bool(message.link),
    }
    return msgspec.json.encode(said)[:LARGEST_BYTES]


def _judged(status: int) -> Delivery:
    if 200 <= status < 300:
        return Sent()
    if status in _LATER:
        return NotSent(result=Result.BUSY, retry=True)
    return NotSent(result=Result.REFUSED, retry=False)


def _worth_another(tried: list[Delivery]) -> Delivery:
    """Tell of the browser that may yet take it, if there is one."""
    return next((one for one in tried if isinstance(one, NotSent) and one.retry), tried[0])
