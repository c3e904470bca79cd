"""The engineers' homes and the raw view of a gateway's messages."""

import re
from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console.chain import Look
from console.engineer.access import among_theirs, refuse_elsewhere
from console.engineer.homes import home_rows
from console.engineer.messages import message_rows, ndjson
from console.entry.access import needs_step_up
from console.web import did, doors_of, html, operator_of, saw, words_of
from contracts import HeardMessage, HomeId
from history.messages.postgres import MessageStore
from history.postgres import HistoryStore
from homes.postgres import HomeStore
from runtime import clock

#: The list shows no more homes at once; the search finds the others.
MOST_HOMES: Final = 50
_HOME_ID: Final = re.compile(r"[a-z0-9-]{1,64}")
#: Whose messages no home of ours sent; no home has such a name.
_STRANGERS: Final = "strangers"


async def engineer_page(request: Request) -> Response:
    """List homes: those that were searched for, else those of which the most was refused, and then the others."""
    pool, words, now = doors_of(request).pool, words_of(request), clock.now()
    messages, homes = MessageStore(pool), HomeStore(pool)
    part = request.query_params.get("q", "").strip().lower()[:64]
    refused = [] if part else await messages.most_refused(MOST_HOMES, now=now)
    found = await homes.search(part, most=MOST_HOMES, districts=operator_of(request).districts)
    ids = list(dict.fromkeys([*await among_theirs(request, refused), *found]))[:MOST_HOMES]
    standings, heard = await messages.standings(ids, now=now), await HistoryStore(pool).last_heard(ids)
    strangers = len(await messages.strangers(now=now))
    rows = home_rows(ids, standings, heard, words, now)
    return html(request, "engineer.j2", rows=rows, part=part, strangers=strangers, full=len(found) == MOST_HOMES)


async def messages_page(request: Request) -> Response:
    """Show the last messages of a gateway: for the script only the list."""
    home_id = await _home_id(request)
    await saw(request, home_id, Look.MESSAGES_READ)
    refused_only = "refused" in request.query_params
    heard = await _heard(request, home_id)
    rows = message_rows(heard, words_of(request), refused_only=refused_only)
    template = "messages_list.j2" if "x-fragment" in request.headers else "messages.j2"
    known = await HomeStore(doors_of(request).pool).watched(home_id) is not None
    return html(
        request,
        template,
        home_id=home_id,
        rows=rows,
        heard=len(heard),
        known=known,
        strangers=home_id == _STRANGERS,
        refused_only=refused_only,
    )


async def messages_export(request: Request) -> Response:
    """Give the last messages of a gateway as NDJSON, the oldest first."""
    home_id = await _home_id(request)
    if (step := await needs_step_up(request)) is not None:
        return step
    await did(request, home_id, Look.MESSAGES_EXPORTED)
    body = ndjson(reversed(await _heard(request, home_id)))
    name = f"messages-{home_id}-{clock.now():%Y%m%dT%H%M%SZ}.ndjson"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type="application/x-ndjson", headers=headers)


async def _home_id(request: Request) -> HomeId:
    home_id: str = request.path_params["home_id"]
    if not _HOME_ID.fullmatch(home_id):
        raise HTTPException(HTTPStatus.NOT_FOUND, "eng.no_such_home")
    await refuse_elsewhere(request, HomeId(home_id))
    return HomeId(home_id)


async def _heard(request: Request, home_id: HomeId) -> list[HeardMessage]:
    messages, now = MessageStore(doors_of(request).pool), clock.now()
    return await (messages.strangers(now=now) if home_id == _STRANGERS else messages.last(home_id, now=now))


ROUTES = [
    Route("/engineer", engineer_page, methods=["GET"]),
    Route("/engineer/homes/{home_id}/messages", messages_page, methods=["GET"]),
    Route("/engineer/homes/{home_id}/messages.ndjson", messages_export, methods=["GET"]),
]
