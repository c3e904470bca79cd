"""What makes the page an app on a telephone: the worker that keeps it without a line, the manifest, a trial push."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from console.responder.access import claim_of, is_bound_elsewhere, try_out, visitor_of
from console.web import words_of
from homes.model import Channel, Contact

_WORKER: Final = Path(__file__).parents[2] / "static" / "field-worker.js"


async def worker(request: Request) -> Response:
    """Give the worker of responders' pages; it must lie above them, or a browser does not let it serve them."""
    return FileResponse(_WORKER, media_type="text/javascript", headers={"Service-Worker-Allowed": "/r/"})


async def manifest(request: Request) -> Response:
    """Say how the page stands on a home screen: iPhones let only such pages push. It names nobody."""
    if claim_of(request) is None:
        return Response(status_code=HTTPStatus.GONE)
    words, link = words_of(request), f"/r/{request.path_params['token']}"
    body = {
        "name": words("app.name"),
        "short_name": words("app.short"),
        "start_url": link,
        "scope": "/r/",
        "display": "standalone",
        "background_color": "#EBEEF0",
        "theme_color": "#2A3138",
        "icons": [{"src": "/static/icon.svg", "sizes": "any", "type": "image/svg+xml"}],
    }
    return Response(msgspec.json.encode(body), media_type="application/manifest+json")


async def trial(request: Request) -> Response:
    """Push a test message to the responder of the link, and say what came of it; it is written down."""
    visitor = await visitor_of(request)
    if visitor is None or visitor.responder is None:
        return JSONResponse({"result": "link_is_over"}, status_code=HTTPStatus.GONE)
    if await is_bound_elsewhere(request, visitor.claim):
        return JSONResponse({"result": "other_telephone"}, status_code=HTTPStatus.FORBIDDEN)
    listed = (one for one in visitor.responder.contacts if one.channel is Channel.WEB_PUSH)
    contact = next(listed, Contact(channel=Channel.WEB_PUSH, address=""))
    sent = await try_out(request, visitor.responder, contact)
    return JSONResponse({"result": "sent" if sent else "not_sent"})


ROUTES = [
    Route("/sw.js", worker, methods=["GET"]),
    Route("/r/{token}/manifest.webmanifest", manifest, methods=["GET"]),
    Route("/r/{token}/push-test", trial, methods=["POST"]),
]
