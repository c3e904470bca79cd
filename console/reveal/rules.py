"""Who may see which of the things that a page masks, and what they must bring: the table of the specification."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from enum import StrEnum

from alerts.model import Alert
from console.chain import Look
from console.roles import Role
from contracts import AlertState
from homes.model import Home


class What(StrEnum):
    """What can be shown."""

    DOOR = "door"
    PHONE = "phone"
    HEALTH = "health"


LOOKS = {What.DOOR: Look.ENTRY_REVEALED, What.PHONE: Look.PHONE_REVEALED, What.HEALTH: Look.HEALTH_REVEALED}


class Answer(StrEnum):
    """What comes of asking; the word is the end of its sentence's key, and goes into the access log."""

    SHOWN = "shown"
    #: Ask again with a reason.
    NEEDS_REASON = "needs_reason"
    #: Ask again after a code or the password.
    NEEDS_STEP_UP = "needs_step_up"
    NO_OPEN_ALERT = "no_open_alert"
    NO_VISIT = "no_visit"
    NOT_YOUR_DISTRICT = "not_your_district"
    NOT_YOUR_ROLE = "not_your_role"


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asks, and what they have in hand at this home."""

    roles: Set[Role]
    #: The home is in one of their districts, or they said why they open it all the same.
    sees: bool
    #: An alert of this home is open and theirs.
    owns_alert: bool
    #: A walk test or a visit of theirs runs at this home.
    visits: bool
    reason: str
    stepped_up: bool


def may_reveal(what: What, asker: Asker) -> Answer:
    """Decide for all of somebody's roles together: the one that allows the most counts."""
    if not asker.sees:
        return Answer.NOT_YOUR_DISTRICT
    answers = [_by_role(role, what, asker) for role in Role if role in asker.roles]
    return min(answers, key=list(Answer).index, default=Answer.NOT_YOUR_ROLE)


def _by_role(role: Role, what: What, asker: Asker) -> Answer:
    match role:
        case Role.SENIOR:
            return Answer.SHOWN
        case Role.OPERATOR:
            return Answer.SHOWN if asker.owns_alert else Answer.NO_OPEN_ALERT
        case Role.SUPERVISOR:
            return _for_supervisor(what, asker)
        case Role.ENGINEER:
            # Whoever mends a sensor needs the door and a call before, and no illness.
            if what is What.HEALTH:
                return Answer.NOT_YOUR_ROLE
            return Answer.SHOWN if asker.visits else Answer.NO_VISIT
        case Role.AUDITOR | Role.ADMIN:
            return Answer.NOT_YOUR_ROLE


def _for_supervisor(what: What, asker: Asker) -> Answer:
    if not asker.reason:
        return Answer.NEEDS_REASON
    return Answer.NEEDS_STEP_UP if what is What.HEALTH and not asker.stepped_up else Answer.SHOWN


def owned(alerts: Iterable[Alert], name: str) -> str:
    """Name the open alert of these that somebody has in hand; empty when there is none."""
    return next((one.alert_id for one in alerts if one.owner == name and one.state is not AlertState.RESOLVED), "")


def value_of(what: What, home: Home) -> str:
    """Read what is to be shown."""
    person = home.resident
    match what:
        case What.DOOR:
            return home.entry
        case What.PHONE:
            return person.phone
        case What.HEALTH:
            return " · ".join(part for part in (person.hazards, person.health) if part)
