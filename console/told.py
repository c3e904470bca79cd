"""What a listener of the feed is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from console.board.offering.offer import Offer
from console.feed import Mark, Stand, tally
from console.rows import Entry
from contracts import AlertId


@dataclass(frozen=True, kw_only=True)
class Changed:
    """An alert as it is now. The rendered row is kept beside it: all pages of one kind share it."""

    #: Only the last change of a batch carries a mark: a page cut in the middle must not go on behind the rest.
    mark: Mark | None
    entry: Entry
    rendered: dict[tuple[str, bool, bool], bytes] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A sign of life, with what a page needs to know whether it is whole."""

    now: datetime
    ingest_age: float | None
    #: The open alerts: each page is told of those that stand on its board, counted and summed up once for all alike.
    stands: Mapping[AlertId, Stand]
    tallies: dict[frozenset[str], tuple[int, str]] = field(default_factory=dict)
    #: Alerts opened in each of the last ten minutes.
    opened: tuple[int, ...] = ()
    #: Another text whenever an incident is other than before.
    incidents: str = ""
    #: Homes that are not protected, district by district.
    not_protected: Mapping[str, int] = field(default_factory=dict)
    #: The operators who are at a console.
    on_duty: tuple[str, ...] = ()
    to_follow_up: int = 0
    flooded: bool = False
    #: When a synthetic alarm last went the whole way; None when none ever did.
    tried: datetime | None = None
    #: For how long the call that waits longest is overdue; None: it is not known.
    notifier_age: float | None = None
    #: Cases on their way between operators, and those that arrived or did not a moment ago.
    offers: tuple[Offer, ...] = ()
    #: Who has which alert before them.
    viewing: Mapping[AlertId, tuple[str, ...]] = field(default_factory=dict)

    def tally(self, districts: frozenset[str]) -> tuple[int, str]:
        """Count and sum up what stands on a board of these districts."""
        if districts not in self.tallies:
            self.tallies[districts] = tally(self.stands, districts)
        return self.tallies[districts]


@dataclass(frozen=True)
class Reset:
    """The page must take a new snapshot."""


@dataclass(frozen=True)
class End:
    """The server stops."""


Told = Changed | Tick | Reset | End
