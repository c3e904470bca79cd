"""Read the access log, take it home as a table, and sign off a month."""

from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.audit.asking import PAGE_LINES, asked_of, is_over, month_before, scope_of
from console.audit.pages import csv_of, name_of, reason_of, rows_of, verdict_of
from console.audit.postgres import MOST_EXPORTED, AuditStore
from console.audit.service import Watcher
from console.chain import Look
from console.entry.access import needs_step_up
from console.entry.postgres import EntryStore
from console.roles import Act
from console.spans import ZONE
from console.web import did, doors_of, form_of, html, operator_of, saw, text_of, words_of
from runtime import clock

_FIELDS: Final = ("account", "subject", "what", "from", "until")
_LONGEST_REMARK: Final = 500


async def page(request: Request) -> Response:
    """Show lines of the log, whether the chain is whole, and what waits for a signature."""
    doors, operator, words = doors_of(request), operator_of(request), words_of(request)
    await saw(request, "audit", Look.AUDIT_READ)
    store, asked = AuditStore(doors.pool), asked_of(request.query_params, ZONE)
    lines = await store.lines(asked, scope_of(operator))
    wide = Act.AUDIT_READ in operator.acts
    watcher: Watcher = request.app.state.watcher
    verdict = await watcher.now()
    query = {name: request.query_params.get(name, "") for name in _FIELDS}
    today = clock.now().astimezone(ZONE).date()
    checks = await store.checks() if wide else []
    return html(
        request,
        "audit.j2",
        rows=rows_of(lines[:PAGE_LINES], words, operator),
        more=urlencode({**query, "before": lines[PAGE_LINES - 1].line}) if len(lines) > PAGE_LINES else "",
        query=query,
        export=urlencode(query),
        kinds=sorted(((look.value, name_of(look, words)) for look in Look), key=lambda kind: kind[1]),
        verdict=verdict_of(verdict, words),
        broken=verdict.broken,
        wide=wide,
        glass=[
            replace(one, reason=reason_of(one.reason, one.account, words, operator))
            for one in (await EntryStore(doors.pool).unsigned_glass() if wide else ())
        ],
        checks=[replace(one, remark=reason_of(one.remark, one.signed_by, words, operator)) for one in checks],
        month=month_before(today),
        signed=any(one.month == month_before(today) for one in checks),
    )


async def export(request: Request) -> Response:
    """Give the lines that were asked for as a table; the export is a line of the log itself."""
    if (step := await needs_step_up(request)) is not None:
        return step
    words, query = words_of(request), request.query_params
    await did(request, "audit", Look.AUDIT_EXPORTED, task=urlencode({n: query[n] for n in _FIELDS if query.get(n)}))
    store = AuditStore(doors_of(request).pool)
    lines = await store.lines(asked_of(query, ZONE), scope_of(operator_of(request)), most=MOST_EXPORTED)
    name = f"access-log-{clock.now().astimezone(ZONE):%Y%m%d-%H%M}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(
        csv_of(rows_of(lines, words, operator_of(request)), words),
        media_type="text/csv; charset=utf-8",
        headers=headers,
    )


async def sign(request: Request) -> Response:
    """Keep a supervisor's name under a month that is over; a broken chain cannot be signed without a remark."""
    form = await form_of(request)
    month, remark = _month(text_of(form, "month")), text_of(form, "remark").strip()[:_LONGEST_REMARK]
    if month is None or not is_over(month, clock.now().astimezone(ZONE).date()):
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "audit.not_over")
    watcher: Watcher = request.app.state.watcher
    verdict = await watcher.read()
    if verdict.broken is not None and not remark:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "audit.remark_wanted")
    doors, name = doors_of(request), operator_of(request).name
    if not await AuditStore(doors.pool).sign(month, by=name, verdict=verdict, remark=remark):
        raise HTTPException(HTTPStatus.CONFLICT, "audit.signed_before")
    await did(request, f"audit-{month:%Y-%m}", Look.MONTH_SIGNED, reason=remark)
    return RedirectResponse("/audit", status_code=HTTPStatus.SEE_OTHER)


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


ROUTES = [
    Route("/audit", page, methods=["GET"]),
    Route("/audit.csv", export, methods=["GET"]),
    Route("/audit/months", sign, methods=["POST"]),
]
