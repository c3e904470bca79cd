"""The stage door: begin scenes by HTTP, and serve small applications beside the street."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from html import escape
from typing import Final

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from simulator.cries import Cries
from simulator.repertoire import NAMES, Playable, named
from simulator.scenes import SceneName
from simulator.service import Player
from simulator.surroundings import Befalls


class Stage:
    """The control pages of one street."""

    def __init__(self, player: Player) -> None:
        """Take the street whose scenes are asked for here."""
        self._player = player

    def app(self) -> Starlette:
        """Build the pages: POST /scenes/NAME?home=ID plays, GET /scenes and /homes list, GET / has buttons."""
        return Starlette(
            routes=[
                Route("/scenes/{name}", self._play, methods=["POST"]),
                Route("/scenes", self._scenes),
                Route("/homes", self._homes),
                Route("/", self._page),
            ]
        )

    async def _play(self, request: Request) -> Response:
        name = request.path_params["name"]
        scene = named(name)
        if scene is None:
            return _json({"fault": f"there is no scene {name!r}", "scenes": NAMES}, status=404)
        homes = self._player.play(scene, request.query_params.get("home", ""))
        if not homes:
            return _json({"fault": "no home of this street can play that now", "scene": name}, status=404)
        if "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(f"/?played={name}&home={homes[0]}", status_code=303)
        return _json({"scene": name, "homes": homes})

    async def _scenes(self, request: Request) -> Response:
        return _json({"scenes": NAMES})

    async def _homes(self, request: Request) -> Response:
        gateways = self._player.gateways.values()
        return _json(
            {
                "homes": [
                    {
                        "home": gateway.household.home_id,
                        "online": not gateway.cut_now,
                        "resting": gateway.household.resting,
                    }
                    for gateway in gateways
                ]
            }
        )

    async def _page(self, request: Request) -> Response:
        played, home = request.query_params.get("played", ""), request.query_params.get("home", "")
        said = f"{played} → {home}" if played else ""
        buttons = "".join(_button(scene) for scene in NAMES)
        return HTMLResponse(_PAGE.format(said=escape(said), buttons=buttons, homes=len(self._player.gateways)))


@asynccontextmanager
async def serving(app: Starlette, *, port: int, host: str = "127.0.0.1") -> AsyncIterator[int]:
    """Serve an application while the block runs; hand out the port, a free one for 0."""
    # Bound before the server runs: whoever comes early waits in the queue instead of being turned away.
    bound = socket.create_server((host, port))
    server = _Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        yield int(bound.getsockname()[1])
    finally:
        server.should_exit = server.force_exit = True
        await task
        bound.close()


class _Server(uvicorn.Server):
    """A server that leaves the signals to the service's life."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _json(body: object, *, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status_code=status, media_type="application/json")


def _button(scene: Playable) -> str:
    title = KOREAN[scene] if isinstance(scene, SceneName) else BESIDE[scene]
    return f'<form method="post" action="/scenes/{scene}"><button>{title}<small>{scene}</small></button></form>'


#: The console's page of scenes has the same names.
KOREAN: Final = {
    SceneName.HELP_BUTTON: "응급 호출",
    SceneName.FALL: "낙상",
    SceneName.SMOKE: "연기",
    SceneName.STILLNESS: "미활동",
    SceneName.GATEWAY_CUT: "통신 끊김",
    SceneName.BATTERY_LOW: "전지 부족",
    SceneName.FLOOD: "동시 다발",
    SceneName.MASS_OUTAGE: "한 동 정전",
    SceneName.BATHROOM: "욕실에서 안 나옴",
    SceneName.NO_MORNING: "아침 움직임 없음",
    SceneName.NIGHT_DOOR: "밤에 나감",
}
#: What the stage has beside those.
BESIDE: Final[Mapping[str, str]] = {
    Befalls.COLD_HOME: "추운 집",
    Befalls.HOT_HOME: "더운 집",
    Befalls.RISING_HEAT: "불처럼 오르는 온도",
    Befalls.DOOR_LEFT_OPEN: "문 열어 둠",
    Befalls.STOVE_LEFT_ON: "가스레인지 켜 둠",
    Befalls.APPLIANCE_LEFT_ON: "텔레비전 켜 둠",
    Befalls.POWER_FLAT: "전력 사용 없음",
    Befalls.WATER_NOT_USED: "물 사용 없음",
    Befalls.WATER_RUNNING: "물 계속 흐름",
    Befalls.VITAL_SIGNS: "심박·호흡 이상",
    Befalls.CHECK_UNANSWERED: "안부 확인 무응답",
    Befalls.MEDICATION_MISSED: "복약 안 함",
    Cries.HEAT: "열 감지기",
    Cries.GAS: "가스",
    Cries.CARBON_MONOXIDE: "일산화탄소",
    Cries.WATER_LEAK: "누수",
    Cries.TAMPER: "기기 훼손",
    Cries.MAINS_LOST: "정전",
    Cries.STILLNESS_REPORTED: "기기가 알린 무활동",
    Cries.SENSOR_SILENT: "센서 연결 끊김",
    Cries.BLIND_HOME: "볼 수 없는 집",
    Cries.NOT_PROTECTED: "보호되지 않는 집",
    Cries.OUT_OF_BED: "밤에 침대로 안 돌아옴",
    Cries.OUT_TOO_LONG: "외출에서 안 돌아옴",
    Cries.FLAPPING_SENSOR: "센서 채터링",
    Cries.STUCK_SENSOR: "센서 고착",
    Cries.TEST_MISSING: "점검 신호 없음",
    Cries.SELF_TEST_FAILED: "자체 점검 실패",
    Cries.CHECK_ANSWERED: "안부 확인 답",
}
_PAGE: Final = """<!doctype html><html lang="ko"><meta charset="utf-8"><title>무대</title>
<meta name="viewport" content="width=device-width">
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }}
div {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .75rem }}
button {{ font: inherit; width: 100%; padding: .9rem; border: 1px solid #999; border-radius: 8px; background: #fff }}
button:hover, button:focus-visible {{ background: #eef3ff; outline: 2px solid #1e5bd6 }}
small {{ display: block; color: #555 }}
</style>
<h1>무대 <small>{homes}가구 · scenes for a street of {homes} homes</small></h1>
<p role="status">{said}</p><div>{buttons}</div></html>
"""
