"""A responder's telephone, pretended: it takes every push and shows the last of them."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from runtime import clock

_KEPT: Final = 200


@dataclass(frozen=True, kw_only=True)
class Push:
    """A push as it arrived."""

    at: datetime
    #: Seconds on a clock that never steps, for measuring.
    ticks: float
    headers: dict[str, str]
    body: dict[str, object]


class Telephone:
    """Takes pushes; `taken` is called for each."""

    def __init__(self, taken: Callable[[Push], None] = lambda push: None) -> None:
        """Make a telephone that nobody has called yet."""
        self.pushes: deque[Push] = deque(maxlen=_KEPT)
        self.total = 0
        self._taken = taken

    def app(self) -> Starlette:
        """Build the pages: POST /push takes, GET /pushes shows, GET / shows to people."""
        return Starlette(
            routes=[
                Route("/push", self._take, methods=["POST"]),
                Route("/pushes", self._show),
                Route("/", self._page),
            ]
        )

    async def _take(self, request: Request) -> Response:
        ticks = clock.ticks()
        raw = await request.body()
        try:
            body = msgspec.json.decode(raw, type=dict[str, object])
        except msgspec.MsgspecError:
            return Response("a push is a JSON object\n", status_code=400)
        push = Push(at=clock.now(), ticks=ticks, headers=dict(request.headers), body=body)
        self.pushes.append(push)
        self.total += 1
        self._taken(push)
        return Response(status_code=204)

    async def _show(self, request: Request) -> Response:
        shown = [{"at": push.at, "body": push.body} for push in self.pushes]
        return Response(msgspec.json.encode({"total": self.total, "pushes": shown}), media_type="application/json")

    async def _page(self, request: Request) -> Response:
        rows = "".join(_row(push) for push in reversed(self.pushes))
        return HTMLResponse(_PAGE.format(total=self.total, rows=rows))


def _row(push: Push) -> str:
    said = "".join(f"<dt>{escape(name)}</dt><dd>{_shown(value)}</dd>" for name, value in push.body.items())
    return f"<li><time>{push.at:%H:%M:%S}</time><dl>{said}</dl></li>"


def _shown(value: object) -> str:
    text = escape(value if isinstance(value, str) else msgspec.json.encode(value).decode())
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        return f'<a href="{text}">{text}</a>'
    return text


_PAGE: Final = """<!doctype html><html lang="ko"><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width"><title>받은 호출 {total}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }}
ol {{ list-style: none; padding: 0 }}
li {{ border: 1px solid #c8c8c8; border-radius: 8px; padding: .75rem 1rem; margin: 0 0 .75rem }}
dl {{ display: grid; grid-template-columns: 9rem 1fr; margin: .25rem 0 0; overflow-wrap: anywhere }}
dt {{ color: #555 }} dd {{ margin: 0 }}
</style>
<h1>받은 호출 <small>pushes received: {total}</small></h1>
<ol>{rows}</ol></html>
"""
