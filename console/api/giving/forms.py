"""What somebody who gives a token writes down, checked."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from console.api.scopes import Scope, Token
from console.api.secret import ID_PATTERN

LONGEST_DAYS: Final = 730
USUAL_DAYS: Final = 365
USUAL_PER_MINUTE: Final = 120
MOST_PER_MINUTE: Final = 6_000
_LONGEST_NAME: Final = 80


class Unfit(StrEnum):
    """Why a token is not given."""

    BAD_ID = "bad_id"
    NO_NAME = "no_name"
    NO_SCOPE = "no_scope"
    NO_SUCH_DISTRICT = "no_such_district"
    #: It would open more districts than whoever gives it sees.
    TOO_WIDE = "too_wide"
    BAD_DAYS = "bad_days"
    BAD_RATE = "bad_rate"
    GIVEN_BEFORE = "given_before"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A token that somebody asks for."""

    token_id: str
    name: str
    scopes: Sequence[str]
    districts: Sequence[str] = ()
    days: int = USUAL_DAYS
    per_minute: int = USUAL_PER_MINUTE


def within(wish: Wish, districts: Collection[str]) -> bool:
    """Tell whether a token opens no more than whoever gives it sees; none means every district, of both."""
    return not districts or (bool(wish.districts) and set(wish.districts) <= set(districts))


def token_of(wish: Wish, *, known: Sequence[str], by: str, now: datetime) -> Token | Unfit:
    """Make the token, or say what is wrong; `known` are the districts that there are."""
    if not re.fullmatch(ID_PATTERN.strip("^$"), wish.token_id):
        return Unfit.BAD_ID
    if not wish.name.strip() or len(wish.name) > _LONGEST_NAME or not wish.name.isprintable():
        return Unfit.NO_NAME
    if not wish.scopes or not set(wish.scopes) <= {scope.value for scope in Scope}:
        return Unfit.NO_SCOPE
    if not set(wish.districts) <= set(known):
        return Unfit.NO_SUCH_DISTRICT
    if not 1 <= wish.days <= LONGEST_DAYS:
        return Unfit.BAD_DAYS
    if not 1 <= wish.per_minute <= MOST_PER_MINUTE:
        return Unfit.BAD_RATE
    return Token(
        token_id=wish.token_id,
        name=wish.name.strip(),
        scopes=frozenset(Scope(scope) for scope in wish.scopes),
        districts=frozenset(wish.districts),
        per_minute=wish.per_minute,
        given_at=now,
        given_by=by,
        expires_at=now + timedelta(days=wish.days),
        last_used_at=None,
        taken_at=None,
    )
