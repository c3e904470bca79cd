"""Offer a case, answer an offer, take it back."""

from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from alerts.events import PassOn
from alerts.model import Alert
from alerts.transition import Transition
from console import metrics
from console.answers import answer_of
from console.board.access import entry_for, viewer_of
from console.board.offering.offer import Ended, concerning, mark_of, refusal
from console.board.offering.postgres import Offers
from console.board.offering.view import OfferView, offers_of
from console.board.once.web import once
from console.web import doors_of, form_of, look_of, message, operator_of, words_of
from contracts import AlertId
from runtime import clock

#: The last word of the path, and what it means.
_ANSWERS = {"accept": Ended.ACCEPTED, "decline": Ended.DECLINED, "withdraw": Ended.WITHDRAWN}


async def offer(request: Request, alert: Alert, event: PassOn) -> Response:
    """Offer a case to a colleague; it stays the giver's until they say yes."""
    words, back = words_of(request), f"/alerts/{alert.alert_id}"
    reason = refusal(alert, event)
    if reason is not None:
        metrics.actions.labels(action="pass-on", result=reason).inc()
        answer = answer_of(Transition(reason=reason, alert=alert), words)
        return message(request, answer.status, answer.text, back=back)
    made = await Offers(doors_of(request).pool).make(event.alert_id, giver=event.operator, taker=event.to)
    metrics.actions.labels(action="pass-on", result="offered" if made else "offered_before").inc()
    if made is None:
        return message(request, HTTPStatus.CONFLICT, words("passing.open"), back=back)
    return _done(request, back)


async def answered(request: Request) -> Response:
    """Let the colleague say yes or no, or the giver take the offer back."""
    await form_of(request)
    ended = _ANSWERS.get(request.path_params["answer"])
    if ended is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "answer.no_such_action")
    alert_id, me = AlertId(request.path_params["alert_id"]), operator_of(request).name
    await entry_for(request, alert_id)
    one = await Offers(doors_of(request).pool).end(alert_id, ended, by=me)
    if one is None:
        return message(request, HTTPStatus.GONE, words_of(request)("passing.over"))
    metrics.actions.labels(action="pass-on", result=ended).inc()
    if ended is not Ended.ACCEPTED:
        return _done(request, "/")
    done = await doors_of(request).desk.apply(PassOn(alert_id=alert_id, operator=one.giver, to=me))
    answer = answer_of(done, words_of(request))
    if answer.status is not HTTPStatus.NO_CONTENT:
        await Offers(doors_of(request).pool).undo(one)
        return message(request, answer.status, answer.text)
    return _done(request, f"/alerts/{alert_id}")


async def offers(request: Request) -> Response:
    """Give the bars of the reader's open offers, and the mark that the tick tells of them."""
    doors, viewer = doors_of(request), viewer_of(request)
    drawn = doors.renderer.page("offers.j2", look_of(request), offers=await offers_for(request))
    body = {"mark": mark_of(await Offers(doors.pool).lately(), viewer.name), "html": drawn}
    return Response(msgspec.json.encode(body), media_type="application/json")


async def offers_for(request: Request) -> tuple[OfferView, ...]:
    """Read the reader's open offers."""
    doors, viewer, now = doors_of(request), viewer_of(request), clock.now()
    open_ones = concerning(await Offers(doors.pool).lately(), viewer.name)
    entries = await doors.desk.entries([one.alert_id for one in open_ones], now) if open_ones else []
    return offers_of(open_ones, {entry.alert.alert_id: entry for entry in entries}, viewer, now)


def _done(request: Request, path: str) -> Response:
    if "x-script" in request.headers:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return RedirectResponse(path, status_code=HTTPStatus.SEE_OTHER)


ROUTES = [
    Route("/alerts/{alert_id}/offer/{answer}", once(answered), methods=["POST"]),
    Route("/console/offers", offers, methods=["GET"]),
]
