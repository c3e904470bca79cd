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
    DEVICES_LISTED = "devices_listed"
    DEVICES_EXPORTED = "devices_exported"
    VISIT_MADE = "visit_made"
    VISIT_ENDED = "visit_ended"
    LIMITS_CHANGED = "limits_changed"
    #: A month's report, which names nobody.
    REPORT_EXPORTED = "report_exported"
    # Another system looked, by its token.
    API_HOMES_LISTED = "api_homes_listed"
    API_HOME_READ = "api_home_read"
    API_ALERTS_LISTED = "api_alerts_listed"
    API_ALERT_READ = "api_alert_read"
    API_ALERT_ACTED = "api_alert_acted"
    API_READINGS_EXPORTED = "api_readings_exported"
    API_VITALS_READ = "api_vitals_read"
    TOKEN_GIVEN = "token_given"
    TOKEN_TAKEN = "token_taken"
    HOMES_LISTED = "homes_listed"
    HOME_OPENED = "home_opened"
    HOLD_ENTERED = "hold_entered"
    HOLD_ENDED = "hold_ended"
    SEARCHED = "searched"
    REFERRALS_LISTED = "referrals_listed"
    REFERRALS_EXPORTED = "referrals_exported"
    REFERRAL_OPENED = "referral_opened"
    ROSTER_CHANGED = "roster_changed"
    SHIFT_READ = "shift_read"
    SHIFT_PRINTED = "shift_printed"
    ENTRY_REVEALED = "entry_revealed"
    PHONE_REVEALED = "phone_revealed"
    HEALTH_REVEALED = "health_revealed"
    #: Somebody asked to see what a page masks, and was told no.
    REVEAL_REFUSED = "reveal_refused"
    GLASS_BROKEN = "glass_broken"
    GLASS_SIGNED = "glass_signed"
    AUDIT_READ = "audit_read"
    AUDIT_EXPORTED = "audit_exported"
    MONTH_SIGNED = "month_signed"
    ACCOUNT_ADDED = "account_added"
    ROLES_CHANGED = "roles_changed"
    PASSWORD_SET = "password_set"
    FACTOR_RESET = "factor_reset"
    FACTOR_ENROLLED = "factor_enrolled"
    PIN_SET = "pin_set"
    ACCOUNT_ENDED = "account_ended"
    CONSENT_GIVEN = "consent_given"
    CONSENT_ENDED = "consent_ended"
    CONSENTS_READ = "consents_read"
    MONITORING_PAUSED = "monitoring_paused"
    MONITORING_RESUMED = "monitoring_resumed"
    RESIDENT_ERASED = "resident_erased"
    RETENTION_APPLIED = "retention_applied"


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


def first_break(lines: Iterable[AccessLine], after: str = START) -> int | None:
    """Tell at which line (from 0) the chain is broken; None when it is whole."""
    previous = after
    for place, line in enumerate(lines):
        if not follows(previous, line):
            return place
        previous = line.digest
    return None


def follows(previous: str, line: AccessLine) -> bool:
    """Tell whether a line is what was written after the digest `previous`."""
    said = Circumstances(place=line.place, task=line.task, reason=line.reason)
    digest = _digest(previous, line.at, line.account, line.subject, line.what, said)
    return line.previous == previous and line.digest == digest


def _digest(previous: str, at: datetime, account: str, subject: str, what: str, said: Circumstances) -> str:
    instant = at.astimezone(UTC).isoformat(timespec="microseconds")
    # Lines of before the circumstances were kept have none, and keep their digest.
    more = () if said == UNSAID else (said.place, said.task, said.reason)
    return sha256("\x1f".join((previous, instant, account, subject, what, *more)).encode()).hexdigest()
