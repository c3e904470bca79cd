"""One script for each class of hazard. The telephone comes first in every one: most cases end there."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contracts import Hazard


class Kind(StrEnum):
    """What doing a step opens; nothing of it is done before a person has answered."""

    #: A call to the resident.
    CALL = "call"
    #: A call to the first of the contacts.
    CONTACT = "contact"
    #: The sheet to read aloud to 119.
    SHEET = "sheet"
    #: The form that asks somebody to go.
    DISPATCH = "dispatch"
    #: Nothing: it is waited for.
    WAIT = "wait"
    #: The form that closes the case.
    RESOLVE = "resolve"


class Answer(StrEnum):
    """What can be said of a step; the word is also the end of its sentence's key."""

    WELL = "well"
    HARMLESS = "harmless"
    FIXED = "fixed"
    NEEDS_HELP = "needs_help"
    NO_ANSWER = "no_answer"
    GOES = "goes"
    CANNOT = "cannot"
    REQUESTED = "requested"
    NOBODY = "nobody"
    CALLED = "called"
    NOT_CALLED = "not_called"
    TOLD = "told"
    SAFE = "safe"
    TO_119 = "to_119"
    NOT_REACHED = "not_reached"


class ScriptClass(StrEnum):
    """Hazards that are answered alike."""

    HELP = "help"
    FALL = "fall"
    FIRE = "fire"
    STILLNESS = "stillness"
    BODY = "body"
    ROOMS = "rooms"
    ROUTINE = "routine"
    DEVICE = "device"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step, and where each answer leads; the last answer is the one that goes deeper into the script."""

    key: str
    kind: Kind
    answers: tuple[tuple[Answer, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Script:
    """The steps of a class; the first one is begun with."""

    kind: ScriptClass
    steps: tuple[Step, ...]

    def step(self, key: str) -> Step:
        """Give the step of this key."""
        return next(step for step in self.steps if step.key == key)


CLOSE: Final = Step(key="close", kind=Kind.RESOLVE)
_WELL, _HELP, _NOBODY = Answer.WELL, Answer.NEEDS_HELP, Answer.NO_ANSWER
_119: Final = Step(key="119", kind=Kind.SHEET, answers=((Answer.NOT_CALLED, "send"), (Answer.CALLED, "tell")))
_TELL: Final = Step(key="tell", kind=Kind.CONTACT, answers=((_NOBODY, "send"), (Answer.TOLD, "send")))
_SEND: Final = Step(key="send", kind=Kind.DISPATCH, answers=((Answer.NOBODY, "arrival"), (Answer.REQUESTED, "arrival")))
_ARRIVAL: Final = Step(
    key="arrival",
    kind=Kind.WAIT,
    answers=((Answer.NOT_REACHED, "119"), (Answer.TO_119, "close"), (Answer.SAFE, "close")),
)
_ASK: Final = Step(key="contact", kind=Kind.CONTACT, answers=((Answer.GOES, "arrival"), (Answer.CANNOT, "send")))
_GRAVE: Final = (_119, _TELL, _SEND, _ARRIVAL, CLOSE)
_SLOW: Final = (_ASK, _SEND, _ARRIVAL, _119, _TELL, CLOSE)


def _call(key: str, *, well: Answer = _WELL, help_by: str, silent: str) -> Step:
    return Step(key=key, kind=Kind.CALL, answers=((well, "close"), (_HELP, help_by), (_NOBODY, silent)))


_SCRIPTS: Final = (
    Script(
        kind=ScriptClass.HELP,
        steps=(_call("call", help_by="119", silent="again"), _call("again", help_by="119", silent="119"), *_GRAVE),
    ),
    Script(
        kind=ScriptClass.FALL,
        steps=(_call("call", help_by="119", silent="again"), _call("again", help_by="119", silent="119"), *_GRAVE),
    ),
    # Fire, gas and carbon monoxide do not wait for a second call.
    Script(
        kind=ScriptClass.FIRE,
        steps=(_call("call", well=Answer.HARMLESS, help_by="119", silent="119"), *_GRAVE),
    ),
    Script(
        kind=ScriptClass.STILLNESS,
        steps=(_call("call", help_by="119", silent="again"), _call("again", help_by="119", silent="contact"), *_SLOW),
    ),
    Script(
        kind=ScriptClass.BODY,
        steps=(_call("call", help_by="119", silent="again"), _call("again", help_by="119", silent="119"), *_GRAVE),
    ),
    Script(
        kind=ScriptClass.ROOMS,
        steps=(
            _call("call", well=Answer.HARMLESS, help_by="contact", silent="again"),
            _call("again", well=Answer.HARMLESS, help_by="contact", silent="contact"),
            *_SLOW,
        ),
    ),
    Script(kind=ScriptClass.ROUTINE, steps=(_call("call", help_by="contact", silent="contact"), *_SLOW)),
    Script(
        kind=ScriptClass.DEVICE,
        steps=(
            Step(key="call", kind=Kind.CALL, answers=((Answer.FIXED, "close"), (_HELP, "send"), (_NOBODY, "send"))),
            _SEND,
            Step(key="arrival", kind=Kind.WAIT, answers=((Answer.NOT_REACHED, "close"), (Answer.FIXED, "close"))),
            CLOSE,
        ),
    ),
)

_CLASSES: Final[Mapping[Hazard, ScriptClass]] = {
    Hazard.HELP: ScriptClass.HELP,
    Hazard.FALL: ScriptClass.FALL,
    Hazard.FIRE: ScriptClass.FIRE,
    Hazard.GAS: ScriptClass.FIRE,
    Hazard.CARBON_MONOXIDE: ScriptClass.FIRE,
    Hazard.STILLNESS: ScriptClass.STILLNESS,
    Hazard.VITAL_SIGNS: ScriptClass.BODY,
    Hazard.TEMPERATURE: ScriptClass.ROOMS,
    Hazard.WATER: ScriptClass.ROOMS,
    Hazard.APPLIANCE: ScriptClass.ROOMS,
    Hazard.DOOR: ScriptClass.ROUTINE,
    Hazard.MEDICATION: ScriptClass.ROUTINE,
    Hazard.GATEWAY: ScriptClass.DEVICE,
    Hazard.SENSOR: ScriptClass.DEVICE,
    Hazard.POWER: ScriptClass.DEVICE,
    Hazard.TAMPER: ScriptClass.DEVICE,
    Hazard.PROTECTION: ScriptClass.DEVICE,
}


def script_for(hazard: Hazard) -> Script:
    """Find the script of a hazard; one that has none of its own is asked about as stillness is."""
    kind = _CLASSES.get(hazard, ScriptClass.STILLNESS)
    return next(script for script in _SCRIPTS if script.kind is kind)
