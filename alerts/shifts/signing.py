"""Whether a handover may be signed: each alert that matters has its sentence and was confirmed by the next."""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from alerts.model import Alert
from alerts.shifts.model import Handover
from alerts.shifts.passing import HELD_TO_THE_END
from contracts import AlertState

LONGEST_SENTENCE = 300


class Refused(StrEnum):
    """Why a handover is not signed."""

    NOT_PREPARED = "not_prepared"
    SIGNED_BEFORE = "signed_before"
    SAME_PERSON = "same_person"
    NOT_CONFIRMED = "not_confirmed"
    #: An alert that matters came into their hands after it was prepared: it has no sentence yet.
    CHANGED_SINCE_READ = "changed_since_read"


def needs_sentence(alert: Alert, outgoing: str) -> bool:
    """Tell whether the outgoing operator must say something about it: it is bad, and theirs or nobody's."""
    free = alert.owner is None and alert.state is not AlertState.HANDED_OVER
    return alert.severity in HELD_TO_THE_END and not alert.test and (free or alert.owner == outgoing)


def lacking(alerts: Iterable[Alert], outgoing: str, sentences: Mapping[str, str]) -> tuple[str, ...]:
    """Name the alerts that still need a sentence."""
    wanted = (alert.alert_id for alert in alerts if needs_sentence(alert, outgoing))
    return tuple(key for key in wanted if not sentences.get(key, "").strip())


def refusal(
    handover: Handover, held: Iterable[Alert], open_ids: Collection[str], confirmed: Collection[str], incoming: str
) -> Refused | None:
    """Say why it may not be signed now; `held` is what is in the outgoing operator's hands this moment."""
    if handover.signed_at is not None:
        return Refused.SIGNED_BEFORE
    if incoming == handover.outgoing:
        return Refused.SAME_PERSON
    heavy = {alert.alert_id for alert in held if alert.severity in HELD_TO_THE_END and not alert.test}
    if any(not handover.sentences.get(key, "").strip() for key in heavy):
        return Refused.CHANGED_SINCE_READ
    read = {item.alert_id for item in handover.draft.items if item.needs and item.alert_id in open_ids}
    return None if heavy | read <= set(confirmed) else Refused.NOT_CONFIRMED
