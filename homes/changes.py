"""What a street would change: which of its homes are new, which differ, and which are the same."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from contracts import Hold, HomeId
from homes.model import Home

#: An ended hold stays in sight for so long, for readings that come late.
HOLD_REMEMBERED: Final = timedelta(days=1)
#: PostgreSQL takes 256 MB of JSON in one value: some eighty thousand homes, and no more.
AT_ONCE: Final = 2_000

Thing = TypeVar("Thing")


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


def in_parts(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    """Cut what is written as JSON into values that PostgreSQL takes."""
    for first in range(0, len(things), AT_ONCE):
        yield things[first : first + AT_ONCE]
