"""The page behind a responder's link: looking changes nothing, a press on a button does."""

from dataclasses import dataclass
from http import HTTPStatus

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from alerts.links import LinkClaim, read_token
from alerts.transition import Transition
from alerts.visits import visit_of
from console import metrics
from console.answers import answer_of
from console.chain import Look
from console.inbound.access import opened
from console.responder.forms import Press, read_press
from console.responder.offer import Offer, offer_of
from console.responder.stages import COMING, Stage
from console.rows import Entry
from console.web import doors_of, html, look_of
from console.words import Words
from homes.model import Responder
from runtime import clock

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who comes by a link, and what it leads to."""

    claim: LinkClaim
    entry: Entry
    #: None: they were taken off the home's list, and their link is worth nothing.
    responder: Responder | None
    words: Words


async def offer_page(request: Request) -> Response:
    """Show what is asked of the responder. Previews and mail scanners may open it as often as they like."""
    visitor = await _visitor(request)
    if visitor is None:
        return _closed(request)
    await opened(request, visitor.claim)
    return await _shown(request, visitor)


async def press(request: Request) -> Response:
    """Take what a responder says, and show the page again; what cannot be done is answered in a sentence."""
    visitor, said = await _visitor(request), request.path_params["press"]
    if visitor is None or visitor.responder is None or said not in set(Press):
        return _closed(request)
    form = await request.form()
    fields = {key: value for key, value in form.items() if isinstance(value, str)}
    claim, visit = visitor.claim, visit_of(visitor.entry.alert, visitor.claim.responder_id)
    stage = visit.stage if visit else None
    events = read_press(Press(said), fields, claim.alert_id, claim.responder_id, stage, clock.now())
    if isinstance(events, str):
        return await _shown(request, visitor, told=visitor.words(events), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    for event in events:
        done = await doors_of(request).desk.apply(event)
        metrics.actions.labels(action=said, result=done.reason).inc()
        log.info("responder_answered", alert_id=claim.alert_id, said=said, reason=done.reason)
        if refusal := await _refusal(request, visitor, done):
            return refusal
    return RedirectResponse(f"/r/{request.path_params['token']}", status_code=HTTPStatus.SEE_OTHER)


async def _refusal(request: Request, visitor: Visitor, done: Transition) -> Response | None:
    answer = answer_of(done, visitor.words)
    if answer.status in (HTTPStatus.NO_CONTENT, HTTPStatus.GONE, HTTPStatus.NOT_FOUND):
        return None  # done, or over: the page says so by itself
    now = await _visitor(request) or visitor
    return await _shown(request, now, told=answer.text, status=answer.status)


async def _visitor(request: Request) -> Visitor | None:
    doors, now = doors_of(request), clock.now()
    secret = doors.settings.alerts.link_secret.reveal()
    claim = read_token(secret, request.path_params["token"], now)
    if not isinstance(claim, LinkClaim):
        return None
    entry = await doors.desk.entry(claim.alert_id, now)
    if entry is None:
        return None
    # A link outlives a place on the home's list or a roster: whoever was taken off sees nothing and silences nothing.
    listed = entry.home.responders if entry.home else ()
    responder = next((one for one in listed if one.responder_id == claim.responder_id), None)
    responder = responder or await doors.desk.on_roster(claim.responder_id)
    language = responder.language if responder else ""
    words = doors.renderer.words(look_of(request, language=language).language)
    return Visitor(claim=claim, entry=entry, responder=responder, words=words)


async def _shown(request: Request, visitor: Visitor, *, told: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    entry, responder, now = visitor.entry, visitor.responder, clock.now()
    language = responder.language if responder else ""
    claim = visitor.claim
    offer = offer_of(entry.alert, entry.home, responder, visitor.words, expires_at=claim.expires_at, now=now)
    if offer.stage is Stage.CLOSED:
        return _closed(request, language=language)
    if offer.who:
        await doors_of(request).access.looked(claim.responder_id, entry.alert.home_id, _look(offer), at=now)
    token = request.path_params["token"]
    return html(request, "responder.j2", status=status, language=language, offer=offer, token=token, told=told)


def _look(offer: Offer) -> Look:
    if offer.entry:
        return Look.RESPONDER_ENTRY
    return Look.RESPONDER_DETAILS if offer.stage in COMING else Look.RESPONDER_OFFER


def _closed(request: Request, *, language: str = "") -> Response:
    offer = Offer(stage=Stage.CLOSED)
    return html(request, "responder.j2", status=HTTPStatus.GONE, language=language, offer=offer, token="", told="")


ROUTES = [
    Route("/r/{token}", offer_page, methods=["GET"]),
    Route("/r/{token}/{press}", press, methods=["POST"]),
]
