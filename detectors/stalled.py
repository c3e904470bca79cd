"""Whether a partition stands still: Kafka has records of it for us, gives them to whoever asks, and we take none.

A rebalance that overtakes another can leave the client that fetches without anything to fetch, for ever, while all else
goes on. Only a restart helps; and nobody is looked after in those homes until then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

#: Longer than a rebalance and the reconnecting after an outage take.
STALLED_SECONDS: Final = 20.0


@dataclass(kw_only=True)
class Flow:
    """When each partition gave us a record last, or could not be expected to. The stream owns it."""

    moved_at: dict[int, float] = field(default_factory=dict)

    def moved(self, partition: int, now: float) -> None:
        """Note a record, or a reason for which none could come."""
        self.moved_at[partition] = now

    def keep(self, partitions: Iterable[int], now: float) -> None:
        """Look after these partitions alone; a new one has just begun."""
        self.moved_at = {number: self.moved_at.get(number, now) for number in partitions}

    def silent(self, now: float) -> dict[int, float]:
        """Tell which were silent for too long, and since when."""
        return {number: at for number, at in self.moved_at.items() if now - at >= STALLED_SECONDS}

    def stalled(self, silent: Mapping[int, float], ends: Mapping[int, int], places: Mapping[int, int]) -> list[int]:
        """Tell which of the silent are silent still, though records wait there beyond our place."""
        return [
            number
            for number, at in silent.items()
            if self.moved_at.get(number) == at and ends.get(number, 0) > places.get(number, ends.get(number, 0))
        ]
