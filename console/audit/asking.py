"""What is asked of the access log, read from the page's address, and what one reader may see of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from console.chain import Look
from console.roles import Act
from console.sessions import Operator

PAGE_LINES = 50


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which lines; what is empty asks for nothing."""

    account: str = ""
    subject: str = ""
    what: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None
    #: Only lines older than this one: where the page before ended.
    before: int | None = None


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What the reader may see; a senior of some districts sees what was done there, and what they did themselves."""

    own: str | None = None
    districts: frozenset[str] = frozenset()
    reader: str = ""


def scope_of(operator: Operator) -> Scope:
    """Tell how much of the log is somebody's to read."""
    if Act.AUDIT_READ not in operator.acts:
        return Scope(own=operator.name, reader=operator.name)
    return Scope(districts=operator.districts, reader=operator.name)


def asked_of(query: Mapping[str, str], zone: ZoneInfo) -> Asked:
    """Read the fields of the page's form; what cannot be read asks for nothing."""
    until = _day(query.get("until", ""))
    begin = _day(query.get("from", ""))
    before = query.get("before", "")
    what = query.get("what", "")
    return Asked(
        account=query.get("account", "").strip()[:64],
        subject=query.get("subject", "").strip()[:64],
        what=what if what in set(Look) else "",
        from_at=datetime.combine(begin, time(), zone) if begin else None,
        # The day that is named is a part of what is asked for.
        until_at=datetime.combine(until + timedelta(days=1), time(), zone) if until else None,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
    )


def month_before(today: date) -> date:
    """Name the month that is to be checked: the last one that is over, by its first day."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def is_over(month: date, today: date) -> bool:
    """Tell whether a month can be signed off: nothing is written into it any more."""
    return month.day == 1 and month < today.replace(day=1)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
