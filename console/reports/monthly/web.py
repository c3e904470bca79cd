"""Monthly reports through the door: order, see how far it is, fetch."""

import io
import zipfile
from datetime import date
from http import HTTPStatus
from typing import Final

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.chain import Look
from console.engineer.walk.service import APT_PACKAGES
from console.entry.access import needs_step_up
from console.reports.monthly.postgres import Order, Reports
from console.reports.monthly.service import whole_csv
from console.reports.periods import month_before, month_of, months_until
from console.spans import ZONE
from console.web import did, doors_of, form_of, html, look_of, message, operator_of, text_of, words_of
from runtime import clock

log = structlog.get_logger()

#: More than these need not wait at once.
MOST_WAITING: Final = 20
AUDIENCES: Final = ("inside", "outside")
_KINDS: Final = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


async def page(request: Request) -> Response:
    """Show what was ordered, and the form for more."""
    operator, store, now = operator_of(request), Reports(doors_of(request).pool), clock.now()
    orders = [order for order in await store.latest() if _may_read(request, order)]
    districts = await store.districts(operator.districts)
    return html(
        request,
        "sup_reports.j2",
        orders=orders,
        busy=any(order.finished_at is None for order in orders),
        names=dict(districts),
        districts=districts,
        months=[f"{month:%Y-%m}" for month in months_until(now)],
        usual=f"{month_before(now.astimezone(ZONE).date()):%Y-%m}",
        audiences=AUDIENCES,
        zone=ZONE,
    )


async def order(request: Request) -> Response:
    """Put a report into the queue."""
    form, operator, words = await form_of(request), operator_of(request), words_of(request)
    store = Reports(doors_of(request).pool)
    month, audience = month_of(text_of(form, "month")), text_of(form, "audience")
    allowed = [key for key, _ in await store.districts(operator.districts)]
    wanted = text_of(form, "district")
    districts = allowed if wanted == "all" else [key for key in allowed if key == wanted]
    if not _is_order(month, audience, districts) or month is None:
        return message(request, HTTPStatus.UNPROCESSABLE_ENTITY, words("report.say_which"), back="/sup/reports")
    if await store.waiting() >= MOST_WAITING:
        return message(request, HTTPStatus.TOO_MANY_REQUESTS, words("report.too_many"), back="/sup/reports")
    report_id = await store.order(
        month,
        districts,
        audience=audience,
        language=look_of(request).language,
        by=operator.name,
        at=clock.now(),
    )
    log.info("report_ordered", report_id=report_id, districts=len(districts), audience=audience)
    return RedirectResponse(f"/sup/reports/{report_id}", status_code=HTTPStatus.SEE_OTHER)


async def one(request: Request) -> Response:
    """Show how far a report is, and its parts."""
    found = await _order(request)
    names = dict(await Reports(doors_of(request).pool).districts(found.districts))
    return html(request, "sup_report.j2", order=found, names=names, packages=APT_PACKAGES)


async def fetch(request: Request) -> Response:
    """Give a part as PDF or CSV, or everything as one archive."""
    found = await _order(request)
    if (step := await needs_step_up(request)) is not None:
        return step
    place, _, kind = request.path_params["file"].rpartition(".")
    district_id = "" if place == "all" else place
    name = f"{found.month:%Y-%m}-{'' if found.audience == 'inside' else 'public-'}{place}.{kind}"
    whole = (kind, place) == ("zip", "all")
    if (whole and found.finished_at is None) or (not whole and (kind not in _KINDS or district_id not in found.made)):
        raise HTTPException(HTTPStatus.NOT_FOUND, "report.no_part")
    await did(request, f"report-{found.report_id}", Look.REPORT_EXPORTED, task=name)
    if whole:
        return _file(await _archive(request, found), "application/zip", name)
    part = await Reports(doors_of(request).pool).part(found.report_id, district_id)
    if part is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "report.no_part")
    return _file(part[0] if kind == "pdf" else part[1], _KINDS[kind], name)


async def _archive(request: Request, found: Order) -> bytes:
    store, sheets, whole = Reports(doors_of(request).pool), [], io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for district_id in found.wanted:
            pdf, csv = await store.part(found.report_id, district_id) or (b"", b"")
            archive.writestr(f"{found.month:%Y-%m}-{district_id or 'all'}.pdf", pdf)
            sheets.append(csv)
        archive.writestr(f"{found.month:%Y-%m}.csv", whole_csv(sheets))
    return whole.getvalue()


async def _order(request: Request) -> Order:
    number = request.path_params["report_id"]
    # A number that no table can hold is nobody's.
    known = number.isdecimal() and len(number) < 18
    found = await Reports(doors_of(request).pool).find(int(number)) if known else None
    if found is None or not _may_read(request, found):
        raise HTTPException(HTTPStatus.NOT_FOUND, "report.none")
    return found


def _may_read(request: Request, found: Order) -> bool:
    return all(operator_of(request).sees(district_id) for district_id in found.districts)


def _is_order(month: date | None, audience: str, districts: list[str]) -> bool:
    return month is not None and audience in AUDIENCES and bool(districts)


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


ROUTES = [
    Route("/sup/reports", page, methods=["GET"]),
    Route("/sup/reports", order, methods=["POST"]),
    Route("/sup/reports/{report_id}", one, methods=["GET"]),
    Route("/sup/reports/{report_id}/{file}", fetch, methods=["GET"]),
]
