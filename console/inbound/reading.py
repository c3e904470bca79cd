"""Read what people and providers send: a yes, a no, a number, a key, the fields of a request."""

from enum import StrEnum
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qsl

import msgspec

#: Numbers may come with the country's code or without it.
COUNTRY: Final = "82"
_LONGEST_NUMBER: Final = 15
_CODE_DIGITS: Final = 6


class Said(StrEnum):
    """What somebody meant."""

    YES = "yes"
    NO = "no"
    #: The code of a test message.
    CODE = "code"
    UNCLEAR = "unclear"


_YES: Final = frozenset({"1", "예", "네", "넵", "응", "갑니다", "가요", "yes", "y", "ok", "okay"})
_NO: Final = frozenset({"2", "아니오", "아니요", "아뇨", "못갑니다", "못가요", "no", "n"})


def said_of(text: str) -> Said:
    """Tell what a reply means. Whoever says more than one word may mean anything."""
    word = "".join(text.split()).strip(".!~,()'\"번").casefold()
    if word in _YES:
        return Said.YES
    if word in _NO:
        return Said.NO
    return Said.CODE if len(word) == _CODE_DIGITS and word.isascii() and word.isdigit() else Said.UNCLEAR


def key_of(pressed: str) -> Said:
    """Tell what a pressed key means."""
    return {"1": Said.YES, "2": Said.NO}.get(pressed.strip().rstrip("#"), Said.UNCLEAR)


def forms_of(number: str) -> tuple[str, ...]:
    """Write a number in digits as it may stand in a list, with the country's code and without; empty: it is none."""
    digits = "".join(sign for sign in number if sign.isascii() and sign.isdigit())
    if number.strip().startswith("00"):
        digits = digits[2:]
    if not 3 <= len(digits) <= _LONGEST_NUMBER:
        return ()
    if digits.startswith(COUNTRY):
        return (digits, "0" + digits.removeprefix(COUNTRY))
    if digits.startswith("0"):
        return (digits, COUNTRY + digits[1:])
    return (digits,)


def fields_of(body: bytes, content_type: str) -> object:
    """Read the fields of a request, JSON or a form; None when it is neither."""
    if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
        try:
            return dict(parse_qsl(body.decode(), max_num_fields=100))
        except (UnicodeDecodeError, ValueError):
            return None
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def digest_of(what: str, event_id: str, body: bytes) -> str:
    """Name a request, so that a repeat of it is known: by the provider's id of it, or else by all that it says."""
    named = event_id.encode() if event_id else body
    return sha256(b"\x1f".join((what.encode(), b"id" if event_id else b"body", named))).hexdigest()
