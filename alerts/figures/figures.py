"""The figures of a span of time: shares beside their targets, spans, load, and each case that was answered too late."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from alerts.figures.cases import Case, Kind, within
from contracts import AlertId, Sentence, Severity

MINUTE: Final = timedelta(minutes=1)
EXCEPTION_AFTER: Final = 3 * MINUTE
WINDOW: Final = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Share:
    """So many of so many, and how many it should be."""

    name: str
    said: Sentence
    hit: int
    of: int
    target: float | None = None
    #: The British and European figure, where it asks for more.
    stricter: float | None = None

    @property
    def share(self) -> float | None:
        """Tell the share; None: there was nothing to count."""
        return self.hit / self.of if self.of else None

    @property
    def short(self) -> bool:
        """Tell whether it misses its target."""
        return self.share is not None and self.target is not None and self.share < self.target


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How long something took: half of them at most, nine in ten at most, and all."""

    name: str
    said: Sentence
    count: int
    median: float | None
    nine_in_ten: float | None
    #: So long at most for 95 in a hundred.
    p95: float | None
    longest: float | None


@dataclass(frozen=True, kw_only=True)
class Late:
    """A call that waited more than three minutes: each is looked into."""

    alert_id: AlertId
    rang_at: datetime
    #: None: nobody has answered yet.
    waited_seconds: float | None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """All figures of one span and one place."""

    cases: int
    calls: int
    inactivity: int
    technical: int
    shares: tuple[Share, ...]
    spreads: tuple[Spread, ...]
    late: tuple[Late, ...]

    def share(self, name: str) -> Share:
        """Find one share by its name."""
        return next(one for one in self.shares if one.name == name)

    def spread(self, name: str) -> Spread:
        """Find one spread by its name."""
        return next(one for one in self.spreads if one.name == name)


def figures_of(cases: Sequence[Case], now: datetime) -> Figures:
    """Count everything. A case that may still be answered in time counts neither as kept nor as missed."""
    by_kind = {kind: [case for case in cases if case.kind is kind] for kind in Kind}
    calls = by_kind[Kind.CALL]
    return Figures(
        cases=len(cases),
        calls=len(calls),
        inactivity=len(by_kind[Kind.INACTIVITY]),
        technical=len(by_kind[Kind.TECHNICAL]),
        shares=(
            _answered("emergency_answered_in_30", _emergencies(calls), MINUTE / 2, now, target=0.8),
            _answered("answered_in_60", calls, MINUTE, now, target=0.975, stricter=0.985),
            _answered("answered_in_180", calls, EXCEPTION_AFTER, now, target=0.99),
            _answered("inactivity_answered_in_180", by_kind[Kind.INACTIVITY], EXCEPTION_AFTER, now),
            _answered("technical_answered_in_180", by_kind[Kind.TECHNICAL], EXCEPTION_AFTER, now),
            _arrived("arrived_in_45", cases, 45 * MINUTE, now, target=0.9),
            _arrived("arrived_in_60", cases, 60 * MINUTE, now, target=1.0),
            _of("entered", [one for one in cases if one.arrived_at], lambda one: one.entered_at is not None),
            *_judged(cases),
        ),
        spreads=(
            _spread("to_answer", ((one.rang_at, one.answered_at) for one in calls)),
            _spread("to_contact", ((one.rang_at, one.contacted_at) for one in calls)),
            _spread("to_dispatch", ((one.rang_at, one.sent_at) for one in cases)),
            _spread("to_arrive", ((one.sent_at, one.arrived_at) for one in cases)),
            _spread("to_enter", ((one.arrived_at, one.entered_at) for one in cases)),
            _load(cases),
        ),
        late=tuple(_late(calls, now)),
    )


def _answered(
    name: str,
    cases: Iterable[Case],
    limit: timedelta,
    now: datetime,
    *,
    target: float | None = None,
    stricter: float | None = None,
) -> Share:
    # Whom the home itself told that all is well was never rung for.
    rang = [one for one in cases if one.answered_at or (not one.resolved_at and now - one.rang_at > limit)]
    hit = sum(within(one.rang_at, one.answered_at, limit) for one in rang)
    return Share(name=name, said=WORDS[name], hit=hit, of=len(rang), target=target, stricter=stricter)


def _emergencies(cases: Iterable[Case]) -> list[Case]:
    return [one for one in cases if one.severity is Severity.EMERGENCY]


