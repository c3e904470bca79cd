"""What a gateway may forget: the highest message of its count below which Kafka holds every one.

Only a gateway that names its session is told: without one, a count that began again after a reboot looks like the old
one. Sessions grow, so a straggler of an older one changes nothing. What is refused as too large or for another home is
not counted: Kafka does not hold it, so it stays a gap that is never passed over. The gateway fills it by sending the
same number again, mended or in smaller parts, or begins a new session when it has given the message up.
"""

from dataclasses import dataclass, field
from typing import Final

import msgspec

#: So many are remembered behind a gap; the rest is not, and the gateway sends what it holds again.
MOST_AHEAD: Final = 1_000


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True):
    """The payload on `ack/<home>`."""

    session: int
    seq: int


@dataclass(kw_only=True, slots=True)
class Progress:
    """How far one home's count is complete. Mutable, owned by the bridge: it is written once per message."""

    session: int
    complete: int
    ahead: set[int] = field(default_factory=set)

    @property
    def stuck(self) -> bool:
        """Tell whether a gap holds back as much as we remember."""
        return len(self.ahead) >= MOST_AHEAD

    def note(self, session: int, seq: int) -> None:
        """Count a message that Kafka has; order and repeats do not matter within a session."""
        if session > self.session:
            # The count before our first sight of a session was acknowledged by the bridge before us.
            self.session, self.complete = session, seq
            self.ahead.clear()
        if session < self.session or seq <= self.complete:
            return
        # What fills the gap is always welcome: it makes room.
        if self.stuck and seq != self.complete + 1:
            return
        self.ahead.add(seq)
        while self.complete + 1 in self.ahead:
            self.complete += 1
            self.ahead.discard(self.complete)

    def acknowledgement(self) -> Acknowledgement:
        """Say it as the gateway reads it."""
        return Acknowledgement(session=self.session, seq=self.complete)
