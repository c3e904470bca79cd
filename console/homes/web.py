"""The pages of homes: the list, and one home with its tabs."""

import asyncio
from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus
from typing import Final
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.access import Elsewhere
from console.chain import Look
from console.entry.access import may_see
from console.homes.day import asked_day, day_view
from console.homes.holds import HOURS, KINDS, read_hold, read_moment
from console.homes.lists import PAGE, Asked, State, list_rows, page_of, state_of
from console.homes.page import Sight, sight_of
from console.homes.postgres import HomeList
from console.homes.service import Glances
from console.homes.view import raster_from, view_of
from console.web import did, doors_of, form_of, html, look_of, message, operator_of, saw, text_of, words_of
from contracts import HoldKind, HomeId
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
    home, sight, now = await home_of(request), _sight(request), clock.now()
    await saw(request, home.home_id, Look.HOME_OPENED)
    glances = _glances(request)
    day = asked_day(request.query_params.get("day", ""), now, ZoneInfo(home.timezone))
    seen, rooms = await asyncio.gather(glances.all(home, now), glances.rooms_on(home, day))
    tab, view = request.query_params.get("tab", TABS[0]), view_of(home, seen, sight, words_of(request), now)
    return html(
        request,
        "home.j2",
        home=home,
        view=view,
        sight=sight,
        tab=tab if tab in TABS else TABS[0],
        tabs=TABS,
        day=day_view(home, day, rooms, seen, view, words_of(request)) if day else None,
        kinds=KINDS,
        hours=HOURS,
    )


async def home_part(request: Request) -> Response:
    """Draw one card again for the page's script; whoever has the page open was written down when it was opened."""
    home, sight, now = await home_of(request), _sight(request), clock.now()
    part = request.url.path.rsplit("/", 1)[1]
    await saw(request, home.home_id, Look.HOME_OPENED)
    glances = _glances(request)
    seen = await (glances.devices(home, now) if part == "devices" else glances.moment(home, now))
    return html(request, "home_part.j2", part=part, view=view_of(home, seen, sight, words_of(request), now))


async def activity_svg(request: Request) -> Response:
    """Draw the four weeks alone, as a picture that a browser may keep for five minutes."""
    home, now = await home_of(request), clock.now()
    await saw(request, home.home_id, Look.HOME_OPENED)
    words = words_of(request)
    raster = raster_from(home, await _glances(request).picture(home, now), words, now)
    if raster is None:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "answer.503")
    drawn = doors_of(request).renderer.page("activity.j2", look_of(request), raster=raster, home_id=home.home_id)
    tag = f'"{sha256(drawn.encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, max-age=300", "Vary": "Cookie"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(drawn, media_type="image/svg+xml", headers=headers)


async def enter_hold(request: Request) -> Response:
    """Let passive watching of a home rest for a while."""
    form, home, now = await form_of(request), await home_of(request), clock.now()
    fields = {key: text_of(form, key) for key in ("kind", "hours", "until", "reason")}
    wish = read_hold(fields, now, ZoneInfo(home.timezone))
    if isinstance(wish, str):
        return message(request, HTTPStatus.UNPROCESSABLE_ENTITY, words_of(request)(wish), back=_settings_of(home))
    await did(request, home.home_id, Look.HOLD_ENTERED, reason=wish.reason, task=wish.hold.kind)
    store = HomeStore(doors_of(request).pool)
    await store.add_hold(home.home_id, wish.hold, by=operator_of(request).name, reason=wish.reason)
    return _done(request, home)


async def end_hold(request: Request) -> Response:
    """End a hold before its time."""
    form, home, now = await form_of(request), await home_of(request), clock.now()
    kind, from_at = text_of(form, "kind"), read_moment(text_of(form, "from_at"))
    known = kind in set(HoldKind) and from_at is not None
    await did(request, home.home_id, Look.HOLD_ENDED, task=kind if known else "")
    store = HomeStore(doors_of(request).pool)
    if not known or from_at is None or not await store.end_hold(home.home_id, HoldKind(kind), from_at, now):
        return message(request, HTTPStatus.GONE, words_of(request)("hold.gone"), back=_settings_of(home))
    return _done(request, home)


def _done(request: Request, home: Home) -> Response:
    if "x-script" in request.headers:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return RedirectResponse(_settings_of(home), status_code=HTTPStatus.SEE_OTHER)


def _settings_of(home: Home) -> str:
    return f"/homes/{home.home_id}?tab=settings"


def _glances(request: Request) -> Glances:
    return Glances(doors_of(request).pool, request.app.state.thinker)


async def home_of(request: Request) -> Home:
    """Load the home that a path names, for somebody who may see its district."""
    home = await HomeStore(doors_of(request).pool).load(HomeId(request.path_params["home_id"]))
    if home is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "eng.no_such_home")
    if not await may_see(request, home.home_id, home.district.district_id):
        raise Elsewhere(home.home_id)
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
    await saw(request, "homes", Look.HOMES_LISTED)
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
    *(Route(f"/homes/{{home_id}}/{part}", home_part, methods=["GET"]) for part in ("now", "devices", "limit")),
    Route("/homes/{home_id}/activity.svg", activity_svg, methods=["GET"]),
    Route("/homes/{home_id}/hold", enter_hold, methods=["POST"]),
    Route("/homes/{home_id}/hold/end", end_hold, methods=["POST"]),
]
