"""The search page. What is searched for comes in a form: a name must not stand in an address or a log of addresses."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console.chain import Look
from console.homes.page import sight_of
from console.roles import Act
from console.search.asked import MOST, Asked, Group, pages_of, read_search
from console.search.postgres import SearchStore
from console.web import doors_of, form_of, html, look_of, operator_of, saw, text_of, words_of


async def empty(request: Request) -> Response:
    """Show the field."""
    return _answer(request, Asked(word=""), ())


async def search(request: Request) -> Response:
    """Show what was found, only of what the reader may see."""
    form = await form_of(request)
    asked = read_search(text_of(form, "q"))
    if not asked.word:
        return _answer(request, asked, ())
    await saw(request, "search", Look.SEARCHED)
    return _answer(request, asked, await _found(request, asked))


async def _found(request: Request, asked: Asked) -> tuple[Group, ...]:
    operator, words, store = operator_of(request), words_of(request), SearchStore(doors_of(request).pool)
    persons, districts = sight_of(operator.roles).persons, operator.districts
    raw = Act.RAW_READ in operator.acts
    found = await asyncio.gather(
        store.alerts(asked, districts, words),
        store.homes(asked, districts, persons=persons),
        store.devices(asked, districts, words),
        *((store.gateways(asked, districts, persons=persons, raw=raw),) if Act.DEVICES_READ in operator.acts else ()),
        *((store.responders(asked, districts, words),) if persons else ()),
    )
    return (*found, pages_of(asked, look_of(request).places, words))


def _answer(request: Request, asked: Asked, groups: tuple[Group, ...]) -> Response:
    shown = [group for group in groups if group.hits]
    part = "search_hits.j2" if "x-fragment" in request.headers else "search.j2"
    return html(request, part, asked=asked, groups=shown, most=MOST)


ROUTES = [Route("/search", empty, methods=["GET"]), Route("/search", search, methods=["POST"])]
