"""The door in front of capability links: it counts those that were made up, and never stops one that is good."""

from http import HTTPStatus
from math import ceil
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alerts.links import LinkFault, read_token
from console import metrics
from homes.enrolment.guesses import Guesses
from runtime import clock
from runtime.settings import Secret

#: So many made-up links of one source in ten minutes: a link that a message has broken is tried a few times, by a few.
MOST_MADE_UP: Final = 30
_MADE_UP: Final = frozenset({LinkFault.FORGED, LinkFault.UNREADABLE})


class Strangers:
    """Stands inside the guard. One for a process: it remembers who guessed."""

    def __init__(self, app: ASGIApp, link_secret: Secret) -> None:
        self._app = app
        self._secret = link_secret.reveal()
        self._links = Guesses(most=MOST_MADE_UP)
        self._calendars = Guesses(most=MOST_MADE_UP)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer that there were too many."""
        match scope["path"].split("/") if scope["type"] == "http" else ():
            case ["", "r", token, *_]:
                await self._link(token, scope, receive, send)
            case ["", "calendar", _]:
                await self._calendar(scope, receive, send)
            case _:
                await self._app(scope, receive, send)

    async def _link(self, token: str, scope: Scope, receive: Receive, send: Send) -> None:
        # A responder shares the address of their carrier with whoever guesses: what we signed always passes.
        if read_token(self._secret, token, clock.now()) in _MADE_UP:
            if await self._is_too_much(self._links, "link", scope, receive, send):
                return
            self._links.note(_source(scope), clock.now())
        await self._app(scope, receive, send)

    async def _calendar(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Only the database knows a calendar's link from a made-up one, and that look is what a guess costs.
        if await self._is_too_much(self._calendars, "calendar", scope, receive, send):
            return

        async def noted(part: Message) -> None:
            if part["type"] == "http.response.start" and part["status"] == HTTPStatus.NOT_FOUND:
                self._calendars.note(_source(scope), clock.now())
            await send(part)

        await self._app(scope, receive, noted)

    async def _is_too_much(self, guesses: Guesses, door: str, scope: Scope, receive: Receive, send: Send) -> bool:
        wait = guesses.wait(_source(scope), clock.now())
        if wait is None:
            return False
        metrics.guesses_refused.labels(door=door).inc()
        headers = {"Retry-After": f"{ceil(wait.total_seconds())}"}
        answer = PlainTextResponse("too many", status_code=HTTPStatus.TOO_MANY_REQUESTS, headers=headers)
        await answer(scope, receive, send)
        return True


def _source(scope: Scope) -> str:
    client = Request(scope).client
    return client.host if client else ""
