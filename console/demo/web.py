"""The demo's page: each button asks the simulator to play a scene."""

from http import HTTPStatus

import httpx
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.demo.scenes import GROUPS, SCENES
from console.web import doors_of, form_of, html, message, words_of

log = structlog.get_logger()


async def demo_page(request: Request) -> Response:
    """Show the scenes."""
    words, played = words_of(request), request.query_params.get("played", "")
    told = words("demo.played", scene=words(f"scene.{played}")) if played in SCENES else ""
    return html(request, "demo.j2", groups=GROUPS, told=told)


async def play(request: Request) -> Response:
    """Ask the simulator to play a scene."""
    await form_of(request)
    scene = request.path_params["scene"]
    if scene not in SCENES:
        raise HTTPException(HTTPStatus.NOT_FOUND, "answer.no_such_scene")
    address = doors_of(request).settings.console.demo_control_url.rstrip("/")
    try:
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            played = await client.post(f"{address}/scenes/{scene}")
            if played.status_code == HTTPStatus.NOT_FOUND:
                return message(request, HTTPStatus.CONFLICT, words_of(request)("demo.nobody"), back="/demo")
            played.raise_for_status()
    except httpx.HTTPError as error:
        log.warning("scene_not_played", scene=scene, error=type(error).__name__)
        return message(request, HTTPStatus.BAD_GATEWAY, words_of(request)("demo.away"), back="/demo")
    return RedirectResponse(f"/demo?played={scene}", status_code=HTTPStatus.SEE_OTHER)


ROUTES = [
    Route("/demo", demo_page, methods=["GET"]),
    Route("/demo/scenes/{scene}", play, methods=["POST"]),
]
