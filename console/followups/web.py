"""The page of what remains: follow-ups to be done, and files that a supervisor must read."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.unfinished.postgres import UnfinishedStore
from console.chain import Look
from console.followups.lists import left_over
from console.web import doors_of, html, saw, words_of
from homes.postgres import HomeStore
from runtime import clock


async def page(request: Request) -> Response:
    """List what remains, the most pressing first."""
    doors, words, now = doors_of(request), words_of(request), clock.now()
    await saw(request, "follow-ups", Look.FOLLOW_UPS_LISTED)
    store = UnfinishedStore(doors.pool)
    due, files = await store.due(), await store.to_read()
    homes = await HomeStore(doors.pool).load_many(sorted({alert.home_id for alert in (*due, *files)}))
    lists = {"due": left_over(due, homes, words, now), "files": left_over(files, homes, words, now)}
    return html(request, "followups.j2", lists=lists)


ROUTES = [Route("/follow-ups", page, methods=["GET"])]
