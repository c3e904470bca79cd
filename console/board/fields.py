"""The fields of a form, read as what they must be."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from console.spans import ZONE

#: A note is a note, not a file.
LONGEST_NOTE: Final = 2_000
#: Why, or whom: a line and no more.
LONGEST_LINE: Final = 200

E = TypeVar("E", bound=StrEnum)


class Unusable(Exception):
    """A form lacks something; its message is the key of the sentence that says what."""


def number(fields: Mapping[str, str], name: str, fault: str, *, most: int = 999_999_999) -> int:
    """Read a number that must be there."""
    text = fields.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= most):
        raise Unusable(fault)
    return int(text)


def version(fields: Mapping[str, str]) -> int:
    """Read which version of the alert the operator saw."""
    return number(fields, "version", "answer.no_version")


def maybe_version(fields: Mapping[str, str]) -> int | None:
    """Read which version the operator saw, of a form that may come without it; None: it says none."""
    return version(fields) if fields.get("version", "").strip() else None


def text(fields: Mapping[str, str], name: str, fault: str, *, longest: int = LONGEST_LINE) -> str:
    """Read a text that must be there."""
    written = fields.get(name, "").strip()
    if not written:
        raise Unusable(fault)
    return written[:longest]


def choice(fields: Mapping[str, str], name: str, kind: type[E], fault: str) -> E:
    """Read one of a closed set."""
    if fields.get(name, "") not in set(kind):
        raise Unusable(fault)
    return kind(fields[name])


def until(fields: Mapping[str, str], now: datetime) -> datetime:
    """Read until when: a time of the centre's clock, today or tomorrow, else so many minutes from now."""
    at = fields.get("at", "").strip()
    if not at:
        return now + timedelta(minutes=number(fields, "minutes", "answer.no_until"))
    try:
        clock = time.fromisoformat(at)
    except ValueError:
        raise Unusable("answer.no_until") from None
    local = now.astimezone(ZONE)
    then = local.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    return (then if then > local else then + timedelta(days=1)).astimezone(now.tzinfo)
