"""What somebody searches for: a word, the end of a telephone number, or the short id of an alert."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from console.navigation import Place
from console.words import Words
from homes.enrolment.names import serial_of

LONGEST: Final = 64
#: So many of each kind are shown.
MOST: Final = 20
#: Fewer digits end too many numbers.
_LEAST_DIGITS: Final = 3
_SHORT: Final = re.compile(r"(?i)a-(\d{6})-([0-9a-f]{4})")
_ID: Final = re.compile(r"(?i)[0-9a-f]{6,64}")
#: A certificate's serial number as openssl and browsers print it, or as many of its digits as are typed.
_SERIAL: Final = re.compile(r"(?i)[0-9a-f:]{8,64}")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A search, as the database is asked."""

    word: str
    #: The digits that a telephone number ends in; empty: it is no number.
    digits: str = ""
    #: The beginning of an alert's id, and the day of a short one (yymmdd); empty: it is none.
    alert: str = ""
    day: str = ""
    #: The beginning of the serial number of a gateway's certificate; empty: it is none.
    serial: str = ""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One thing that was found."""

    path: str
    title: str
    about: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """What was found of one kind."""

    key: str
    hits: tuple[Hit, ...]


def read_search(text: str) -> Asked:
    """Read what was typed."""
    word = " ".join(text.split())[:LONGEST]
    digits = "".join(letter for letter in word if letter.isascii() and letter.isdigit())
    number = digits if len(digits) >= _LEAST_DIGITS and not word.strip("0123456789-+ ") else ""
    short = _SHORT.fullmatch(word)
    if short:
        return Asked(word=word, digits=number, alert=short[2].lower(), day=short[1])
    serial = serial_of(word) if _SERIAL.fullmatch(word) else ""
    return Asked(word=word, digits=number, alert=word.lower() if _ID.fullmatch(word) else "", serial=serial)


def pages_of(asked: Asked, places: Iterable[Place], words: Words) -> Group:
    """Find the pages whose names hold the word, among those that the reader may open."""
    named = ((place, words(f"nav.{place.key}")) for place in places)
    word = asked.word.lower()
    hits = tuple(Hit(path=one.path, title=name, about=one.path) for one, name in named if word and word in name.lower())
    return Group(key="pages", hits=hits)
