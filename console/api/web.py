"""The door of the API: a request is admitted, read by the table, done, and answered in JSON or as a problem."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, TypeVar

import msgspec
import psycopg
import structlog
from psycopg_pool import PoolTimeout
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from console.api import metrics
from console.api.access import Keeper
from console.api.cursors import BadCursor
from console.api.problems import MEDIA_TYPE, Fault, Kind, Refused
from console.api.queries import read_body, read_part, read_query
from console.api.scopes import Token
from console.api.table import JSON, PARTS, ROOT, Operation, find
from console.chain import Circumstances, Look
from console.postgres import ConsoleStore
from console.sessions import LARGEST_FORM_BYTES
from console.web import doors_of
from console.words import Language, Words
from runtime import clock
from runtime.postgres import Pool

log = structlog.get_logger()

Kinds = TypeVar("Kinds", bound=msgspec.Struct)
_LATER_SECONDS: Final = 5


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request that was admitted and read."""

    request: Request
    operation: Operation
    #: None only where the operation asks for no token.
    holder: Token | None
    query: msgspec.Struct
    language: Language
    raw: bytes = field(default=b"", repr=False)

    @property
    def token(self) -> Token:
        """Tell whose token it is; only for operations with a scope."""
        if self.holder is None:
            raise RuntimeError("an operation without a scope has no token")
        return self.holder

    def asked(self, kind: type[Kinds]) -> Kinds:
        """Give the query as what the table says that it is."""
        return msgspec.convert(self.query, kind)

    def body(self, kind: type[Kinds]) -> Kinds:
        """Read the body; raise Refused."""
        return read_body(self.raw, kind)

    def part(self, name: str) -> str:
        """Give a part of the path."""
        return f"{self.request.path_params[name]}"


Handler = Callable[[Call], Awaitable[Response]]


def routes_of(operations: tuple[Operation, ...], handlers: Mapping[str, Handler]) -> list[Route]:
    """Make a route of every row of the table, and one that tells who comes anywhere else that there is nothing."""
    routes = [Route(one.path, _door(one, handlers[one.name]), methods=[one.method]) for one in operations]
    return [*routes, Route(f"{ROOT}/{{rest:path}}", _Nothing(routes))]


def answer(call: Call, body: msgspec.Struct, *, tag: str = "", status: HTTPStatus | None = None) -> Response:
    """Answer with a value of the table's type."""
    if tag and tag in (each.strip() for each in call.request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
    headers = {"ETag": tag} if tag else {}
    code = status or call.operation.status
    return Response(
        msgspec.json.encode(body), status_code=code, media_type=JSON, headers=headers | _spoken(call.language)
    )


def refusal(fault: Refused, language: Language) -> Response:
    """Answer with a problem."""
    problem = fault.problem(language.value)
    headers = _spoken(language)
    if fault.kind is Kind.NO_TOKEN:
        headers["WWW-Authenticate"] = 'Bearer realm="dolbom"'
    if fault.retry_after is not None:
        headers["Retry-After"] = f"{fault.retry_after}"
    return Response(msgspec.json.encode(problem), status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


def keeper_of(request: Request) -> Keeper:
    """Give the one who knows the tokens."""
    keeper: Keeper = request.app.state.keeper
    return keeper


def spoken(request: Request) -> Language:
    """Tell in which language to answer: the first of ours that is accepted, else Korean."""
    for part in request.headers.get("accept-language", "").split(","):
        name = part.split(";")[0].strip().lower().split("-")[0]
        if name in set(Language):
            return Language(name)
    return Language.KO


def _door(operation: Operation, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def door(request: Request) -> Response:
        language = spoken(request)
        try:
            done = await handler(await _read(request, operation, language))
        except Refused as fault:
            done = refusal(fault, language)
        except BadCursor:
            done = refusal(
                Refused(Kind.UNREADABLE, faults=(Fault(where="query.cursor", what="not a cursor of this list"),)),
                language,
            )
        except (psycopg.OperationalError, PoolTimeout) as error:
            log.warning("api_request_not_served", operation=operation.name, error=type(error).__name__)
            done = refusal(Refused(Kind.AWAY, retry_after=_LATER_SECONDS), language)
        metrics.requests.labels(operation=operation.name, status=done.status_code).inc()
        return done

    return door


async def _read(request: Request, operation: Operation, language: Language) -> Call:
    """Admit first: who has no token learns nothing of what else is wrong."""
    holder = None
    if operation.scope is not None:
        holder = await keeper_of(request).admit(
            request.headers.get("authorization", ""),
            operation.scope,
            source=request.client.host if request.client else "",
            now=clock.now(),
            ticks=clock.ticks(),
        )
    for name, text in request.path_params.items():
        read_part(name, text, PARTS[name])
    query = read_query(request.query_params.multi_items(), operation.query)
    raw = await _body(request, operation) if operation.changes else b""
    return Call(request=request, operation=operation, holder=holder, query=query, language=language, raw=raw)


async def _body(request: Request, operation: Operation) -> bytes:
    raw = b""
    async for some in request.stream():
        raw += some
        if len(raw) > LARGEST_FORM_BYTES:
            raise Refused(Kind.TOO_LARGE)
    if operation.body and request.headers.get("content-type", "").split(";")[0].strip().lower() != JSON:
        raise Refused(Kind.NOT_JSON)
    return raw


class _Nothing:
    """Answers whoever comes where nothing is; as an application of its own it hears every method."""

    def __init__(self, routes: list[Route]) -> None:
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell that there is no such thing, or no such method."""
        request = Request(scope)
        # A route that fits but for the method was passed over on the way here.
        near = next((route for route in self._routes if route.path_regex.match(request.url.path)), None)
        told = refusal(Refused(Kind.NO_SUCH_METHOD if near else Kind.NOT_FOUND), spoken(request))
        if near:
            told.headers["Allow"] = ", ".join(sorted({one.method for one in find(near.path)} | _heads(near)))
        await told(scope, receive, send)


def _heads(route: Route) -> set[str]:
    return {"HEAD"} if "GET" in {one.method for one in find(route.path)} else set()


def _spoken(language: Language) -> dict[str, str]:
    return {"Content-Language": language.value, "Vary": "Accept-Language"}


def pool_of(call: Call) -> Pool:
    """Give the database."""
    return doors_of(call.request).pool


def words_of(call: Call) -> Words:
    """Give the words of the console in the caller's language."""
    return doors_of(call.request).renderer.words(call.language)


async def looked(call: Call, subject: str, what: Look, *, always: bool = False) -> None:
    """Write into the access log that a system sees a person's record; a look lasts as long as a person's does."""
    place = call.request.client.host if call.request.client else ""
    said = Circumstances(place=place, task=call.operation.name)
    if always:
        store = ConsoleStore(doors_of(call.request).pool)
        await store.log_look(at=clock.now(), account=call.token.account, subject=subject, what=what, said=said)
        return
    await doors_of(call.request).access.looked(call.token.account, subject, what, at=clock.now(), said=said)
