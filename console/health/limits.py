"""The limits beyond which a device counts as in trouble, as a form of one home."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from contracts import WatchPlan


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One limit that an engineer may change, in the unit in which people think of it."""

    #: Its name in the plan.
    name: str
    seconds: int
    least: int
    most: int


_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400
LIMITS: Final = (
    Limit(name="gateway_silent_seconds", seconds=_MINUTE, least=2, most=60),
    Limit(name="not_protected_after_seconds", seconds=_MINUTE, least=5, most=240),
    Limit(name="mains_sensor_silent_seconds", seconds=_MINUTE, least=5, most=1440),
    Limit(name="battery_sensor_silent_seconds", seconds=_HOUR, least=1, most=72),
    Limit(name="battery_left_seconds", seconds=_DAY, least=1, most=180),
    Limit(name="clock_wrong_seconds", seconds=1, least=5, most=3600),
)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A limit that was changed, as the access log keeps it."""

    name: str
    before: int
    after: int

    def __str__(self) -> str:
        return f"{self.name} {self.before} -> {self.after}"


def shown(plan: WatchPlan, limit: Limit) -> int:
    """Give a limit in its unit."""
    return int(getattr(plan, limit.name)) // limit.seconds


def changed(plan: WatchPlan, fields: Mapping[str, str]) -> tuple[WatchPlan, tuple[Change, ...]] | str:
    """Read the form; a text in return is the name of the limit that cannot be used."""
    values: dict[str, int] = {}
    for limit in LIMITS:
        text = fields.get(limit.name, "").strip()
        if not text.isascii() or not text.isdigit() or not limit.least <= int(text) <= limit.most:
            return limit.name
        if int(text) != shown(plan, limit):
            values[limit.name] = int(text) * limit.seconds
    changes = tuple(Change(name=name, before=int(getattr(plan, name)), after=after) for name, after in values.items())
    return msgspec.structs.replace(plan, **values), changes
