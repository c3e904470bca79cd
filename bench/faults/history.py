"""The history checker: every numbered press has one alert, and all between the gateway's number and the outcome."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from bench.faults.seen import Call, History, Kept, Press

Value = TypeVar("Value")


class Flaw(StrEnum):
    """What can be wrong with a history."""

    LOST = "lost"
    DOUBLED = "doubled"
    WRONG = "wrong"
    LATE = "late"
    UNEXPLAINED = "unexplained"
    FALSE_INACTIVITY = "false inactivity"
    UNRECORDED = "not once in the history"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something that must not be, about a press or about a thing without a press."""

    flaw: Flaw
    #: A press's number; None: no press of ours is behind it.
    press: int | None
    what: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One press from hop to hop; what is missing is empty."""

    press: Press
    places: tuple[Kept, ...]
    finding_ids: tuple[str, ...]
    alert_ids: tuple[str, ...]
    delivered: tuple[str, ...]
    pushes: int
    outcome: str | None
    #: Seconds from the press to its first push; None: none came.
    waited: float | None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The ledger, and what is wrong with it."""

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    #: A press that Kafka has more than once: harmless, and worth knowing.
    kept_again: int
    #: Pushes that came again under their key.
    pushed_again: int

    def count(self, flaw: Flaw) -> int:
        """Count what is wrong in one way."""
        return sum(problem.flaw is flaw for problem in self.problems)


HELP: Final = "help"
#: A fault lasts for half a minute at most, and two that meet are recovered from within another one.
LATE_SECONDS: Final = 90.0
#: Nobody was still: whatever tells of stillness in a lively home is false.
STILLNESS: Final = "stillness"
_HOPS: Final = (
    ("places", "no record of `readings` holds it"),
    ("finding_ids", "no finding tells of it"),
    ("alert_ids", "no alert was opened for it"),
    ("delivered", "no call of its alert was delivered"),
    ("pushes", "no push of its alert arrived"),
    ("outcome", "its alert has no outcome"),
)


def check(history: History) -> Verdict:
    """Follow each press through every hop, and explain everything that is there by a press."""
    ways = _Ways(history)
    lines = tuple(ways.line(press) for press in history.presses)
    problems = (
        *(problem for line in lines for problem in _of_line(line, ways)),
        *_called_twice(history.calls),
        *_unexplained(history, lines),
        *_still(history),
        *_recorded(history),
    )
    return Verdict(
        lines=lines,
        problems=problems,
        kept_again=sum(max(0, len(line.places) - 1) for line in lines),
        pushed_again=len(history.pushed) - len({push.key for push in history.pushed}),
    )


class _Ways:
    """The history by what connects one hop with the next."""

    def __init__(self, history: History) -> None:
        self.places = _grouped((kept.reading_id, kept) for kept in history.kept)
        self.findings = _grouped(
            (reading, told.finding_id) for told in history.told if told.hazard == HELP for reading in told.reading_ids
        )
        self.alerts = _grouped(
            (finding, alert.alert_id)
            for alert in history.opened
            if alert.hazard == HELP
            for finding in alert.finding_ids
        )
        self.evidence = _grouped(
            (reading, alert.alert_id)
            for alert in history.opened
            if alert.hazard == HELP
            for reading in alert.reading_ids
        )
        self.opened = {alert.alert_id: alert for alert in history.opened}
        self.calls = _grouped((call.alert_id, call) for call in history.calls)
        self.pushes = Counter(push.key for push in history.pushed)
        #: When each alert was pushed first.
        self.moments: dict[str, float] = {}
        for push in sorted(history.pushed, key=lambda push: push.at):
            self.moments.setdefault(push.alert_id, push.at)

    def line(self, press: Press) -> Line:
        findings = _once(self.findings.get(press.reading_id, []))
        brought = [alert for finding in findings for alert in self.alerts.get(finding, [])]
        alerts = _once([*brought, *self.evidence.get(press.reading_id, [])])
        calls = [call for alert in alerts for call in self.calls.get(alert, [])]
        moments = [self.moments[alert] for alert in alerts if alert in self.moments]
        outcomes = [outcome for alert in alerts if (outcome := self.opened[alert].outcome)]
        return Line(
            press=press,
            places=tuple(self.places.get(press.reading_id, ())),
            finding_ids=findings,
            alert_ids=alerts,
            delivered=tuple(call.key for call in calls if call.state == "delivered"),
            pushes=sum(self.pushes[call.key] for call in calls),
            outcome=outcomes[0] if outcomes else None,
            waited=min(moments) - press.at if moments else None,
        )


