"""Accounts: which home a panel speaks for, by which profile, and with which key, sealed as the database holds it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contracts import HomeId
from ingest.dc09.cipher import KEY_BYTES
from ingest.dc09.frame import Frame
from ingest.dc09.meanings import DEFAULT

#: The sensor that the panel itself is.
PANEL: Final = "gateway"
NONCE_BYTES: Final = 12
_HEX: Final = frozenset("0123456789ABCDEF")
_PURPOSE: Final = b"dolbom dc09 account key"


class BadAccount(Exception):
    """An account cannot be kept as it was given; the message says what was expected."""


class BadKey(Exception):
    """A key is not one, or the secret does not open it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """What a panel calls itself: its account, and where they stand apart its receiver and its line."""

    account: str
    #: Empty: any.
    receiver: str = ""
    line: str = ""

    def __str__(self) -> str:
        return f"{self.account}/{self.receiver or '*'}/{self.line or '*'}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """One panel, as the receiver knows it."""

    place: Place
    home_id: HomeId
    profile: str = DEFAULT
    #: None: the panel speaks in clear.
    key: bytes | None = field(default=None, repr=False)
    #: There is a key and our secret does not open it: nothing of this panel can be believed.
    locked: bool = False
    #: The home's registered sensors by their number: `zone-7` and `zone-007` are the same.
    sensors: frozenset[str] = frozenset()

    def sensor_of(self, zone: str) -> str:
        """Name the sensor of a zone; zone 0 and none at all are the panel itself."""
        if not zone.strip("0"):
            return PANEL
        return next((each for each in sorted(self.sensors) if _same_zone(each, zone)), f"zone-{zone:0>3}")


def _same_zone(sensor_id: str, zone: str) -> bool:
    word, _, number = sensor_id.rpartition("-")
    return word == "zone" and number.upper().lstrip("0") == zone.lstrip("0")


class Accounts:
    """All accounts; a new one is made when something changes."""

    def __init__(self, accounts: Iterable[Account] = ()) -> None:
        self._known = {each.place: each for each in accounts}

    def __len__(self) -> int:
        return len(self._known)

    def find(self, frame: Frame) -> Account | None:
        """Find whose frame this is: the account that names its receiver and line before one that does not."""
        account, receiver, line = frame.account, frame.receiver, frame.line
        tried = ((receiver, line), (receiver, ""), ("", line), ("", ""))
        places = (Place(account=account, receiver=one, line=other) for one, other in tried)
        return next((self._known[place] for place in places if place in self._known), None)


def place_of(account: str, receiver: str = "", line: str = "") -> Place:
    """Check what an installer typed."""
    place = Place(account=account.upper().removeprefix("#"), receiver=receiver.upper(), line=line.upper())
    if not (3 <= len(place.account) <= 16 and set(place.account) <= _HEX):
        raise BadAccount("expected an account of 3 to 16 hex digits")
    if not all(len(each) <= 6 and set(each) <= _HEX for each in (place.receiver, place.line)):
        raise BadAccount("expected receiver and line as up to 6 hex digits, without R and L")
    return place


def key_of(typed: str) -> bytes:
    """Read a key: 32, 48 or 64 hex digits, or `text:` and 16, 24 or 32 characters as some panels want it."""
    text = typed.strip()
    try:
        key = text[5:].encode("ascii") if text.startswith("text:") else bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) not in KEY_BYTES:
        raise BadKey("expected 32, 48 or 64 hex digits, or text: and 16, 24 or 32 characters")
    return key


def lock(key: bytes, place: Place, *, secret: str, nonce: bytes) -> bytes:
    """Seal a key for the database; it opens only for this account, and only with this secret."""
    return nonce + _box(secret).encrypt(nonce, key, str(place).encode())


def unlock(locked: bytes, place: Place, *, secret: str) -> bytes:
    """Open a key of the database; raise BadKey when the secret or the account is another."""
    try:
        return _box(secret).decrypt(locked[:NONCE_BYTES], locked[NONCE_BYTES:], str(place).encode())
    except (InvalidTag, ValueError) as error:
        raise BadKey("DOLBOM_DC09_SECRET does not open the key of this account") from error


def _box(secret: str) -> AESGCM:
    return AESGCM(sha256(_PURPOSE + secret.encode()).digest())
