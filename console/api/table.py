"""Every path of the API in one table: what it takes and answers, and the scope that it needs."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import msgspec

from console.api import shapes
from console.api.exporting import capability, fhir
from console.api.problems import Kind
from console.api.scopes import Scope

ROOT: Final = "/api/v1"
JSON: Final = "application/json"

#: What the parts of paths look like.
PARTS: Final[dict[str, object]] = {
    "home_id": shapes.HomeRef,
    "alert_id": shapes.AlertRef,
    "webhook_id": shapes.WebhookRef,
}


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One thing that another system can ask for."""

    name: str
    method: str
    path: str
    #: None: whoever comes.
    scope: Scope | None
    about: str
    #: None: the answer is not one of our types.
    answer: type[msgspec.Struct] | None
    status: HTTPStatus = HTTPStatus.OK
    media: tuple[str, ...] = (JSON,)
    query: type[msgspec.Struct] = shapes.Nothing
    body: type[msgspec.Struct] | None = None
    #: It can be refused for these besides what every path can.
    problems: tuple[Kind, ...] = ()
    #: What was seen must be named: If-Match with the ETag of the alert.
    versioned: bool = False
    #: The answer has an ETag, and If-None-Match is heard.
    tagged: bool = False

    @property
    def changes(self) -> bool:
        """Tell whether it changes something, so that an Idempotency-Key is heard."""
        return self.method != "GET"


_ACTS: Final = (Kind.NOT_FOUND, Kind.BEFORE_YOU, Kind.KEY_IN_USE, Kind.RESOLVED_BEFORE, Kind.UNUSABLE, Kind.KEY_REUSED)

OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        name="describe",
        method="GET",
        path=f"{ROOT}/openapi.json",
        scope=None,
        about="This description.",
        answer=None,
        tagged=True,
    ),
    Operation(
        name="list_homes",
        method="GET",
        path=f"{ROOT}/homes",
        scope=Scope.HOMES_READ,
        about="List homes by id; nothing of the persons who live there.",
        query=shapes.HomesAsked,
        answer=shapes.HomePage,
    ),
    Operation(
        name="read_home",
        method="GET",
        path=f"{ROOT}/homes/{{home_id}}",
        scope=Scope.HOMES_READ,
        about="Read one home with its resident.",
        answer=shapes.HomeOut,
        problems=(Kind.NOT_FOUND,),
        tagged=True,
    ),
    Operation(
        name="list_alerts",
        method="GET",
        path=f"{ROOT}/alerts",
        scope=Scope.ALERTS_READ,
        about="List alerts, those opened last first; no window of time hides an open one.",
        query=shapes.AlertsAsked,
        answer=shapes.AlertPage,
    ),
    Operation(
        name="read_alert",
        method="GET",
        path=f"{ROOT}/alerts/{{alert_id}}",
        scope=Scope.ALERTS_READ,
        about="Read one alert.",
        answer=shapes.AlertOut,
        problems=(Kind.NOT_FOUND,),
        tagged=True,
    ),
    Operation(
        name="read_timeline",
        method="GET",
        path=f"{ROOT}/alerts/{{alert_id}}/timeline",
        scope=Scope.ALERTS_READ,
        about="Read an alert's log, oldest line first.",
        query=shapes.LinesAsked,
        answer=shapes.LinePage,
        problems=(Kind.NOT_FOUND,),
    ),
    Operation(
        name="acknowledge",
        method="POST",
        path=f"{ROOT}/alerts/{{alert_id}}/acknowledge",
        scope=Scope.ALERTS_ACT,
        about="Take an alert in hand; it comes back unless something is done about it.",
        answer=shapes.AlertOut,
        problems=(*_ACTS, Kind.NO_VERSION),
        versioned=True,
    ),
    Operation(
        name="write_note",
        method="POST",
        path=f"{ROOT}/alerts/{{alert_id}}/notes",
        scope=Scope.ALERTS_ACT,
        about="Write something into an alert's log.",
        body=shapes.NoteIn,
        answer=shapes.AlertOut,
        problems=_ACTS,
    ),
    Operation(
        name="resolve",
        method="POST",
        path=f"{ROOT}/alerts/{{alert_id}}/resolve",
        scope=Scope.ALERTS_ACT,
        about="Close an alert and say how it ended.",
        body=shapes.ResolveIn,
        answer=shapes.AlertOut,
        problems=(*_ACTS, Kind.NO_VERSION),
        versioned=True,
    ),
    Operation(
        name="create_webhook",
        method="POST",
        path=f"{ROOT}/webhooks",
        scope=Scope.WEBHOOKS,
        about="Be told of every change of an alert, by a signed POST.",
        body=shapes.WebhookIn,
        answer=shapes.WebhookMade,
        status=HTTPStatus.CREATED,
        problems=(Kind.UNUSABLE, Kind.KEY_IN_USE, Kind.KEY_REUSED),
    ),
    Operation(
        name="list_webhooks",
        method="GET",
        path=f"{ROOT}/webhooks",
        scope=Scope.WEBHOOKS,
        about="List this token's own subscriptions, and how each is doing.",
        answer=shapes.WebhookPage,
    ),
    Operation(
        name="delete_webhook",
        method="DELETE",
        path=f"{ROOT}/webhooks/{{webhook_id}}",
        scope=Scope.WEBHOOKS,
        about="End a subscription.",
        answer=None,
        status=HTTPStatus.NO_CONTENT,
        problems=(Kind.NOT_FOUND,),
    ),
    Operation(
        name="try_webhook",
        method="POST",
        path=f"{ROOT}/webhooks/{{webhook_id}}/test",
        scope=Scope.WEBHOOKS,
        about="Post a test to a subscription, and tell what it answered.",
        answer=shapes.Tried,
        problems=(Kind.NOT_FOUND,),
    ),
    Operation(
        name="export_readings",
        method="GET",
        path=f"{ROOT}/homes/{{home_id}}/readings",
        scope=Scope.READINGS_EXPORT,
        about="Export a home's readings as CSV or Parquet, as a stream.",
        query=shapes.ReadingsAsked,
        answer=None,
        media=("text/csv", "application/vnd.apache.parquet"),
        problems=(Kind.NOT_FOUND, Kind.UNUSABLE, Kind.BUSY),
    ),
    # Open, as FHIR wants it and as the description is: it names nobody.
    Operation(
        name="fhir_capabilities",
        method="GET",
        path=f"{ROOT}/fhir/metadata",
        scope=None,
        about="What the FHIR R4 side of this API can do.",
        query=capability.CapabilityAsked,
        answer=capability.CapabilityStatement,
        media=(fhir.MEDIA_TYPE,),
    ),
    Operation(
        name="search_observations",
        method="GET",
        path=f"{ROOT}/fhir/Observation",
        scope=Scope.VITALS_READ,
        about="Search a home's vital signs as FHIR R4 observations, oldest first.",
        query=fhir.ObservationsAsked,
        answer=fhir.Bundle,
        media=(fhir.MEDIA_TYPE,),
        problems=(Kind.NOT_FOUND,),
    ),
)


def find(path: str) -> tuple[Operation, ...]:
    """List what can be asked for at a path as it is written in the table."""
    return tuple(one for one in OPERATIONS if one.path == path)
