"""The access log's chain: each line carries the digest of the one before, so that an edit shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

#: What the first line follows.
START = "0" * 64


class Look(StrEnum):
    """What was looked at."""

    ALERT_OPENED = "alert_opened"
    RESPONDER_OFFER = "responder_offer"
    RESPONDER_DETAILS = "responder_details"
    #: The way in was shown as well.
    RESPONDER_ENTRY = "responder_entry"
    INCIDENT_OPENED = "incident_opened"
    UNPROTECTED_LISTED = "unprotected_listed"
    MESSAGES_READ = "messages_read"
    MESSAGES_EXPORTED = "messages_exported"
    WALK_TEST = "walk_test"
    CERTIFICATE = "certificate"
    #: The sheet for 119, with everything on it.
    SHEET_OPENED = "sheet_opened"
    FOLLOW_UPS_LISTED = "follow_ups_listed"


@dataclass(frozen=True, kw_only=True)
class AccessLine:
    """One look at a person's record."""

    at: datetime
    account: str
    subject: str
    what: str
    previous: str
    digest: str
    #: From where it was looked: the workstation's address.
    place: str = ""
    #: In which work: an alert, a visit, a report.
    task: str = ""
    #: Why, where the page asks.
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """From where somebody looks, in which work, and why."""

    place: str = ""
    task: str = ""
    reason: str = ""


UNSAID = Circumstances()


def line_after(
    previous: str, *, at: datetime, account: str, subject: str, what: str, said: Circumstances = UNSAID
) -> AccessLine:
    """Make the line that follows the digest `previous`."""
    digest = _digest(previous, at, account, subject, what, said)
    return AccessLine(
        at=at,
        account=account,
        subject=subject,
        what=what,
        previous=previous,
        digest=digest,
        place=said.place,
        task=said.task,
        reason=said.reason,
    )


def first_break(lines: Iterable[AccessLine]) -> int | None:
    """Tell at which line (from 0) the chain is broken; None when it is whole."""
    previous = START
    for place, line in enumerate(lines):
        if line.previous != previous:
            return place
        said = Circumstances(place=line.place, task=line.task, reason=line.reason)
        if line.digest != _digest(previous, line.at, line.account, line.subject, line.what, said):
            return place
        previous = line.digest
    return None


def _digest(previous: str, at: datetime, account: str, subject: str, what: str, said: Circumstances) -> str:
    instant = at.astimezone(UTC).isoformat(timespec="microseconds")
    # Lines of before the circumstances were kept have none, and keep their digest.
    more = () if said == UNSAID else (said.place, said.task, said.reason)
    return sha256("\x1f".join((previous, instant, account, subject, what, *more)).encode()).hexdigest()
