"""The pages of incidents and of the homes that are not protected, and the strip of the board."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.incidents.postgres import IncidentStore
from alerts.postgres import AlertStore
from alerts.protection import unprotected_of
from console.chain import Look
from console.incidents.lists import incident_view, unprotected_lines
from console.people import veiled
from console.web import doors_of, html, look_of, operator_of, saw, words_of
from contracts import HomeId
from homes.model import Home
from homes.postgres import HomeStore
from runtime import clock


async def incidents_page(request: Request) -> Response:
    """List the open incidents."""
    cards = await doors_of(request).desk.cards(operator_of(request).districts, words_of(request), clock.now())
    return html(request, "incidents.j2", cards=cards)


async def incident_page(request: Request) -> Response:
    """Show one incident with its homes, the most vulnerable first."""
    doors, now = doors_of(request), clock.now()
    incident = await IncidentStore(doors.pool).one(request.path_params["incident_id"])
    if incident is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "incident.no_such")
    if incident.homes and operator_of(request).districts and not await _theirs(request, incident.homes):
        raise HTTPException(HTTPStatus.NOT_FOUND, "incident.no_such")
    await saw(request, incident.incident_id, Look.INCIDENT_OPENED)
    alerts = await AlertStore(doors.pool).open_alerts() if incident.homes else []
    homes = await _theirs(request, incident.homes)
    if operator_of(request).districts:
        incident = replace(incident, homes=tuple(home_id for home_id in incident.homes if home_id in homes))
    return html(request, "incident.j2", incident=incident_view(incident, alerts, homes, words_of(request), now))


async def unprotected_page(request: Request) -> Response:
    """List the homes that are not protected now."""
    doors, now = doors_of(request), clock.now()
    await saw(request, "unprotected", Look.UNPROTECTED_LISTED)
    alerts = await AlertStore(doors.pool).not_protected()
    homes = await _theirs(request, {alert.home_id for alert in alerts})
    if operator_of(request).districts:
        alerts = [alert for alert in alerts if alert.home_id in homes]
    lines = unprotected_lines(unprotected_of(alerts, homes), words_of(request), now)
    return html(request, "unprotected.j2", lines=lines)


async def strip(request: Request) -> Response:
    """Give the board's strip and the homes that are folded into incidents."""
    doors = doors_of(request)
    cards = await doors.desk.cards(operator_of(request).districts, words_of(request), clock.now())
    drawn = doors.renderer.page("incident_strip.j2", look_of(request), incidents=cards)
    body = {"mark": cards.mark, "html": drawn, "folded": sorted(cards.folded)}
    return Response(msgspec.json.encode(body), media_type="application/json")


async def _theirs(request: Request, home_ids: Iterable[HomeId]) -> Mapping[HomeId, Home]:
    """Load those homes that the reader's districts hold."""
    homes = await HomeStore(doors_of(request).pool).load_many(sorted(home_ids))
    operator = operator_of(request)
    return {
        home_id: veiled(home) if operator.masked else home
        for home_id, home in homes.items()
        if operator.sees(home.district.district_id)
    }


ROUTES = [
    Route("/incidents", incidents_page, methods=["GET"]),
    Route("/incidents/{incident_id}", incident_page, methods=["GET"]),
    Route("/unprotected", unprotected_page, methods=["GET"]),
    Route("/console/incidents", strip, methods=["GET"]),
]
