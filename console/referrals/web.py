"""Referrals through the door: the list, a new one after an alert, its steps, and the month of a dong."""

import secrets
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from alerts.model import Alert
from alerts.postgres import AlertStore
from console.chain import Look
from console.entry.access import needs_step_up
from console.referrals.council import Month, cases_csv, counts_csv, counts_of
from console.referrals.forms import USUAL_DAYS, read_deed, read_month, read_wanted
from console.referrals.lists import lines_of, need_of, steps_of
from console.referrals.machine import Reason, asked
from console.referrals.model import Act, Referral, Result, Service
from console.referrals.postgres import Asked, ReferralStore
from console.spans import ZONE
from console.web import did, doors_of, form_of, html, operator_of, saw, words_of
from contracts import AlertId, AlertState, HomeId
from homes.model import Home
from homes.postgres import HomeStore
from runtime import clock

_OPEN = {"open": True, "ended": False, "all": None}


async def list_page(request: Request) -> Response:
    """List referrals: the open ones first, by the day by which they should be done."""
    doors, now = doors_of(request), clock.now()
    await saw(request, "referrals", Look.REFERRALS_LISTED)
    store, query = _store(request), request.query_params
    shown, service = query.get("state", "open"), query.get("service", "")
    districts = [one for one in await store.districts() if operator_of(request).sees(one[0])]
    dong = query.get("dong", "")
    asked_for = Asked(
        districts=_within(request, dong),
        service=Service(service) if service in set(Service) else None,
        open=_OPEN.get(shown, True),
    )
    found = await store.listed(asked_for)
    homes = await HomeStore(doors.pool).load_many(sorted({one.home_id for one in found}))
    lines = lines_of(found, homes, words_of(request), now)
    chosen = {"state": shown if shown in _OPEN else "open", "service": service, "dong": dong}
    return html(request, "referrals.j2", lines=lines, chosen=chosen, services=list(Service), districts=districts)


async def new_page(request: Request) -> Response:
    """Show the form of a new referral, after an alert or for a home."""
    home, alert = await _need(request, request.query_params.get("alert", ""), request.query_params.get("home", ""))
    await saw(request, home.home_id, Look.REFERRAL_OPENED, task=alert.alert_id if alert else "")
    return await _form(request, home, alert)


async def begin(request: Request) -> Response:
    """Refer a resident to a service; the same form twice is one referral."""
    form = await form_of(request)
    fields = {key: value for key, value in form.items() if isinstance(value, str)}
    home, alert = await _need(request, fields.get("alert", ""), fields.get("home", ""))
    await saw(request, home.home_id, Look.REFERRAL_OPENED, task=alert.alert_id if alert else "")
    now = clock.now()
    wanted = read_wanted(fields, now.astimezone(ZONE).date())
    if isinstance(wanted, str):
        return await _form(request, home, alert, problem=wanted, fields=fields)
    made = asked(
        key=wanted.key,
        home_id=home.home_id,
        district_id=home.district.district_id,
        alert_id=alert.alert_id if alert else None,
        service=wanted.service,
        provider=wanted.provider,
        due_on=wanted.due_on,
        by=operator_of(request).name,
        text=wanted.text,
        at=now,
    )
    await _store(request).begin(made)
    return RedirectResponse(f"/referrals/{made.referral.referral_id}", status_code=HTTPStatus.SEE_OTHER)


async def one_page(request: Request) -> Response:
    """Show a referral with its log and what can be done with it now."""
    return await _shown(request, await _referral(request))


async def act(request: Request) -> Response:
    """Take a step with a referral."""
    form = await form_of(request)
    referral, named = await _referral(request), request.path_params["act"]
    if named not in set(Act) - {Act.ASK}:
        raise HTTPException(HTTPStatus.NOT_FOUND, "referral.no_such")
    fields = {key: value for key, value in form.items() if isinstance(value, str)}
    now = clock.now()
    deed = read_deed(Act(named), fields, operator_of(request).name, now.astimezone(ZONE).date())
    if isinstance(deed, str):
        return await _shown(request, referral, problem=deed)
    done = await _store(request).apply(referral.referral_id, deed, now)
    if done is None or done.reason is not Reason.DONE:
        reason = done.reason if done else Reason.NO_SUCH
        return await _shown(request, done.referral if done else referral, problem=f"referral.reason.{reason}")
    return RedirectResponse(f"/referrals/{referral.referral_id}", status_code=HTTPStatus.SEE_OTHER)