def _arrived(name: str, cases: Iterable[Case], limit: timedelta, now: datetime, *, target: float) -> Share:
    """Count who was there in time after the decision to send; who was called off on the way does not count."""
    sent = [one for one in cases if one.sent_at and (one.arrived_at or (one.resolved_at or now) - one.sent_at > limit)]
    hit = sum(within(one.sent_at, one.arrived_at, limit) for one in sent)
    return Share(name=name, said=WORDS[name], hit=hit, of=len(sent), target=target)


def _judged(cases: Iterable[Case]) -> tuple[Share, ...]:
    """Count what turned out false and what true, of all that were closed and no test."""
    closed = [one for one in cases if one.outcome and not one.is_test]
    return (
        _of("false_share", closed, lambda one: one.is_false),
        _of("positive_predictive_value", closed, lambda one: one.is_true),
    )


def _of(name: str, cases: Sequence[Case], test: Callable[[Case], bool]) -> Share:
    return Share(name=name, said=WORDS[name], hit=sum(map(test, cases)), of=len(cases))


def _spread(name: str, spans: Iterable[tuple[datetime | None, datetime | None]]) -> Spread:
    return _spread_of(name, [(end - begin).total_seconds() for begin, end in spans if begin and end])


def _spread_of(name: str, values: Iterable[float]) -> Spread:
    found = sorted(values)
    return Spread(
        name=name,
        said=WORDS[name],
        count=len(found),
        median=_ranked(found, 0.5),
        nine_in_ten=_ranked(found, 0.9),
        p95=_ranked(found, 0.95),
        longest=found[-1] if found else None,
    )


def _ranked(found: Sequence[float], share: float) -> float | None:
    """Pick the smallest value that so large a share does not exceed: a value that was, never one between two."""
    return found[max(ceil(share * len(found)), 1) - 1] if found else None


def _load(cases: Iterable[Case]) -> Spread:
    """Count alerts of each ten minutes for each operator or responder who answered one of them."""
    opened: dict[int, int] = defaultdict(int)
    busy: dict[int, set[str]] = defaultdict(set)
    for one in cases:
        window = int(one.opened_at.timestamp() // WINDOW.total_seconds())
        opened[window] += 1
        if one.answered_by:
            busy[window].add(one.answered_by)
    return _spread_of("load", (count / max(len(busy[window]), 1) for window, count in opened.items()))


def _late(calls: Iterable[Case], now: datetime) -> Iterable[Late]:
    for one in calls:
        if one.resolved_at and not one.answered_at:
            continue
        if (one.answered_at or now) - one.rang_at > EXCEPTION_AFTER:
            waited = (one.answered_at - one.rang_at).total_seconds() if one.answered_at else None
            yield Late(alert_id=one.alert_id, rang_at=one.rang_at, waited_seconds=waited)


WORDS: Final = {
    "emergency_answered_in_30": Sentence(ko="긴급: 30초 안에 응답", en="emergencies: answered within 30 s"),
    "answered_in_60": Sentence(ko="60초 안에 응답", en="answered within 60 s"),
    "answered_in_180": Sentence(ko="180초 안에 응답", en="answered within 180 s"),
    "inactivity_answered_in_180": Sentence(ko="무활동: 180초 안에 응답", en="inactivity: answered within 180 s"),
    "technical_answered_in_180": Sentence(ko="기술: 180초 안에 응답", en="technical: answered within 180 s"),
    "arrived_in_45": Sentence(ko="출동 결정 후 45분 안에 도착", en="arrived within 45 min of being sent"),
    "arrived_in_60": Sentence(ko="출동 결정 후 60분 안에 도착", en="arrived within 60 min of being sent"),
    "entered": Sentence(ko="도착 후 집 안에 들어감", en="entered after arriving"),
    "false_share": Sentence(ko="오경보 비율 (N+T)/(전체-X)", en="false share (N+T)/(all-X)"),
    "positive_predictive_value": Sentence(
        ko="양성 예측도 (E+C)/(전체-X)", en="positive predictive value (E+C)/(all-X)"
    ),
    "to_answer": Sentence(ko="응답까지 (초)", en="until answered (s)"),
    "to_contact": Sentence(ko="첫 연락까지 (초)", en="until first contact (s)"),
    "to_dispatch": Sentence(ko="출동 결정까지 (초)", en="until somebody was sent (s)"),
    "to_arrive": Sentence(ko="도착까지 (초)", en="until arrived (s)"),
    "to_enter": Sentence(ko="들어가기까지 (초)", en="until entered (s)"),
    "load": Sentence(ko="10분당 한 사람의 알림", en="alerts per person in ten minutes"),
}
