"""A script as an operator reads it: what was done, the words to say now, and what the answers lead to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alerts.events import CallResult, Note, Phoned
from alerts.model import Alert
from console.choices import RESIDENT
from console.people import about_of, name_of, place_of
from console.rows import sentence_of
from console.spans import ZONE, clock_time
from console.steps.scripts import Answer, Kind, Script, Step
from console.steps.walk import Walked, leads_to
from console.words import Words
from homes.model import Home

#: A note that begins so is the answer to a step; the timeline says it in the reader's words.
CODE: Final = "step:"


@dataclass(frozen=True, kw_only=True)
class DoneLine:
    """A step that was answered."""

    text: str
    answer: str
    time: str


@dataclass(frozen=True, kw_only=True)
class AnswerLine:
    """An answer that can be given, and what it leads to."""

    value: str
    label: str
    then: str


@dataclass(frozen=True, kw_only=True)
class StepsView:
    """The script of one alert."""

    title: str
    place: int
    of: int
    done: tuple[DoneLine, ...]
    now: str
    kind: Kind
    say: str
    answers: tuple[AnswerLine, ...]
    then: tuple[str, ...]
    #: What `D` opens: the form's name, whom it calls, and their number.
    opens: str
    whom: str
    phone: str


def steps_view(
    alert: Alert, home: Home | None, script: Script, walked: Walked, words: Words, now: datetime
) -> StepsView:
    """Write a script where it stands."""
    step = walked.now
    whom, phone = _whom(step, home)
    return StepsView(
        title=words(f"steps.class.{script.kind}"),
        place=walked.place,
        of=len(walked.done) + 1 + len(walked.then),
        done=tuple(
            DoneLine(
                text=words(f"steps.{one.step}"),
                answer=words(f"steps.answer.{one.answer}"),
                time=clock_time(one.at, now=now, zone=ZONE),
            )
            for one in walked.done
        ),
        now=words(f"steps.{step.key}"),
        kind=step.kind,
        say=_say(step, script, alert, home, words, now),
        answers=tuple(
            AnswerLine(
                value=answer.value,
                label=words(f"steps.answer.{answer}"),
                then=words(f"steps.{leads_to(step, answer)}"),
            )
            for answer, _ in step.answers
        ),
        then=tuple(words(f"steps.{one.key}") for one in walked.then),
        opens={Kind.DISPATCH: "dispatch", Kind.RESOLVE: "resolve"}.get(step.kind, ""),
        whom=whom,
        phone=phone,
    )


def _say(step: Step, script: Script, alert: Alert, home: Home | None, words: Words, now: datetime) -> str:
    keys = (f"steps.say.{script.kind}.{step.key}", f"steps.say.{step.key}")
    key = next(key for key in keys if key in words.texts)
    parts = {
        "name": name_of(home, alert),
        "about": about_of(home, words, now),
        "what": sentence_of(alert, words),
        "place": place_of(home),
    }
    return words(key, **parts)


def _whom(step: Step, home: Home | None) -> tuple[str, str]:
    if home is None:
        return "", ""
    if step.kind is Kind.CALL:
        return RESIDENT, home.resident.phone
    if step.kind is Kind.CONTACT:
        first = next((one for one in home.responders if one.phone), None)
        return (first.responder_id, first.phone) if first else ("", "")
    return "", ""


def events_of(step: Step, answer: str, alert: Alert, home: Home | None, operator: str) -> tuple[Phoned | Note, ...]:
    """Write what an answer says of the case: that a call was made and what came of it, and what was said."""
    whom, _ = _whom(step, home)
    silent = answer == Answer.NO_ANSWER
    came = CallResult.NO_ANSWER if silent else CallResult.SPOKE
    calls = (Phoned(alert_id=alert.alert_id, operator=operator, whom=whom, came_of_it=came),) if whom else ()
    said = Note(alert_id=alert.alert_id, operator=operator, text=f"{CODE}{step.key}:{answer}")
    return calls if calls and silent else (*calls, said)


def said_of(text: str, words: Words) -> str | None:
    """Say a step's line of the log in the reader's words; None for a note that somebody wrote."""
    parts = text.split(":")
    keys = (f"steps.{parts[1]}", f"steps.answer.{parts[2]}") if len(parts) == 3 and text.startswith(CODE) else ()
    return " · ".join(words.texts[key] for key in keys) if keys and all(key in words.texts for key in keys) else None
