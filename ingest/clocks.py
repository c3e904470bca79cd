"""What each gateway's clock is off by, learned from when its words arrive: a delay is never less than nothing."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Final

from contracts import HomeId, Reading, partition_of
from contracts.topics import PARTITIONS
from contracts.values import GatewayStatus, Heartbeat

#: A clock is corrected from here on; nearer, delays and rounding hide what is wrong.
WRONG: Final = 5.0
#: Words that arrive within so many seconds of each other count once, by the quickest of them.
TOGETHER: Final = 20
#: So many are remembered of each home; so many must agree, to so many seconds, before a clock is called wrong.
REMEMBERED: Final = 8
LEAST: Final = 4
AGREE: Final = 2.0
#: A heartbeat this far from the one before was said by a clock that was set: what was learned before is void.
SET: Final = 10.0
#: What is further away is no time at all.
LONGEST: Final = 36_525 * 86_400.0
#: A gateway is told again when its offset has changed by so much, and so often in any case.
CHANGED: Final = 2.0
TELL_AGAIN: Final = timedelta(hours=1)


@dataclass(kw_only=True, slots=True)
class _Clock:
    """One home's: when words arrived, in spans of TOGETHER, and the least that arrival was behind what they said."""

    spans: deque[int] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    offsets: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    #: Heartbeats say a time, so nothing else is asked: devices may have clocks of their own.
    beats: bool = False
    told: float = 0.0
    told_at: datetime | None = None


class Clocks:
    """The offsets of all homes. Stored old news is no wrong clock: what it is behind by changes as it comes in."""

    def __init__(self) -> None:
        self._clocks: dict[HomeId, _Clock] = {}
        self._offsets: dict[HomeId, timedelta] = {}
        self._now = datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def offsets(self) -> Mapping[HomeId, timedelta]:
        """Tell what must be added to the times of those homes whose clock is known to be wrong."""
        return self._offsets

    def note(self, reading: Reading) -> None:
        """Learn from one reading; who says no time says nothing."""
        arrived = reading.received_at
        if reading.observed_at == arrived and not reading.clock_offset_seconds:
            return
        clock = self._clocks.get(reading.home_id)
        if clock is None:
            clock = self._clocks[reading.home_id] = _Clock()
        behind = (arrived - reading.observed_at).total_seconds() + reading.clock_offset_seconds
        beat = isinstance(reading.value, Heartbeat | GatewayStatus)
        if (clock.beats and not beat) or abs(behind) > LONGEST:
            return
        self._now = max(self._now, arrived)
        if beat and (not clock.beats or abs(behind - clock.offsets[-1]) > SET):
            clock.spans.clear()
            clock.offsets.clear()
            clock.beats = True
        if _learned(clock, int(arrived.timestamp()) // TOGETHER, behind):
            self._judge(reading.home_id, clock)

    def news(self) -> list[tuple[HomeId, timedelta]]:
        """Tell which gateways must be told what their clock is off by: the wrong ones, and once who is right again."""
        told: list[tuple[HomeId, timedelta]] = []
        for home_id, clock in self._clocks.items():
            offset = self._offsets.get(home_id, timedelta(0)).total_seconds()
            due = clock.told_at is None or self._now - clock.told_at >= TELL_AGAIN
            if abs(offset - clock.told) > CHANGED or (offset and due):
                clock.told, clock.told_at = offset, self._now
                told.append((home_id, timedelta(seconds=offset)))
        return told

    def forget(self, partition: int) -> None:
        """Forget the homes of a partition that another bridge serves."""
        for home_id in [one for one in self._clocks if partition_of(one, partitions=PARTITIONS) == partition]:
            del self._clocks[home_id]
            self._offsets.pop(home_id, None)

    def _judge(self, home_id: HomeId, clock: _Clock) -> None:
        offset = _agreed(clock)
        if offset is None:  # what was known stands until something else is
            return
        known = self._offsets.get(home_id)
        if abs(offset) <= WRONG:
            self._offsets.pop(home_id, None)
        elif known is None or abs(known.total_seconds() - offset) > AGREE / 2:
            self._offsets[home_id] = timedelta(seconds=round(offset, 3))


def _learned(clock: _Clock, span: int, behind: float) -> bool:
    """Keep the least of a span; tell whether there is something new to judge by."""
    if clock.spans and span <= clock.spans[-1]:
        if behind >= clock.offsets[-1]:
            return False
        clock.offsets[-1] = behind
        return True
    clock.spans.append(span)
    clock.offsets.append(behind)
    return True


def _agreed(clock: _Clock) -> float | None:
    """Answer the least offset, when enough words agree on it."""
    if len(clock.offsets) < LEAST:
        return None
    least = min(clock.offsets)
    return least if median(clock.offsets) - least <= AGREE else None
