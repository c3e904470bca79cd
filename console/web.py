"""The doorway of the console: who may pass, where requests go, and what every answer carries."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg
import structlog
from starlette.applications import Starlette
from starlette.datastructures import FormData, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console import metrics
from console.access import Access, Elsewhere
from console.board.postgres import Desk
from console.chain import Circumstances, Look
from console.entry.gate import LOCKED, is_for_scripts, led_to
from console.live import Live
from console.matrix import PATHS, row_for
from console.rendering import Page, Renderer
from console.sessions import Operator, is_ours, is_post_token, is_too_large, post_token
from console.words import Language, Theme, Words, read_catalogue
from runtime import clock
from runtime.postgres import Pool
from runtime.settings import Settings

log = structlog.get_logger()

HERE: Final = Path(__file__).parent
SESSION_COOKIE: Final = "dolbom_session"
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass(frozen=True, kw_only=True)
class Doors:
    """What the pages are served from."""

    settings: Settings
    access: Access
    desk: Desk
    live: Live
    renderer: Renderer
    #: For the stores of the pages that are not the board's.
    pool: Pool


def load_renderer() -> Renderer:
    """Read the templates and the catalogues that lie below this folder, each package's own among them."""
    templates = {path.name: path.read_text() for path in HERE.rglob("*.j2")}
    catalogues = {language: _words_in(language) for language in Language}
    return Renderer(templates, catalogues)


def _words_in(language: Language) -> Words:
    files = sorted(HERE.rglob(f"locale/{language}/LC_MESSAGES/*.po"))
    read = [read_catalogue(language, file.read_text()).texts for file in files]
    return Words(language=language, texts=dict(word for texts in read for word in texts.items()))


def doors_of(request: Request) -> Doors:
    """Give a handler what it works with."""
    doors: Doors = request.app.state.doors
    return doors


def operator_of(request: Request) -> Operator:
    """Tell who is signed in; only for paths behind the sign-in."""
    operator: Operator = request.scope["operator"]
    return operator


def look_of(request: Request, *, language: str = "") -> Page:
    """Tell how the page must look: by the reader's own choice, else in the language that is proposed."""
    doors = doors_of(request)
    operator: Operator | None = request.scope.get("operator")
    wanted = request.cookies.get("language", language)
    return Page(
        language=Language(wanted) if wanted in set(Language) else Language.KO,
        theme=Theme.NIGHT if request.cookies.get("theme") == Theme.NIGHT else Theme.DAY,
        path=request.url.path,
        operator=operator.name if operator else "",
        csrf=post_token(doors.settings.console.session_secret.reveal(), operator.session) if operator else "",
        demo=bool(doors.settings.console.demo_control_url),
        acts=operator.acts if operator else frozenset(),
    )


def words_of(request: Request) -> Words:
    """Give the words of the reader's language."""
    return doors_of(request).renderer.words(look_of(request).language)


def html(request: Request, template: str, *, status: int = 200, language: str = "", **values: object) -> HTMLResponse:
    """Answer with a page."""
    look = look_of(request, language=language)
    return HTMLResponse(doors_of(request).renderer.page(template, look, **values), status_code=status)


def message(request: Request, status: HTTPStatus, text: str, *, back: str = "/", locked: str = "") -> Response:
    """Answer with a sentence: bare for a script, else on a page; `locked` is a home that a reason would open."""
    if "x-script" in request.headers:
        return PlainTextResponse(text, status_code=status)
    title = words_of(request)("message.title")
    return html(request, "message.j2", status=status, title=title, text=text, back=back, locked=locked)


async def saw(request: Request, subject: str, look: Look, *, reason: str = "", task: str = "") -> None:
    """Write down that the one who asks is about to see a person's record: who, whom, what, from where and why."""
    said = Circumstances(place=place_of(request), task=task, reason=reason)
    await doors_of(request).access.looked(operator_of(request).name, subject, look, at=clock.now(), said=said)


async def did(request: Request, subject: str, look: Look, *, reason: str = "", task: str = "") -> None:
    """Write down an act that has a line of its own each time: a reveal, an export, a change of somebody's roles."""
    said = Circumstances(place=place_of(request), task=task, reason=reason)
    await doors_of(request).access.wrote(operator_of(request).name, subject, look, at=clock.now(), said=said)


def place_of(request: Request) -> str:
    """Tell the address of the workstation; behind a proxy that we trust, the one that it names."""
    return request.client.host if request.client else ""


async def form_of(request: Request) -> FormData:
    """Read a form that came from one of our own pages of this session; refuse any other."""
    form = await request.form()
    token = form.get("csrf")
    secret = doors_of(request).settings.console.session_secret.reveal()
    if not isinstance(token, str) or not is_post_token(secret, operator_of(request).session, token):
        metrics.refused_posts.inc()
        raise HTTPException(HTTPStatus.FORBIDDEN, "answer.not_ours")
    return form