async def council_page(request: Request) -> Response:
    """Show a month of a dong, or of all, for its meeting."""
    doors, now = doors_of(request), clock.now()
    await saw(request, "referrals", Look.REFERRALS_LISTED)
    month, dong, found = await _month(request)
    homes = await HomeStore(doors.pool).load_many(sorted({one.home_id for one in found}))
    districts = [one for one in await _store(request).districts() if operator_of(request).sees(one[0])]
    return html(
        request,
        "council.j2",
        month=month,
        dong=dong,
        districts=districts,
        dongs=dict(districts),
        counts=counts_of(found, month, now),
        lines=lines_of(found, homes, words_of(request), now),
        ahead=month.after <= now.astimezone(ZONE).date(),
    )


async def council_csv(request: Request) -> Response:
    """Give a month as a file: the counts, or every case without a name; the cases want a code again."""
    cases = request.query_params.get("part") == "cases"
    if cases and (step := await needs_step_up(request)) is not None:
        return step
    await did(request, "referrals", Look.REFERRALS_EXPORTED, task="cases" if cases else "counts")
    month, _, found = await _month(request)
    dongs, words = dict(await _store(request).districts()), words_of(request)
    text = cases_csv(found, dongs, words) if cases else counts_csv(counts_of(found, month, clock.now()), dongs, words)
    name = f"referrals-{month}{'-cases' if cases else ''}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(), media_type="text/csv; charset=utf-8", headers=headers)


async def _month(request: Request) -> tuple[Month, str, list[Referral]]:
    month = Month(first=read_month(request.query_params.get("month", ""), clock.now().astimezone(ZONE).date()))
    dong = request.query_params.get("dong", "")
    return month, dong, await _store(request).of_month(month.begins, month.ends, _within(request, dong))


async def _form(
    request: Request, home: Home, alert: Alert | None, *, problem: str = "", fields: dict[str, str] | None = None
) -> Response:
    said = fields or {}
    values = {name: said.get(name, "") for name in ("service", "provider", "due_on", "text")}
    return html(
        request,
        "referral_new.j2",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        need=need_of(home, alert, words_of(request)),
        services=[(one, USUAL_DAYS[one]) for one in Service],
        # Named once by the page: a form that is sent twice is one referral.
        key=said.get("key") or secrets.token_urlsafe(9),
        values=values,
        problem=problem,
    )


async def _shown(request: Request, referral: Referral, *, problem: str = "") -> Response:
    doors, now, words = doors_of(request), clock.now(), words_of(request)
    await saw(request, referral.home_id, Look.REFERRAL_OPENED, task=referral.referral_id)
    homes = await HomeStore(doors.pool).load_many([referral.home_id])
    (line,) = lines_of([referral], homes, words, now)
    return html(
        request,
        "referral.j2",
        status=HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
        line=line,
        steps=steps_of(await _store(request).log(referral.referral_id), now),
        results=list(Result),
        problem=problem,
    )


async def _need(request: Request, alert_id: str, home_id: str) -> tuple[Home, Alert | None]:
    """Find whom it is about; an alert must have ended, and the home must be the operator's to see."""
    pool = doors_of(request).pool
    alert = await AlertStore(pool).alert(AlertId(alert_id)) if alert_id else None
    home = await HomeStore(pool).load(alert.home_id if alert else HomeId(home_id))
    if home is None or not operator_of(request).sees(home.district.district_id):
        raise HTTPException(HTTPStatus.NOT_FOUND, "referral.no_home")
    if alert and alert.state is not AlertState.RESOLVED:
        raise HTTPException(HTTPStatus.CONFLICT, "referral.not_resolved")
    return home, alert


async def _referral(request: Request) -> Referral:
    found = await _store(request).one(request.path_params["referral_id"])
    if found is None or not operator_of(request).sees(found.district_id):
        raise HTTPException(HTTPStatus.NOT_FOUND, "referral.no_such")
    return found


def _within(request: Request, dong: str) -> list[str] | None:
    """Name the districts of a list: the one that is asked for, as far as it is the operator's, or all of theirs."""
    operator = operator_of(request)
    if dong:
        return [dong] if operator.sees(dong) else []
    return sorted(operator.districts) or None


def _store(request: Request) -> ReferralStore:
    return ReferralStore(doors_of(request).pool)


ROUTES = [
    Route("/referrals", list_page, methods=["GET"]),
    Route("/referrals", begin, methods=["POST"]),
    Route("/referrals/new", new_page, methods=["GET"]),
    Route("/referrals/council", council_page, methods=["GET"]),
    Route("/referrals/council.csv", council_csv, methods=["GET"]),
    Route("/referrals/{referral_id}", one_page, methods=["GET"]),
    Route("/referrals/{referral_id}/{act}", act, methods=["POST"]),
]
