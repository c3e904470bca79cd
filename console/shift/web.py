"""The handover through the door: prepare, read together, and sign with the next operator's own password."""

import secrets
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from alerts.shifts.hours import last_change, next_change, read_shifts
from alerts.shifts.model import Handover
from alerts.shifts.signing import LONGEST_SENTENCE, Refused, lacking
from console.access import SignIn
from console.chain import Look
from console.engineer.walk.service import APT_PACKAGES, Unprintable
from console.presence.postgres import Presence
from console.roles import Act, Role, acts_of
from console.sessions import SESSION_LASTS
from console.shift.draft import draft_of
from console.shift.postgres import roles_of
from console.shift.service import Papers, Shifts, paper_of
from console.spans import ZONE
from console.web import SESSION_COOKIE, doors_of, form_of, html, message, operator_of, saw, text_of, words_of
from runtime import clock

#: Where no shifts are kept, a handover tells of so long.
_USUAL: Final = timedelta(hours=8)


async def page(request: Request) -> Response:
    """Show the draft to whoever goes, or what they prepared to both of them."""
    await saw(request, "shift", Look.SHIFT_READ)
    prepared = await _shifts(request).store.prepared_by(operator_of(request).name)
    return await _read(request, prepared) if prepared else await _draft(request)


async def prepare(request: Request) -> Response:
    """Keep what the outgoing operator wrote; each alert that matters needs its sentence."""
    form = await form_of(request)
    await saw(request, "shift", Look.SHIFT_READ)
    operator, now, shifts = operator_of(request), clock.now(), _shifts(request)
    if text_of(form, "again"):
        await shifts.store.withdraw(operator.name)
        return RedirectResponse("/shift", status_code=HTTPStatus.SEE_OTHER)
    since = _since(request, now)
    found = await shifts.open(operator, since)
    sentences = _sentences(form)
    if missing := lacking(found.alerts, operator.name, sentences):
        return await _draft(request, problem="shift.needs_sentences", sentences=sentences, missing=missing, form=form)
    await shifts.store.prepare(
        Handover(
            handover_id=secrets.token_hex(8),
            outgoing=operator.name,
            since=since,
            prepared_at=now,
            sentences=sentences,
            note=text_of(form, "note")[:4000],
            draft=draft_of(found, operator.name, since, words_of(request), now),
        )
    )
    return RedirectResponse("/shift", status_code=HTTPStatus.SEE_OTHER)


async def sign(request: Request) -> Response:
    """Let the next operator sign at the same workstation: all that was in the other's hands is theirs, or nothing."""
    form, shifts, doors = await form_of(request), _shifts(request), doors_of(request)
    outgoing = operator_of(request)
    prepared = await shifts.store.prepared_by(outgoing.name)
    if prepared is None or prepared.handover_id != text_of(form, "handover"):
        return message(request, HTTPStatus.CONFLICT, words_of(request)("shift.refused.not_prepared"), back="/shift")
    name, password = text_of(form, "name").strip(), text_of(form, "password")
    if problem := await _who_may(request, name, outgoing.name):
        return await _read(request, prepared, problem=problem, name=name)
    how = await doors.access.again(name, password)
    if how is not SignIn.DONE:
        return await _read(request, prepared, problem=f"shift.password_{how}", name=name)
    confirmed = [value for value in form.getlist("confirm") if isinstance(value, str)]
    done = await shifts.store.sign(prepared.handover_id, name, confirmed)
    if isinstance(done, Refused):
        return await _read(request, prepared, problem=f"shift.refused.{done}", name=name)
    return await _changed_hands(request, done, name, password)


