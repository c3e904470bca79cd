"""What may wait for company: whoever is called for small matters in many homes hears of them in one message."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final

from alerts.model import Notification, Purpose
from contracts import Severity

#: Never throttled, never bundled: everybody who is called for these is called at once, for each home by itself.
EXEMPT: Final = frozenset({Severity.EMERGENCY, Severity.URGENT})
#: So many homes are told of in one message; more are told of in the next.
MOST: Final = 20
#: Nothing is held back longer than so many windows after it was called.
_LONGEST_WINDOWS: Final = 2


class Pace(StrEnum):
    """Why a call goes now, or does not."""

    #: It is serious, or an operator asked for it, or it is no call for help: nothing holds it up.
    EXEMPT = "exempt"
    #: They have heard of nothing else within the window.
    FIRST = "first"
    #: They have; it waits and goes together with whatever comes until then.
    HELD_BACK = "held_back"
    #: It has waited long enough.
    WAITED = "waited"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a call goes now."""

    pace: Pace
    #: Not before then; None: now.
    until: datetime | None = None


def may_wait(call: Notification) -> bool:
    """Tell whether a call may be held back or bundled at all."""
    return call.severity not in EXEMPT and call.purpose is Purpose.HELP and not call.insisted


def judge(call: Notification, *, last_at: datetime | None, window: timedelta, now: datetime) -> Verdict:
    """Decide whether a call goes now; `last_at` is when its contact last heard of something that may wait."""
    if not may_wait(call):
        return Verdict(pace=Pace.EXEMPT)
    if last_at is None or now >= last_at + window:
        return Verdict(pace=Pace.FIRST)
    latest = call.called_at + _LONGEST_WINDOWS * window
    if now >= latest:
        return Verdict(pace=Pace.WAITED)
    return Verdict(pace=Pace.HELD_BACK, until=min(last_at + window, latest))


def together(calls: Iterable[Notification]) -> list[list[Notification]]:
    """Put what may wait and goes to the same contact together; everything else goes by itself."""
    calls = list(calls)
    groups = [[call] for call in calls if not may_wait(call)]
    waiting = sorted((call for call in calls if may_wait(call)), key=_contact)
    for _, group in groupby(waiting, key=_contact):
        same = list(group)
        groups += [same[first : first + MOST] for first in range(0, len(same), MOST)]
    return groups


def _contact(call: Notification) -> tuple[str, str, int]:
    return (call.responder_id, call.channel, call.contact)
