"""How long it took until everything went again: from a fault's end to the push of presses that were made after it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.faults.plan import Fault, Kind


@dataclass(frozen=True, kw_only=True)
class Done:
    """A fault that was done, and what came of it."""

    fault: Fault
    #: Seconds since the campaign began.
    began_at: float
    ended_at: float
    #: From the end (of a kill: from its begin) until a press in every partition made after it was pushed; None: never.
    recovered_after: float | None = None
    #: Why it could not be done as planned; empty: it was.
    failed: str = ""
    #: How many presses were made while it lasted.
    presses: int = 0


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """All faults of one kind."""

    kind: Kind
    done: int
    presses: int
    p50: float
    most: float
    #: So many never recovered within the campaign's patience.
    never: int


def recoveries(done: Iterable[Done]) -> tuple[Recovery, ...]:
    """Sum up by kind, in the order of the kinds; what could not be done is not counted."""
    sound = [each for each in done if not each.failed]
    return tuple(_summed(kind, mine) for kind in Kind if (mine := [each for each in sound if each.fault.kind is kind]))


def _summed(kind: Kind, done: Sequence[Done]) -> Recovery:
    took = sorted(each.recovered_after for each in done if each.recovered_after is not None)
    return Recovery(
        kind=kind,
        done=len(done),
        presses=sum(each.presses for each in done),
        p50=took[(len(took) - 1) // 2] if took else 0.0,
        most=took[-1] if took else 0.0,
        never=len(done) - len(took),
    )
