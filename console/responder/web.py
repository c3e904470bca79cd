"""The page behind a responder's link: looking changes nothing, a press on a button does."""

from http import HTTPStatus

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from alerts.transition import Transition
from alerts.visits import visit_of
from console import metrics
from console.answers import answer_of
from console.chain import Circumstances, Look
from console.inbound.access import opened
from console.responder.access import Visitor, bind, code_contact, is_anothers, is_right_code, try_out, visitor_of
from console.responder.app.web import ROUTES as APP_ROUTES
from console.responder.forms import Press, WhyNot, read_press
from console.responder.offer import Offer, offer_of
from console.responder.postgres import Telephones
from console.responder.stages import COMING, Stage
from console.responder.telephone import Pressed, pressed
from console.web import doors_of, html, place_of
from runtime import clock

log = structlog.get_logger()


async def offer_page(request: Request) -> Response:
    """Show what is asked of the responder. Previews and mail scanners may open it as often as they like."""
    visitor = await visitor_of(request)
    if visitor is None:
        return _closed(request)
    await opened(request, visitor.claim)
    return await _shown(request, visitor)


async def press(request: Request) -> Response:
    """Take what a responder says, and show the page again; what cannot be done is answered in a sentence."""
    visitor, said = await visitor_of(request), request.path_params["press"]
    if visitor is None or visitor.responder is None or said not in set(Press):
        return _closed(request)
    if await is_anothers(request, visitor):
        return await _shown(request, visitor, status=HTTPStatus.FORBIDDEN)
    form = await request.form()
    fields = {key: value for key, value in form.items() if isinstance(value, str)}
    beside = pressed(fields.get("key", ""), fields.get("said_at", ""))
    telephones = Telephones(doors_of(request).pool)
    if beside.key and await telephones.was_pressed(visitor.claim, beside.key):
        return _back(request)
    if refusal := await _carried_out(request, visitor, Press(said), fields, beside):
        return refusal
    # After it is done, never before: a repeat is harmless, a lost press is not.
    if beside.key:
        await telephones.note_press(visitor.claim, beside.key)
    answer = _back(request)
    await bind(request, visitor.claim, answer)
    return answer


async def _carried_out(
    request: Request, visitor: Visitor, said: Press, fields: dict[str, str], beside: Pressed
) -> Response | None:
    claim, visit = visitor.claim, visit_of(visitor.entry.alert, visitor.claim.responder_id)
    stage, now = visit.stage if visit else None, clock.now()
    events = read_press(said, fields, claim.alert_id, claim.responder_id, stage, now, beside.said_at)
    if isinstance(events, str):
        return await _shown(request, visitor, told=visitor.words(events), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    for done in await doors_of(request).desk.apply_in_turn(events):
        metrics.actions.labels(action=said, result=done.reason).inc()
        log.info("responder_answered", alert_id=claim.alert_id, said=said, reason=done.reason)
        if refusal := await _refusal(request, visitor, done):
            return refusal
    return None


async def send_code(request: Request) -> Response:
    """Send the responder a code, so that another telephone of theirs can go on."""
    visitor = await visitor_of(request)
    if visitor is None or visitor.responder is None or not await is_anothers(request, visitor):
        return _closed(request) if visitor is None else _back(request)
    contact = code_contact(request, visitor.responder)
    sent = contact is not None and await try_out(request, visitor.responder, contact)
    return await _shown(request, visitor, told=visitor.words("phone.sent" if sent else "phone.not_sent"))


async def take_code(request: Request) -> Response:
    """Let the link belong to this telephone when its holder knows the code."""
    visitor = await visitor_of(request)
    if visitor is None or not await is_anothers(request, visitor):
        return _closed(request) if visitor is None else _back(request)
    form = await request.form()
    code = form.get("code")
    if not isinstance(code, str) or not await is_right_code(request, visitor, code):
        return await _shown(
            request, visitor, told=visitor.words("phone.wrong_code"), status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    answer = _back(request)
    await bind(request, visitor.claim, answer)
    return answer


def _back(request: Request) -> Response:
    return RedirectResponse(f"/r/{request.path_params['token']}", status_code=HTTPStatus.SEE_OTHER)


async def _refusal(request: Request, visitor: Visitor, done: Transition) -> Response | None:
    answer = answer_of(done, visitor.words)
    if answer.status in (HTTPStatus.NO_CONTENT, HTTPStatus.GONE, HTTPStatus.NOT_FOUND):
        return None  # done, or over: the page says so by itself
    now = await visitor_of(request) or visitor
    return await _shown(request, now, told=answer.text, status=answer.status)


async def _shown(request: Request, visitor: Visitor, *, told: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    entry, responder, now = visitor.entry, visitor.responder, clock.now()
    language = responder.language if responder else ""
    claim = visitor.claim
    offer = offer_of(entry.alert, entry.home, responder, visitor.words, expires_at=claim.expires_at, now=now)
    if offer.stage is Stage.CLOSED:
        return _closed(request, offer, language=language)
    if await is_anothers(request, visitor):
        offer = Offer(stage=Stage.OTHER_PHONE)
    if offer.who:
        said = Circumstances(place=place_of(request), task=entry.alert.alert_id)
        await doors_of(request).access.looked(claim.responder_id, entry.alert.home_id, _look(offer), at=now, said=said)
    return _page(request, offer, status=status, language=language, told=told)


def _look(offer: Offer) -> Look:
    if offer.entry:
        return Look.RESPONDER_ENTRY
    return Look.RESPONDER_DETAILS if offer.stage in COMING else Look.RESPONDER_OFFER


def _closed(request: Request, offer: Offer | None = None, *, language: str = "") -> Response:
    offer = offer or Offer(stage=Stage.CLOSED)
    return _page(request, offer, status=HTTPStatus.GONE, language=language, told="")


def _page(request: Request, offer: Offer, *, status: HTTPStatus, language: str, told: str) -> Response:
    settings = doors_of(request).settings
    over = offer.stage is Stage.CLOSED
    return html(
        request,
        "responder.j2",
        status=status,
        language=language,
        offer=offer,
        token="" if over else request.path_params["token"],
        told=told,
        why_not=tuple(WhyNot),
        centre_phone=settings.console.centre_phone,
        pushes=bool(settings.alerts.web_push_key),
    )


ROUTES = [
    *APP_ROUTES,
    Route("/r/{token}", offer_page, methods=["GET"]),
    Route("/r/{token}/send-code", send_code, methods=["POST"]),
    Route("/r/{token}/code", take_code, methods=["POST"]),
    Route("/r/{token}/{press}", press, methods=["POST"]),
]
