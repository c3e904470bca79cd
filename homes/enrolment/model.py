"""What is known of a home's enrolment, and the words for it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts import HomeId

#: An engineer has so long to renew a certificate before it ends.
EXPIRES_SOON: Final = timedelta(days=30)
#: A gateway that never says that its new credential works ends its predecessor's by itself after so long.
REPLACED_AFTER: Final = timedelta(hours=24)


class Kind(StrEnum):
    """What a gateway proves itself with."""

    CERTIFICATE = "certificate"
    PASSWORD = "password"


class State(StrEnum):
    """How far a home's enrolment is."""

    NOT_ENROLLED = "not_enrolled"
    CLAIMED = "claimed"
    ENROLLED = "enrolled"
    REPLACING = "replacing"
    EXPIRES_SOON = "expires_soon"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Deed(StrEnum):
    """What was done to an enrolment; the word stands in the access log."""

    CLAIMED = "enrolment_claimed"
    EXCHANGED = "enrolment_exchanged"
    CONFIRMED = "enrolment_confirmed"
    REVOKED = "enrolment_revoked"
    REPLACED = "enrolment_replaced"
    GUESSED_OUT = "enrolment_guessed_out"


class Refused(StrEnum):
    """Why a claim or an exchange was turned away; also the metric's label and the word in the answer."""

    NO_SUCH_CODE = "no_such_code"
    CODE_EXPIRED = "code_expired"
    CODE_USED = "code_used"
    TOO_MANY_GUESSES = "too_many_guesses"
    BAD_REQUEST = "bad_request"
    KEEPER_AWAY = "keeper_away"
    UNKNOWN_HOME = "unknown_home"
    RESERVED_NAME = "reserved_name"
    ENROLLED_ALREADY = "enrolled_already"
    NOT_ENROLLED = "not_enrolled"
    NO_SUCH_CREDENTIAL = "no_such_credential"


#: What each refusal means and what mends it, in Korean and English.
MENDS: Final[dict[Refused, str]] = {
    Refused.NO_SUCH_CODE: "그런 코드가 없습니다; 글자를 확인하십시오 (no such code; check what was typed)",
    Refused.CODE_EXPIRED: "코드의 시간이 지났습니다; 새 코드를 만드십시오 (the code has expired; make a new claim)",
    Refused.CODE_USED: "이미 쓴 코드입니다; 새 코드를 만드십시오 (the code was used already; make a new claim)",
    Refused.TOO_MANY_GUESSES: "틀린 코드가 너무 많습니다; 잠시 뒤 다시 하십시오 (too many wrong codes; wait)",
    Refused.BAD_REQUEST: "요청을 읽을 수 없습니다 (the request cannot be used)",
    Refused.KEEPER_AWAY: "발급 서버가 답하지 않습니다; 같은 요청을 다시 보내십시오"
    " (the keeper does not answer; send the same request again)",
    Refused.UNKNOWN_HOME: "그런 집이 없습니다; 먼저 등록하십시오 (no such home; import it first)",
    Refused.RESERVED_NAME: "서비스의 이름이라 쓸 수 없습니다 (the id is a name of our services; choose another)",
    Refused.ENROLLED_ALREADY: "이미 등록된 집입니다; 교체는 enrol replace (enrolled already; to exchange the gateway"
    " use enrol replace)",
    Refused.NOT_ENROLLED: "등록된 게이트웨이가 없습니다 (no gateway is enrolled there)",
    Refused.NO_SUCH_CREDENTIAL: "그런 유효한 인증서가 없습니다 (no such credential that is still valid)",
}


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A claim that was made now; only this value knows the code, and its repr does not tell it."""

    home_id: HomeId
    code: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Credential:
    """What a gateway holds, as far as we keep it."""

    credential_id: int
    home_id: HomeId
    kind: Kind
    serial: str | None = None
    certificate: str | None = field(default=None, repr=False)
    password_hash: str | None = field(default=None, repr=False)
    made_at: datetime
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    first_used_at: datetime | None = None
    revoked_at: datetime | None = None
    reason: str | None = None

    def lives(self, now: datetime) -> bool:
        """Tell whether the broker lets it in."""
        if self.revoked_at is not None or self.issued_at is None:
            return False
        return self.expires_at is None or self.expires_at > now


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """A home with its open claim and the credentials that it has and had, newest first."""

    home_id: HomeId
    claim_until: datetime | None = None
    credentials: tuple[Credential, ...] = ()


def state_of(enrolment: Enrolment, now: datetime) -> State:
    """Tell how far a home's enrolment is."""
    living = [credential for credential in enrolment.credentials if credential.lives(now)]
    claimed = enrolment.claim_until is not None and enrolment.claim_until > now
    if living and (claimed or len(living) > 1):
        return State.REPLACING
    if living:
        soon = living[0].expires_at is not None and living[0].expires_at - now < EXPIRES_SOON
        return State.EXPIRES_SOON if soon else State.ENROLLED
    if claimed or any(each.issued_at is None and each.revoked_at is None for each in enrolment.credentials):
        return State.CLAIMED
    if not enrolment.credentials:
        return State.NOT_ENROLLED
    return State.REVOKED if enrolment.credentials[0].revoked_at else State.EXPIRED
