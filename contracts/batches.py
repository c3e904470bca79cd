"""A record on the topic `readings`: whatever waited for one partition when the bridge flushed."""

from datetime import datetime

import msgspec

from contracts.readings import Reading
from contracts.watching import WatchedHome


class ReadingBatch(msgspec.Struct, frozen=True, kw_only=True):
    """Readings of one partition in arrival order, after the changes of what is watched that came before them.

    An empty batch is a sign of life: the bridge was connected and heard nothing for this partition.
    """

    #: When the bridge flushed it, by the bridge's clock: the only clock of a partition.
    batched_at: datetime
    #: False: the writer does not hear the gateways of this partition, so its batch says nothing of their silence.
    listened: bool = True
    homes: tuple[WatchedHome, ...] = ()
    readings: tuple[Reading, ...] = ()
