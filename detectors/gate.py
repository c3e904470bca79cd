"""The gate before a home's detectors: it lets those sleep whose answer cannot have changed.

A detector may say when it must be asked again: `WAKES_ON`, the kinds of values that change its answer, and
`due(state, home)`, from when on time alone may. One that says neither is asked always. Whoever has something to tell
stays awake until it is over. So a home is judged as if all were asked each time; a law in the tests holds this to it.
"""

from array import array
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, Protocol

import msgspec

from contracts import HomeId, Reading, WatchedHome
from detectors.concern import Concern
from detectors.state import ClockWord, HomeState

#: Time alone changes nothing.
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
#: It must be asked each time as long as the state is like this.
ALWAYS: Final = datetime(1, 1, 2, tzinfo=UTC)

#: The same as seconds since 1970.
ASK_NOW: Final = float("-inf")
NOBODY_DUE: Final = float("inf")
_NONE: Final["array[float]"] = array("d")

Judge = Callable[[HomeState, WatchedHome, datetime], tuple[Concern, ...]]
Due = Callable[[HomeState, WatchedHome], datetime]


class Detector(Protocol):
    """A module with a judge: one file per detector. `WAKES_ON`, `due` and `patience` are optional."""

    @property
    def __name__(self) -> str: ...

    def judge(self, state: HomeState, home: WatchedHome, now: datetime, /) -> tuple[Concern, ...]:
        """Tell what is wrong now, and nothing of what was told before."""


# Nothing here points back at itself, so the collector of cycles need not look at every home.
class Gate(msgspec.Struct, gc=False):
    """Who sleeps in one home. An index over its state, never saved: without it everybody is asked once more."""

    state: HomeState
    #: As it was when its detectors were asked; None: it is not registered yet.
    home: WatchedHome | None = None
    #: One bit for each detector that must be asked next time, whatever comes.
    awake: int = -1
    #: When each that time may wake must be asked, as seconds since 1970; empty: all now.
    dues: "array[float]" = _NONE
    #: No later than the first of them.
    due: float = ASK_NOW
    #: Before this nobody need be asked, unless somebody is woken; a moment, because it is compared with every word.
    quiet_until: datetime = ALWAYS
    #: For how long its gateway may be unheard before the clock's detectors have anything to say.
    patience: timedelta = timedelta(0)

    def forget_dues(self) -> None:
        """Let everyone that time may wake be asked next time: something that they do not listen to has changed."""
        self.dues, self.due = _NONE, ASK_NOW


class Gates(dict[HomeId, Gate]):
    """The gates of one chunk's homes, and which of these the clock must look at. Never saved either."""

    def __init__(self) -> None:
        super().__init__()
        #: Silent, or told of: looked at each time.
        self.silent: dict[HomeId, None] = {}
        #: No other home can have been silent for too long before so much was listened.
        self.patient_until: timedelta = timedelta(0)

    def forget(self, home_id: HomeId) -> None:
        """Begin anew with a home that has changed."""
        self.pop(home_id, None)
        self.patient_until = timedelta(0)


class Wakers:
    """What wakes each of some detectors, worked out once."""

    def __init__(self, detectors: tuple[Detector, ...]) -> None:
        self.everybody: Final = (1 << len(detectors)) - 1
        self._detectors: Final[list[tuple[int, Judge, int, Due | None]]] = []
        self._timed_bits: Final[list[int]] = []
        #: Those that said nothing of when to ask them, and those that time may wake.
        self.always, self.timed = 0, 0
        self.by_kind: Final[dict[type, int]] = {}
        for place, detector in enumerate(detectors):
            self._add(1 << place, detector)
        self.asked = lru_cache(maxsize=4096)(self._asked)

    def _add(self, bit: int, detector: Detector) -> None:
        kinds: tuple[type, ...] | None = getattr(detector, "WAKES_ON", None)
        due: Due | None = getattr(detector, "due", None) if kinds is not None else None
        self._detectors.append((bit, detector.judge, len(self._timed_bits), due))
        if kinds is None:
            self.always |= bit
            return
        for kind in kinds:
            self.by_kind[kind] = self.by_kind.get(kind, 0) | bit
        if due is not None:
            self.timed |= bit
            self._timed_bits.append(bit)

    def _asked(self, who: int) -> tuple[tuple[int, Judge, int, Due | None], ...]:
        return tuple(each for each in self._detectors if each[0] & who)

    def woken_by(self, reading: Reading) -> int:
        """Tell who wakes when a reading comes in; a word on a clock may come with a value of any kind."""
        woken = self.by_kind.get(type(reading.value), 0)
        if reading.late:
            # `due` is right by what was known: a word on the past may bring a limit nearer.
            woken |= self.timed
        if reading.clock_doubted or reading.clock_offset_seconds:
            return woken | self.by_kind.get(ClockWord, 0)
        return woken

    def due_by(self, gate: Gate, now: float) -> int:
        """Tell whom time wakes at a moment."""
        if not gate.dues:
            gate.dues = array("d", (ASK_NOW for _ in self._timed_bits))
            return self.timed
        return sum(bit for bit, due in zip(self._timed_bits, gate.dues, strict=True) if due <= now)

    def ask(self, gate: Gate, home: WatchedHome, now: datetime, who: int) -> list[Concern]:
        """Ask some; note who stays awake, and when each that time may wake must be asked again."""
        state, dues = gate.state, gate.dues
        concerns: list[Concern] = []
        awake = 0
        for bit, judge, place, due in self.asked(who):
            if found := judge(state, home, now):
                awake |= bit
                concerns += found
            if due is not None:
                again = dues[place] = due(state, home).timestamp()
                if again < gate.due:
                    gate.due = again
        gate.awake = awake
        return concerns


def patience_of(detectors: tuple[Detector, ...], home: WatchedHome) -> timedelta:
    """Tell for how long a gateway may be unheard before any of these detectors has anything to say."""
    asked: list[Callable[[WatchedHome], timedelta] | None] = [getattr(one, "patience", None) for one in detectors]
    return min((timedelta(0) if patience is None else patience(home) for patience in asked), default=timedelta(0))
