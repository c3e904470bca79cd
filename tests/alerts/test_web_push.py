"""Web Push: only the browser that subscribed can read a message, and a browser that is gone is forgotten."""

import hmac
from dataclasses import dataclass
from hashlib import sha256

import httpx
import msgspec
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from alerts.channels import Result
from alerts.channels.web_push import WebPush
from alerts.web_push.keys import BadKeys, b64, check_keys, point, unb64
from alerts.web_push.postgres import MOST, Subscriptions
from alerts.web_push.subscription import Subscription, is_push_service
from alerts.web_push.vapid import BadVapidKey, read_key, write_key
from alerts.wording import Message, message
from contracts import ResponderId
from homes.model import Channel, Contact
from runtime.postgres import Pool, pooled
from runtime.settings import Alerts, Postgres, Secret
from tests.alerts.building import opened
from tests.alerts.receiver import Got, Receiver, receiving

DAUGHTER = ResponderId("daughter")
CONTACT = Contact(channel=Channel.WEB_PUSH, address="subscribed")
VAPID = write_key(generate_private_key(SECP256R1()))


@pytest.mark.parametrize("keys", [("", ""), ("AAAA", "BTBZMqHH6r4Tts7J_aSIgg"), ("ä", "ä")])
def test_keys_that_are_none_are_refused(keys: tuple[str, str]) -> None:
    with pytest.raises(BadKeys):
        check_keys(*keys)


def test_auth_of_another_length_is_refused() -> None:
    with pytest.raises(BadKeys):
        check_keys(b64(point(generate_private_key(SECP256R1()).public_key())), "AAAA")


@pytest.mark.parametrize("key", ["short", "ä", "A" * 43 + "!"])
def test_a_private_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(BadVapidKey):
        read_key(key)


@pytest.mark.parametrize(
    ("endpoint", "spoken_to"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://web.push.apple.com/x", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com.evil.example/x", False),
        ("https://evilfcm.googleapis.com/x", False),
        ("https://user@fcm.googleapis.com/x", False),
        ("https://10.0.0.1/x", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_a_browser_can_send_us_to_known_push_services_only(endpoint: str, spoken_to: bool) -> None:
    hosts = Alerts().web_push_hosts.replace("fcm.googleapis.com", "fcm.googleapis.com, ")
    assert is_push_service(endpoint, hosts) is spoken_to


@dataclass(kw_only=True)
class Browser:
    """A browser's side of a subscription: it opens what was sealed for it."""

    private: EllipticCurvePrivateKey
    auth: bytes

    def subscription(self, receiver: Receiver, path: str) -> Subscription:
        return Subscription(
            responder_id=DAUGHTER,
            endpoint=f"{receiver.url}/{path}",
            p256dh=b64(point(self.private.public_key())),
            auth=b64(self.auth),
        )

    def opens(self, sealed: bytes) -> dict[str, object]:
        salt, size, theirs = sealed[:16], int.from_bytes(sealed[16:20], "big"), sealed[21 : 21 + sealed[20]]
        assert size >= len(sealed) - 21 - len(theirs)
        shared = self.private.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), theirs))
        about = b"WebPush: info\0" + point(self.private.public_key()) + theirs
        key = _hkdf(self.auth, shared, about, 32)
        sealing = _hkdf(salt, key, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(salt, key, b"Content-Encoding: nonce\0", 12)
        text = AESGCM(sealing).decrypt(nonce, sealed[21 + len(theirs) :], None)
        assert text[-1:] == b"\x02"
        return msgspec.json.decode(text[:-1], type=dict[str, object])


def _hkdf(salt: bytes, secret: bytes, about: bytes, length: int) -> bytes:
    return hmac.digest(hmac.digest(salt, secret, sha256), about + b"\x01", sha256)[:length]


def a_browser() -> Browser:
    return Browser(private=generate_private_key(SECP256R1()), auth=b"sixteen bytes ok")


def a_push() -> Message:
    return message(opened().notifications[0], dong="맑은동", language="ko", link="https://dolbom.example/r/token")


async def pushed(pool: Pool, receiver: Receiver) -> Result:
    settings = Alerts(
        web_push_key=Secret(VAPID), web_push_contact="mailto:centre@dolbom.invalid", web_push_hosts="127.0.0.1"
    )
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await WebPush(client, settings, Subscriptions(pool)).send(a_push(), CONTACT)).result


