"""What a gateway still holds: every message until Kafka has it, the live ones always in front of the stored.

The broker's PUBACK only says that the next may be sent: a broker that dies takes what it acknowledged with it. A
message is forgotten when `ack/<home>` names it, and everything that is held is said again on every new connection.
"""

from collections import OrderedDict
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
#: While no word comes the wait doubles, up to this.
MOST_AGAIN_AFTER: Final = timedelta(minutes=15)
#: So long after the broker said that nobody is there.
UNHEARD_AGAIN_AFTER: Final = timedelta(seconds=5)


class Shape(StrEnum):
    """What a message holds: our own readings, or other dialects' messages as they came."""

    READINGS = "readings"
    MESSAGES = "messages"


_DIALECT: Final = {Shape.READINGS: "native", Shape.MESSAGES: "forwarded"}


#: What an entry takes in memory and on the disk beside its body, about.
ENTRY_BYTES: Final = 600


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

    @property
    def weight(self) -> int:
        """Tell how many bytes it takes, about."""
        return len(self.body) + ENTRY_BYTES


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
    #: In the order of their numbers; not a dict, whose front is ever slower to find the more was taken from it.
    held: OrderedDict[int, Entry] = field(default_factory=OrderedDict)
    held_bytes: int = 0
    #: Said on this connection: when.
    said: OrderedDict[int, datetime] = field(default_factory=OrderedDict)
    #: Said, and not yet acknowledged by the broker.
    under_way: set[int] = field(default_factory=set)
    #: When Kafka's word came last.
    told_at: datetime | None = None
    #: Since when the broker says that nobody is there to hear us.
    unheard_at: datetime | None = None
    _again_after: timedelta = AGAIN_AFTER
    #: Not said on this connection.
    _cries: OrderedDict[int, Entry] = field(default_factory=OrderedDict)
    _fresh: OrderedDict[int, Entry] = field(default_factory=OrderedDict)
    _stored: OrderedDict[int, Entry] = field(default_factory=OrderedDict)
    _late_under_way: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.held_bytes = sum(entry.weight for entry in self.held.values())
        self._say_again()

    @property
    def oldest(self) -> int:
        """Tell the lowest number that is still held; everything below has arrived, or was given up."""
        return next(iter(self.held), self.next_seq)

    def put(self, shape: Shape, body: bytes, *, at: datetime, urgent: bool = False) -> Entry:
        """Number a message and hold it."""
        entry = Entry(seq=self.next_seq, shape=shape, body=body, at=at, urgent=urgent)
        self.next_seq += 1
        self.held[entry.seq] = entry
        self.held_bytes += entry.weight
        self._queue(entry)
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
        self._forget(gone)
        if gone:
            self.told_at, self._again_after = now, AGAIN_AFTER
        return gone

    def shed(self, *, most_bytes: int) -> tuple[int, ...]:
        """Give up what no longer fits, the last resort: the oldest first, and a cry only when all else is gone.

        The service is told by `oldest` how many are lost.
        """
        if self.held_bytes <= most_bytes:
            return ()
        # Some room at once: to look for the oldest with each message would take longer and longer.
        room, gone = most_bytes * 9 // 10, list[int]()
        excess = self.held_bytes - room
        for urgent in (False, True):
            for entry in self.held.values():
                if excess <= 0:
                    break
                if entry.urgent is urgent:
                    gone.append(entry.seq)
                    excess -= entry.weight
        self._forget(gone)
        return tuple(gone)

    def answer(self, seq: int, *, heard: bool, now: datetime) -> None:
        """Take the broker's PUBACK: the next may go; when nobody was there to hear it, all is said again soon."""
        self.under_way.discard(seq)
        self._late_under_way.discard(seq)
        if not heard and self.unheard_at is None:
            self.unheard_at = now

    def line_came(self) -> None:
        """Begin a connection: what an older one said may have died with the broker."""
        self._again_after = AGAIN_AFTER
        self._say_again()

    def due(self, now: datetime) -> list[Entry]:
        """Take what must be said now, cries first, then what is fresh, then what was stored, each in its order."""
        self._doubt(now)
        for seq in [seq for seq, entry in self._fresh.items() if self._late(entry, now)]:
            self._stored[seq] = self._fresh.pop(seq)
        chosen = _taken(self._cries, len(self._cries))
        if self.unheard_at is None:  # else nobody is there: only cries are tried before all is said again
            late = _taken(self._stored, LATE_UNDER_WAY - len(self._late_under_way))
            self._late_under_way.update(entry.seq for entry in late)
            chosen += [*_taken(self._fresh, len(self._fresh)), *late]
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
        """Say everything again when nobody heard it, or when Kafka's word did not come for what was said long ago.

        Each time in vain the next comes later: what the broker keeps for a Kafka that is away must not pile up.
        """
        if self.unheard_at is not None and now - self.unheard_at > UNHEARD_AGAIN_AFTER:
            self._say_again()
        first = next(iter(self.said.values()), now)
        if now - max(first, self.told_at or first) > self._again_after:
            self._say_again()
            self.told_at = now
            self._again_after = min(self._again_after * 2, MOST_AGAIN_AFTER)

    def _say_again(self) -> None:
        for some in (self.said, self.under_way, self._cries, self._fresh, self._stored, self._late_under_way):
            some.clear()
        self.unheard_at = None
        for entry in self.held.values():
            self._queue(entry)

    def _queue(self, entry: Entry) -> None:
        (self._cries if entry.urgent else self._fresh)[entry.seq] = entry

    def _forget(self, seqs: Iterable[int]) -> None:
        for seq in seqs:
            self.held_bytes -= self.held.pop(seq).weight
            for queue in (self.said, self._cries, self._fresh, self._stored):
                queue.pop(seq, None)
            self.under_way.discard(seq)
            self._late_under_way.discard(seq)


def _taken(queue: OrderedDict[int, Entry], most: int) -> list[Entry]:
    return [queue.popitem(last=False)[1] for _ in range(min(most, len(queue)))]


def restored(home_id: HomeId, session: int, next_seq: int, entries: Iterable[Entry]) -> Outbox:
    """Take up an outbox where the process before left it."""
    held = OrderedDict((entry.seq, entry) for entry in sorted(entries, key=lambda entry: entry.seq))
    return Outbox(home_id=home_id, session=session, next_seq=next_seq, held=held)
