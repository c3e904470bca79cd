"""The pages of device health: lists by trouble, visits, and the limits of one home."""

from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.chain import Look
from console.engineer.access import home_for
from console.entry.access import needs_step_up
from console.health.limits import LIMITS, changed, shown
from console.health.lists import counted, lines_of, sheet_of
from console.health.postgres import HealthStore
from console.health.tabs import Tab
from console.spans import ZONE
from console.web import did, doors_of, form_of, html, message, operator_of, saw, text_of, words_of
from contracts import HomeId
from homes.model import Home, Street
from homes.postgres import HomeStore
from runtime import clock

PAGE: Final = 50
#: A sheet holds no more: more is asked for dong by dong.
_MOST_IN_A_SHEET: Final = 20_000
#: Nobody ticks more at once.
_MOST_ALERTS: Final = 200


async def devices_page(request: Request) -> Response:
    """List the devices in trouble: homes that are not protected first."""
    tab, dong, number = _asked(request)
    store, districts, now = HealthStore(doors_of(request).pool), operator_of(request).districts, clock.now()
    await saw(request, "devices", Look.DEVICES_LISTED, task=tab)
    troubles = await store.page(tab, districts, dong=dong, skip=(number - 1) * PAGE, most=PAGE + 1)
    lines = lines_of(troubles[:PAGE], words_of(request), now)
    return html(
        request,
        "health.j2",
        tab=tab,
        dong=dong,
        number=number,
        lines=lines,
        more=len(troubles) > PAGE,
        counts=counted(await store.counts(districts)),
        dongs=await store.by_dong(tab, districts),
        jobs=await store.jobs(districts),
        today=now.astimezone(ZONE).date(),
    )


async def devices_sheet(request: Request) -> Response:
    """Give a list as a table for a spreadsheet."""
    if (step := await needs_step_up(request)) is not None:
        return step
    tab, dong, _ = _asked(request)
    store, districts = HealthStore(doors_of(request).pool), operator_of(request).districts
    await did(request, "devices", Look.DEVICES_EXPORTED, task=tab)
    troubles = await store.page(tab, districts, dong=dong, skip=0, most=_MOST_IN_A_SHEET)
    sheet = sheet_of(lines_of(troubles, words_of(request), clock.now()), words_of(request))
    headers = {"Content-Disposition": f'attachment; filename="devices-{tab}.csv"'}
    return Response(sheet, media_type="text/csv; charset=utf-8", headers=headers)


async def make_jobs(request: Request) -> Response:
    """Make a visit for each home that was ticked."""
    form = await form_of(request)
    back = _safe_back(request)
    due_on = _day(text_of(form, "due_on"))
    alerts = [one for one in form.getlist("alert") if isinstance(one, str)][:_MOST_ALERTS]
    if due_on is None or not alerts:
        return message(request, HTTPStatus.UNPROCESSABLE_ENTITY, words_of(request)("health.tick"), back=back)
    store, operator = HealthStore(doors_of(request).pool), operator_of(request)
    engineer = text_of(form, "engineer").strip()[:80]
    homes = await store.make_jobs(alerts, operator.districts, engineer=engineer, due_on=due_on, by=operator.name)
    for home_id in homes:
        await did(request, home_id, Look.VISIT_MADE, task=f"{due_on}")
    return RedirectResponse(back, status_code=HTTPStatus.SEE_OTHER)


async def end_job(request: Request) -> Response:
    """Write down what came of a visit."""
    form = await form_of(request)
    store, operator = HealthStore(doors_of(request).pool), operator_of(request)
    result = text_of(form, "result").strip()[:500]
    job_id = request.path_params["job_id"]
    known = int(job_id) if job_id.isdecimal() and len(job_id) < 16 else 0
    home_id = await store.end_job(known, operator.districts, by=operator.name, result=result)
    if home_id is None:
        return message(request, HTTPStatus.GONE, words_of(request)("health.no_job"), back="/engineer/devices")
    await did(request, home_id, Look.VISIT_ENDED)
    return RedirectResponse("/engineer/devices", status_code=HTTPStatus.SEE_OTHER)


async def limits_page(request: Request) -> Response:
    """Show the limits of one home."""
    return await _limits(request, await _home(request))


async def set_limits(request: Request) -> Response:
    """Change the limits of one home; every change is a line of the access log."""
    form, home = await form_of(request), await _home(request)
    if (step := await needs_step_up(request, back=request.url.path)) is not None:
        return step
    done = changed(home.plan, {limit.name: text_of(form, limit.name) for limit in LIMITS})
    if isinstance(done, str):
        return await _limits(request, home, fault=done, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    # The whole home is written: what somebody else changed since this page was read must not be undone by it.
    if text_of(form, "version") != str(home.version):
        return await _limits(request, home, fault="changed", status=HTTPStatus.CONFLICT)
    plan, changes = done
    reason = text_of(form, "reason").strip()[:200]
    if changes and not reason:
        return await _limits(request, home, fault="reason", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if changes:
        # Written before it is done: a change that nobody could trace must not be there.
        await did(request, home.home_id, Look.LIMITS_CHANGED, task=", ".join(map(str, changes)), reason=reason)
        await HomeStore(doors_of(request).pool).save(Street(homes=(replace(home, plan=plan),)))
    return RedirectResponse(request.url.path, status_code=HTTPStatus.SEE_OTHER)


async def _limits(request: Request, home: Home, *, fault: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    rows = [(limit, shown(home.plan, limit)) for limit in LIMITS]
    return html(request, "health_limits.j2", status=status, home=home, rows=rows, fault=fault)


async def _home(request: Request) -> Home:
    return await home_for(request, HomeId(request.path_params["home_id"]))


def _asked(request: Request) -> tuple[Tab, str, int]:
    asked = request.query_params
    tab, page = asked.get("tab", ""), asked.get("page", "1")
    number = int(page) if page.isdecimal() and len(page) < 6 else 1
    return (Tab(tab) if tab in set(Tab) else Tab.OFFLINE), asked.get("dong", "")[:40], max(number, 1)


def _safe_back(request: Request) -> str:
    tab, _, _ = _asked(request)
    return f"/engineer/devices?tab={tab}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


ROUTES = [
    Route("/engineer/devices", devices_page, methods=["GET"]),
    Route("/engineer/devices.csv", devices_sheet, methods=["GET"]),
    Route("/engineer/jobs", make_jobs, methods=["POST"]),
    Route("/engineer/jobs/{job_id}/end", end_job, methods=["POST"]),
    Route("/engineer/homes/{home_id}/limits", limits_page, methods=["GET"]),
    Route("/engineer/homes/{home_id}/limits", set_limits, methods=["POST"]),
]
