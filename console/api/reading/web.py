"""Homes and alerts, read by other systems."""

from hashlib import sha256
from typing import Final

import msgspec
from msgspec import UNSET
from starlette.responses import Response

from alerts.listing.postgres import After, AlertPages, Wanted
from alerts.model import Alert
from console.api import cursors
from console.api.openapi import description
from console.api.problems import Kind, Refused
from console.api.reading.views import alert_out, home_line, home_out, line_out, tag_of
from console.api.shapes import AlertPage, AlertsAsked, HomePage, HomesAsked, LinePage, LinesAsked
from console.api.web import Call, Handler, answer, looked, pool_of, words_of
from console.chain import Look
from contracts import AlertId, HomeId
from homes.listing.postgres import HomePages

#: How a list is named in the access log, where no one home is.
_LIST: Final = "list"
_DESCRIPTION: Final = msgspec.Raw(msgspec.json.encode(description()))
_DESCRIPTION_TAG: Final = f'"{sha256(bytes(_DESCRIPTION)).hexdigest()[:16]}"'


async def describe(call: Call) -> Response:
    """Give the description."""
    if call.request.headers.get("if-none-match") == _DESCRIPTION_TAG:
        return Response(status_code=304, headers={"ETag": _DESCRIPTION_TAG})
    return Response(bytes(_DESCRIPTION), media_type="application/json", headers={"ETag": _DESCRIPTION_TAG})


async def list_homes(call: Call) -> Response:
    """Give a page of homes."""
    asked, token = call.asked(HomesAsked), call.token
    after = place_of("homes", asked.cursor, parts=1)
    await looked(call, _LIST, Look.API_HOMES_LISTED)
    homes = await HomePages(pool_of(call)).page(
        districts=token.districts,
        watched=None if asked.watched is UNSET else bool(asked.watched),
        after=after[0] if after else "",
        most=asked.limit,
    )
    more = cursors.write("homes", homes[-1].home_id) if len(homes) == asked.limit else None
    return answer(call, HomePage(items=tuple(home_line(home) for home in homes), next=more))


async def read_home(call: Call) -> Response:
    """Give one home with its resident."""
    home = await HomePages(pool_of(call)).one(HomeId(call.part("home_id")), districts=call.token.districts)
    if home is None:
        raise Refused(Kind.NOT_FOUND)
    await looked(call, home.home_id, Look.API_HOME_READ)
    return answer(call, home_out(home), tag=tag_of(home.version))


async def list_alerts(call: Call) -> Response:
    """Give a page of alerts."""
    asked = call.asked(AlertsAsked)
    place = place_of("alerts", asked.cursor, parts=2)
    after = After(opened_at=cursors.read_moment(place[0]), alert_id=place[1]) if place else None
    await looked(call, _LIST if asked.home_id is UNSET else f"{asked.home_id}", Look.API_ALERTS_LISTED)
    found = await AlertPages(pool_of(call)).page(_wanted(call, asked), after=after, most=asked.limit)
    last = found[-1] if len(found) == asked.limit else None
    more = cursors.write("alerts", last.opened_at, last.alert_id) if last else None
    return answer(call, AlertPage(items=tuple(alert_out(one, call.language) for one in found), next=more))


async def read_alert(call: Call) -> Response:
    """Give one alert."""
    alert = await alert_of(call)
    await looked(call, alert.home_id, Look.API_ALERT_READ)
    return answer(call, alert_out(alert, call.language), tag=tag_of(alert.version))


async def read_timeline(call: Call) -> Response:
    """Give a page of an alert's log."""
    asked, alert = call.asked(LinesAsked), await alert_of(call)
    place = place_of("timeline", asked.cursor, parts=1)
    await looked(call, alert.home_id, Look.API_ALERT_READ)
    lines = await AlertPages(pool_of(call)).lines(
        alert.alert_id, after=cursors.read_number(place[0]) if place else 0, most=asked.limit
    )
    more = cursors.write("timeline", lines[-1].version) if len(lines) == asked.limit else None
    words = words_of(call)
    return answer(call, LinePage(items=tuple(line_out(line, words) for line in lines), next=more))


async def alert_of(call: Call) -> Alert:
    """Find the alert of the path among those that the token sees; raise Refused."""
    alert = await AlertPages(pool_of(call)).one(AlertId(call.part("alert_id")), districts=call.token.districts)
    if alert is None:
        raise Refused(Kind.NOT_FOUND)
    return alert


def _wanted(call: Call, asked: AlertsAsked) -> Wanted:
    said = msgspec.structs.asdict(asked)
    given = {name: None if said[name] is UNSET else said[name] for name in ("opened_from", "opened_to", "test")}
    return Wanted(
        states=asked.state,
        severities=asked.severity,
        hazards=asked.hazard,
        home_id=None if asked.home_id is UNSET else HomeId(f"{asked.home_id}"),
        districts=call.token.districts,
        **given,
    )


def place_of(kind: str, cursor: object, *, parts: int) -> tuple[str, ...]:
    """Read where a list goes on; empty at its beginning; raise Refused."""
    return cursors.read_texts(kind, cursor, parts=parts) if isinstance(cursor, str) else ()


HANDLERS: Final[dict[str, Handler]] = {
    "describe": describe,
    "list_homes": list_homes,
    "read_home": read_home,
    "list_alerts": list_alerts,
    "read_alert": read_alert,
    "read_timeline": read_timeline,
}
