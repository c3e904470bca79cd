"""What another system is answered when its request is not done: RFC 9457, in its language, with what mends it."""

from enum import StrEnum
from http import HTTPStatus
from typing import Final

import msgspec

from contracts import Sentence

MEDIA_TYPE: Final = "application/problem+json"


class Kind(StrEnum):
    """Why a request was not done; the word is also the end of the problem's type."""

    UNREADABLE = "unreadable"
    NO_TOKEN = "no_token"
    NOT_IN_SCOPE = "not_in_scope"
    NOT_FOUND = "not_found"
    NO_SUCH_METHOD = "no_such_method"
    BEFORE_YOU = "before_you"
    KEY_IN_USE = "key_in_use"
    RESOLVED_BEFORE = "resolved_before"
    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    UNUSABLE = "unusable"
    KEY_REUSED = "key_reused"
    NO_VERSION = "no_version"
    TOO_MANY = "too_many"
    BUSY = "busy"
    AWAY = "away"


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in the request that cannot be used."""

    #: Where: `query`, `body`, `header`, with a path into it.
    where: str
    #: What was expected there and what came.
    what: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was not done, and what mends it (RFC 9457)."""

    type: str
    title: str
    status: int
    #: What mends it.
    mend: str
    detail: str = ""
    #: The reason of the alert's rules, where they refused.
    reason: str = ""
    #: Who was quicker.
    winner: str = ""
    faults: tuple[Fault, ...] = ()


class Refused(Exception):
    """A request is not done; the door answers with the problem."""

    def __init__(
        self,
        kind: Kind,
        *,
        detail: str = "",
        reason: str = "",
        winner: str = "",
        faults: tuple[Fault, ...] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.reason = reason
        self.winner = winner
        self.faults = faults
        self.retry_after = retry_after

    def problem(self, language: str) -> Problem:
        """Say it in a language of the house."""
        title, mend = WORDS[self.kind]
        return Problem(
            type=type_of(self.kind),
            title=title.en if language == "en" else title.ko,
            status=STATUS[self.kind].value,
            mend=mend.en if language == "en" else mend.ko,
            detail=self.detail,
            reason=self.reason,
            winner=self.winner,
            faults=self.faults,
        )


def type_of(kind: Kind) -> str:
    """Name a kind of problem as a URI; it is a name, and leads nowhere."""
    return f"urn:dolbom:problem:{kind}"


STATUS: Final[dict[Kind, HTTPStatus]] = {
    Kind.UNREADABLE: HTTPStatus.BAD_REQUEST,
    Kind.NO_TOKEN: HTTPStatus.UNAUTHORIZED,
    Kind.NOT_IN_SCOPE: HTTPStatus.FORBIDDEN,
    Kind.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Kind.NO_SUCH_METHOD: HTTPStatus.METHOD_NOT_ALLOWED,
    Kind.BEFORE_YOU: HTTPStatus.CONFLICT,
    Kind.KEY_IN_USE: HTTPStatus.CONFLICT,
    Kind.RESOLVED_BEFORE: HTTPStatus.GONE,
    Kind.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Kind.NOT_JSON: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Kind.UNUSABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.KEY_REUSED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.NO_VERSION: HTTPStatus.PRECONDITION_REQUIRED,
    Kind.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Kind.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
    Kind.AWAY: HTTPStatus.SERVICE_UNAVAILABLE,
}


def _said(ko: str, en: str, mend_ko: str, mend_en: str) -> tuple[Sentence, Sentence]:
    return Sentence(ko=ko, en=en), Sentence(ko=mend_ko, en=mend_en)


#: For each kind what is wrong, and what mends it.
WORDS: Final[dict[Kind, tuple[Sentence, Sentence]]] = {
    Kind.UNREADABLE: _said(
        "요청을 읽을 수 없음",
        "The request cannot be read",
        "faults 를 고쳐 다시 보내십시오",
        "Mend what `faults` lists",
    ),
    Kind.NO_TOKEN: _said(
        "쓸 수 있는 토큰이 없음",
        "There is no token that is good",
        "Authorization: Bearer dlb_… 로 보내십시오. 만료되었거나 회수되었으면 감독에게 새 토큰을 받으십시오",
        "Send Authorization: Bearer dlb_…; when yours has expired or was taken back, ask the centre for a new one",
    ),
    Kind.NOT_IN_SCOPE: _said(
        "토큰의 범위 밖",
        "The token is not for this",
        "detail 의 범위를 감독에게 요청하십시오",
        "Ask for the scope named",
    ),
    Kind.NOT_FOUND: _said(
        "없음", "There is no such thing", "id 와 토큰의 지역을 확인하십시오", "Check the id, and your token's districts"
    ),
    Kind.NO_SUCH_METHOD: _said("없는 방법", "There is no such method here", "Allow 헤더를 보십시오", "See `Allow`"),
    Kind.BEFORE_YOU: _said(
        "먼저 바뀜",
        "Something or somebody was quicker",
        "사건을 다시 읽고, 아직 필요하면 새 버전으로 다시 보내십시오",
        "Read the alert again; when it is still wanted, send it with the new version",
    ),
    Kind.KEY_IN_USE: _said(
        "같은 키의 요청이 처리 중", "A request with this key is being done", "잠시 뒤 다시", "Send it again in a moment"
    ),
    Kind.RESOLVED_BEFORE: _said("이미 종결됨", "It is resolved already", "할 일이 없습니다", "Nothing is left to do"),
    Kind.TOO_LARGE: _said(
        "본문이 너무 큼", "The body is too large", "64 KiB 까지 보낼 수 있습니다", "Send at most 64 KiB"
    ),
    Kind.NOT_JSON: _said(
        "JSON 이 아님", "The body is not JSON", "Content-Type: application/json", "Send Content-Type: application/json"
    ),
    Kind.UNUSABLE: _said(
        "그렇게는 할 수 없음", "It cannot be done like that", "detail 을 보고 고치십시오", "See `detail`, and change it"
    ),
    Kind.KEY_REUSED: _said(
        "키가 다른 요청에 쓰임",
        "This key was used for another request",
        "요청마다 새 Idempotency-Key 를 쓰십시오",
        "Use a new Idempotency-Key for each new request",
    ),
    Kind.NO_VERSION: _said(
        "본 버전이 없음",
        "It is not said which version was seen",
        "If-Match 에 ETag 를 보내십시오",
        "Send the alert's ETag as If-Match",
    ),
    Kind.TOO_MANY: _said(
        "요청이 너무 많음", "Too many requests", "Retry-After 초 뒤에 다시", "Come again after `Retry-After` seconds"
    ),
    Kind.BUSY: _said(
        "다른 내보내기가 진행 중",
        "Other exports are going on",
        "Retry-After 초 뒤에 다시",
        "Come again after `Retry-After` seconds",
    ),
    Kind.AWAY: _said(
        "데이터베이스가 응답하지 않음", "The database does not answer", "잠시 뒤 다시", "Send it again in a moment"
    ),
}