def _of_line(line: Line, ways: _Ways) -> Iterator[Problem]:
    number = line.press.number
    for name, what in _HOPS:
        if not getattr(line, name):
            yield Problem(flaw=Flaw.LOST, press=number, what=what)
            break
    if len(line.finding_ids) > 1:
        yield Problem(flaw=Flaw.DOUBLED, press=number, what=f"{len(line.finding_ids)} findings: {line.finding_ids}")
    if len(line.alert_ids) > 1:
        yield Problem(flaw=Flaw.DOUBLED, press=number, what=f"{len(line.alert_ids)} alerts: {line.alert_ids}")
    for alert in (ways.opened[alert_id] for alert_id in line.alert_ids):
        if alert.home_id != line.press.home_id or alert.severity != "emergency":
            what = f"alert {alert.alert_id} is of {alert.home_id}, {alert.severity}"
            yield Problem(flaw=Flaw.WRONG, press=number, what=what)
    if line.waited is not None and line.waited > LATE_SECONDS:
        yield Problem(flaw=Flaw.LATE, press=number, what=f"its first push came after {line.waited:.1f} s")
    for key in line.delivered:
        if not ways.pushes[key]:
            yield Problem(flaw=Flaw.WRONG, press=number, what=f"call {key} is delivered and never arrived")


def _called_twice(calls: Sequence[Call]) -> Iterator[Problem]:
    once = Counter((call.alert_id, call.whom, call.step) for call in calls)
    for (alert, whom, step), count in once.items():
        if count > 1:
            what = f"alert {alert}: {whom} has {count} calls of step {step}"
            yield Problem(flaw=Flaw.DOUBLED, press=None, what=what)


def _unexplained(history: History, lines: Sequence[Line]) -> Iterator[Problem]:
    """Find what no press led to, and what one alert swallowed of several."""
    presses = _grouped((alert, line.press.number) for line in lines for alert in line.alert_ids)
    for alert in history.opened:
        if alert.hazard != HELP:
            continue
        behind = sorted(set(presses.get(alert.alert_id, [])))
        if not behind:
            yield Problem(flaw=Flaw.UNEXPLAINED, press=None, what=f"alert {alert.alert_id} of {alert.home_id}")
        for number in behind[1:]:
            what = f"alert {alert.alert_id} is also that of press {behind[0]}"
            yield Problem(flaw=Flaw.WRONG, press=number, what=what)
    known, rows = {press.reading_id for press in history.presses}, {call.key for call in history.calls}
    for told in history.told:
        if told.hazard == HELP and not known & set(told.reading_ids):
            yield Problem(flaw=Flaw.UNEXPLAINED, press=None, what=f"finding {told.finding_id} of {told.home_id}")
    for key in sorted({push.key for push in history.pushed} - rows):
        yield Problem(flaw=Flaw.UNEXPLAINED, press=None, what=f"a push came under {key}, of which no row is left")


def _still(history: History) -> Iterator[Problem]:
    for told in history.told:
        if told.hazard == STILLNESS:
            what = f"finding {told.kind} {told.finding_id} of {told.home_id}"
            yield Problem(flaw=Flaw.FALSE_INACTIVITY, press=None, what=what)
    findings = {told.finding_id for told in history.told}
    for alert in history.opened:
        if alert.hazard == STILLNESS and not findings & set(alert.finding_ids):
            yield Problem(flaw=Flaw.FALSE_INACTIVITY, press=None, what=f"alert {alert.alert_id} of {alert.home_id}")


def _recorded(history: History) -> Iterator[Problem]:
    rows = Counter(history.recorded)
    for press in history.presses:
        if rows[press.reading_id] != 1:
            what = f"{rows[press.reading_id]} rows of the history hold it"
            yield Problem(flaw=Flaw.UNRECORDED, press=press.number, what=what)


def _grouped(pairs: Iterable[tuple[str, Value]]) -> Mapping[str, list[Value]]:
    groups: defaultdict[str, list[Value]] = defaultdict(list)
    for name, value in pairs:
        groups[name].append(value)
    return groups


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
