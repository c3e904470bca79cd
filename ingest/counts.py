"""The counts of all gateways: whom to tell what, and whose messages are lost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from contracts import HomeId, Reading, SensorId, partition_of, reading_id
from contracts.topics import PARTITIONS
from contracts.values import GatewayStatus
from ingest.message import Mark
from ingest.progress import Acknowledgement, Progress

_GATEWAY: Final = SensorId("gateway")


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """What a message showed of its gateway's count, beside that it is in Kafka."""

    lost: int = 0
    #: The count has just come to hold as much behind gaps as is remembered.
    stuck: bool = False


_NOTHING: Final = Noted()


@dataclass(kw_only=True, slots=True)
class Counts:
    """The progress of each home that was heard. Mutable, owned by the bridge."""

    _progress: dict[HomeId, Progress] = field(default_factory=dict)
    _news: set[HomeId] = field(default_factory=set)

    def note(self, home_id: HomeId, mark: Mark) -> Noted:
        """Count a message that Kafka has, good or refused: neither has to be sent again."""
        if mark.session is None:
            return _NOTHING
        progress = self._progress.get(home_id)
        if progress is None:
            progress = self._progress[home_id] = Progress()
        before = progress.stuck
        lost = progress.note(mark.session, mark.seq, mark.oldest)
        self._news.add(home_id)
        stuck = progress.stuck and not before
        return Noted(lost=lost, stuck=stuck) if lost or stuck else _NOTHING

    def tell(self, say: Callable[[HomeId, Acknowledgement], bool]) -> None:
        """Say to each home with news how far its count is complete; who could not be told is told next time."""
        untold = set()
        for home_id in self._news:
            said = self._progress[home_id].acknowledgement()
            if said and not say(home_id, said):
                untold.add(home_id)
        self._news = untold

    def forget(self, partition: int) -> None:
        """Forget the homes of a partition that another bridge serves: what it heard would look lost to us."""
        for home_id in [each for each in self._progress if partition_of(each, partitions=PARTITIONS) == partition]:
            del self._progress[home_id]
            self._news.discard(home_id)


def lost_reading(home_id: HomeId, mark: Mark, lost: int, *, now: datetime) -> Reading:
    """Say in the stream that messages of a gateway are gone for ever: what they told, nobody will know."""
    name = f"lost:{mark.session}:{mark.oldest}"
    return Reading(
        reading_id=reading_id(home_id, _GATEWAY, kind="gateway_status", mark=name),
        home_id=home_id,
        sensor_id=_GATEWAY,
        observed_at=now,
        received_at=now,
        value=GatewayStatus(lost_messages=lost),
    )
