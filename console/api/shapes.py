"""What the API answers and takes: the types that its description is made from."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from alerts.outcomes import OutcomeCode, ResolvedBy
from alerts.reasons import Reason
from contracts import AlertChange, AlertChangeKind, AlertStage, AlertState, FollowUp, Hazard, HoldKind, Severity

Moment = Annotated[datetime, Meta(tz=True)]
HomeRef = Annotated[str, Meta(pattern="^[a-z0-9-]{1,64}$")]
AlertRef = Annotated[str, Meta(pattern="^[0-9a-f]{24}$")]
WebhookRef = Annotated[str, Meta(pattern="^wh-[0-9a-f]{16}$")]
Limit = Annotated[int, Meta(ge=1, le=200)]
Cursor = Annotated[
    str,
    Meta(
        pattern="^[A-Za-z0-9_-]{1,400}$",
        extra_json_schema={"format": "cursor"},
        description="`next` of the page before; it stays good while things are added",
    ),
]
#: Control characters are nobody's words; the database would refuse one of them.
Text = Annotated[str, Meta(min_length=1, max_length=2000, pattern=r"^[^\u0000-\u0008\u000b-\u001f\u007f]*$")]


class DistrictOut(msgspec.Struct, frozen=True, kw_only=True):
    """Where a home is: 시·구·동."""

    district_id: str
    city: str
    gu: str
    dong: str


class SensorOut(msgspec.Struct, frozen=True, kw_only=True):
    """A sensor as it is registered."""

    sensor_id: str
    kind: str
    room: str


class HoldOut(msgspec.Struct, frozen=True, kw_only=True):
    """A span in which passive watching rests."""

    kind: HoldKind
    from_at: datetime
    until_at: datetime


class HomeLine(msgspec.Struct, frozen=True, kw_only=True):
    """A home in a list: nothing of the person who lives there."""

    home_id: str
    version: int
    district: DistrictOut
    timezone: str
    #: False: taken out of service.
    watched: bool
    #: 0 usual, 1 vulnerable, 2 very vulnerable, 3 first of all.
    vulnerability: int


class ResidentOut(msgspec.Struct, frozen=True, kw_only=True):
    """Who lives there. Telephone, illnesses and codes are shown by the console only."""

    name: str
    birth_year: int
    sex: str
    language: str


class HomeOut(HomeLine, frozen=True, kw_only=True):
    """One home, with its resident; each look is in the access log."""

    address: str
    resident: ResidentOut
    sensors: tuple[SensorOut, ...]
    holds: tuple[HoldOut, ...]


class HomePage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of homes, by id."""

    items: tuple[HomeLine, ...]
    #: Where the next page begins; null: this is the last.
    next: str | None


class OutcomeOut(msgspec.Struct, frozen=True, kw_only=True):
    """How a case ended."""

    code: OutcomeCode
    #: The code in words.
    words: str
    resolved_by: ResolvedBy
    minutes: int | None
    rule_at_fault: bool


class AlertOut(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as it is now."""

    alert_id: str
    #: Grows by one with each change; also the ETag, and what If-Match names.
    version: int
    home_id: str
    hazard: Hazard
    #: The detector's name for what it found.
    kind: str
    severity: Severity
    state: AlertState
    stage: AlertStage
    test: bool
    late: bool
    opened_at: datetime
    #: When the matter began, by the home's own time.
    since: datetime
    #: When something happens by itself; null once it is resolved.
    due_at: datetime | None
    #: Who has it in hand: an operator's name, or `api:` and a token's id.
    owner: str | None
    restored_at: datetime | None
    resolved_at: datetime | None
    #: How often something more of the same hazard was found, and how often it rang again.
    repeats: int
    again: int
    #: Why, as a sentence.
    what: str
    #: What was measured, with the unit in the name, and the limit in force.
    values: dict[str, float | str]
    limit: float | None
    outcome: OutcomeOut | None
    follow_up: FollowUp
    closed_at: datetime | None


class AlertPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of alerts, those opened last first."""

    items: tuple[AlertOut, ...]
    next: str | None


class LineOut(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an alert's log; it is never changed."""

    version: int
    at: datetime
    change: AlertChangeKind
    reason: Reason
    #: Who did it; null: the service itself.
    by: str | None
    #: As it is kept: what somebody wrote, or a word of the rules.
    text: str
    step: int
    #: What happened, for people, in the language that was asked for; ids stand for names.
    words: str


class LinePage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of an alert's log, oldest first."""

    items: tuple[LineOut, ...]
    next: str | None


class Nothing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A query without fields."""


class HomesAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which homes."""

    cursor: Cursor | UnsetType = UNSET
    limit: Limit = 50
    watched: bool | UnsetType = UNSET


class AlertsAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which alerts; a field may be given more than once where it is a list."""

    cursor: Cursor | UnsetType = UNSET
    limit: Limit = 50
    state: tuple[AlertState, ...] = ()
    severity: tuple[Severity, ...] = ()
    hazard: tuple[Hazard, ...] = ()
    home_id: HomeRef | UnsetType = UNSET
    opened_from: Moment | UnsetType = UNSET
    opened_to: Moment | UnsetType = UNSET
    test: bool | UnsetType = UNSET


class LinesAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which lines of a log."""

    cursor: Cursor | UnsetType = UNSET
    limit: Limit = 200


class FileFormat(StrEnum):
    """As what kind of file readings are exported."""

    CSV = "csv"
    PARQUET = "parquet"


class ReadingsAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which readings: those observed from a moment on, up to but without another; a year at most."""

    from_at: Moment = msgspec.field(name="from")
    to_at: Moment = msgspec.field(name="to")
    format: FileFormat = FileFormat.CSV


class WebhookIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be told, and where."""

    #: https; it must lead out into the world.
    url: Annotated[str, Meta(min_length=1, max_length=500)]
    #: Which kinds of changes; empty: all.
    changes: Annotated[tuple[AlertChangeKind, ...], Meta(max_length=100)] = ()
    #: Alerts of which severities; empty: all.
    severities: Annotated[tuple[Severity, ...], Meta(max_length=10)] = ()


class WebhookOut(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription."""

    webhook_id: str
    url: str
    changes: tuple[AlertChangeKind, ...]
    severities: tuple[Severity, ...]
    created_at: datetime
    #: When it took something last.
    told_at: datetime | None
    failing_since: datetime | None
    #: It is told nothing any more since then, and why: `gone`, `not_taken`, `token_over`.
    off_at: datetime | None
    off_because: str


class WebhookMade(msgspec.Struct, frozen=True, kw_only=True):
    """A new subscription with the key that signs what it is told; it is shown once."""

    webhook: WebhookOut
    signing_key: str


class WebhookPage(msgspec.Struct, frozen=True, kw_only=True):
    """A token's subscriptions."""

    items: tuple[WebhookOut, ...]
    next: str | None


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a test."""

    taken: bool
    #: What was answered; null: nobody answered.
    status: int | None


class EventOut(msgspec.Struct, frozen=True, kw_only=True):
    """What a webhook is posted. The same id in every try; a lower version of the same alert is old news."""

    id: str
    kind: Literal["alert_changed", "test"]
    webhook_id: str
    at: datetime
    #: Null in a test.
    change: AlertChange | None


class NoteIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is written down."""

    text: Text


class ResolveIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the case ended."""

    outcome: OutcomeCode
    resolved_by: ResolvedBy
    minutes: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    rule_at_fault: bool = False
