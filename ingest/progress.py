"""What a gateway may forget: the highest message of its count below which Kafka holds every one.

Only a gateway that names its session is told: without one, a count that began again after a reboot looks like the old
one. Sessions grow, and a count begins at 1, so a straggler of an older session changes nothing, and a count that is
first seen in its middle is not believed to be whole: what came before may have been lost with whoever heard it. The
gateway says what it still holds (`oldest`): all below it was acknowledged to it, or given up by it.

What is refused as too large or for another home is not counted: Kafka does not hold it, so it stays a gap that is
never passed over. The gateway fills it by sending the same number again, mended or in smaller parts, or gives it up
and says so by `oldest`.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Final

import msgspec

#: So many stretches are remembered behind a gap, each of any length; the gateway sends again what is not remembered.
MOST_AHEAD: Final = 1_000
#: More are not believed to be lost at once: it is rather the count that is broken.
MOST_LOST: Final = 1_000_000


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True):
    """The payload on `ack/<home>`."""

    session: int
    seq: int


@dataclass(kw_only=True, slots=True)
class Progress:
    """How far one home's count is complete. Mutable, owned by the bridge: it is written once per message."""

    session: int = -1
    #: Kafka has all up to this one, or the gateway gave it up; None: nobody can say, so nothing is acknowledged.
    complete: int | None = None
    #: What Kafka has beyond: stretches from first to last, apart from each other, in order.
    firsts: list[int] = field(default_factory=list)
    lasts: list[int] = field(default_factory=list)
    #: Something that Kafka has was not remembered, so nobody can say what is lost.
    forgetful: bool = False

    @property
    def stuck(self) -> bool:
        """Tell whether gaps hold back as much as we remember."""
        return len(self.firsts) >= MOST_AHEAD

    def note(self, session: int, seq: int, oldest: int | None = None) -> int:
        """Count a message that Kafka has; order and repeats do not matter within a session. Answer how many are lost.

        Lost are those that the gateway does not hold any more and Kafka never got.
        """
        if session < self.session:
            return 0
        if session > self.session:
            self._begin(session)
        if seq <= 1 and self.complete is None:
            # A count begins at 1; where the gateway holds a 0, it began there.
            self.complete = min(seq, 1 if oldest is None else min(oldest, 1)) - 1
        if self.complete is None or seq > self.complete:
            self._remember(seq)
        lost = self._give_up(min(oldest, seq)) if oldest is not None else 0
        self._close_up()
        return lost

    def acknowledgement(self) -> Acknowledgement | None:
        """Say it as the gateway reads it; None while nothing can be said."""
        if self.complete is None or self.complete < 0:
            return None
        return Acknowledgement(session=self.session, seq=self.complete)

    def _begin(self, session: int) -> None:
        self.session, self.complete, self.forgetful = session, None, False
        self.firsts.clear()
        self.lasts.clear()

    def _remember(self, seq: int) -> None:
        place = bisect_right(self.firsts, seq)
        if place and seq <= self.lasts[place - 1]:
            return
        after = place > 0 and self.lasts[place - 1] == seq - 1
        before = place < len(self.firsts) and self.firsts[place] == seq + 1
        if after and before:
            self.lasts[place - 1] = self.lasts.pop(place)
            del self.firsts[place]
        elif after:
            self.lasts[place - 1] = seq
        elif before:
            self.firsts[place] = seq
        else:
            self._insert(place, seq)

    def _insert(self, place: int, seq: int) -> None:
        if self.stuck:
            # What is nearest to the gap is worth most: the gateway sends the rest again.
            self.forgetful = True
            if place == len(self.firsts):
                return
            self.firsts.pop()
            self.lasts.pop()
        self.firsts.insert(place, seq)
        self.lasts.insert(place, seq)

    def _give_up(self, oldest: int) -> int:
        """Pass over what the gateway does not hold any more; count what of it Kafka never got."""
        before = self.complete
        if before is not None and oldest - 1 <= before:
            return 0
        held = 0
        while self.firsts and self.firsts[0] < oldest:
            upto = min(self.lasts[0], oldest - 1)
            held += upto - self.firsts[0] + 1
            if upto < self.lasts[0]:
                self.firsts[0] = oldest
                break
            del self.firsts[0], self.lasts[0]
        self.complete = oldest - 1
        if before is None or self.forgetful:
            return 0
        return min(oldest - 1 - before - held, MOST_LOST)

    def _close_up(self) -> None:
        if self.complete is not None and self.firsts and self.firsts[0] <= self.complete + 1:
            self.complete = max(self.complete, self.lasts[0])
            del self.firsts[0], self.lasts[0]
