"""The sentences of a story: a moment, and what is done or must come about then. Read here, played elsewhere."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from alerts.model import Purpose
from contracts import AlertChangeKind, AlertState, Phase, Severity
from homes.model import Channel
from tests.alerts.timeline.deeds import DEEDS, Deed, NoSuchSentence, one_of, span_of


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A detector tells something."""

    kind: str
    phase: Phase = Phase.BEGAN
    severity: Severity | None = None
    test: bool = False


@dataclass(frozen=True, kw_only=True)
class Message:
    """Somebody is called; it must come at this very moment."""

    whom: str
    purpose: Purpose = Purpose.HELP
    channel: Channel = Channel.WEBHOOK
    #: Their provider does not take it.
    in_vain: bool = False

    def __str__(self) -> str:
        return f"{self.purpose}: {self.whom} by {self.channel}{', in vain' if self.in_vain else ''}"


@dataclass(frozen=True, kw_only=True)
class Line:
    """Somebody's line works from now on, is dead, or takes everything and never reports."""

    whose: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Centre:
    """Somebody sits at a console from now on, or nobody does."""

    manned: bool


@dataclass(frozen=True, kw_only=True)
class IsIn:
    """The case must be in this state now."""

    state: AlertState
    owner: str | None = None


@dataclass(frozen=True, kw_only=True)
class Is:
    """The case must be this bad now."""

    severity: Severity


@dataclass(frozen=True, kw_only=True)
class LogSays:
    """The log must hold this now."""

    change: AlertChangeKind
    #: And no more often than that.
    once: bool = False


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """Time passes until here."""


Said = Finding | Deed | Line | Centre | Message | IsIn | Is | LogSays | Nothing


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One sentence of a story."""

    at: timedelta
    sentence: str
    said: Said


def read(sentence: str) -> Mark:
    """Read one sentence; raise NoSuchSentence."""
    moment, _, rest = sentence.strip().partition(" ")
    at = span_of(moment)
    for pattern, make in _SENTENCES:
        if found := pattern.fullmatch(rest.strip()):
            return Mark(at=at, sentence=sentence, said=make(found))
    raise NoSuchSentence(sentence)


_WHY = {
    "nobody answers": Purpose.NOBODY_ANSWERED,
    "it is taken": Purpose.TAKEN,
    "a follow-up is overdue": Purpose.FOLLOW_UP,
    "a responder is silent": Purpose.RESPONDER_SILENT,
}
_BY = r"(?: by (?P<channel>\w+))?(?P<vain>, in vain)?"


def _finding(found: re.Match[str]) -> Said:
    return Finding(
        kind=found["kind"],
        phase=Phase(found["phase"] or Phase.BEGAN),
        severity=Severity(found["severity"]) if found["severity"] else None,
        test=bool(found["test"]),
    )


def _message(purpose: Purpose, whom: str | None = None) -> Callable[[re.Match[str]], Said]:
    def make(found: re.Match[str]) -> Said:
        channel = Channel(found["channel"] or Channel.WEBHOOK)
        return Message(whom=whom or found["whom"], purpose=purpose, channel=channel, in_vain=bool(found["vain"]))

    return make


def _told(found: re.Match[str]) -> Said:
    return _message(_WHY[found["why"]])(found)


def _state(found: re.Match[str]) -> Said:
    state = AlertState.NEW if found["state"] == "ringing" else AlertState(found["state"])
    return IsIn(state=state, owner=found["owner"])


_TABLE: tuple[tuple[str, Callable[[re.Match[str]], Said]], ...] = (
    (r"nothing", lambda _: Nothing()),
    (r"finding (?P<kind>\w+)(?: (?P<phase>holds|ended))?(?: as (?P<severity>\w+))?(?P<test>, a test)?", _finding),
    (rf"call (?P<whom>\w+){_BY}", _message(Purpose.HELP)),
    (rf"ask the home{_BY}", _message(Purpose.CHECK, "resident")),
    (rf"sound the (?P<whom>\w+){_BY}", _message(Purpose.IN_THE_HOME)),
    (rf"tell (?P<whom>\w+) that (?P<why>{one_of(_WHY)}){_BY}", _told),
    (rf"ask (?P<whom>\w+) to take it{_BY}", _message(Purpose.HAND_OVER)),
    (r"(?P<who>\w+)'s line (?P<what>works|is dead|is silent)", lambda f: Line(whose=f["who"], state=f["what"])),
    (r"somebody sits at a console", lambda _: Centre(manned=True)),
    (r"nobody sits at a console", lambda _: Centre(manned=False)),
    (rf"it is (?P<severity>{one_of(Severity)})", lambda f: Is(severity=Severity(f["severity"]))),
    (rf"it is (?P<state>{one_of(AlertState)}|ringing)(?: by (?P<owner>\w+))?", _state),
    (
        r"the log says (?P<change>\w+)(?P<once> once)?",
        lambda f: LogSays(change=AlertChangeKind(f["change"]), once=bool(f["once"])),
    ),
    *DEEDS,
)
_SENTENCES = tuple((re.compile(pattern), make) for pattern, make in _TABLE)
