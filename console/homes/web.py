"""The pages of homes: the list, and one home with its tabs."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console.chain import Look
from console.homes.lists import PAGE, Asked, State, list_rows, page_of, state_of
from console.homes.page import Sight, sight_of
from console.homes.postgres import HomeList
from console.homes.service import Glances
from console.homes.view import view_of
from console.web import doors_of, form_of, html, operator_of, text_of, words_of
from contracts import HomeId
from homes.model import Home
from homes.postgres import HomeStore
from runtime import clock

TABS: Final = ("overview", "activity", "sensors", "history", "people", "settings")


async def homes_page(request: Request) -> Response:
    """List homes: all, those of a dong, those that stand in some way."""
    return await _listed(request, {**request.query_params, "q": ""})


async def homes_found(request: Request) -> Response:
    """List the homes that were searched for; the words come in a form, so that no name stands in an address."""
    form = await form_of(request)
    return await _listed(request, {key: text_of(form, key) for key in ("q", "dong", "state", "page")})


async def home_page(request: Request) -> Response:
    """Show one home."""
    doors, now = doors_of(request), clock.now()
    home, sight = await home_of(request), _sight(request)
    await doors.access.looked(operator_of(request).name, home.home_id, Look.HOME_OPENED, at=now)
    seen = await Glances(doors.pool, request.app.state.thinker).all(home, now)
    tab = request.query_params.get("tab", TABS[0])
    return html(
        request,
        "home.j2",
        home=home,
        view=view_of(home, seen, sight, words_of(request), now),
        sight=sight,
        tab=tab if tab in TABS else TABS[0],
        tabs=TABS,
    )


async def home_of(request: Request) -> Home:
    """Load the home that a path names, for somebody who may see its district."""
    home = await HomeStore(doors_of(request).pool).load(HomeId(request.path_params["home_id"]))
    if home is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "eng.no_such_home")
    if not operator_of(request).sees(home.district.district_id):
        raise HTTPException(HTTPStatus.FORBIDDEN, "homes.not_your_district")
    return home


def _sight(request: Request) -> Sight:
    return sight_of(operator_of(request).roles)


async def _listed(request: Request, fields: Mapping[str, str]) -> Response:
    doors, operator, sight, now = doors_of(request), operator_of(request), _sight(request), clock.now()
    asked = Asked(
        part=fields.get("q", "").strip()[:64],
        dong=fields.get("dong", "")[:64],
        state=state_of(fields.get("state", "")),
        page=page_of(fields.get("page", "")),
        districts=operator.districts,
        persons=sight.persons,
    )
    await doors.access.looked(operator.name, "homes", Look.HOMES_LISTED, at=now)
    store = HomeList(doors.pool)
    found, total, dongs = await store.listed(asked), await store.count(asked), await store.dongs(asked.districts)
    rows = list_rows(found[:PAGE], words_of(request), now, names=sight.persons)
    return html(
        request,
        "homes.j2",
        rows=rows,
        asked=asked,
        dongs=dict.fromkeys(dong for _, dong in dongs),
        states=list(State),
        more=len(found) > PAGE,
        total=total,
        per_page=PAGE,
    )


ROUTES = [
    Route("/homes", homes_page, methods=["GET"]),
    Route("/homes", homes_found, methods=["POST"]),
    Route("/homes/{home_id}", home_page, methods=["GET"]),
]
