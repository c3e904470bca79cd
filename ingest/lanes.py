"""What waits for one partition, and in which order it goes: what is watched, what is now, what is late, the backlog."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from contracts import Reading, ReadingBatch, WatchedHome
from ingest.ticket import Ticket

#: A record holds so many readings at most. Names are bounded, so it stays well below Kafka's 1 MiB.
MOST_READINGS: Final = 500
#: What is watched of so many bytes goes into one record.
MOST_HOME_BYTES: Final = 256 * 1024
#: A pause does not save up more than so many seconds' worth of backlog.
_BURST_SECONDS: Final = 0.25

Waiting = deque[tuple[Reading, Ticket]]


@dataclass(kw_only=True, slots=True)
class Pace:
    """Lets so many through in a second. Mutable, owned by one lane."""

    per_second: float
    _allowed: float = 0.0
    _counted_at: float = 0.0

    def allowed(self, ticks: float) -> int:
        """Tell how many may go now."""
        grown = self._allowed + (ticks - self._counted_at) * self.per_second
        self._allowed, self._counted_at = min(grown, max(1.0, self.per_second * _BURST_SECONDS)), ticks
        return int(self._allowed)

    def spend(self, count: int) -> None:
        """Count those that went."""
        self._allowed -= count


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """What goes into the next record."""

    homes: tuple[WatchedHome, ...]
    waited: list[tuple[Reading, Ticket]]


@dataclass(kw_only=True, slots=True)
class Lane:
    """What waits for one partition."""

    partition: int
    pace: Pace
    #: What happens now: nothing stands before it.
    live: Waiting = field(default_factory=deque)
    #: What came late between live messages: its place in the window is a live one's, so it is not held up.
    behind: Waiting = field(default_factory=deque)
    #: What gateways stored and say again: it waits at its pace, and the broker keeps the rest.
    backlog: Waiting = field(default_factory=deque)
    homes: deque[tuple[WatchedHome, int]] = field(default_factory=deque)
    #: A record of this partition is under way: the next one waits, so that a failure cannot change the order.
    busy: bool = False
    #: The record may be empty: a sign of life.
    tick: bool = False
    #: What waits was due while the lane was busy: it goes as soon as the way is free.
    overdue: bool = False

    def add(self, readings: tuple[Reading, ...], ticket: Ticket, *, backlog: bool) -> None:
        """Take a message's readings, each to those of its kind."""
        for reading in readings:
            place = self.backlog if backlog else self.behind if reading.late else self.live
            place.append((reading, ticket))

    def waits(self) -> bool:
        """Tell whether something waits that needs no pace."""
        return bool(self.live or self.behind or self.homes or self.tick)

    def due(self, ticks: float) -> bool:
        """Tell whether there is something to send now."""
        return self.waits() or bool(self.backlog and self.pace.allowed(ticks))

    def cut(self, ticks: float) -> Cut:
        """Take the next record's worth."""
        homes: list[WatchedHome] = []
        size = 0
        while self.homes and size < MOST_HOME_BYTES:
            home, home_bytes = self.homes.popleft()
            homes.append(home)
            size += home_bytes
        # A home is told before its readings.
        taken = [] if self.homes else self._readings(ticks)
        self.tick = False
        self.overdue = self.waits()
        return Cut(homes=tuple(homes), waited=taken)

    def _readings(self, ticks: float) -> list[tuple[Reading, Ticket]]:
        taken: list[tuple[Reading, Ticket]] = []
        for place in (self.live, self.behind):
            _move(place, taken, MOST_READINGS - len(taken))
        if self.backlog:
            before = len(taken)
            _move(self.backlog, taken, min(MOST_READINGS - before, self.pace.allowed(ticks)))
            self.pace.spend(len(taken) - before)
        return taken

    def forget(self) -> None:
        """Drop what the broker will send again on another connection."""
        for place in (self.live, self.behind, self.backlog):
            kept = [each for each in place if not each[1].void]
            place.clear()
            place.extend(kept)


def _move(place: Waiting, taken: list[tuple[Reading, Ticket]], most: int) -> None:
    if len(place) <= most:
        taken.extend(place)
        place.clear()
        return
    taken.extend(place.popleft() for _ in range(most))


def record(cut: Cut, *, now: datetime, listened: bool) -> ReadingBatch:
    """Make the record; `listened` says that all gateways of the partition could be heard."""
    return ReadingBatch(
        batched_at=now, listened=listened, homes=cut.homes, readings=tuple(reading for reading, _ in cut.waited)
    )
