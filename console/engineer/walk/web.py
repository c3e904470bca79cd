"""The walk test through the door: start, watch, stop, look back, print."""

from http import HTTPStatus

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from alerts.postgres import AlertStore
from console.chain import Look
from console.engineer.access import home_for, refuse_elsewhere
from console.engineer.walk.pages import WalkView, alarms_under, masked_copy, view_of
from console.engineer.walk.service import APT_PACKAGES, Printer, Unprintable, Walks
from console.web import doors_of, form_of, html, look_of, message, operator_of, saw, words_of
from contracts import HomeId
from homes.model import District, Home
from homes.postgres import HomeStore
from homes.walk_test import WalkTest, begun
from homes.walk_test.postgres import AlreadyTested
from runtime import clock

log = structlog.get_logger()

_NOWHERE = District(district_id="", city="", gu="", dong="")


async def walk_page(request: Request) -> Response:
    """Show the running walk test of a home, or how to begin one: for the script only the tiles."""
    home = await _home(request)
    walks = Walks(doors_of(request).pool)
    test = await walks.store.running(home.home_id)
    if test and test.until_at <= clock.now():
        done = await walks.finish(test)
        return _to_result(request, done)
    if "x-fragment" in request.headers:
        return await _live(request, walks, home, test, "walk_live.j2")
    await _looked(request, home.home_id, Look.WALK_TEST)
    return await _live(request, walks, home, test, "walk.j2")


async def start(request: Request) -> Response:
    """Begin a walk test; one that runs already is shown."""
    await form_of(request)
    home = await _home(request)
    # Before its cries stay inside: whoever sends the form need not open the page.
    await _looked(request, home.home_id, Look.WALK_TEST)
    test = begun(home.home_id, operator_of(request).name, clock.now())
    try:
        await Walks(doors_of(request).pool).store.start(test)
    except AlreadyTested:
        return _to_walk(home.home_id)
    log.info("walk_test_begun", home_id=home.home_id, test_id=test.test_id)
    return _to_walk(home.home_id)


async def stop(request: Request) -> Response:
    """End a walk test before its time, and show its result."""
    await form_of(request)
    home = await _home(request)
    walks = Walks(doors_of(request).pool)
    test = await walks.store.running(home.home_id)
    return _to_result(request, await walks.finish(test)) if test else _to_walk(home.home_id)


async def result_page(request: Request) -> Response:
    """Show what a walk test proved."""
    test = await _test(request)
    await _looked(request, test.home_id, Look.WALK_TEST)
    return html(request, "walk_result.j2", view=await _result(request, test))


async def certificate(request: Request) -> Response:
    """Print the result of a walk test as a PDF."""
    test = await _test(request)
    await _looked(request, test.home_id, Look.CERTIFICATE)
    view, words, doors = await _result(request, test), words_of(request), doors_of(request)
    page = doors.renderer.page("certificate.j2", look_of(request), view=view)
    printer: Printer = request.app.state.printer
    try:
        pdf = await printer.print(page)
    except Unprintable as why:
        text = words(str(why), packages=APT_PACKAGES)
        return message(request, HTTPStatus.SERVICE_UNAVAILABLE, text, back=f"/engineer/walks/{test.test_id}")
    name = f"walk-test-{test.home_id}-{test.begun_at:%Y%m%d}.pdf"
    return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


async def _live(request: Request, walks: Walks, home: Home, test: WalkTest | None, template: str) -> Response:
    words, now, pool = words_of(request), clock.now(), doors_of(request).pool
    view = view_of(test, await walks.heard(test), home.district, words, now) if test else None
    alarms = alarms_under(await AlertStore(pool).of_home(home.home_id), test, words, now) if test else []
    past = [] if template == "walk_live.j2" else await walks.store.past(home.home_id)
    views = [view_of(one, one.sensors, home.district, words, now) for one in past]
    return html(
        request, template, home_id=home.home_id, sensors=len(home.sensors), view=view, alarms=alarms, past=views
    )


async def _result(request: Request, test: WalkTest) -> WalkView:
    home = await HomeStore(doors_of(request).pool).load(test.home_id)
    view = view_of(test, test.sensors, home.district if home else _NOWHERE, words_of(request), clock.now())
    return masked_copy(view) if operator_of(request).masked else view


async def _home(request: Request) -> Home:
    return await home_for(request, HomeId(request.path_params["home_id"]), missing="walk.no_home")


async def _test(request: Request) -> WalkTest:
    test = await Walks(doors_of(request).pool).store.load(request.path_params["test_id"])
    if test is None or test.ended_at is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "walk.no_result")
    await refuse_elsewhere(request, test.home_id)
    return test


async def _looked(request: Request, home_id: HomeId, what: Look) -> None:
    await saw(request, home_id, what)


def _to_walk(home_id: HomeId) -> Response:
    return RedirectResponse(f"/engineer/homes/{home_id}/walk", status_code=HTTPStatus.SEE_OTHER)


def _to_result(request: Request, test: WalkTest) -> Response:
    path = f"/engineer/walks/{test.test_id}"
    if "x-fragment" in request.headers:
        return Response(status_code=HTTPStatus.GONE, headers={"X-Over": path})
    return RedirectResponse(path, status_code=HTTPStatus.SEE_OTHER)


ROUTES = [
    Route("/engineer/homes/{home_id}/walk", walk_page, methods=["GET"]),
    Route("/engineer/homes/{home_id}/walk/start", start, methods=["POST"]),
    Route("/engineer/homes/{home_id}/walk/stop", stop, methods=["POST"]),
    Route("/engineer/walks/{test_id}.pdf", certificate, methods=["GET"]),
    Route("/engineer/walks/{test_id}", result_page, methods=["GET"]),
]
