"""What an operator or a responder is answered: the reason of the rules as an HTTP status and a sentence."""

from dataclasses import dataclass
from http import HTTPStatus

from alerts.model import Alert
from alerts.reasons import Reason
from alerts.transition import Transition
from console.words import Words

_CONFLICTS = frozenset({Reason.SOMEBODY_HAS_IT, Reason.RANG_SINCE_SEEN, Reason.STEP_PASSED, Reason.ANOTHER_GOES})
_UNUSABLE = frozenset({Reason.NOTHING_WRITTEN, Reason.CALLS_NOBODY})


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
        return Answer(status=HTTPStatus.CONFLICT, text=words(f"answer.{reason}", name=_owner(transition.alert, words)))
    if reason in _UNUSABLE:
        return Answer(status=HTTPStatus.UNPROCESSABLE_ENTITY, text=words(f"answer.{reason}"))
    return Answer(status=HTTPStatus.NO_CONTENT)


def _owner(alert: Alert | None, words: Words) -> str:
    return alert.owner if alert and alert.owner else words("owner.none")