async def _changed_hands(request: Request, done: Handover, name: str, password: str) -> Response:
    """Sign the one out and the other in: the workstation is theirs now."""
    doors, outgoing = doors_of(request), operator_of(request)
    result, cookie = await doors.access.sign_in(name, password)
    await doors.access.sign_out(outgoing)
    await Presence(doors.pool).left(outgoing)
    answer = RedirectResponse(f"/shift/{done.handover_id}", status_code=HTTPStatus.SEE_OTHER)
    if result is not SignIn.DONE:
        answer.delete_cookie(SESSION_COOKIE)
        return answer
    answer.set_cookie(
        SESSION_COOKIE,
        cookie,
        max_age=int(SESSION_LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=doors.settings.console.secure_cookies,
    )
    return answer


async def signed_page(request: Request) -> Response:
    """Show a handover that was signed."""
    handover = await _signed(request)
    await saw(request, "shift", Look.SHIFT_READ, task=handover.handover_id)
    return html(request, "shift_signed.j2", paper=paper_of(handover))


async def paper(request: Request) -> Response:
    """Give the paper of a signed handover; one that has none yet is printed now."""
    handover = await _signed(request)
    await saw(request, "shift", Look.SHIFT_PRINTED, task=handover.handover_id)
    papers: Papers = request.app.state.papers
    try:
        pdf = await _shifts(request).store.paper(handover.handover_id) or await papers.print(handover)
    except Unprintable as why:
        text = words_of(request)(str(why), packages=APT_PACKAGES)
        return message(request, HTTPStatus.SERVICE_UNAVAILABLE, text, back=f"/shift/{handover.handover_id}")
    name = f"shift-{handover.signed_at:%Y%m%d-%H%M}.pdf"
    return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


async def _draft(
    request: Request,
    *,
    problem: str = "",
    sentences: dict[str, str] | None = None,
    missing: tuple[str, ...] = (),
    form: FormData | None = None,
) -> Response:
    operator, now, shifts = operator_of(request), clock.now(), _shifts(request)
    since = _since(request, now)
    found = await shifts.open(operator, since)
    return html(
        request,
        "shift.j2",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        draft=draft_of(found, operator.name, since, words_of(request), now),
        since=_clock(since),
        ends=_ends(request, now),
        sentences=sentences or {},
        missing=missing,
        note=text_of(form, "note") if form else "",
        longest=LONGEST_SENTENCE,
        signed=[paper_of(one) for one in await shifts.store.signed(5)],
        problem=problem,
    )


async def _read(request: Request, prepared: Handover, *, problem: str = "", name: str = "") -> Response:
    return html(
        request,
        "shift_read.j2",
        status=HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
        ends=_ends(request, clock.now()),
        problem=problem,
        name=name,
        paper=paper_of(prepared),
    )


async def _who_may(request: Request, name: str, outgoing: str) -> str:
    """Say why somebody may not take the shift; an unknown name is told as a wrong password is."""
    if name == outgoing:
        return "shift.refused.same_person"
    roles = await roles_of(doors_of(request).pool, name)
    if roles is not None and Act.BOARD_ACT not in acts_of(Role(role) for role in roles if role in set(Role)):
        return "shift.not_an_operator"
    return ""


async def _signed(request: Request) -> Handover:
    found = await _shifts(request).store.load(request.path_params["handover_id"])
    if found is None or found.signed_at is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "shift.no_such")
    operator = operator_of(request)
    # It names people of every district: whoever sees some of them reads only what they signed themselves.
    if operator.districts and operator.name not in (found.outgoing, found.incoming):
        raise HTTPException(HTTPStatus.NOT_FOUND, "shift.no_such")
    return found


def _shifts(request: Request) -> Shifts:
    doors = doors_of(request)
    return Shifts(doors.pool, lease_seconds=doors.settings.alerts.acknowledgement_seconds)


def _since(request: Request, now: datetime) -> datetime:
    return last_change(read_shifts(doors_of(request).settings.alerts.shifts), now) or now - _USUAL


def _ends(request: Request, now: datetime) -> str:
    ends = next_change(read_shifts(doors_of(request).settings.alerts.shifts), now)
    return _clock(ends) if ends else ""


def _clock(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%m.%d %H:%M}"


def _sentences(form: FormData) -> dict[str, str]:
    return {
        key.removeprefix("say-"): value.strip()[:LONGEST_SENTENCE]
        for key, value in form.items()
        if key.startswith("say-") and isinstance(value, str) and value.strip()
    }


ROUTES = [
    Route("/shift", page, methods=["GET"]),
    Route("/shift/draft", prepare, methods=["POST"]),
    Route("/shift/sign", sign, methods=["POST"]),
    Route("/shift/{handover_id}.pdf", paper, methods=["GET"]),
    Route("/shift/{handover_id}", signed_page, methods=["GET"]),
]
