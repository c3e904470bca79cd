"""What an operator or a responder is answered: the reason of the rules as an HTTP status and a sentence."""

from dataclasses import dataclass
from http import HTTPStatus

from alerts.model import Alert
from alerts.reasons import Reason
from alerts.transition import Transition
from console.words import Words

#: Somebody or something was quicker than the press: the page was older than what is so now.
_CONFLICTS = frozenset(
    {
        Reason.SOMEBODY_HAS_IT,
        Reason.RANG_SINCE_SEEN,
        Reason.STEP_PASSED,
        Reason.NOT_THEIRS,
        Reason.ANOTHER_GOES,
        Reason.ANOTHER_CENTRE_HAS_IT,
        Reason.NOTHING_PROPOSED,
        Reason.NOTHING_TO_TAKE_BACK,
        Reason.NOT_RESOLVED,
        Reason.SOMETHING_REMAINS,
        Reason.NOT_READ_TO_THE_END,
        Reason.WRONG_WAY,
        Reason.NOT_ON_THE_WAY,
        Reason.THERE_ALREADY,
    }
)
#: What was asked for cannot be had in that way, whoever asks and when.
_UNUSABLE = frozenset(
    {
        Reason.NOTHING_WRITTEN,
        Reason.NOBODY_NAMED,
        Reason.CALLS_NOBODY,
        Reason.NOT_ON_THE_LIST,
        Reason.NEVER_WATCHED,
        Reason.TIME_PASSED,
        Reason.TOO_LONG,
        Reason.MUST_BE_HANDED_OVER,
    }
)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes back to the page."""

    status: HTTPStatus
    text: str = ""


def answer_of(transition: Transition, words: Words) -> Answer:
    """Put what came of an action into a status and, when it was not done, a sentence."""
    reason = transition.reason
    if reason is Reason.NO_SUCH_ALERT:
        return Answer(status=HTTPStatus.NOT_FOUND, text=words("answer.no_such_alert"))
    if reason is Reason.RESOLVED_BEFORE:
        return Answer(status=HTTPStatus.GONE, text=words("answer.resolved_before"))
    if reason in _CONFLICTS:
        return Answer(status=HTTPStatus.CONFLICT, text=words(f"answer.{reason}", name=_winner(transition.alert, words)))
    if reason in _UNUSABLE:
        return Answer(status=HTTPStatus.UNPROCESSABLE_ENTITY, text=words(f"answer.{reason}"))
    return Answer(status=HTTPStatus.NO_CONTENT)


def _winner(alert: Alert | None, words: Words) -> str:
    """Name whoever was quicker: the colleague, or the centre, that has it now."""
    return (alert and (alert.owner or alert.centre)) or words("owner.none")