def text_of(form: FormData, name: str) -> str:
    """Read a text field; what is missing is empty."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


class Guard:
    """Let pass whoever is signed in, and posts that come from our own pages; put the headers on every answer."""

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        self._app = app
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a refusal, or let the request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(part: Message) -> None:
            if part["type"] == "http.response.start":
                _put_headers(MutableHeaders(raw=part["headers"]), scope["path"])
            await send(part)

        request = Request(scope)
        try:
            refusal = await self._refusal(request)
        except psycopg.OperationalError as error:
            refusal = await away(request, error)
        await (refusal or self._app)(scope, receive, with_headers)

    async def _refusal(self, request: Request) -> Response | None:
        # Other systems send a token and no browser's headers; their door looks at nothing but the token.
        if request.url.path.startswith("/api/v1/"):
            return None
        return self._bad_post(request) or await self._stranger(request)

    def _bad_post(self, request: Request) -> Response | None:
        headers = request.headers
        if request.method in ("GET", "HEAD"):
            return None
        ours = is_ours(fetch_site=headers.get("sec-fetch-site"), origin=headers.get("origin"), host=headers.get("host"))
        if not ours:
            metrics.refused_posts.inc()
            return _told(request, HTTPStatus.FORBIDDEN)
        if is_too_large(headers.get("content-length")):
            metrics.refused_posts.inc()
            return _told(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return None

    async def _stranger(self, request: Request) -> Response | None:
        path = request.url.path
        if path.startswith("/static/"):
            return None
        operator = await self._signed_in(request)
        listed, act = row_for(request.method, path)
        if listed and act is None:
            return None
        if operator is None:
            return _to_the_door(request)
        if (elsewhere := led_to(operator, path)) is not None:
            return _led(request, elsewhere)
        if act is not None and act not in operator.acts:
            metrics.refused_acts.labels(act=act).inc()
            return message(request, HTTPStatus.FORBIDDEN, words_of(request)("answer.not_your_role"))
        return None

    async def _signed_in(self, request: Request) -> Operator | None:
        operator = await self._doors.access.operator(request.cookies.get(SESSION_COOKIE, ""))
        if operator:
            request.scope["operator"] = operator
        return operator


def _led(request: Request, elsewhere: str) -> Response:
    path = request.url.path
    if "x-script" in request.headers or "x-fragment" in request.headers or is_for_scripts(path):
        status = HTTPStatus.LOCKED if elsewhere == LOCKED else HTTPStatus.UNAUTHORIZED
        return PlainTextResponse(elsewhere, status_code=status)
    wanted = path if request.method == "GET" else "/"
    return RedirectResponse(f"{elsewhere}?next={quote(wanted)}", status_code=HTTPStatus.SEE_OTHER)


def _to_the_door(request: Request) -> Response:
    path = request.url.path
    if "x-script" in request.headers or "x-fragment" in request.headers or path.startswith(("/console/", "/api/")):
        return PlainTextResponse("sign in", status_code=HTTPStatus.UNAUTHORIZED)
    wanted = path if request.method == "GET" else "/"
    return RedirectResponse(f"/sign-in?next={quote(wanted)}", status_code=HTTPStatus.SEE_OTHER)


def _put_headers(headers: MutableHeaders, path: str) -> None:
    for name, value in _HEADERS.items():
        headers[name] = value
    # A page with a person on it is kept nowhere, unless its own room says for how long.
    headers.setdefault("Cache-Control", "no-cache" if path.startswith("/static/") else "no-store")


def _told(request: Request, status: HTTPStatus) -> Response:
    return message(request, status, words_of(request)(f"answer.{status.value}"))


async def away(request: Request, error: Exception) -> Response:
    """Say that the database does not answer, and whom to ring up; a page that was asked for tries again by itself."""
    log.warning("request_not_served", path=request.url.path.split("/")[1], error=type(error).__name__)
    scripted = {"x-script", "x-fragment"} & set(request.headers) or is_for_scripts(request.url.path)
    if request.method != "GET" or scripted:
        return _told(request, HTTPStatus.SERVICE_UNAVAILABLE)
    answer = html(request, "away.j2", status=503, phone=doors_of(request).settings.console.centre_phone)
    answer.headers["Retry-After"] = "10"
    return answer


async def broken(request: Request, error: Exception) -> Response:
    """Say that we failed. This is answered outside the guard, so the headers are put on here."""
    answer = _told(request, HTTPStatus.INTERNAL_SERVER_ERROR)
    _put_headers(answer.headers, request.url.path)
    return answer


async def refused(request: Request, error: Exception) -> Response:
    """Answer a request that cannot be served, in the reader's language where we have a sentence for it."""
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    detail = error.detail if isinstance(error, HTTPException) else ""
    words = words_of(request)
    key = detail if detail in words.texts else f"answer.{status.value}"
    locked = error.home_id if isinstance(error, Elsewhere) else ""
    return message(request, status, words.texts.get(key, status.phrase), locked=locked)


class Unlisted(Exception):
    """A route is not in the table of roles: it would be open to everybody who is signed in."""


def refuse_unlisted(routes: Iterable[Route | Mount]) -> None:
    """See that every route of the pages is in the table; raise Unlisted."""
    for route in routes:
        for method in (route.methods or set()) - {"HEAD"} if isinstance(route, Route) else ():
            if (method, route.path) not in PATHS:
                raise Unlisted(f"{method} {route.path}: add it to console/matrix.py")


def make_app(doors: Doors, routes: list[Route | Mount], *inside: Middleware) -> Starlette:
    """Put the rooms behind the door, and what stands between."""
    app = Starlette(
        routes=[*routes, Mount("/static", StaticFiles(directory=HERE / "static"))],
        middleware=[Middleware(Guard, doors=doors), *inside],
        exception_handlers={HTTPException: refused, psycopg.OperationalError: away, Exception: broken},
    )
    app.state.doors = doors
    return app
