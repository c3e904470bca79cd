"""What a resident can agree to, and for how long monitoring may pause at their wish."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts import Hold, HoldKind

#: A pause ends by itself after so long at most; who wants a longer one asks again.
LONGEST_PAUSE: Final = timedelta(days=14)
#: What a pause is called in the record of holds: it is the resident's own wish.
PAUSE_REASON: Final = "이용자 요청 일시 중지"


class Kind(StrEnum):
    """What is agreed to."""

    #: Being cared for, and the personal data that it needs.
    CARE = "care"
    #: Health and movements: sensitive information.
    SENSITIVE = "sensitive"
    #: Handing data on: to responders, 119, the city.
    PROVISION = "provision"
    #: Opening the door in an emergency.
    EMERGENCY_ENTRY = "emergency_entry"
    #: Listening after a spoken call for help.
    VOICE = "voice"


@dataclass(frozen=True, kw_only=True)
class Consent:
    """One thing that was agreed to."""

    consent_id: int
    kind: str
    given_at: datetime
    #: The resident, or who may speak for them.
    given_by: str
    until_at: datetime | None
    written_by: str
    ended_at: datetime | None
    ended_by: str | None

    def runs(self, now: datetime) -> bool:
        """Tell whether it counts."""
        return self.ended_at is None and (self.until_at is None or now < self.until_at)


def missing(consents: Iterable[Consent], now: datetime) -> tuple[Kind, ...]:
    """Name what nobody has agreed to, or what is over."""
    given = {one.kind for one in consents if one.runs(now)}
    return tuple(kind for kind in Kind if kind not in given)


def pause_of(hours: float, now: datetime) -> Hold | None:
    """Make the hold of a pause; None when it is asked for too long, or for no time."""
    # No kind of its own: detectors that run now must be able to read it. Help button, fire and gas go on.
    lasts = timedelta(hours=hours)
    if not timedelta() < lasts <= LONGEST_PAUSE:
        return None
    return Hold(kind=HoldKind.AWAY, from_at=now, until_at=now + lasts)
