"""Which passwords are refused: too short, made of the commonest ones, or holding the account's name."""

import re
from enum import StrEnum
from itertools import pairwise
from typing import Final

SHORTEST_PASSWORD: Final = 12
#: So many characters must be left once everything common is taken away.
_OWN_CHARACTERS: Final = 6
_PINS: Final = re.compile(r"\d{4,8}")
#: Figures and signs that stand for letters.
_LETTERS: Final = str.maketrans("013457@$!", "oleastasi")

#: What lists of stolen passwords have at their top, here and elsewhere; the Korean ones as the keys are pressed.
_TOP: Final = (
    "password passwort passw0rd letmein welcome iloveyou sunshine princess football baseball superman "
    "dragon monkey master shadow michael jennifer computer internet whatever trustno starwars qwerty "
    "qwertyuiop qwerasdf asdfghjkl asdfgh asdf zxcvbnm zxcvbn zxcv qazwsx qazwsxedc wsxedc "
    "abcdefghijklmnopqrstuvwxyz abcdef abcd administrator admin root test guest user login changeme "
    "secret default temp hello dolbom dkssudgktpdy dkssud tkfkdgo tkfkd qlalfqjsgh qlqjs rhksflwk ehfqha "
    "gkssk korea seoul saranghae annyeong vkdlxld dhfkfk 01234567890 1234567890 0987654321 123456789 "
    "987654321 12345678 123456 654321 12345 1234 4321 1q2w3e4r5t 1q2w3e4r 1q2w3e 1qaz2wsx 1004 1111 0000 "
    "112233 111222 123123 비밀번호 관리자 돌봄 안녕하세요 사랑해 "
)
_COMMON: Final = tuple(sorted(_TOP.split(), key=len, reverse=True))


class Weakness(StrEnum):
    """Why a password is not taken; the word is the end of its sentence's key."""

    TOO_SHORT = "too_short"
    COMMON = "common"
    HOLDS_NAME = "holds_name"


def weakness_of(password: str, name: str) -> Weakness | None:
    """Tell why a password must not be used for the account of this name; None when it may."""
    if len(password) < SHORTEST_PASSWORD:
        return Weakness.TOO_SHORT
    if len(name) > 1 and name.casefold() in password.casefold():
        return Weakness.HOLDS_NAME
    lowered = password.casefold()
    readings = (lowered, lowered.translate(_LETTERS))
    return Weakness.COMMON if any(_own(text) < _OWN_CHARACTERS for text in readings) else None


def is_pin(pin: str) -> bool:
    """Tell whether a PIN is four to eight figures, and not one figure alone or a run of them."""
    steps = {ord(after) - ord(before) for before, after in pairwise(pin)}
    return _PINS.fullmatch(pin) is not None and pin.isascii() and steps not in ({0}, {1}, {-1})


def _own(text: str) -> int:
    """Count the different characters that are left without the common words."""
    for word in _COMMON:
        text = text.replace(word, "")
    return len(set(text))
