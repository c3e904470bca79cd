"""Changes of a roster as pure functions: each answers the roster as it would be, or the word that says why not."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from contracts import ResponderId
from homes.model import Hours, Override, Roster, Rotation

#: So many people a form puts in line; a street file takes more.
MOST_PEOPLE: Final = 6
#: Somebody stands in for so long at most; who stays longer takes turns.
LONGEST: Final = timedelta(days=31)
_MOST_DAYS: Final = 366
_MINUTES: Final = 24 * 60
_WEEK: Final = tuple(range(7))


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What a form asks for: the roster as it was seen, and the fields."""

    mark: str
    fields: Mapping[str, str]
    #: The days of the week that were ticked.
    days: tuple[int, ...] = ()


def mark_of(roster: Roster) -> str:
    """Name a roster's content: a form of an older one changes nothing unseen."""
    return blake2b(msgspec.json.encode(roster), digest_size=8).hexdigest()


def with_override(roster: Roster, edit: Edit, people: Container[str]) -> Roster | str:
    """Let somebody stand in, or nobody, for a span."""
    zone = ZoneInfo(roster.timezone)
    from_at, until_at = moment(edit.fields.get("from_at", ""), zone), moment(edit.fields.get("until_at", ""), zone)
    if from_at is None or until_at is None or not from_at < until_at <= from_at + LONGEST:
        return "roster.needs.span"
    named = _named(edit.fields)
    if not named and not edit.fields.get("nobody"):
        return "roster.needs.people"
    if any(one not in people for one in named):
        return "roster.needs.known"
    made = Override(from_at=from_at, until_at=until_at, responders=tuple(ResponderId(one) for one in named))
    return replace(roster, overrides=(*roster.overrides, made))


def without_override(roster: Roster, edit: Edit) -> Roster | str:
    """Take a stand-in back."""
    place = _place(edit.fields, len(roster.overrides))
    if place is None:
        return "roster.needs.form"
    return replace(roster, overrides=roster.overrides[:place] + roster.overrides[place + 1 :])


def with_rotation(roster: Roster, edit: Edit, people: Container[str]) -> Roster | str:
    """Let people take turns."""
    named, first = _named(edit.fields), _day(edit.fields.get("from_day", ""))
    days, hours = _whole(edit.fields.get("turn_days", "")), _hours(edit)
    if not named:
        return "roster.needs.people"
    if any(one not in people for one in named):
        return "roster.needs.known"
    handover = minute(edit.fields.get("handover", ""))
    if first is None or handover is None or hours is None or not 1 <= days <= _MOST_DAYS:
        return "roster.needs.turns"
    made = Rotation(
        responders=tuple(ResponderId(one) for one in named),
        from_day=first,
        handover_minute=handover,
        days=days,
        hours=hours,
    )
    return replace(roster, rotations=(*roster.rotations, made))


def without_rotation(roster: Roster, edit: Edit) -> Roster | str:
    """Let people take no turns any more."""
    place = _place(edit.fields, len(roster.rotations))
    if place is None:
        return "roster.needs.form"
    return replace(roster, rotations=roster.rotations[:place] + roster.rotations[place + 1 :])


def moment(text: str, zone: ZoneInfo) -> datetime | None:
    """Read a moment as a browser sends it, by the roster's clock; None: it is none."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def minute(text: str) -> int | None:
    """Read a time of the clock as minutes after midnight; None: it is none."""
    hours, _, minutes = text.strip().partition(":")
    if not (hours.isdigit() and minutes.isdigit() and text.isascii()):
        return None
    found = int(hours) * 60 + int(minutes)
    return found if found < _MINUTES and int(minutes) < 60 else None  # minutes of an hour


def _hours(edit: Edit) -> tuple[Hours, ...] | None:
    """Read when a rotation counts; left empty: always. One that ends before it begins goes past midnight."""
    begins, ends = edit.fields.get("hours_from", ""), edit.fields.get("hours_until", "")
    days = edit.days or _WEEK
    if not begins and not ends:
        return (Hours(days=days),) if days != _WEEK else ()
    from_minute, until_minute = minute(begins), minute(ends)
    if from_minute is None or until_minute is None or from_minute == until_minute:
        return None
    # An end at midnight is the end of the day.
    return (Hours(days=days, from_minute=from_minute, until_minute=until_minute or _MINUTES),)


def _named(fields: Mapping[str, str]) -> tuple[str, ...]:
    named = (fields.get(f"person_{place}", "") for place in range(1, MOST_PEOPLE + 1))
    return tuple(dict.fromkeys(one for one in named if one))


def _place(fields: Mapping[str, str], length: int) -> int | None:
    place = _whole(fields.get("place", ""))
    return place if 0 <= place < length else None


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1  # digits


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
