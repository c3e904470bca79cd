"""What a token lets another system do, and where."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Scope(StrEnum):
    """One thing that a token may be good for; each path of the API names the one it needs."""

    HOMES_READ = "homes:read"
    ALERTS_READ = "alerts:read"
    #: Acknowledge, write notes, resolve.
    ALERTS_ACT = "alerts:act"
    WEBHOOKS = "webhooks"
    READINGS_EXPORT = "readings:export"
    VITALS_READ = "vitals:read"


#: What each lets one do, for whoever gives a token.
SCOPE_WORDS = {
    Scope.HOMES_READ: ("집 읽기", "read homes"),
    Scope.ALERTS_READ: ("사건 읽기", "read alerts"),
    Scope.ALERTS_ACT: ("접수·메모·종결", "acknowledge, note, resolve"),
    Scope.WEBHOOKS: ("웹훅 구독", "subscribe to changes"),
    Scope.READINGS_EXPORT: ("측정값 내보내기", "export readings"),
    Scope.VITALS_READ: ("생체 신호 읽기 (FHIR)", "read vital signs (FHIR)"),
}


@dataclass(frozen=True, kw_only=True)
class Token:
    """What is known of a token; never its secret."""

    token_id: str
    name: str
    scopes: frozenset[Scope]
    #: Ids of the districts whose homes it sees; none means every district.
    districts: frozenset[str]
    per_minute: int
    given_at: datetime
    given_by: str
    expires_at: datetime
    last_used_at: datetime | None
    taken_at: datetime | None

    @property
    def account(self) -> str:
        """Name it as the access log and an alert's log do."""
        return f"api:{self.token_id}"

    def lives(self, now: datetime) -> bool:
        """Tell whether it is good for anything still."""
        return self.taken_at is None and now < self.expires_at

    def sees(self, district_id: str) -> bool:
        """Tell whether a home of this district is its to see."""
        return not self.districts or district_id in self.districts
