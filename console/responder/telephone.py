"""A link belongs to the telephone of its first press; another one proves by a code that the same person holds it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from homes.model import Channel, Contact, Responder

#: Names the cookie; it goes to links only.
COOKIE: Final = "dolbom_telephone"
#: A link is over by then.
COOKIE_LASTS: Final = timedelta(hours=28)
#: So many wrong codes; then the centre has to be called.
MOST_TRIES: Final = 5
#: What brings a code to a person who stands in the street.
_BRINGS_CODES: Final = (Channel.SMS, Channel.VOICE)


class Whose(StrEnum):
    """What a telephone is to a link."""

    #: Nobody has pressed anything yet.
    NOBODYS = "nobodys"
    OWN = "own"
    ANOTHERS = "anothers"


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """What a telephone says beside the press itself."""

    #: The same for every repeat of a press; empty without a script.
    key: str
    #: When it was pressed, by the telephone's clock.
    said_at: datetime | None


def digest_of(cookie: str) -> bytes:
    """Digest a telephone's cookie for the database."""
    return sha256(cookie.encode()).digest()


def whose(bound: bytes | None, cookie: str) -> Whose:
    """Tell what a telephone is to a link that belongs to `bound`."""
    if bound is None:
        return Whose.NOBODYS
    return Whose.OWN if cookie and digest_of(cookie) == bound else Whose.ANOTHERS


def contact_for_a_code(responder: Responder, set_up: frozenset[Channel]) -> Contact | None:
    """Choose where a code is sent; None where nothing could bring one, and then nobody is asked for one."""
    contacts = {contact.channel: contact for contact in responder.contacts}
    return next((contacts[one] for one in _BRINGS_CODES if one in contacts and one in set_up), None)


def pressed(key: str, said_at: str) -> Pressed:
    """Read what a script adds to a press; what cannot be read is as if it were not there."""
    try:
        at = datetime.fromisoformat(said_at)
    except ValueError:
        at = None
    known = at if at is not None and at.tzinfo is not None else None
    return Pressed(key=key if len(key) <= 64 and key.isprintable() else "", said_at=known)
