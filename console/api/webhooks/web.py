"""Subscriptions of other systems: made, listed, tried and ended."""

import secrets
from typing import Final

import msgspec
from starlette.responses import Response

from console.api.acting.web import once
from console.api.problems import Fault, Kind, Refused
from console.api.shapes import Tried, WebhookIn, WebhookMade, WebhookOut, WebhookPage
from console.api.web import Call, Handler, answer, pool_of
from console.api.webhooks.addresses import fault_of, key_of
from console.api.webhooks.postgres import Webhook, Webhooks
from console.api.webhooks.service import Teller
from console.api.webhooks.sockets import Poster
from console.web import doors_of
from contracts import AlertChangeKind, Severity
from runtime import clock
from runtime.settings import Console

#: So many subscriptions of one token; each is told everything by itself.
MOST: Final = 20


async def create_webhook(call: Call) -> Response:
    """Subscribe; the key that signs is shown now, and never again."""
    asked, settings = call.body(WebhookIn), _settings(call)
    if fault := fault_of(asked.url, inside=settings.webhooks_inside):
        raise Refused(Kind.UNUSABLE, detail=fault, faults=(Fault(where="body.url", what=fault),))
    made = await Webhooks(pool_of(call)).add(
        webhook_id=f"wh-{secrets.token_hex(8)}",
        token_id=call.token.token_id,
        url=asked.url,
        changes=sorted(set(asked.changes)),
        severities=sorted(set(asked.severities)),
        most=MOST,
    )
    if made is None:
        raise Refused(Kind.UNUSABLE, detail=f"webhooks <= {MOST}")
    return answer(call, WebhookMade(webhook=_out(made), signing_key=""))


def _with_key(call: Call, given: Response) -> Response:
    """Add the key to an answer: what is kept for a repeat holds none, so that no table does."""
    if given.status_code != call.operation.status:
        return given
    made = msgspec.json.decode(given.body, type=WebhookMade)
    key = key_of(_settings(call).session_secret.reveal(), made.webhook.webhook_id)
    given.body = msgspec.json.encode(msgspec.structs.replace(made, signing_key=key))
    given.headers["content-length"] = f"{len(given.body)}"
    return given


async def list_webhooks(call: Call) -> Response:
    """List the token's own subscriptions."""
    found = await Webhooks(pool_of(call)).of(call.token.token_id)
    return answer(call, WebhookPage(items=tuple(_out(one) for one in found), next=None))


async def delete_webhook(call: Call) -> Response:
    """End a subscription."""
    if not await Webhooks(pool_of(call)).remove(call.part("webhook_id"), call.token.token_id):
        raise Refused(Kind.NOT_FOUND)
    return Response(status_code=call.operation.status)


async def try_webhook(call: Call) -> Response:
    """Post a test to a subscription and tell what it answered."""
    webhook = await Webhooks(pool_of(call)).one(call.part("webhook_id"), call.token.token_id)
    if webhook is None:
        raise Refused(Kind.NOT_FOUND)
    settings = _settings(call)
    async with Poster(inside=settings.webhooks_inside) as poster:
        status = await Teller(pool_of(call), poster, settings).test(webhook, clock.now())
    return answer(call, Tried(taken=200 <= status < 300, status=status or None))


def _settings(call: Call) -> Console:
    return doors_of(call.request).settings.console


def _out(one: Webhook) -> WebhookOut:
    return WebhookOut(
        webhook_id=one.webhook_id,
        url=one.url,
        changes=tuple(AlertChangeKind(each) for each in one.changes),
        severities=tuple(Severity(each) for each in one.severities),
        created_at=one.created_at,
        told_at=one.told_at,
        failing_since=one.failing_since,
        off_at=one.off_at,
        off_because=one.off_because,
    )


HANDLERS: Final[dict[str, Handler]] = {
    "create_webhook": once(create_webhook, _with_key),
    "list_webhooks": list_webhooks,
    "delete_webhook": delete_webhook,
    "try_webhook": try_webhook,
}
