"""What a gateway may forget: the highest message of its count below which Kafka holds every one."""

from dataclasses import dataclass, field
from typing import Final

import msgspec

from ingest.message import Mark

#: A gap that is followed by more than this stays unacknowledged; the gateway sends what it holds again.
MOST_AHEAD: Final = 1_000


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True):
    """The payload on `ack/<home>`."""

    session: int | None
    seq: int


@dataclass(kw_only=True, slots=True)
class Progress:
    """How far one home's count is complete. Mutable, owned by the bridge: it is written once per message."""

    session: int | None
    complete: int
    ahead: set[int] = field(default_factory=set)

    def note(self, mark: Mark) -> None:
        """Count a message that Kafka has; order and repeats do not matter within a session."""
        if mark.session != self.session:
            # The count before our first sight of a session was acknowledged by the bridge before us.
            self.session, self.complete = mark.session, mark.seq
            self.ahead.clear()
            return
        if mark.seq <= self.complete or len(self.ahead) >= MOST_AHEAD:
            return
        self.ahead.add(mark.seq)
        while self.complete + 1 in self.ahead:
            self.complete += 1
            self.ahead.discard(self.complete)

    def acknowledgement(self) -> Acknowledgement:
        """Say it as the gateway reads it."""
        return Acknowledgement(session=self.session, seq=self.complete)


def first(mark: Mark) -> Progress:
    """Begin with the first message that we see of a home."""
    return Progress(session=mark.session, complete=mark.seq)
