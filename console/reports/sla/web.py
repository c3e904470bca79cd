"""The supervisor's figures through the door, and the reason of each late answer."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Final

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from alerts.figures.breakdowns import accounts_of
from alerts.figures.cases import Case
from alerts.figures.figures import Late, figures_of
from alerts.figures.postgres import case_of, cases
from console.matrix import PATHS
from console.reports.periods import NAMED, months_until, period_of
from console.reports.sla.pages import LateReason, Reason, view_of
from console.reports.sla.postgres import LateAnswers
from console.spans import ZONE
from console.web import doors_of, form_of, html, message, operator_of, text_of, words_of
from runtime import clock

log = structlog.get_logger()

#: A remark is a sentence or two.
LONGEST_TEXT: Final = 500
#: Where a supervisor may go from here, in this order; a room that is not built is not offered.
ROOMS: Final = (
    "/sup/sla",
    "/sup/reports",
    "/sup/quality",
    "/sup/roster",
    "/audit",
    "/referrals",
    "/shift",
    "/sup/tokens",
)


async def rooms(request: Request) -> Response:
    """Lead to everything that a supervisor looks after."""
    acts = operator_of(request).acts
    offered = [path for path in ROOMS if PATHS.get(("GET", path)) in acts]
    return html(request, "sup.j2", rooms=[(path, path.rsplit("/", 1)[1]) for path in offered])


async def page(request: Request) -> Response:
    """Show the figures of a span."""
    doors, words, now = doors_of(request), words_of(request), clock.now()
    period = period_of(request.query_params.get("period", ""), now)
    found = await cases(doors.pool, period.from_at, period.until_at, operator_of(request).districts)
    # Ten thousand cases take a while: the board's feed must not wait for them.
    accounts = await asyncio.to_thread(accounts_of, found, period.from_at, period.until_at, now, ZONE)
    reasons = await LateAnswers(doors.pool).last(one.alert_id for one in accounts.whole.late)
    reasons = {alert_id: _as_read(request, one) for alert_id, one in reasons.items()}
    return html(
        request,
        "sup_sla.j2",
        view=view_of(accounts, found, reasons, words),
        period=period,
        last=period.until_at - timedelta(days=1),
        named=NAMED,
        months=[f"{month:%Y-%m}" for month in months_until(now)],
        shown_at=f"{now.astimezone(ZONE):%H:%M:%S}",
    )


async def late_page(request: Request) -> Response:
    """Show one late answer, what was said of it, and the form for more."""
    case, late = await _late(request)
    said = await LateAnswers(doors_of(request).pool).all_of(case.alert_id)
    lines = [(f"{one.at.astimezone(ZONE):%Y-%m-%d %H:%M}", _as_read(request, one)) for one in said]
    return html(
        request,
        "sup_late.j2",
        case=case,
        rang=f"{late.rang_at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}",
        waited=late.waited_seconds,
        said=lines,
        reasons=[reason.value for reason in LateReason],
    )


def _as_read(request: Request, said: Reason) -> Reason:
    """What people wrote freely may name anybody; an auditor reads the reason alone."""
    return replace(said, text="") if operator_of(request).masked else said


async def say(request: Request) -> Response:
    """Write down why an answer came late."""
    form = await form_of(request)
    case, _ = await _late(request)
    reason, text = text_of(form, "reason"), text_of(form, "text").strip()[:LONGEST_TEXT]
    back = f"/sup/sla/{case.alert_id}"
    if reason not in set(LateReason) or (reason == LateReason.OTHER and not text):
        return message(request, HTTPStatus.UNPROCESSABLE_ENTITY, words_of(request)("late.say_which"), back=back)
    said = Reason(at=clock.now(), by=operator_of(request).name, reason=LateReason(reason), text=text)
    await LateAnswers(doors_of(request).pool).say(case.alert_id, said)
    log.info("late_answer_explained", alert_id=case.alert_id, reason=reason)
    return RedirectResponse(back, status_code=HTTPStatus.SEE_OTHER)


async def _late(request: Request) -> tuple[Case, Late]:
    """Find a late answer that this supervisor may see; refuse what was in time, or is another district's."""
    pool, now = doors_of(request).pool, clock.now()
    case = await case_of(pool, request.path_params["alert_id"], operator_of(request).districts)
    found = figures_of([case], now).late if case else ()
    if case is None or not found:
        raise HTTPException(HTTPStatus.NOT_FOUND, "late.none")
    return case, found[0]


ROUTES = [
    Route("/sup", rooms, methods=["GET"]),
    Route("/sup/sla", page, methods=["GET"]),
    Route("/sup/sla/{alert_id}", late_page, methods=["GET"]),
    Route("/sup/sla/{alert_id}", say, methods=["POST"]),
]
