"""The steps of an enrolment as they are made: a part that reads itself again, and a page without a script."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console.engineer.access import home_for
from console.enrol.steps import Standing, steps_of
from console.web import doors_of, html, words_of
from contracts import HomeId
from history.glance.postgres import GlanceStore
from history.messages.postgres import MessageStore
from homes.enrolment.model import State, state_of
from homes.enrolment.postgres import EnrolmentStore
from runtime import clock


async def steps(request: Request) -> Response:
    """Show how far a home's new gateway has come: for the script only the list."""
    home = await home_for(request, HomeId(request.path_params["home_id"]))
    template = "enrol_steps.j2" if "x-fragment" in request.headers else "enrol_steps_page.j2"
    lines = steps_of(await _standing(request, home.home_id), words_of(request))
    return html(request, template, home_id=home.home_id, lines=lines)


async def _standing(request: Request, home_id: HomeId) -> Standing:
    pool, now = doors_of(request).pool, clock.now()
    home = await home_for(request, home_id)
    known = [one for one in await EnrolmentStore(pool).enrolments([home_id]) if one.home_id == home_id]
    messages = (await MessageStore(pool).standings([home_id], now=now)).get(home_id)
    words = await GlanceStore(pool).newest(home_id, now)
    used = [one.first_used_at for each in known for one in each.credentials if one.revoked_at is None]
    # What the old gateway said does not prove the new one.
    since = max((at for at in used if at), default=None)
    fresh = [word for word in words if since is None or word.at >= since]
    return Standing(
        state=state_of(known[0], now) if known else State.NOT_ENROLLED,
        connected=any(used) or (not known and messages is not None and messages.newest_at is not None),
        behind=messages.behind if messages else None,
        first_heard=min((word.at for word in fresh), default=None),
        sensors=home.sensors,
        heard={word.sensor_id for word in fresh},
    )


ROUTES = [Route("/enrol/homes/{home_id}", steps, methods=["GET"])]
