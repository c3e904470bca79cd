"""What a street would change: which of its homes are new, which differ, and which are the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from contracts import Hold, HomeId
from homes.model import Home

#: An ended hold stays in sight for so long, for readings that come late.
HOLD_REMEMBERED: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Homes of a street beside those of the database."""

    added: tuple[Home, ...] = ()
    changed: tuple[Home, ...] = ()
    unchanged: tuple[HomeId, ...] = ()


def compare(homes: Iterable[Home], stored: Mapping[HomeId, Home], *, now: datetime) -> Comparison:
    """Sort the homes of a street by what has to be done with them; holds are added and never taken away."""
    added: list[Home] = []
    changed: list[Home] = []
    unchanged: list[HomeId] = []
    for home in homes:
        before = stored.get(home.home_id)
        if before is None:
            added.append(home)
            continue
        after = replace(home, version=before.version, holds=with_holds(before.holds, home.holds, now=now))
        if after == replace(before, holds=with_holds(before.holds, (), now=now)):
            unchanged.append(home.home_id)
        else:
            changed.append(after)
    return Comparison(added=tuple(added), changed=tuple(changed), unchanged=tuple(unchanged))


def with_holds(stored: Iterable[Hold], more: Iterable[Hold], *, now: datetime) -> tuple[Hold, ...]:
    """Put holds together in the order of their beginning; the same kind and beginning is the same hold, re-dated."""
    holds = {(hold.from_at, hold.kind): hold for hold in (*stored, *more) if hold.until_at > now - HOLD_REMEMBERED}
    return tuple(holds[key] for key in sorted(holds))
