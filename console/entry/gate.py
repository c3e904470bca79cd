"""Where somebody who gave their password is led before they see anything: the second factor, and the lock."""

import re
from datetime import datetime, timedelta
from typing import Final

from console.sessions import Operator

FACTOR: Final = "/second-factor"
ENROL: Final = "/second-factor/enrol"
LOCKED: Final = "/locked"

#: A code that was shown opens exports, role changes and health data for so long.
STEP_UP_LASTS: Final = timedelta(minutes=10)
#: A record outside one's districts stays open for so long.
GLASS_LASTS: Final = timedelta(minutes=60)
#: So many wrong PINs end the session: the way in is then the password again.
MOST_PINS: Final = 5

_BEFORE_PROOF: Final = frozenset({FACTOR, ENROL, "/sign-out", "/preferences"})
#: A locked workstation still counts, blinks and sounds, and still says that somebody is near it.
_WHILE_LOCKED: Final = frozenset(
    {LOCKED, "/locked/state", "/unlock", "/lock", "/sign-out", "/preferences", "/console/presence"}
)
_FOR_SCRIPTS: Final = re.compile(r"/(console|api)/.*")


def led_to(operator: Operator, path: str) -> str | None:
    """Tell where a request is led instead; None when it goes on."""
    if not operator.proved:
        return None if path in _BEFORE_PROOF else FACTOR if operator.enrolled else ENROL
    if operator.locked and path not in _WHILE_LOCKED:
        return LOCKED
    return None


def is_for_scripts(path: str) -> bool:
    """Tell whether nobody reads the answer as a page."""
    return _FOR_SCRIPTS.fullmatch(path) is not None


def is_stepped_up(operator: Operator, now: datetime) -> bool:
    """Tell whether a code was asked for, and shown, a short while ago."""
    return operator.stepped_up_at is not None and now - operator.stepped_up_at < STEP_UP_LASTS
