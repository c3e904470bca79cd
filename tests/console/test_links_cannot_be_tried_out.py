"""Made-up links: a source tries a few, and then nothing is looked up for it; a good link is never in its way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.links import make_token
from console.guessing.web import MOST_MADE_UP, Strangers
from contracts import AlertId, ResponderId
from runtime import clock
from runtime.settings import Secret

SECRET = "a-secret-of-the-tests-and-of-nothing-else"
GOOD_CALENDAR = "the-calendar-that-is-known"


class Behind:
    """The rooms behind: they count who comes so far."""

    def __init__(self) -> None:
        self.asked = 0

    async def link(self, request: Request) -> Response:
        self.asked += 1
        return Response(status_code=410)

    async def calendar(self, request: Request) -> Response:
        self.asked += 1
        return Response(status_code=200 if request.path_params["secret"] == GOOD_CALENDAR else 404)

    @asynccontextmanager
    async def seen_from(self, *addresses: str) -> AsyncIterator[list[httpx.AsyncClient]]:
        routes = [Route("/r/{token}", self.link), Route("/calendar/{secret}.ics", self.calendar)]
        app = Starlette(routes=routes, middleware=[Middleware(Strangers, link_secret=Secret(SECRET))])
        doors = [httpx.ASGITransport(app, client=(address, 1)) for address in addresses]
        yield [httpx.AsyncClient(transport=door, base_url="http://centre") for door in doors]


def a_link(expires_in: timedelta = timedelta(hours=1)) -> str:
    return "/r/" + make_token(SECRET, AlertId("a-1"), ResponderId("daughter"), clock.now() + expires_in)


async def test_made_up_links_are_refused_after_a_few_and_a_good_one_of_the_same_address_never() -> None:
    behind = Behind()
    async with behind.seen_from("203.0.113.7", "203.0.113.8") as (guesser, other):
        forged = a_link()[:-2] + "AA"
        said = [(await guesser.get(forged if turn % 2 else f"/r/{turn}")).status_code for turn in range(40)]
        assert said == [410] * MOST_MADE_UP + [429] * 10 and behind.asked == MOST_MADE_UP
        refused = await guesser.get("/r/made-up/manifest.webmanifest")
        assert refused.status_code == 429 and 0 < int(refused.headers["Retry-After"]) <= 600
        # Signed by us, over or not: whoever stands in the street must come through.
        assert (await guesser.get(a_link())).status_code == 410
        assert (await guesser.get(a_link(timedelta(hours=-1)))).status_code == 410
        assert (await other.get(forged)).status_code == 410


async def test_calendars_cannot_be_tried_out_and_are_read_as_often_as_one_likes() -> None:
    behind = Behind()
    async with behind.seen_from("2001:db8::1", "2001:db8::2", "203.0.113.7") as (reader, neighbour, other):
        assert {(await reader.get(f"/calendar/{GOOD_CALENDAR}.ics")).status_code for _ in range(50)} == {200}
        said = [(await reader.get(f"/calendar/{turn}.ics")).status_code for turn in range(35)]
        assert said == [404] * MOST_MADE_UP + [429] * 5 and behind.asked == 50 + MOST_MADE_UP
        # Whoever has one address of IPv6 has them all.
        assert (await neighbour.get("/calendar/x.ics")).status_code == 429
        assert (await other.get(f"/calendar/{GOOD_CALENDAR}.ics")).status_code == 200
