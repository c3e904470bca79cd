"""Rings: what a batch holds of what gateways said, cut to what a ring can hold."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from contracts import MOST_HEARD, HeardMessage

#: The one ring of messages that no home of ours sent.
STRANGERS: Final = ""


@dataclass(kw_only=True)
class Ring:
    """The newest messages of one ring, and how many there were."""

    heard: int = 0
    newest: deque[HeardMessage] = field(default_factory=lambda: deque(maxlen=MOST_HEARD))


@dataclass(kw_only=True)
class Rings:
    """What one transaction writes of it. Mutable: the batch fills it, and throws it away when it is written."""

    rings: dict[str, Ring] = field(default_factory=dict)
    #: Messages refused by home and hour.
    refused: Counter[tuple[str, datetime]] = field(default_factory=Counter)

    def __len__(self) -> int:
        return sum(len(ring.newest) for ring in self.rings.values())

    def take(self, messages: Iterable[HeardMessage]) -> None:
        """Take messages in the order of their arrival."""
        for heard in messages:
            ring = self.rings.setdefault(STRANGERS if heard.stranger else heard.home_id, Ring())
            ring.heard += 1
            ring.newest.append(heard)
            if not heard.stranger and is_refused(heard):
                self.refused[(heard.home_id, _hour(heard.received_at))] += 1


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a gateway's messages fare."""

    refused: int = 0
    newest_at: datetime | None = None
    #: How much later than its own time its messages come: the least of them, which is the offset of its clock.
    behind: timedelta | None = None


def is_refused(heard: HeardMessage) -> bool:
    """Tell whether something of a message was turned away; a doubted clock turns nothing away."""
    return any(not objection.kept for objection in heard.refusals)


def ring_rows(rings: Rings) -> list[dict[str, object]]:
    """Write how many messages each ring is given."""
    return [
        {"ring": _text(name), "heard": ring.heard, "newest_at": max(one.received_at for one in ring.newest)}
        for name, ring in rings.rings.items()
    ]


def message_rows(rings: Rings) -> list[dict[str, object]]:
    """Write the messages; `back` says how many came after each in its ring."""
    return [
        _message_row(name, len(ring.newest) - 1 - place, heard)
        for name, ring in rings.rings.items()
        for place, heard in enumerate(ring.newest)
    ]


def refused_rows(rings: Rings) -> list[dict[str, object]]:
    """Write how many messages of each home were refused."""
    return [
        {"hour": hour, "home_id": _text(home_id), "messages": count}
        for (home_id, hour), count in sorted(rings.refused.items())
    ]


def _message_row(ring: str, back: int, heard: HeardMessage) -> dict[str, object]:
    return {
        "ring": _text(ring),
        "back": back,
        "home_id": _text(heard.home_id),
        "topic": _text(heard.topic),
        "received_at": heard.received_at,
        "observed_at": heard.observed_at,
        "retained": heard.retained,
        "duplicate": heard.duplicate,
        "payload": heard.payload.hex(),
        "payload_bytes": heard.payload_bytes,
        "became": [[_text(one.sensor_id), one.kind, _text(one.value)] for one in heard.became],
        "readings": heard.readings,
        "refusals": [[one.reason, _text(one.detail), one.kept] for one in heard.refusals],
    }


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _text(text: str) -> str:
    # PostgreSQL holds every character but this one; a stranger may have put it into a topic.
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
