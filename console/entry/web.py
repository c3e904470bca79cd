"""Sign-in, sign-out, language and theme."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from alerts.postgres import AlertStore
from console.access import SignIn
from console.entry.factor import web as factor
from console.entry.glass import web as glass
from console.entry.lock import web as lock
from console.entry.own import web as own
from console.presence.postgres import Presence
from console.sessions import SESSION_LASTS, safe_path
from console.web import SESSION_COOKIE, doors_of, form_of, html, message, operator_of, text_of, words_of
from console.words import Language, Theme
from contracts import Severity
from homes.postgres import HomeStore

_YEAR_SECONDS = 365 * 24 * 3600


async def sign_in_page(request: Request) -> Response:
    """Show the sign-in form."""
    next_path = safe_path(request.query_params.get("next", "/"))
    return html(request, "signin.j2", problem="", name="", next=next_path)


async def sign_in(request: Request) -> Response:
    """Check a name and a password; open a session."""
    form = await request.form()
    name, next_path = text_of(form, "name").strip(), safe_path(text_of(form, "next") or "/")
    doors = doors_of(request)
    result, cookie = await doors.access.sign_in(name, text_of(form, "password"))
    if result is not SignIn.DONE:
        status = HTTPStatus.TOO_MANY_REQUESTS if result is SignIn.WAIT else HTTPStatus.UNAUTHORIZED
        problem = words_of(request)(f"signin.{result}")
        return html(request, "signin.j2", status=status, problem=problem, name=name, next=next_path)
    answer = RedirectResponse(next_path, status_code=HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        SESSION_COOKIE,
        cookie,
        max_age=int(SESSION_LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=doors.settings.console.secure_cookies,
    )
    return answer


async def sign_out(request: Request) -> Response:
    """End the session here and everywhere."""
    await form_of(request)
    doors, operator = doors_of(request), operator_of(request)
    held = await _held(request)
    if held:
        # A locked workstation says no name, not even this one.
        words = words_of(request)
        text = words("out.holding_some") if operator.locked else words("out.holding", names=", ".join(held))
        return message(request, HTTPStatus.CONFLICT, text)
    await doors.access.sign_out(operator)
    await Presence(doors.pool).left(operator)
    answer = RedirectResponse("/sign-in", status_code=HTTPStatus.SEE_OTHER)
    answer.delete_cookie(SESSION_COOKIE)
    return answer


async def _held(request: Request) -> list[str]:
    """Name the residents whose grave alerts would be nobody's once their operator is gone."""
    doors, name = doors_of(request), operator_of(request).name
    if not operator_of(request).proved:
        return []
    grave = (Severity.EMERGENCY, Severity.URGENT)
    mine = [one for one in await AlertStore(doors.pool).open_alerts() if one.owner == name and one.severity in grave]
    homes = await HomeStore(doors.pool).load_many(sorted({alert.home_id for alert in mine}))
    return sorted({homes[one.home_id].resident.name if one.home_id in homes else one.home_id for one in mine})


async def preferences(request: Request) -> Response:
    """Switch the language or the theme of this browser, and go back to the page."""
    form = await request.form()
    answer = RedirectResponse(safe_path(text_of(form, "next") or "/"), status_code=HTTPStatus.SEE_OTHER)
    for name, allowed in (("language", set(Language)), ("theme", set(Theme))):
        value = text_of(form, name)
        if value in allowed:
            secure = doors_of(request).settings.console.secure_cookies
            answer.set_cookie(name, value, max_age=_YEAR_SECONDS, samesite="lax", httponly=True, secure=secure)
    return answer


ROUTES = [
    Route("/sign-in", sign_in_page, methods=["GET"]),
    Route("/sign-in", sign_in, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
    Route("/preferences", preferences, methods=["POST"]),
    *factor.ROUTES,
    *lock.ROUTES,
    *own.ROUTES,
    *glass.ROUTES,
]
