"""Read what an operator enters as a hold: which kind, until when, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from contracts import Hold, HoldKind
from homes.model import LONGEST_HOLD

#: What may be entered here; a test is started as a walk test, with an engineer in the home.
KINDS: Final = (HoldKind.AWAY, HoldKind.HOSPITAL, HoldKind.VISITOR, HoldKind.MAINTENANCE)
#: What the form proposes, in hours.
HOURS: Final = (2, 4, 12, 24, 72, 168, 336)
LONGEST_REASON: Final = 200


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A hold that can be entered."""

    hold: Hold
    reason: str


def read_hold(fields: Mapping[str, str], now: datetime, zone: ZoneInfo) -> Wish | str:
    """Read the form; a string is the key of the sentence that says what is wrong."""
    if fields.get("kind", "") not in set(KINDS):
        return "hold.no_kind"
    until = _until(fields, now, zone)
    if until is None:
        return "hold.no_end"
    if until <= now:
        return "hold.over"
    if until - now > LONGEST_HOLD:
        return "hold.too_long"
    reason = " ".join(fields.get("reason", "").split())[:LONGEST_REASON]
    if not reason:
        return "hold.no_reason"
    return Wish(hold=Hold(kind=HoldKind(fields["kind"]), from_at=now, until_at=until), reason=reason)


def read_moment(word: str) -> datetime | None:
    """Read the moment at which a hold began, as its row names it."""
    try:
        at = datetime.fromisoformat(word)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _until(fields: Mapping[str, str], now: datetime, zone: ZoneInfo) -> datetime | None:
    written, hours = fields.get("until", "").strip(), fields.get("hours", "").strip()
    if written:
        try:
            at = datetime.fromisoformat(written)
        except ValueError:
            return None
        # A browser's field knows no zone: it means the home's own clock.
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(now.tzinfo)
    # Of hours nobody means more than these; a longer word is no number.
    if hours.isascii() and hours.isdigit() and 0 < len(hours) <= 4:
        return now + timedelta(hours=int(hours))
    return None
