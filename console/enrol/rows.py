"""Enrolments as the API and the page tell them: never a code, a password or a key."""

from datetime import datetime

import msgspec

from homes.enrolment.model import Credential, Enrolment, Refused, State, state_of


class CredentialRow(msgspec.Struct, frozen=True, kw_only=True):
    """One credential, past or present."""

    kind: str
    serial: str | None
    issued_at: datetime | None
    expires_at: datetime | None
    first_used_at: datetime | None
    revoked_at: datetime | None
    reason: str | None


class EnrolmentRow(msgspec.Struct, frozen=True, kw_only=True):
    """One home's enrolment."""

    home_id: str
    state: State
    claim_until: datetime | None
    credentials: list[CredentialRow]


class ClaimRow(msgspec.Struct, frozen=True, kw_only=True):
    """A new claim: the only answer that ever holds its code."""

    home_id: str
    code: str
    expires_at: datetime
    address: str
    qr: str


def row_of(enrolment: Enrolment, now: datetime) -> EnrolmentRow:
    """Tell one home's enrolment."""
    return EnrolmentRow(
        home_id=enrolment.home_id,
        state=state_of(enrolment, now),
        claim_until=enrolment.claim_until,
        credentials=[_credential(each) for each in enrolment.credentials],
    )


def _credential(credential: Credential) -> CredentialRow:
    return CredentialRow(
        kind=credential.kind,
        serial=credential.serial,
        issued_at=credential.issued_at,
        expires_at=credential.expires_at,
        first_used_at=credential.first_used_at,
        revoked_at=credential.revoked_at,
        reason=credential.reason,
    )


#: What HTTP calls each refusal.
STATUSES = {
    Refused.NO_SUCH_CODE: 404,
    Refused.CODE_EXPIRED: 410,
    Refused.CODE_USED: 410,
    Refused.TOO_MANY_GUESSES: 429,
    Refused.BAD_REQUEST: 422,
    Refused.KEEPER_AWAY: 503,
    Refused.UNKNOWN_HOME: 404,
    Refused.RESERVED_NAME: 422,
    Refused.ENROLLED_ALREADY: 409,
    Refused.NOT_ENROLLED: 409,
    Refused.NO_SUCH_CREDENTIAL: 404,
}