def vouched(got: Got, receiver: Receiver) -> dict[str, object]:
    """Check the token as a push service does, and give what it claims."""
    token, _, key = got.headers["authorization"].removeprefix("vapid t=").partition(",k=")
    said, _, signature = token.rpartition(".")
    raw = unb64(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), unb64(key))
    public.verify(der, said.encode(), ECDSA(SHA256()))
    return msgspec.json.decode(unb64(said.split(".")[1]), type=dict[str, object])


@pytest.mark.door
async def test_a_message_goes_round_and_only_its_browser_reads_it(postgres: Postgres) -> None:
    mine, another = a_browser(), a_browser()
    async with receiving() as receiver, pooled(postgres) as pool:
        receiver.answer = lambda _: 201
        await Subscriptions(pool).put(mine.subscription(receiver, "mine"))
        assert await pushed(pool, receiver) is Result.SENT
        (got,) = receiver.got
        said = mine.opens(got.body)
        assert said["title"] == "[긴급] 도움 요청 · 맑은동" and said["link"] == "https://dolbom.example/r/token"
        assert got.headers["topic"] == got.key == a_push().notification_id and got.headers["urgency"] == "high"
        claims = vouched(got, receiver)
        assert claims["aud"] == receiver.url and claims["sub"] == "mailto:centre@dolbom.invalid"
        assert "맑은동".encode() not in got.body
        with pytest.raises(InvalidTag):
            another.opens(got.body)


@pytest.mark.door
@pytest.mark.parametrize(
    ("status", "result", "kept"),
    [
        (201, Result.SENT, 1),
        (410, Result.NOT_SUBSCRIBED, 0),
        (404, Result.NOT_SUBSCRIBED, 0),
        (500, Result.BUSY, 1),
        (429, Result.BUSY, 1),
        (403, Result.REFUSED, 1),
    ],
)
async def test_a_browser_that_is_gone_is_forgotten_and_no_other(
    postgres: Postgres, status: int, result: Result, kept: int
) -> None:
    async with receiving() as receiver, pooled(postgres) as pool:
        receiver.answer = lambda _: status
        await Subscriptions(pool).put(a_browser().subscription(receiver, "mine"))
        assert await pushed(pool, receiver) is result
        assert len(await Subscriptions(pool).of(DAUGHTER)) == kept


@pytest.mark.door
async def test_one_browser_that_takes_it_is_enough_and_all_are_tried(postgres: Postgres) -> None:
    async with receiving() as receiver, pooled(postgres) as pool:
        receiver.answer = lambda got: {"/gone": 410, "/busy": 503}.get(got.path, 201)
        for path in ("gone", "busy", "good"):
            await Subscriptions(pool).put(a_browser().subscription(receiver, path))
        assert await pushed(pool, receiver) is Result.SENT
        assert sorted(receiver.paths()) == ["/busy", "/gone", "/good"]


@pytest.mark.door
async def test_whoever_has_no_browser_or_a_broken_one_is_not_reached(postgres: Postgres) -> None:
    async with receiving() as receiver, pooled(postgres) as pool:
        assert await pushed(pool, receiver) is Result.NOT_SUBSCRIBED
        broken = Subscription(responder_id=DAUGHTER, endpoint=f"{receiver.url}/x", p256dh="x", auth="x")
        await Subscriptions(pool).put(broken)
        assert await pushed(pool, receiver) is Result.BAD_ADDRESS
        await Subscriptions(pool).put(
            Subscription(responder_id=DAUGHTER, endpoint="https://else.example/", p256dh="x", auth="x")
        )
        assert await pushed(pool, receiver) is Result.BAD_ADDRESS
        assert not receiver.got


@pytest.mark.door
async def test_the_newest_browsers_stay(postgres: Postgres) -> None:
    async with receiving() as receiver, pooled(postgres) as pool:
        for number in range(MOST + 3):
            await Subscriptions(pool).put(a_browser().subscription(receiver, str(number)))
        kept = await Subscriptions(pool).of(DAUGHTER)
        assert len(kept) == MOST and kept[0].endpoint.endswith(f"/{MOST + 2}")
        assert await Subscriptions(pool).drop(kept[0].endpoint, ResponderId("another")) is False
        assert await Subscriptions(pool).drop(kept[0].endpoint, DAUGHTER) is True
