"""The page of the sheet: to be read out on the telephone to 119, or printed; each look at it is written down."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.events import CallResult
from alerts.sheet import sheet_of
from console.chain import Look
from console.choices import FIRE_SERVICE
from console.entry.access import may_see
from console.sheet.card import card_of
from console.web import doors_of, html, saw, words_of
from contracts import AlertId
from runtime import clock


async def page(request: Request) -> Response:
    """Show the sheet of an alert."""
    doors, words, now = doors_of(request), words_of(request), clock.now()
    entry = await doors.desk.entry(AlertId(request.path_params["alert_id"]), now)
    home = entry.home if entry else None
    if entry is None or home is None or not await may_see(request, home.home_id, home.district.district_id):
        raise HTTPException(HTTPStatus.NOT_FOUND, "answer.no_such_alert")
    await saw(request, entry.alert.home_id, Look.SHEET_OPENED, task=entry.alert.alert_id)
    card = card_of(sheet_of(entry.alert, home, now), words, now)
    results = tuple((one.value, words(f"result.{one}")) for one in CallResult)
    return html(request, "sheet.j2", card=card, id=entry.alert.alert_id, whom=FIRE_SERVICE, results=results)


ROUTES = [Route("/alerts/{alert_id}/sheet", page, methods=["GET"])]
