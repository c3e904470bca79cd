"""The board says again and again that somebody can see it or hear it, and which alert stands open on it."""

from datetime import datetime, timedelta
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.events import Acknowledge
from alerts.model import Alert, DueFor
from console.presence.postgres import Presence
from console.viewing.postgres import Viewing
from console.web import Doors, doors_of, form_of, operator_of, text_of
from contracts import AlertId, AlertState
from runtime import clock


async def note(request: Request) -> Response:
    """Write the operator down as present; a board that nobody sees and nobody hears is nobody."""
    form, doors, operator = await form_of(request), doors_of(request), operator_of(request)
    if "1" in (text_of(form, "visible"), text_of(form, "audible")):
        await Presence(doors.pool).seen(operator)
    viewing = text_of(form, "viewing") if text_of(form, "visible") == "1" else ""
    await Viewing(doors.pool).sees(operator, viewing[:64])
    if viewing:
        await _keep_in_hand(doors, AlertId(viewing), operator.name)
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def _keep_in_hand(doors: Doors, alert_id: AlertId, name: str) -> None:
    """Renew the lease of a case that its owner has before them, once half of it is over."""
    entry = await doors.desk.entry(alert_id, clock.now())
    lease = timedelta(seconds=doors.settings.alerts.acknowledgement_seconds)
    if entry and _wears_off(entry.alert, name, lease, clock.now()):
        alert = entry.alert
        await doors.desk.apply(Acknowledge(alert_id=alert_id, operator=name, version=alert.version))


def _wears_off(alert: Alert, name: str, lease: timedelta, now: datetime) -> bool:
    held = alert.owner == name and alert.state is AlertState.ACKNOWLEDGED and not alert.rings
    left = alert.due_at - now if alert.due_at and alert.due_for is DueFor.LEASE else None
    return held and left is not None and left < lease / 2


ROUTES = [Route("/console/presence", note, methods=["POST"])]
