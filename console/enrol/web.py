"""The exchange for gateways, the API for engineers, and a plain page for both."""

import secrets
from http import HTTPStatus
from typing import Final, TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console import metrics
from console.engineer.access import refuse_elsewhere
from console.enrol.access import Exchanges
from console.enrol.postgres import chain_deeds
from console.enrol.rows import STATUSES, ClaimRow, EnrolmentRow, row_of
from console.sessions import is_post_token
from console.web import doors_of, form_of, html, operator_of, text_of
from contracts import HomeId
from homes.enrolment import codes, qr
from homes.enrolment.authority import BadRequest
from homes.enrolment.bundle import Confirmation, Exchange, Turned
from homes.enrolment.model import MENDS, Claim, Refused
from homes.enrolment.names import serial_of
from homes.enrolment.postgres import EnrolmentStore
from homes.postgres import HomeStore
from runtime import clock

Asked = TypeVar("Asked")

#: A gateway comes again after so long.
_RETRY_AFTER: Final = {Refused.TOO_MANY_GUESSES: "600", Refused.KEEPER_AWAY: "5"}
_JSON: Final = "application/json"
#: More homes are in no district.
_MOST_HOMES: Final = 100_000


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What an engineer may add: the old credential ends now, or only this one does."""

    now: bool = False
    serial: str = ""


async def exchange(request: Request) -> Response:
    """Exchange a code for a credential; public, for a gateway has no session."""
    asked = await _read(request, Exchange)
    result = await _exchanges(request).exchange(asked, _source(request), clock.now())
    match result:
        case Refused():
            return _turned(result)
        case BadRequest():
            return _turned(Refused.BAD_REQUEST, f"{result}")
    await chain_deeds(doors_of(request).pool)
    return _json(result)


async def confirm(request: Request) -> Response:
    """Hear from a gateway that its new credential works."""
    confirmation = await _read(request, Confirmation)
    if not await _exchanges(request).confirm(confirmation, _source(request), clock.now()):
        return _turned(Refused.NO_SUCH_CREDENTIAL)
    await chain_deeds(doors_of(request).pool)
    return _json({"confirmed": True})


async def enrolments(request: Request) -> Response:
    """List how far each home's enrolment is."""
    return _json(await _rows(request))


async def act(request: Request) -> Response:
    """Claim, replace or revoke for a home; the session's token comes in the header X-Csrf-Token."""
    token = request.headers.get("x-csrf-token", "")
    secret = doors_of(request).settings.console.session_secret.reveal()
    if not is_post_token(secret, operator_of(request).session, token):
        metrics.refused_posts.inc()
        return _json(Turned(reason="not_ours", mend="X-Csrf-Token"), HTTPStatus.FORBIDDEN)
    wish = await _read(request, Wish) if await request.body() else Wish()
    done = await _do(request, request.path_params["action"], HomeId(request.path_params["home_id"]), wish)
    match done:
        case Refused():
            return _turned(done)
        case Claim():
            return _json(_claim_row(request, done))
    return _json({"revoked": done})


async def page(request: Request) -> Response:
    """Show the homes and what can be done for each."""
    return await _page(request, None, "")


async def page_act(request: Request) -> Response:
    """Do it from the page; a new code is shown once, in this answer."""
    form = await form_of(request)
    wish = Wish(now=bool(text_of(form, "now")), serial=text_of(form, "serial").strip())
    done = await _do(request, request.path_params["action"], HomeId(text_of(form, "home_id").strip()), wish)
    match done:
        case Refused():
            return await _page(request, None, MENDS[done], status=STATUSES[done])
        case Claim():
            return await _page(request, _claim_row(request, done), "")
    return await _page(request, None, "")


async def _do(request: Request, action: str, home_id: HomeId, wish: Wish) -> Claim | Refused | int:
    await refuse_elsewhere(request, home_id)
    store, account, now = _store(request), operator_of(request).name, clock.now()
    code = codes.code_of(secrets.token_bytes(codes.ENTROPY_BYTES))
    done: Claim | Refused | int
    match action:
        case "claim":
            done = await store.claim(home_id, code=code, account=account, now=now)
        case "replace":
            done = await store.replace(home_id, code=code, account=account, now=now, at_once=wish.now)
        case "revoke":
            serial = serial_of(wish.serial) if wish.serial else None
            done = await store.revoke(home_id, account=account, now=now, serial=serial)
        case _:
            raise HTTPException(HTTPStatus.NOT_FOUND, "answer.no_such_action")
    metrics.enrolments.labels(action=action, result=done if isinstance(done, Refused) else "done").inc()
    await chain_deeds(doors_of(request).pool)
    return done


async def _page(request: Request, claim: ClaimRow | None, problem: str, *, status: int = 200) -> Response:
    rows = await _rows(request)
    kept = await _store(request).authority() is not None
    return html(request, "enrol.j2", status=status, rows=rows, claim=claim, problem=problem, kept=kept)


async def _rows(request: Request) -> list[EnrolmentRow]:
    """Tell how far the homes of the reader's districts are."""
    districts, now = operator_of(request).districts, clock.now()
    homes = HomeStore(doors_of(request).pool)
    theirs = await homes.search("", most=_MOST_HOMES, districts=districts) if districts else None
    return [row_of(each, now) for each in await _store(request).enrolments(theirs)]


def _claim_row(request: Request, claim: Claim) -> ClaimRow:
    address = qr.address_of(doors_of(request).settings.alerts.public_url, claim.code)
    return ClaimRow(
        home_id=claim.home_id,
        code=codes.shown(claim.code),
        expires_at=claim.expires_at,
        address=address,
        qr=qr.as_svg(address),
    )


def _store(request: Request) -> EnrolmentStore:
    return EnrolmentStore(doors_of(request).pool)


def _exchanges(request: Request) -> Exchanges:
    # One for the process, made with the first request: it remembers who guessed.
    state = request.app.state
    if not hasattr(state, "exchanges"):
        state.exchanges = Exchanges(_store(request), doors_of(request).settings.enrolment)
    exchanges: Exchanges = state.exchanges
    return exchanges


def _source(request: Request) -> str:
    return request.client.host if request.client else "unknown"


async def _read(request: Request, kind: type[Asked]) -> Asked:
    # A form of another page cannot say this of itself.
    if request.headers.get("content-type", "").partition(";")[0].strip() != _JSON:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except msgspec.DecodeError as error:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY) from error


def _turned(refused: Refused, detail: str = "") -> Response:
    mend = f"{MENDS[refused]}: {detail}" if detail else MENDS[refused]
    answer = _json(Turned(reason=refused, mend=mend), STATUSES[refused])
    if refused in _RETRY_AFTER:
        answer.headers["Retry-After"] = _RETRY_AFTER[refused]
    return answer


def _json(body: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status_code=status, media_type=_JSON)


ROUTES = [
    Route("/enrol/exchange", exchange, methods=["POST"]),
    Route("/enrol/confirm", confirm, methods=["POST"]),
    Route("/api/enrolments", enrolments, methods=["GET"]),
    Route("/api/enrolments/{home_id}/{action}", act, methods=["POST"]),
    Route("/enrol", page, methods=["GET"]),
    Route("/enrol/do/{action}", page_act, methods=["POST"]),
]
