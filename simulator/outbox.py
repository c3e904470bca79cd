"""What a gateway still holds: every message until Kafka has it, the live ones always in front of the stored.

The broker's PUBACK only says that the next may be sent: a broker that dies takes what it acknowledged with it. A
message is forgotten when `ack/<home>` names it, and everything that is held is said again on every new connection.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import Final

import msgspec

from contracts import HomeId, shard_of
from simulator.dialects import Message

#: What waited longer than this is said on the tree of late messages, so that it stands in nobody's way.
STORED_AFTER: Final = timedelta(seconds=60)
#: So many late messages are on their way at most: a live one must not queue behind them in our own line.
LATE_UNDER_WAY: Final = 20
#: Without a word of what Kafka holds for so long, everything is said again: the word or the message was lost.
AGAIN_AFTER: Final = timedelta(seconds=60)
#: So long after the broker said that nobody is there.
UNHEARD_AGAIN_AFTER: Final = timedelta(seconds=5)


class Shape(StrEnum):
    """What a message holds: our own readings, or other dialects' messages as they came."""

    READINGS = "readings"
    MESSAGES = "messages"


_DIALECT: Final = {Shape.READINGS: "native", Shape.MESSAGES: "forwarded"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One message of the gateway's count."""

    seq: int
    shape: Shape
    #: A JSON array of readings or of messages.
    body: bytes
    #: When the gateway took it in.
    at: datetime
    #: A cry: it is said before all others, and on the live tree however old it is.
    urgent: bool = False


class Acknowledged(msgspec.Struct, frozen=True):
    """What the service says on `ack/<home>`."""

    session: int
    seq: int


@dataclass(kw_only=True)
class Outbox:
    """The messages that one gateway holds. Mutable; the gateway owns it."""

    home_id: HomeId
    session: int
    next_seq: int = 1
    held: dict[int, Entry] = field(default_factory=dict)
    #: Said on this connection: when, and not yet acknowledged by the broker.
    said: dict[int, datetime] = field(default_factory=dict)
    under_way: set[int] = field(default_factory=set)
    #: When Kafka's word came last.
    told_at: datetime | None = None
    #: Since when the broker says that nobody is there to hear us.
    unheard_at: datetime | None = None

    @property
    def oldest(self) -> int:
        """Tell the lowest number that is still held; everything below has arrived."""
        return next(iter(self.held), self.next_seq)  # they are held in the order of their numbers

    def put(self, shape: Shape, body: bytes, *, at: datetime, urgent: bool = False) -> Entry:
        """Number a message and hold it."""
        entry = Entry(seq=self.next_seq, shape=shape, body=body, at=at, urgent=urgent)
        self.next_seq += 1
        self.held[entry.seq] = entry
        return entry

    def hear(self, payload: bytes, *, now: datetime) -> tuple[int, ...]:
        """Take the word of what Kafka holds, and tell which numbers can be forgotten."""
        try:
            word = msgspec.json.decode(payload, type=Acknowledged)
        except msgspec.MsgspecError:
            return ()
        if word.session != self.session:
            return ()
        gone = tuple(takewhile(lambda seq: seq <= word.seq, self.held))
        for seq in gone:
            del self.held[seq]
            self.said.pop(seq, None)
            self.under_way.discard(seq)
        if gone:
            self.told_at = now
        return gone

    def answer(self, seq: int, *, heard: bool, now: datetime) -> None:
        """Take the broker's PUBACK: the next may go; when nobody was there to hear it, all is said again soon."""
        self.under_way.discard(seq)
        if not heard and self.unheard_at is None:
            self.unheard_at = now

    def line_came(self) -> None:
        """Begin a connection: what an older one said may have died with the broker."""
        self.said.clear()
        self.under_way.clear()
        self.unheard_at = None

    def due(self, now: datetime) -> list[Entry]:
        """Take what must be said now, cries first, then what is fresh, then what was stored, each in its order."""
        self._doubt(now)
        waiting = [entry for entry in self.held.values() if entry.seq not in self.said]
        late_under_way = sum(1 for seq in self.under_way if self._late(self.held[seq], now))
        room = max(0, LATE_UNDER_WAY - late_under_way)
        late = [entry for entry in waiting if self._late(entry, now)][:room]
        live = [entry for entry in waiting if not self._late(entry, now)]
        chosen = [*(entry for entry in live if entry.urgent), *(entry for entry in live if not entry.urgent), *late]
        for entry in chosen:
            self.said[entry.seq] = now
            self.under_way.add(entry.seq)
        return chosen

    def spoken(self, entry: Entry, *, now: datetime) -> Message:
        """Put an entry on its topic, with what the gateway still holds."""
        tree = "late" if self._late(entry, now) else "home"
        dialect = _DIALECT[entry.shape]
        head = {"home": self.home_id, "session": self.session, "seq": entry.seq, "oldest": self.oldest}
        body = msgspec.json.encode({**head, entry.shape.value: msgspec.Raw(entry.body)})
        return Message(
            topic=f"{tree}/{shard_of(self.home_id):02x}/{self.home_id}/{dialect}/{entry.shape}", payload=body
        )

    def _late(self, entry: Entry, now: datetime) -> bool:
        return not entry.urgent and now - entry.at > STORED_AFTER

    def _doubt(self, now: datetime) -> None:
        """Say everything again when nobody heard it, or when Kafka's word did not come for what was said long ago."""
        if self.unheard_at is not None and now - self.unheard_at > UNHEARD_AGAIN_AFTER:
            self.line_came()
        first = min(self.said.values(), default=now)
        if now - max(first, self.told_at or first) > AGAIN_AFTER:
            self.line_came()
            self.told_at = now


def restored(home_id: HomeId, session: int, next_seq: int, entries: Iterable[Entry]) -> Outbox:
    """Take up an outbox where the process before left it."""
    held = {entry.seq: entry for entry in sorted(entries, key=lambda entry: entry.seq)}
    return Outbox(home_id=home_id, session=session, next_seq=next_seq, held=held)
