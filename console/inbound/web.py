"""The door for providers: each request is proved, carried out once, and answered with what came of it."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from alerts.gateway.template import found
from console import metrics
from console.inbound.answering import Outcome
from console.inbound.proof import Proved, proved
from console.inbound.push import ROUTES as PUSH_ROUTES
from console.inbound.reading import digest_of, fields_of
from console.inbound.service import Inbound, Provider
from runtime import clock

log = structlog.get_logger()

#: These say that the provider should ask again; all others are the end of it.
_STATUS: Final = {
    Outcome.NOT_PROVED: HTTPStatus.UNAUTHORIZED,
    Outcome.UNREADABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Outcome.UNKNOWN_CALL: HTTPStatus.NOT_FOUND,
    Outcome.TOO_MUCH: HTTPStatus.TOO_MANY_REQUESTS,
}
#: Nothing was done, and a repeat may find more. A reply that found no open call is not kept for a later one.
_NOT_NOTED: Final = frozenset({Outcome.UNKNOWN_CALL, Outcome.TOO_MUCH, Outcome.UNREADABLE})


async def receive(request: Request) -> Response:
    """Take a receipt, a reply or a pressed key from a provider."""
    inbound: Inbound = request.app.state.inbound
    provider = inbound.provider(request.path_params["provider"])
    what = request.path_params["what"]
    if provider is None or what not in ("receipt", "reply", "keys"):
        return Response(status_code=HTTPStatus.NOT_FOUND)
    outcome = await _outcome(request, inbound, provider, what)
    metrics.inbound.labels(provider=provider.name, what=what, result=outcome).inc()
    if outcome is not Outcome.DONE:
        log.warning("inbound_not_done", provider=provider.name, what=what, reason=outcome)
    return JSONResponse({"result": outcome}, status_code=_STATUS.get(outcome, HTTPStatus.OK))


async def _outcome(request: Request, inbound: Inbound, provider: Provider, what: str) -> Outcome:
    body = await request.body()
    secret = provider.secret.reveal()
    if proved(provider.template.proof, secret, request.headers, body, clock.now()) is not Proved.GOOD:
        return Outcome.NOT_PROVED
    if not inbound.allows(provider):
        return Outcome.TOO_MUCH
    said = fields_of(body, request.headers.get("content-type", ""))
    if said is None:
        return Outcome.UNREADABLE
    event_id = found(said, provider.template.replies.id) if what == "reply" else ""
    digest = digest_of(what, event_id, body)
    if await inbound.heard(provider, digest):
        return Outcome.AGAIN
    outcome = await _doers(inbound)[what](provider, said)
    # After it is done, never before: a repeat is harmless, a lost answer is not.
    if outcome not in _NOT_NOTED:
        await inbound.note(provider, digest)
    return outcome


def _doers(inbound: Inbound) -> dict[str, Callable[[Provider, object], Awaitable[Outcome]]]:
    return {"receipt": inbound.receipt, "reply": inbound.reply, "keys": inbound.key}


ROUTES = [Route("/in/{provider}/{what}", receive, methods=["POST"]), *PUSH_ROUTES]
