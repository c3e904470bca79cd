"""Sign-in, sign-out, language and theme."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.access import SignIn
from console.presence.postgres import Presence
from console.sessions import SESSION_LASTS, safe_path
from console.web import SESSION_COOKIE, doors_of, form_of, html, operator_of, text_of, words_of
from console.words import Language, Theme

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
    await doors.access.sign_out(operator)
    await Presence(doors.pool).left(operator)
    answer = RedirectResponse("/sign-in", status_code=HTTPStatus.SEE_OTHER)
    answer.delete_cookie(SESSION_COOKIE)
    return answer


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
]
