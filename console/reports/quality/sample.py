"""Which cases of a month are read again: some of each operator, drawn by the month itself, and all of some kinds."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from alerts.figures.cases import Case
from alerts.outcomes import OutcomeCode
from contracts import Severity

#: So many cases of each operator are read in a month.
EACH: Final = 2
#: An emergency that was false, or where nobody was met, has its second look by then.
SECOND_LOOK_WITHIN: Final = timedelta(hours=24)


class Why(StrEnum):
    """Why a case is in the sample."""

    OPERATOR = "operator"
    FALSE = "false"
    NO_CONTACT = "no_contact"


class Look(StrEnum):
    """Which reading it is."""

    FIRST = "first"
    SECOND = "second"


class Point(StrEnum):
    """What a reader of a case looks at."""

    GREETED = "greeted"
    IDENTIFIED = "identified"
    ASSESSED = "assessed"
    SCRIPT = "script"
    EXPLAINED = "explained"
    CALLED = "called"
    CODED = "coded"
    TONE = "tone"


class Mark(StrEnum):
    """What the reader found."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    #: It does not apply here.
    NA = "na"


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One case of the sample."""

    case: Case
    why: Why
    #: Until when a senior has looked at it; None: no second look is asked for.
    second_by: datetime | None


@dataclass(frozen=True, kw_only=True)
class Review:
    """What somebody found who read a case again."""

    alert_id: str
    month: date
    at: datetime
    by: str
    look: Look
    points: dict[Point, Mark]
    remark: str


def why_always(case: Case) -> Why | None:
    """Tell why a case is read whatever is drawn; None: it is not."""
    if case.severity is not Severity.EMERGENCY:
        return None
    if case.outcome is OutcomeCode.NO_CONTACT:
        return Why.NO_CONTACT
    return Why.FALSE if case.is_false else None


def sample_of(cases: Sequence[Case], month: date, operators: Collection[str], *, over: bool) -> tuple[Drawn, ...]:
    """Draw the month's sample; of each operator only once the month is over, for it could still change."""
    always = [Drawn(case=case, why=why, second_by=_second_by(case)) for case in cases if (why := why_always(case))]
    known = {one.case.alert_id for one in always}
    rest = (case for case in cases if case.alert_id not in known)
    return (*always, *(_drawn(rest, month, operators) if over else ()))


def _drawn(cases: Iterable[Case], month: date, operators: Collection[str]) -> Iterable[Drawn]:
    of: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        if case.answered_by in operators and case.outcome and not case.is_test:
            of[case.answered_by or ""].append(case)
    for operator in sorted(of):
        for case in sorted(of[operator], key=lambda case: _lot(month, case.alert_id))[:EACH]:
            yield Drawn(case=case, why=Why.OPERATOR, second_by=None)


def _lot(month: date, alert_id: str) -> str:
    """Draw a case's lot: the same for everybody who looks, and known to nobody before the month has its name."""
    return sha256(f"{month:%Y-%m}:{alert_id}".encode()).hexdigest()


def _second_by(case: Case) -> datetime | None:
    return case.resolved_at + SECOND_LOOK_WITHIN if case.resolved_at else None
