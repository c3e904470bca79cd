"""The board, an alert, the feed, and what an operator does."""

import math
from http import HTTPStatus
from typing import Final

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from alerts.events import PassOn, Resolve
from alerts.model import Alert
from alerts.reasons import Reason
from console import metrics
from console.answers import Answer, answer_of
from console.board.access import board_for, colleagues_for, entry_for, viewer_of
from console.board.choosing import web as choosing
from console.board.choosing.choice import read_choice
from console.board.feeding import web as feeding
from console.board.forms import Action, ByAnOperator, read_action
from console.board.layout import COLUMNS, FOOT, HELP, script_words
from console.board.offering import web as offering
from console.board.once.web import once
from console.board.taking import web as taking
from console.chain import Look
from console.details import Detail, detail_of
from console.pages import calm_text, rate_of
from console.people import district_of
from console.presence.postgres import Presence
from console.roster.service import gaps_soon
from console.steps import web as stepping
from console.steps.view import StepsView
from console.steps.web import view_of
from console.viewing import web as viewing
from console.web import doors_of, form_of, html, message, operator_of, saw, words_of
from contracts import AlertChangeKind, AlertId
from runtime import clock

#: Who was quicker by less than this is told by how much.
JUST_NOW_SECONDS: Final = 120


async def board_page(request: Request) -> Response:
    """Show the board."""
    return await _board_html(request)


async def alert_page(request: Request) -> Response:
    """Show one alert: for the script only the pane, else the board with the pane."""
    detail, steps = await _opened(request)
    if "x-fragment" in request.headers:
        return html(request, "detail.j2", detail=detail, steps=steps)
    return await _board_html(request, detail, steps)


async def act(request: Request) -> Response:
    """Let an operator's action happen: 204, or 404, 409, 410, 422 with the reason in a sentence."""
    form, words = await form_of(request), words_of(request)
    if request.path_params["action"] not in set(Action):
        raise HTTPException(HTTPStatus.NOT_FOUND, "answer.no_such_action")
    action = Action(request.path_params["action"])
    event = _event(request, action, form)
    entry = await entry_for(request, AlertId(request.path_params["alert_id"]))
    if isinstance(event, PassOn) and event.to not in await colleagues_for(request, district_of(entry.home)):
        event = "answer.not_on_duty"
    if isinstance(event, PassOn):
        return await offering.offer(request, entry.alert, event)
    if isinstance(event, str):
        metrics.actions.labels(action=action, result="unusable").inc()
        return message(request, HTTPStatus.UNPROCESSABLE_ENTITY, words(event), back=_path(request))
    transition = await doors_of(request).desk.apply(event)
    metrics.actions.labels(action=action, result=transition.reason).inc()
    answer = answer_of(transition, words)
    if transition.reason is Reason.SOMEBODY_HAS_IT and transition.alert:
        answer = await _quicker(request, transition.alert, answer)
    if answer.status is not HTTPStatus.NO_CONTENT:
        return message(request, answer.status, answer.text, back=_path(request))
    if "x-script" in request.headers:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    done = "/" if isinstance(event, Resolve) else _path(request)
    return RedirectResponse(done, status_code=HTTPStatus.SEE_OTHER)


async def _quicker(request: Request, alert: Alert, answer: Answer) -> Answer:
    """Name who was quicker, and by how much when it was a moment ago."""
    log = await doors_of(request).desk.timeline(alert.alert_id)
    taken = [line.at for line in log if line.change is AlertChangeKind.ACKNOWLEDGED and line.by == alert.owner]
    seconds = math.ceil((clock.now() - max(taken)).total_seconds()) if taken else JUST_NOW_SECONDS
    if seconds >= JUST_NOW_SECONDS:
        return answer
    text = words_of(request)("answer.quicker", name=alert.owner, n=max(1, seconds))
    return Answer(status=answer.status, text=text)


def _event(request: Request, action: Action, form: FormData) -> ByAnOperator | str:
    fields = {key: value for key, value in form.items() if isinstance(value, str)}
    alert_id = AlertId(request.path_params["alert_id"])
    return read_action(action, fields, alert_id, operator_of(request).name, clock.now())


def _path(request: Request) -> str:
    return f"/alerts/{request.path_params['alert_id']}"


async def _board_html(request: Request, detail: Detail | None = None, steps: StepsView | None = None) -> Response:
    doors = doors_of(request)
    desk = doors.desk
    # Without a script the page says by being loaded again that somebody looks at it.
    await Presence(doors.pool).seen(operator_of(request))
    words, on_duty = words_of(request), await desk.on_duty()
    opened = await desk.opened_per_minute()
    return html(
        request,
        "board.j2",
        board=await board_for(request, read_choice(request.query_params)),
        incidents=await desk.cards(operator_of(request).districts, words, clock.now()),
        rate=rate_of(opened, words, on_duty=len(on_duty), flooded=await desk.flooded()),
        on_duty=" · ".join(on_duty),
        to_follow_up=await desk.to_follow_up(),
        roster_gaps=await gaps_soon(doors.pool, clock.now()),
        calm=calm_text(await desk.calm(), words, clock.now()),
        offers=await offering.offers_for(request),
        detail=detail,
        steps=steps,
        columns=COLUMNS,
        foot=FOOT,
        help=HELP,
        script_words=script_words(words),
    )


async def _opened(request: Request) -> tuple[Detail, StepsView | None]:
    doors, now = doors_of(request), clock.now()
    entry = await entry_for(request, AlertId(request.path_params["alert_id"]))
    alert = entry.alert
    await saw(request, alert.home_id, Look.ALERT_OPENED, task=alert.alert_id)
    detail = detail_of(
        entry,
        await doors.desk.timeline(alert.alert_id),
        await doors.desk.rooms(alert.home_id, now),
        viewer_of(request),
        last_heard=await doors.desk.last_heard(alert.home_id),
        centres=await doors.desk.centres(),
        colleagues=await colleagues_for(request, district_of(entry.home)),
        now=now,
    )
    return detail, await view_of(request, entry)


ROUTES = [
    Route("/", board_page, methods=["GET"]),
    *taking.ROUTES,
    Route("/alerts/{alert_id}", alert_page, methods=["GET"]),
    Route("/alerts/{alert_id}/{action}", once(act), methods=["POST"]),
    *stepping.ROUTES,
    *offering.ROUTES,
    *choosing.ROUTES,
    *feeding.ROUTES,
    *viewing.ROUTES,
]
