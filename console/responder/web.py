"""The page behind a responder's link: looking changes nothing, a press on a button does."""

from http import HTTPStatus

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from alerts.events import Answered
from alerts.links import LinkClaim, read_token
from console import metrics
from console.chain import Look
from console.responder.offer import Offer, Stage, offer_of
from console.web import doors_of, html, look_of
from homes.model import Responder
from runtime import clock

log = structlog.get_logger()

_ANSWERS = {"accept": True, "decline": False}


async def offer_page(request: Request) -> Response:
    """Show what is asked of the responder. Previews and mail scanners may open it as often as they like."""
    claim = _claim(request)
    if claim is None:
        return _closed(request)
    doors, now = doors_of(request), clock.now()
    entry = await doors.desk.entry(claim.alert_id, now)
    if entry is None:
        return _closed(request)
    home = entry.home
    responder = _responder(home.responders, claim) if home else None
    language = responder.language if responder else ""
    words = doors.renderer.words(look_of(request, language=language).language)
    offer = offer_of(entry.alert, home, responder, words, expires_at=claim.expires_at, now=now)
    if offer.stage is Stage.CLOSED:
        return _closed(request, language=language)
    if offer.who:
        look = Look.RESPONDER_DETAILS if offer.stage is Stage.GOING else Look.RESPONDER_OFFER
        await doors.access.looked(claim.responder_id, entry.alert.home_id, look, at=now)
    return html(request, "responder.j2", language=language, offer=offer, token=request.path_params["token"])


async def answer(request: Request) -> Response:
    """Take a responder's yes or no, and show the page again."""
    claim = _claim(request)
    accepted = _ANSWERS.get(request.path_params["answer"])
    if claim is None or accepted is None:
        return _closed(request)
    # A link outlives a place on the home's list: whoever was taken off it cannot silence anything.
    entry = await doors_of(request).desk.entry(claim.alert_id, clock.now())
    if entry is None or entry.home is None or _responder(entry.home.responders, claim) is None:
        return _closed(request)
    event = Answered(alert_id=claim.alert_id, responder_id=claim.responder_id, accepted=accepted)
    transition = await doors_of(request).desk.apply(event)
    metrics.actions.labels(action="accept" if accepted else "decline", result=transition.reason).inc()
    log.info("responder_answered", alert_id=claim.alert_id, accepted=accepted, reason=transition.reason)
    return RedirectResponse(f"/r/{request.path_params['token']}", status_code=HTTPStatus.SEE_OTHER)


def _claim(request: Request) -> LinkClaim | None:
    secret = doors_of(request).settings.alerts.link_secret.reveal()
    claim = read_token(secret, request.path_params["token"], clock.now())
    return claim if isinstance(claim, LinkClaim) else None


def _responder(responders: tuple[Responder, ...], claim: LinkClaim) -> Responder | None:
    return next((one for one in responders if one.responder_id == claim.responder_id), None)


def _closed(request: Request, *, language: str = "") -> Response:
    offer = Offer(stage=Stage.CLOSED)
    return html(request, "responder.j2", status=HTTPStatus.GONE, language=language, offer=offer, token="")


ROUTES = [
    Route("/r/{token}", offer_page, methods=["GET"]),
    Route("/r/{token}/{answer}", answer, methods=["POST"]),
]
