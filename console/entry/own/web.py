"""The page of one's own account."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.access import SignIn
from console.accounts.postgres import AccountStore
from console.accounts.rows import Deed
from console.chain import Circumstances, Look
from console.entry.passwords import is_pin, weakness_of
from console.entry.postgres import EntryStore
from console.sessions import stored
from console.web import did, doors_of, form_of, html, operator_of, place_of, text_of, words_of
from runtime import clock


async def page(request: Request) -> Response:
    """Show what the account has."""
    return await _page(request)


async def set_pin(request: Request) -> Response:
    """Keep a PIN for the lock; whoever finds a board open must not choose one."""
    form = await form_of(request)
    doors, operator = doors_of(request), operator_of(request)
    if not is_pin(text_of(form, "pin")):
        return await _page(request, problem="own.pin_unusable")
    how = await doors.access.again(operator.name, text_of(form, "password"))
    if how is not SignIn.DONE:
        return await _page(request, problem=f"own.{how}")
    await EntryStore(doors.pool).set_pin(operator.name, await doors.access.hashed(text_of(form, "pin")))
    await did(request, operator.name, Look.PIN_SET)
    return RedirectResponse("/account?done=pin", status_code=HTTPStatus.SEE_OTHER)


async def set_password(request: Request) -> Response:
    """Take a new password for the old one; all other sessions of the account end."""
    form = await form_of(request)
    doors, operator, new = doors_of(request), operator_of(request), text_of(form, "new")
    weakness = weakness_of(new, operator.name)
    if weakness is not None:
        return await _page(request, problem=f"weak.{weakness}")
    how = await doors.access.again(operator.name, text_of(form, "password"))
    if how is not SignIn.DONE:
        return await _page(request, problem=f"own.{how}")
    deed = Deed(by=operator.name, at=clock.now(), said=Circumstances(place=place_of(request)))
    hashed = await doors.access.hashed(new)
    await AccountStore(doors.pool).set_password(operator.name, hashed, deed, but=stored(operator.session))
    return RedirectResponse("/account?done=password", status_code=HTTPStatus.SEE_OTHER)


async def _page(request: Request, *, problem: str = "") -> Response:
    doors, operator, words = doors_of(request), operator_of(request), words_of(request)
    factor = await EntryStore(doors.pool).factor(operator.name)
    done = request.query_params.get("done", "")
    return html(
        request,
        "account.j2",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        problem=words(problem) if problem else "",
        done=words(f"own.done.{done}") if done in ("pin", "password") else "",
        factor=factor,
        roles=[words(f"role.{role}") for role in sorted(operator.roles)],
    )


ROUTES = [
    Route("/account", page, methods=["GET"]),
    Route("/account/pin", set_pin, methods=["POST"]),
    Route("/account/password", set_password, methods=["POST"]),
]
