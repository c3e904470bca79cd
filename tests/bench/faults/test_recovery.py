"""Recovery by kind: the middle one, the longest, and those that never came."""

from bench.faults.plan import Fault, Kind
from bench.faults.recovery import Done, recoveries


def a_done(kind: Kind, took: float | None, *, failed: str = "") -> Done:
    fault = Fault(number=1, kind=kind, target="x", round=0, after_seconds=0, lasts_seconds=0)
    return Done(fault=fault, began_at=0, ended_at=1, recovered_after=took, failed=failed, presses=2)


def test_each_kind_has_its_middle_its_longest_and_what_never_recovered() -> None:
    done = [a_done(Kind.KILL, took) for took in (3.0, 1.0, 9.0)]
    summed = recoveries([*done, a_done(Kind.CUT, None), a_done(Kind.CUT, 1.0, failed="not root")])
    assert [(each.kind, each.done, each.p50, each.most, each.never, each.presses) for each in summed] == [
        (Kind.KILL, 3, 3.0, 9.0, 0, 6),
        (Kind.CUT, 1, 0.0, 0.0, 1, 2),
    ]
