"""A home's page of rights: what was agreed to, a pause of monitoring, and the erasure of the record."""

from dataclasses import replace
from datetime import datetime, time
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.access import Elsewhere
from console.accounts.rows import Deed
from console.chain import Circumstances, Look
from console.entry.access import may_see, needs_step_up
from console.privacy.consent import PAUSE_REASON, Kind, missing, pause_of
from console.privacy.postgres import PrivacyStore
from console.spans import ZONE
from console.web import did, doors_of, form_of, html, operator_of, place_of, saw, text_of, words_of
from contracts import HomeId
from homes.model import Home
from homes.postgres import HomeStore
from runtime import clock

_LONGEST = 300


async def page(request: Request) -> Response:
    """Show the consents, the running pauses, and what can be done."""
    home = await _home(request)
    await saw(request, home.home_id, Look.CONSENTS_READ)
    return await _page(request, home)


async def consent(request: Request) -> Response:
    """Write a consent down, or its end."""
    form, home = await form_of(request), await _home(request)
    if text_of(form, "kind") not in set(Kind):
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "rights.no_such_kind")
    kind, store, deed = Kind(text_of(form, "kind")), PrivacyStore(doors_of(request).pool), _deed(request)
    if text_of(form, "do") == "withdraw":
        done = await store.withdraw(home.home_id, kind, deed)
        return _back(home) if done else await _page(request, home, problem="rights.none_runs")
    given_by, until = text_of(form, "given_by").strip()[:_LONGEST], _until(text_of(form, "until"))
    if not given_by:
        return await _page(request, home, problem="rights.by_whom")
    done = await store.give(home.home_id, kind, deed, given_by=given_by, until=until)
    return _back(home) if done else await _page(request, home, problem="rights.runs_already")


async def pause(request: Request) -> Response:
    """Let monitoring rest at the resident's wish; help button, fire and gas go on, and it ends by itself."""
    form, home, now = await form_of(request), await _home(request), clock.now()
    hours = text_of(form, "hours")
    hold = pause_of(float(hours), now) if hours.isascii() and hours.isdigit() and len(hours) < 6 else None
    if hold is None:
        return await _page(request, home, problem="rights.pause_length")
    store, name = HomeStore(doors_of(request).pool), operator_of(request).name
    await store.add_hold(home.home_id, hold, by=name, reason=PAUSE_REASON)
    await did(request, home.home_id, Look.MONITORING_PAUSED, reason=PAUSE_REASON)
    return _back(home)


async def resume(request: Request) -> Response:
    """End the running pauses of a home."""
    await form_of(request)
    home, now = await _home(request), clock.now()
    store = HomeStore(doors_of(request).pool)
    for hold in home.holds:
        if hold.from_at <= now < hold.until_at:
            await store.end_hold(home.home_id, hold.kind, hold.from_at, now)
    await did(request, home.home_id, Look.MONITORING_RESUMED)
    return _back(home)


async def erase(request: Request) -> Response:
    """Erase the record, once its id was typed and a code was shown."""
    form, home = await form_of(request), await _home(request)
    if (step := await needs_step_up(request, back=_path(home))) is not None:
        return step
    reason = text_of(form, "reason").strip()[:_LONGEST]
    if text_of(form, "typed").strip() != home.home_id or not reason:
        return await _page(request, home, problem="rights.typed")
    await PrivacyStore(doors_of(request).pool).erase(home.home_id, _deed(request, reason))
    return _back(home)


async def _page(request: Request, home: Home, *, problem: str = "") -> Response:
    words, now, store = words_of(request), clock.now(), PrivacyStore(doors_of(request).pool)
    consents = await store.consents(home.home_id)
    if operator_of(request).masked:
        consents = [replace(one, given_by="") for one in consents]
    running = [one for one in home.holds if one.from_at <= now < one.until_at]
    return html(
        request,
        "rights.j2",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        problem=words(problem) if problem else "",
        home=home,
        consents=consents,
        missing=[words(f"consent.{kind}") for kind in missing(consents, now)],
        kinds=[(kind.value, words(f"consent.{kind}")) for kind in Kind],
        pauses=[f"{one.until_at.astimezone(ZONE):%Y-%m-%d %H:%M}" for one in running],
        erased=await store.erased(home.home_id),
    )


async def _home(request: Request) -> Home:
    home = await HomeStore(doors_of(request).pool).load(HomeId(request.path_params["home_id"]))
    if home is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "answer.404")
    if not await may_see(request, home.home_id, home.district.district_id):
        raise Elsewhere(home.home_id)
    return home


def _deed(request: Request, reason: str = "") -> Deed:
    said = Circumstances(place=place_of(request), task="privacy", reason=reason)
    return Deed(by=operator_of(request).name, at=clock.now(), said=said)


def _until(text: str) -> datetime | None:
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time(23, 59, 59), ZONE)
    except ValueError:
        return None


def _path(home: Home) -> str:
    return f"/homes/{home.home_id}/privacy"


def _back(home: Home) -> Response:
    return RedirectResponse(_path(home), status_code=HTTPStatus.SEE_OTHER)


ROUTES = [
    Route("/homes/{home_id}/privacy", page, methods=["GET"]),
    Route("/homes/{home_id}/privacy/consent", consent, methods=["POST"]),
    Route("/homes/{home_id}/privacy/pause", pause, methods=["POST"]),
    Route("/homes/{home_id}/privacy/resume", resume, methods=["POST"]),
    Route("/homes/{home_id}/privacy/erase", erase, methods=["POST"]),
]
