"""Know a message that is sent again because its answer was lost, without swallowing a second press."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

#: Once Kafka has a message, a lost answer or a clock that was set shows within so many seconds.
STORED_SECONDS: Final = 60.0
#: While Kafka has it not, its panel sends the same again; this long it is remembered.
WAITING_SECONDS: Final = 900.0
MOST: Final = 20_000

Way = TypeVar("Way")


@dataclass(kw_only=True, slots=True)
class Sent(Generic[Way]):
    """One message that was heard. Mutable, one owner."""

    mark: int
    #: The panel's own time in it; empty: it said none.
    said: str
    heard_at: float
    #: How it fares on its way to Kafka; None: it is not under way.
    way: Way | None = None
    #: When Kafka had it; None: not yet.
    stored_at: float | None = None
    #: It was acknowledged to somebody who still listened; else the panel has reason to send it again.
    answered: bool = False


class Repeats(Generic[Way]):
    """What was heard of late, by what a second sending has in common with the first. Bounded; the oldest goes."""

    def __init__(self) -> None:
        self._sent: OrderedDict[int, Sent[Way]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sent)

    def find(self, sameness: int, *, said: str, now: float) -> Sent[Way] | None:
        """Find the message that this one repeats, if it does.

        While the panel has reason to repeat it, any time in it will do. Once it was answered only its very time makes
        it the same: a panel that begins its count anew says a second press with the same number and another time.
        """
        known = self._sent.get(sameness)
        if known is None:
            return None
        since, bound = (
            (known.heard_at, WAITING_SECONDS) if known.stored_at is None else (known.stored_at, STORED_SECONDS)
        )
        return known if now - since <= bound and (not known.answered or said == known.said) else None

    def keep(self, sameness: int, sent: Sent[Way]) -> None:
        """Remember a message; of two that look the same the later one counts."""
        self._sent.pop(sameness, None)
        self._sent[sameness] = sent
        if len(self._sent) > MOST:
            self._sent.popitem(last=False)
