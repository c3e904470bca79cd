"""A roster as an iCalendar (RFC 5545): one event for each span of each person, in UTC, so that no zone is described."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final

from contracts import ResponderId
from homes.model import Responder, Roster
from homes.rosters import duties_between

#: Octets of a line at most, without its end.
_LONGEST: Final = 75


def calendar_of(
    roster: Roster, people: Mapping[ResponderId, Responder], from_at: datetime, until_at: datetime, now: datetime
) -> str:
    """Write who is on duty between two moments."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Dolbom//Roster//KO",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(roster.name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for duty in duties_between(roster, from_at, until_at):
        for place, key in enumerate(duty.responders, start=1):
            name = people[key].name if key in people else key
            lines += _event(roster, name, key, place, duty.from_at, duty.until_at, now)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in folded(line))


def _event(
    roster: Roster, name: str, key: str, place: int, from_at: datetime, until_at: datetime, now: datetime
) -> Iterable[str]:
    # Derived, so that a calendar knows the event again when it looks next time.
    uid = blake2b(f"{roster.roster_id}\x1f{key}\x1f{_instant(from_at)}".encode(), digest_size=12).hexdigest()
    return (
        "BEGIN:VEVENT",
        f"UID:{uid}@dolbom",
        f"DTSTAMP:{_instant(now)}",
        f"DTSTART:{_instant(from_at)}",
        f"DTEND:{_instant(until_at)}",
        f"SUMMARY:{escaped(f'{name} · {roster.name}')}{f' ({place})' if place > 1 else ''}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    )


def escaped(text: str) -> str:
    """Write a text as a property takes it."""
    plain = "".join(letter for letter in text.replace("\r\n", "\n") if letter >= " " or letter == "\n")
    for letter in ("\\", ";", ","):
        plain = plain.replace(letter, f"\\{letter}")
    return plain.replace("\n", "\\n")


def folded(line: str) -> list[str]:
    """Cut a line into parts of at most 75 octets, never inside a letter; each but the first begins with a space."""
    parts, part, room = [], "", _LONGEST
    for letter in line:
        size = len(letter.encode())
        if size > room:
            parts.append(part)
            part, room = " ", _LONGEST - 1
        part, room = part + letter, room - size
    return [*parts, part]


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
