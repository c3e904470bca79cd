"""The quality sample through the door: the month's list, and the form for each reading."""

from dataclasses import dataclass, replace
from datetime import date
from http import HTTPStatus
from typing import Final

import structlog
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from alerts.figures.postgres import case_of, cases
from console.reports.periods import month_before, month_of, month_span, months_until
from console.reports.quality.pages import lines_of, said_of
from console.reports.quality.postgres import Reviews
from console.reports.quality.sample import Drawn, Look, Mark, Point, Review, sample_of
from console.spans import ZONE
from console.web import doors_of, form_of, html, message, operator_of, text_of, words_of
from runtime import clock

log = structlog.get_logger()

LONGEST_REMARK: Final = 1000


@dataclass(frozen=True, kw_only=True)
class Month:
    """One month's sample."""

    first: date
    drawn: tuple[Drawn, ...]


async def page(request: Request) -> Response:
    """Show a month's sample; unless another is asked for, that of last month."""
    now = clock.now()
    wanted = month_of(request.query_params.get("month", "")) or month_before(now.astimezone(ZONE).date())
    month = await _month(request, wanted)
    reviews = await Reviews(doors_of(request).pool).of(one.case.alert_id for one in month.drawn)
    lines = lines_of(month.drawn, reviews, words_of(request), now)
    return html(
        request,
        "sup_quality.j2",
        lines=lines,
        left=sum(not line.done for line in lines),
        overdue=sum(line.overdue for line in lines),
        months=[f"{one:%Y-%m}" for one in months_until(now)],
        month=f"{wanted:%Y-%m}",
        over=month_span(wanted)[1] <= now,
    )


async def one(request: Request) -> Response:
    """Show one case of the sample, what was found before, and the forms."""
    month, drawn = await _drawn(request)
    reviews = (await Reviews(doors_of(request).pool).of([drawn.case.alert_id])).get(drawn.case.alert_id, [])
    if operator_of(request).masked:
        # What people wrote freely may name anybody.
        reviews = [replace(review, remark="") for review in reviews]
    (line,) = lines_of([drawn], {drawn.case.alert_id: reviews}, words_of(request), clock.now())
    return html(
        request,
        "sup_review.j2",
        line=line,
        month=f"{month.first:%Y-%m}",
        said=said_of(reviews),
        points=[point.value for point in Point],
        marks=[mark.value for mark in Mark],
        own=drawn.case.answered_by == operator_of(request).name,
    )


async def keep(request: Request) -> Response:
    """Write down what the first reader found, or the second."""
    look = Look(request.url.path.rsplit("/", 1)[1])
    form, words, by = await form_of(request), words_of(request), operator_of(request).name
    month, drawn = await _drawn(request)
    back = f"/sup/quality/{drawn.case.alert_id}"
    if drawn.case.answered_by == by:
        return message(request, HTTPStatus.CONFLICT, words("quality.own"), back=back)
    points, remark = _points(form), text_of(form, "remark").strip()[:LONGEST_REMARK]
    if points is None or (look is Look.SECOND and not remark):
        return message(request, HTTPStatus.UNPROCESSABLE_ENTITY, words("quality.say_all"), back=back)
    review = Review(
        alert_id=drawn.case.alert_id,
        month=month.first,
        at=clock.now(),
        by=by,
        look=look,
        points=points,
        remark=remark,
    )
    await Reviews(doors_of(request).pool).keep(review)
    log.info("case_reviewed", alert_id=review.alert_id, look=look)
    return RedirectResponse(back, status_code=HTTPStatus.SEE_OTHER)


async def _month(request: Request, first: date) -> Month:
    pool, (from_at, until_at) = doors_of(request).pool, month_span(first)
    found = await cases(pool, from_at, until_at, operator_of(request).districts)
    over = until_at <= clock.now()
    return Month(first=first, drawn=sample_of(found, first, await Reviews(pool).operators(), over=over))


async def _drawn(request: Request) -> tuple[Month, Drawn]:
    """Find a case in the sample of its own month; what nobody drew is not read here."""
    alert_id = request.path_params["alert_id"]
    case = await case_of(doors_of(request).pool, alert_id, operator_of(request).districts)
    if case is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "quality.none")
    month = await _month(request, case.opened_at.astimezone(ZONE).date().replace(day=1))
    drawn = next((one for one in month.drawn if one.case.alert_id == alert_id), None)
    if drawn is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "quality.none")
    return month, drawn


def _points(form: FormData) -> dict[Point, Mark] | None:
    said = {point: text_of(form, point) for point in Point}
    return {point: Mark(mark) for point, mark in said.items()} if set(said.values()) <= set(Mark) else None


ROUTES = [
    Route("/sup/quality", page, methods=["GET"]),
    Route("/sup/quality/{alert_id}", one, methods=["GET"]),
    Route("/sup/quality/{alert_id}/first", keep, methods=["POST"]),
    Route("/sup/quality/{alert_id}/second", keep, methods=["POST"]),
]
