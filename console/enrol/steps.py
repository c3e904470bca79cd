"""How far a new gateway has come, step by step, and what is wrong where it stands still."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from console.spans import span
from console.words import Words
from contracts import WatchedSensor
from homes.enrolment.model import State

#: A clock that is further off is set before anything else is looked at; as on the list of gateways.
_WRONG_CLOCK: Final = timedelta(seconds=40)
_IN_SERVICE: Final = frozenset({State.ENROLLED, State.EXPIRES_SOON, State.REPLACING})


class Step(StrEnum):
    """One step of an enrolment, in their order."""

    CODE = "code"
    CONNECTED = "connected"
    CLOCK = "clock"
    FIRST_SIGNAL = "first_signal"
    SENSORS = "sensors"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What is known of a gateway that is being enrolled."""

    state: State
    connected: bool
    #: How far its clock is behind ours; None: it has not said a time.
    behind: timedelta | None
    first_heard: datetime | None
    sensors: Sequence[WatchedSensor]
    heard: Collection[str]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A step as the page shows it."""

    step: Step
    done: bool
    text: str
    #: What stands in the way, and its mend.
    wrong: str = ""


def steps_of(standing: Standing, words: Words) -> tuple[Line, ...]:
    """List the steps."""
    enrolled = standing.state in _IN_SERVICE
    right = standing.behind is not None and abs(standing.behind) <= _WRONG_CLOCK
    missing = [one.sensor_id for one in standing.sensors if one.sensor_id not in standing.heard]
    total = len(standing.sensors)
    return (
        _line(Step.CODE, words, done=enrolled or standing.state is State.CLAIMED, wrong=_code_fault(standing, words)),
        _line(Step.CONNECTED, words, done=standing.connected),
        _line(Step.CLOCK, words, done=right, wrong=_clock_fault(standing, words, right=right)),
        _line(Step.FIRST_SIGNAL, words, done=standing.first_heard is not None),
        Line(
            step=Step.SENSORS,
            done=total > 0 and not missing,
            text=words("enrol.step.sensors", n=total - len(missing), total=total),
            wrong=words("enrol.missing", which=", ".join(missing[:5])) if missing and len(missing) < total else "",
        ),
    )


def _line(step: Step, words: Words, *, done: bool, wrong: str = "") -> Line:
    return Line(step=step, done=done, text=words(f"enrol.step.{step}"), wrong=wrong)


def _code_fault(standing: Standing, words: Words) -> str:
    ended = standing.state in (State.REVOKED, State.EXPIRED)
    return words("enrol.ended") if ended else ""


def _clock_fault(standing: Standing, words: Words, *, right: bool) -> str:
    if right or standing.behind is None:
        return ""
    return words("enrol.clock_off", span=span(words, abs(standing.behind)))
