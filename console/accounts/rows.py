"""What is asked of an account's change before it is made, and how accounts are listed."""

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.chain import UNSAID, Circumstances
from console.roles import Role

_NAME = re.compile(r"\S(?:[^\x00-\x1f\x7f]{0,62}\S)?")


class Refused(StrEnum):
    """Why an account is not changed; the word is the end of its sentence's key."""

    NO_SUCH_ACCOUNT = "no_such_account"
    NAME_TAKEN = "name_taken"
    NAME_UNUSABLE = "name_unusable"
    #: Nobody could give roles any more.
    LAST_ADMIN = "last_admin"
    UNKNOWN_ROLE = "unknown_role"
    UNKNOWN_DISTRICT = "unknown_district"
    NO_ROLE = "no_role"


@dataclass(frozen=True, kw_only=True)
class AccountLine:
    """An account as an administrator sees it."""

    name: str
    roles: list[str]
    districts: list[str]
    enrolled: bool
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Who changes an account, when and from where: the line of the access log."""

    by: str
    at: datetime
    said: Circumstances = UNSAID


def unusable(name: str, roles: Iterable[str], districts: Iterable[str], known: Set[str]) -> Refused | None:
    """Tell why an account cannot be so."""
    asked = list(roles)
    if not _NAME.fullmatch(name):
        return Refused.NAME_UNUSABLE
    if not asked:
        return Refused.NO_ROLE
    if set(asked) - set(Role):
        return Refused.UNKNOWN_ROLE
    return Refused.UNKNOWN_DISTRICT if set(districts) - known else None


def described(roles: Iterable[str], districts: Iterable[str]) -> str:
    """Write roles and districts as the access log keeps them."""
    return f"{' '.join(sorted(roles))} @ {' '.join(sorted(districts)) or '*'}"
