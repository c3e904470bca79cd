"""Lock a workstation, count and sound while it is locked, and open it again by PIN or password."""

from collections import Counter
from http import HTTPStatus
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from alerts.postgres import AlertStore
from console.access import SignIn
from console.entry.gate import MOST_PINS
from console.entry.passwords import is_pin
from console.entry.postgres import EntryStore
from console.presence.postgres import Presence
from console.roles import Act
from console.rows import SYMBOLS
from console.sessions import safe_path, stored
from console.web import doors_of, form_of, html, operator_of, text_of, words_of
from contracts import AlertState


async def lock(request: Request) -> Response:
    """Lock this workstation; nothing with a name is served to it from now on."""
    form = await form_of(request)
    await EntryStore(doors_of(request).pool).lock(stored(operator_of(request).session))
    next_path = safe_path(text_of(form, "next") or "/")
    return RedirectResponse(f"/locked?next={quote(next_path)}", status_code=HTTPStatus.SEE_OTHER)


async def page(request: Request) -> Response:
    """Show the lock, with how many alerts are open and how many ring."""
    next_path = safe_path(request.query_params.get("next", "/"))
    if not operator_of(request).locked:
        return RedirectResponse(next_path, status_code=HTTPStatus.SEE_OTHER)
    return await _page(request, next_path)


async def state(request: Request) -> Response:
    """Count again, for the script of the lock."""
    return Response(msgspec.json.encode(await _counts(request)), media_type="application/json")


async def unlock(request: Request) -> Response:
    """Open the workstation again; after too many wrong PINs the session is over."""
    form = await form_of(request)
    doors, operator = doors_of(request), operator_of(request)
    store, session, next_path = (
        EntryStore(doors.pool),
        stored(operator.session),
        safe_path(text_of(form, "next") or "/"),
    )
    how = await _try(request, text_of(form, "pin"))
    if how is SignIn.DONE:
        await store.unlock(session)
        return RedirectResponse(next_path, status_code=HTTPStatus.SEE_OTHER)
    if how is SignIn.WRONG and await store.wrong_pin(session) >= MOST_PINS:
        await doors.access.sign_out(operator)
        await Presence(doors.pool).left(operator)
        return RedirectResponse(f"/sign-in?next={quote(next_path)}", status_code=HTTPStatus.SEE_OTHER)
    return await _page(request, next_path, problem=words_of(request)(f"lock.{how}"))


async def _try(request: Request, given: str) -> SignIn:
    doors, name = doors_of(request), operator_of(request).name
    pin_hash = (await EntryStore(doors.pool).factor(name)).pin_hash
    if pin_hash and is_pin(given):
        return SignIn.DONE if await doors.access.is_pin(pin_hash, given) else SignIn.WRONG
    return await doors.access.again(name, given)


async def _page(request: Request, next_path: str, *, problem: str = "") -> Response:
    counts = await _counts(request)
    status = HTTPStatus.UNAUTHORIZED if problem else HTTPStatus.OK
    return html(request, "lock.j2", status=status, problem=problem, next=next_path, counts=counts)


async def _counts(request: Request) -> list[dict[str, object]]:
    if Act.BOARD_READ not in operator_of(request).acts:
        return []
    alerts = await AlertStore(doors_of(request).pool).open_alerts()
    opened = Counter(SYMBOLS[alert.severity] for alert in alerts)
    ringing = Counter(SYMBOLS[alert.severity] for alert in alerts if alert.state is AlertState.NEW)
    return [
        {"p": symbol, "severity": severity.value, "open": opened[symbol], "new": ringing[symbol]}
        for severity, symbol in SYMBOLS.items()
    ]


ROUTES = [
    Route("/lock", lock, methods=["POST"]),
    Route("/locked", page, methods=["GET"]),
    Route("/locked/state", state, methods=["GET"]),
    Route("/unlock", unlock, methods=["POST"]),
]
