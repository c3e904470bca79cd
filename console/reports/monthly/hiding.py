"""Small counts hidden for readers outside the centre, so that nobody can compute them from the rest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

#: Counts of 1 up to this could tell of one person.
SMALL: Final = 4


class Hidden(StrEnum):
    """What stands in the place of a count."""

    #: It is from 1 to 4.
    SMALL = "<5"
    #: It is not small, but with it a small one could be computed.
    WITH = "*"


@dataclass(frozen=True, kw_only=True)
class AtLeast:
    """A total of which parts are hidden: no less than this, and nothing more is known."""

    count: int


Shown = int | Hidden | AtLeast


@dataclass(frozen=True, kw_only=True)
class Group:
    """Counts that add up to a total, as they are published."""

    total: Shown
    parts: tuple[Shown, ...]


def alone(count: int) -> Shown:
    """Publish a count that is part of no total."""
    return Hidden.SMALL if 1 <= count <= SMALL else count


def group_of(total: int, parts: Sequence[int]) -> Group:
    """Publish parts and their total: what is small is hidden, and with it whatever would give it away."""
    if 1 <= total <= SMALL:
        return Group(total=Hidden.SMALL, parts=tuple(Hidden.WITH for _ in parts))
    small = {place for place, count in enumerate(parts) if 1 <= count <= SMALL}
    if not small:
        return Group(total=total, parts=tuple(parts))
    # The largest goes with the small ones: what is left then says least about each of them.
    largest, *rest = sorted(range(len(parts)), key=lambda place: -parts[place])
    hidden = sum(parts[place] for place in {*small, largest})
    shown = max((parts[place] for place in rest if place not in small), default=0)
    if hidden - len(small) * SMALL <= max(shown, SMALL):
        # Nothing but the total is left to say, zeros included: which parts are small would say it.
        return Group(total=total, parts=tuple(Hidden.WITH for _ in parts))
    # Each small count could be any of 1 to 4: the largest takes up the rest, and would be the largest all the same.
    marks = dict.fromkeys(small, Hidden.SMALL) | {largest: Hidden.WITH}
    return Group(total=total, parts=tuple(marks.get(place, count) for place, count in enumerate(parts)))


def total_of(shown: Iterable[Shown]) -> Shown:
    """Add up what is published already; a total made of nothing else gives nothing away."""
    found = list(shown)
    least = sum(_least(one) for one in found)
    return least if all(isinstance(one, int) for one in found) else AtLeast(count=least)


def _least(one: Shown) -> int:
    match one:
        case int():
            return one
        case AtLeast(count=count):
            return count
        case Hidden.SMALL:
            return 1
        case Hidden.WITH:
            return 0


def rough(hit: int, of: int) -> float | None:
    """Round a share so that every count it could be of has one that reads the same; None: it would tell of so few."""
    if of < _ENOUGH or 1 <= hit <= SMALL or 1 <= of - hit <= SMALL:
        return None
    # A step is never finer than one case is: so the share does not say of how many it is.
    steps = 100 if of >= _FINE else _ENOUGH
    return round(hit / of * steps) / steps


_ENOUGH: Final = 20
_FINE: Final = 100


def totals_by(groups: Iterable[Mapping[str, Shown]]) -> dict[str, Shown]:
    """Add up the published counts of several places, name by name."""
    found: dict[str, list[Shown]] = {}
    for group in groups:
        for name, shown in group.items():
            found.setdefault(name, []).append(shown)
    return {name: total_of(shown) for name, shown in found.items()}
