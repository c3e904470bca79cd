"""The page of what remains: follow-ups to be done, and files that a supervisor must read."""

from collections.abc import Iterable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.model import Alert
from alerts.unfinished.postgres import UnfinishedStore
from console.chain import Look
from console.followups.lists import left_over
from console.people import veiled
from console.web import doors_of, html, operator_of, saw, words_of
from contracts import HomeId
from homes.model import Home
from homes.postgres import HomeStore
from runtime import clock

#: The page lists so many of each.
_MOST: Final = 200
#: Whoever sees some districts only finds theirs among so many.
_MOST_READ: Final = 10_000


async def page(request: Request) -> Response:
    """List what remains, the most pressing first."""
    doors, words, now = doors_of(request), words_of(request), clock.now()
    await saw(request, "follow-ups", Look.FOLLOW_UPS_LISTED)
    store = UnfinishedStore(doors.pool)
    most = _MOST_READ if operator_of(request).districts else _MOST
    due, files = await store.due(most), await store.to_read(most)
    homes = await HomeStore(doors.pool).load_many(sorted({alert.home_id for alert in (*due, *files)}))
    due, files = _theirs(request, due, homes), _theirs(request, files, homes)
    if operator_of(request).masked:
        homes = {home_id: veiled(home) for home_id, home in homes.items()}
    lists = {"due": left_over(due, homes, words, now), "files": left_over(files, homes, words, now)}
    return html(request, "followups.j2", lists=lists)


def _theirs(request: Request, alerts: Iterable[Alert], homes: Mapping[HomeId, Home]) -> list[Alert]:
    """Keep what is of the reader's districts; a home that nobody knows any more is shown to who sees all."""
    operator = operator_of(request)
    of = {home_id: home.district.district_id for home_id, home in homes.items()}
    return [one for one in alerts if operator.sees(of.get(one.home_id, ""))][:_MOST]


ROUTES = [Route("/follow-ups", page, methods=["GET"])]
