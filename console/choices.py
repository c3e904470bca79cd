"""What an operator can choose from in the forms of an alert: outcomes, whom to ring up, whom to send, until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from alerts.events import CallResult
from alerts.outcomes import OUTCOME_WORDS, OutcomeCode, ResolvedBy
from alerts.watching import LONGEST
from console.homes.holds import HOURS, KINDS
from console.words import Words
from contracts import Severity
from homes.model import Home, Responder, ResponderKind

_GROUPS: Final = {"E": "emergency", "C": "care", "N": "no_emergency", "T": "technical", "X": "test", "U": "unresolved"}
#: What the log calls the one who lives there, and the fire service.
RESIDENT: Final = "resident"
FIRE_SERVICE: Final = "119"
#: How long an operator may want to look on, in minutes.
WATCHES: Final = (10, 15, 30, 60, 120, 240)
#: They do not drive out, and a siren goes nowhere.
_AT_A_DESK: Final = frozenset({ResponderKind.OPERATOR, ResponderKind.SUPERVISOR, ResponderKind.IN_THE_HOME})

Choice = tuple[str, str]


class WhyNow(StrEnum):
    """Why an operator wants the next people called at once."""

    NOT_REACHED = "not_reached"
    WORSE = "worse"
    NOBODY_COMES = "nobody_comes"
    MORE_HANDS = "more_hands"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The lists of the forms, in the viewer's language."""

    outcomes: tuple[tuple[str, tuple[Choice, ...]], ...]
    resolvers: tuple[Choice, ...]
    #: Whom, their name and their number.
    whom: tuple[tuple[str, str, str], ...]
    results: tuple[Choice, ...]
    senders: tuple[Choice, ...]
    #: Why the next people are called at once.
    reasons: tuple[Choice, ...]
    watches: tuple[Choice, ...]
    centres: tuple[str, ...]
    #: Who else is on duty and may work on it.
    colleagues: tuple[str, ...]
    holds: tuple[Choice, ...]
    hold_hours: tuple[Choice, ...]


def choices_of(
    home: Home | None, severity: Severity, words: Words, centres: Sequence[str] = (), colleagues: Sequence[str] = ()
) -> Choices:
    """List what the forms offer."""
    responders = home.responders if home else ()
    return Choices(
        outcomes=outcome_choices(words),
        resolvers=tuple((by.value, words(f"by.{by}")) for by in ResolvedBy),
        whom=_whom(home, words),
        results=tuple((result.value, words(f"result.{result}")) for result in CallResult),
        senders=_senders(responders, words),
        reasons=tuple((why.value, words(f"why_now.{why}")) for why in WhyNow),
        watches=_watches(severity, words),
        # Those that are reached by wire first; any other is told by telephone.
        centres=(*centres, words("centre.dong"), words("centre.night")),
        colleagues=tuple(colleagues),
        holds=tuple((kind.value, words(f"hold.{kind}")) for kind in KINDS),
        hold_hours=tuple((str(n), _length(n, words)) for n in HOURS),
    )


def _length(hours: int, words: Words) -> str:
    return words("hold.for_hours", n=hours) if hours < 48 else words("hold.for_days", n=hours // 24)


def outcome_choices(words: Words) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """List the outcome codes by group, in the viewer's language."""
    korean = words.language == "ko"
    said = {code: text.ko if korean else text.en for code, text in OUTCOME_WORDS.items()}
    return tuple(
        (words(f"outcome.{name}"), tuple((code.value, said[code]) for code in OutcomeCode if code.value[0] == letter))
        for letter, name in _GROUPS.items()
    )


def about_responder(responder: Responder, words: Words) -> str:
    """Say what a responder is to the home, how far away, and whether they have a key."""
    about = [words(f"kind.{responder.kind}")]
    if responder.distance_km is not None:
        about.append(f"{responder.distance_km:g} km")
    if responder.has_key:
        about.append(words("contacts.has_key"))
    return " · ".join(about)


def _whom(home: Home | None, words: Words) -> tuple[tuple[str, str, str], ...]:
    responders = home.responders if home else ()
    listed = ((one.responder_id, f"{one.name} · {words(f'kind.{one.kind}')}", one.phone) for one in responders)
    resident = (RESIDENT, words("whom.resident"), home.resident.phone if home else "")
    return (resident, *(one for one in listed if one[2]), (FIRE_SERVICE, words("whom.119"), FIRE_SERVICE))


def _senders(responders: Sequence[Responder], words: Words) -> tuple[Choice, ...]:
    """List who can be sent, in the list's own order."""
    able = [one for one in responders if one.kind not in _AT_A_DESK and one.consented]
    return tuple((str(one.responder_id), f"{one.name} · {about_responder(one, words)}") for one in able)


def _watches(severity: Severity, words: Words) -> tuple[Choice, ...]:
    """List for how long such a case may be watched; nothing for an emergency, which never is."""
    longest = LONGEST.get(severity, timedelta())
    allowed = [minutes for minutes in WATCHES if timedelta(minutes=minutes) <= longest]
    return tuple((str(minutes), words("span.minutes", n=minutes)) for minutes in allowed)
