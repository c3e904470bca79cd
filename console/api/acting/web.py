"""Alerts acted on by other systems: by the same rules and with the same reasons as at the board."""

import re
from collections.abc import Awaitable, Callable
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from alerts.events import Acknowledge, Event, Note, Resolve
from alerts.model import Alert
from console import metrics
from console.answers import answer_of
from console.api.acting.postgres import Answers
from console.api.openapi import KEY_PATTERN, VERSION_PATTERN
from console.api.problems import Fault, Kind, Refused
from console.api.reading.views import alert_out, tag_of
from console.api.reading.web import alert_of
from console.api.shapes import NoteIn, ResolveIn
from console.api.web import Call, Handler, answer, looked, pool_of, refusal, words_of
from console.chain import Look
from console.web import doors_of
from contracts import AlertId
from runtime import clock

_KINDS: Final = {
    HTTPStatus.NOT_FOUND: Kind.NOT_FOUND,
    HTTPStatus.CONFLICT: Kind.BEFORE_YOU,
    HTTPStatus.GONE: Kind.RESOLVED_BEFORE,
    HTTPStatus.UNPROCESSABLE_ENTITY: Kind.UNUSABLE,
}


async def acknowledge(call: Call) -> Response:
    """Take an alert in hand."""
    event = Acknowledge(alert_id=_alert_id(call), operator=call.token.account, version=_seen(call))
    return await _apply(call, event, "ack")


async def write_note(call: Call) -> Response:
    """Write something down."""
    note = call.body(NoteIn)
    return await _apply(call, Note(alert_id=_alert_id(call), operator=call.token.account, text=note.text), "note")


async def resolve(call: Call) -> Response:
    """Close an alert."""
    said = call.body(ResolveIn)
    event = Resolve(
        alert_id=_alert_id(call),
        operator=call.token.account,
        version=_seen(call),
        outcome=said.outcome,
        resolved_by=said.resolved_by,
        minutes=said.minutes,
        rule_at_fault=said.rule_at_fault,
    )
    return await _apply(call, event, "resolve")


Finish = Callable[[Call, Response], Response]
Again = Callable[[Call], Awaitable[None]]


async def nobody_seen(call: Call) -> None:
    """Write nothing: the answer is about nobody."""


def once(handler: Handler, finish: Finish = lambda call, given: given, *, shown_again: Again = nobody_seen) -> Handler:
    """Let a request with a key be done once: the same request again gets the same answer.

    `finish` adds to an answer what must not be kept; `shown_again` writes down who sees an answer once more.
    """
    done = _once(handler, shown_again)

    async def finished(call: Call) -> Response:
        return finish(call, await done(call))

    return finished


def _once(handler: Handler, shown_again: Again) -> Handler:
    async def done_once(call: Call) -> Response:
        key = _key(call)
        if not key:
            return await handler(call)
        answers, token_id, request = Answers(pool_of(call)), call.token.token_id, _digest(call)
        before = await answers.begin(token_id, key, request, now=clock.now())
        if before and before.request != request:
            raise Refused(Kind.KEY_REUSED)
        if before and before.status is None:
            raise Refused(Kind.KEY_IN_USE, retry_after=2)
        if before and before.status is not None:
            await shown_again(call)
            return Response(
                before.body, status_code=before.status, headers=before.headers | {"Idempotent-Replay": "true"}
            )
        try:
            given = await handler(call)
        except Refused as fault:
            given = refusal(fault, call.language)
        kept = {name: value for name, value in given.headers.items() if name != "content-length"}
        await answers.keep(token_id, key, status=given.status_code, headers=kept, body=bytes(given.body))
        return given

    return done_once


async def _alert_shown(call: Call) -> None:
    """Write that the alert is read: nothing is done. One that is the token's no more is not shown; raise Refused."""
    alert = await alert_of(call)
    await looked(call, alert.home_id, Look.API_ALERT_READ, always=True)


async def _apply(call: Call, event: Event, action: str) -> Response:
    alert = await alert_of(call)
    await looked(call, alert.home_id, Look.API_ALERT_ACTED, always=True)
    transition = await doors_of(call.request).desk.apply(event)
    metrics.actions.labels(action=action, result=transition.reason).inc()
    told = answer_of(transition, words_of(call))
    if told.status is not HTTPStatus.NO_CONTENT:
        raise Refused(_KINDS[told.status], detail=told.text, reason=transition.reason, winner=_winner(transition.alert))
    now = transition.alert or alert
    return answer(call, alert_out(now, call.language), tag=tag_of(now.version))


def _winner(alert: Alert | None) -> str:
    return (alert and (alert.owner or alert.centre)) or ""


def _alert_id(call: Call) -> AlertId:
    return AlertId(call.part("alert_id"))


def _seen(call: Call) -> int:
    """Read the version that was seen; raise Refused."""
    named = call.request.headers.get("if-match", "").strip()
    if not named:
        raise Refused(Kind.NO_VERSION)
    if not re.fullmatch(VERSION_PATTERN, named):
        raise Refused(Kind.UNREADABLE, faults=(Fault(where="header.If-Match", what='expected "<version>"'),))
    return int(named.strip('"'))


def _key(call: Call) -> str:
    key = call.request.headers.get("idempotency-key", "")
    if key and not re.fullmatch(KEY_PATTERN, key):
        raise Refused(Kind.UNREADABLE, faults=(Fault(where="header.Idempotency-Key", what="up to 128 letters"),))
    return key


def _digest(call: Call) -> bytes:
    seen = call.request.headers.get("if-match", "")
    said = (call.request.method, call.request.url.path, seen)
    return sha256("\x1f".join(said).encode() + b"\x1f" + call.raw).digest()


HANDLERS: Final[dict[str, Handler]] = {
    "acknowledge": once(acknowledge, shown_again=_alert_shown),
    "write_note": once(write_note, shown_again=_alert_shown),
    "resolve": once(resolve, shown_again=_alert_shown),
}
