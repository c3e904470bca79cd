"""What a campaign is asked for, and what came of it."""

from dataclasses import dataclass, field

from bench.faults.history import Verdict, check
from bench.faults.plan import Fault, Kind
from bench.faults.recovery import Done
from bench.faults.seen import History


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked for."""

    seed: int = 1
    faults: int = 200
    kinds: tuple[Kind, ...] = tuple(Kind)
    homes: int = 240
    presses_per_second: float = 1.0
    #: No fault lasts longer.
    most_seconds: float = 10.0
    #: So long everything goes before the first fault.
    warm: float = 8.0
    #: So long is waited for a recovery, and at the end for all that is on its way.
    patience: float = 120.0
    settle: float = 240.0
    #: No round begins after so long.
    minutes: float = 40.0
    #: The version before ours, for rolling upgrades.
    before: str = "HEAD~1"
    #: The plan of an earlier campaign, to be done again.
    again: tuple[Fault, ...] = ()


@dataclass(kw_only=True)
class Outcome:
    """What came of it."""

    plan: tuple[Fault, ...]
    impossible: dict[Kind, str]
    release: str
    done: list[Done] = field(default_factory=list)
    history: History = field(default_factory=History)
    verdict: Verdict = field(default_factory=lambda: check(History()))
    restarts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
