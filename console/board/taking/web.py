"""Take the most pressing case that nobody has, or acknowledge many small ones."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from alerts.events import Acknowledge
from alerts.model import Alert
from alerts.reasons import Reason
from console import metrics
from console.answers import answer_of
from console.board.once.web import once
from console.board.taking.order import in_turn, may_be_taken_together
from console.web import doors_of, form_of, message, operator_of, words_of
from contracts import AlertId

#: More at once is no work but a mistake.
MOST_AT_ONCE: Final = 200
#: So many losers of a race in a row have somebody else to ask.
MOST_TRIES: Final = 60


async def claim_next(request: Request) -> Response:
    """Give the operator the most pressing case that nobody has; no two operators are given the same."""
    await form_of(request)
    name, words = operator_of(request).name, words_of(request)
    for alert in (await _waiting(request))[:MOST_TRIES]:
        event = Acknowledge(alert_id=alert.alert_id, operator=name, version=alert.version)
        transition = await doors_of(request).desk.apply(event)
        # Whoever was quicker has it now: the next one is tried.
        if transition.reason is Reason.ACKNOWLEDGED:
            metrics.actions.labels(action="claim-next", result=transition.reason).inc()
            return _taken(request, alert.alert_id)
    return message(request, HTTPStatus.NOT_FOUND, words("script.calm"))


async def _waiting(request: Request) -> Sequence[Alert]:
    desk = doors_of(request).desk
    return in_turn(await desk.waiting(operator_of(request).districts), await desk.folded())


def _taken(request: Request, alert_id: AlertId) -> Response:
    if "x-script" in request.headers:
        return Response(msgspec.json.encode({"id": alert_id}), media_type="application/json")
    return RedirectResponse(f"/alerts/{alert_id}", status_code=HTTPStatus.SEE_OTHER)


async def bulk(request: Request) -> Response:
    """Acknowledge many alerts of devices and notices at once: 207 with what came of each."""
    form, words = await form_of(request), words_of(request)
    ids = [AlertId(one) for one in form.getlist("id") if isinstance(one, str)]
    if not 1 <= len(ids) <= MOST_AT_ONCE:
        return message(request, HTTPStatus.UNPROCESSABLE_ENTITY, words("answer.bulk_size", n=MOST_AT_ONCE))
    known = {alert.alert_id: alert for alert in await doors_of(request).desk.waiting(operator_of(request).districts)}
    done = [{"id": alert_id, "status": await _one(request, known.get(alert_id))} for alert_id in dict.fromkeys(ids)]
    if "x-script" in request.headers:
        body = msgspec.json.encode({"done": done})
        return Response(body, status_code=HTTPStatus.MULTI_STATUS, media_type="application/json")
    return RedirectResponse("/", status_code=HTTPStatus.SEE_OTHER)


async def _one(request: Request, alert: Alert | None) -> int:
    if alert is None:
        return HTTPStatus.NOT_FOUND
    if not may_be_taken_together(alert):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    event = Acknowledge(alert_id=alert.alert_id, operator=operator_of(request).name, version=alert.version)
    transition = await doors_of(request).desk.apply(event)
    metrics.actions.labels(action="bulk", result=transition.reason).inc()
    return answer_of(transition, words_of(request)).status


ROUTES = [
    Route("/alerts/claim-next", once(claim_next), methods=["POST"]),
    Route("/alerts/bulk", once(bulk), methods=["POST"]),
]
