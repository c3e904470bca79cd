"""How many pages one session may keep open at the feed: the newest stay, for one of the older may be a dead line."""

from typing import Final, Generic, TypeVar

T = TypeVar("T")

#: No desk has so many boards open.
MOST_FEEDS: Final = 12


class Seats(Generic[T]):
    """Who sits where, oldest first. Mutable, and owned by the feed."""

    def __init__(self, most: int = MOST_FEEDS) -> None:
        self._most = most
        self._taken: dict[str, list[T]] = {}

    def take(self, who: str, seat: T) -> T | None:
        """Sit down; answer the seat that has to be left for it, the oldest, when there are too many."""
        theirs = self._taken.setdefault(who, [])
        theirs.append(seat)
        return theirs.pop(0) if len(theirs) > self._most else None

    def leave(self, who: str, seat: T) -> None:
        """Stand up; whoever had to leave before has no seat any more."""
        left = [one for one in self._taken.get(who, []) if one is not seat]
        if left:
            self._taken[who] = left
        else:
            self._taken.pop(who, None)
