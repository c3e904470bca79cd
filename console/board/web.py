"""The board, an alert, the feed, and what an operator does."""

from collections.abc import AsyncIterator
from http import HTTPStatus

import msgspec
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from alerts.events import Resolve
from console import metrics
from console.answers import answer_of
from console.board.forms import Action, ByAnOperator, read_action
from console.board.layout import COLUMNS, FOOT, HELP, script_words
from console.chain import Look
from console.details import Detail, detail_of
from console.feed import frame
from console.live import Changed, End, Reset, Tick, Told
from console.pages import BoardView, board_of, rate_of
from console.presence.postgres import Presence
from console.rendering import Renderer
from console.rows import SYMBOLS, Viewer, day_strip, instant, row_of, section_of, sort_key
from console.web import SESSION_COOKIE, doors_of, form_of, html, message, operator_of, saw, words_of
from console.words import Words
from contracts import AlertId, AlertState
from runtime import clock

#: Ten seconds, by the feed's ticks.
CHECKED_EVERY_TICKS = 5
#: The page asks for no more at once.
MOST_STRIPS = 100


async def board_page(request: Request) -> Response:
    """Show the board."""
    return await _board_html(request, None)


async def alert_page(request: Request) -> Response:
    """Show one alert: for the script only the pane, else the board with the pane."""
    detail = await _detail(request)
    if "x-fragment" in request.headers:
        return html(request, "detail.j2", detail=detail)
    return await _board_html(request, detail)


async def snapshot(request: Request) -> Response:
    """Give all rows at one mark of the feed, for a page that cannot go on where it stopped."""
    view, renderer, words = await _board(request), doors_of(request).renderer, words_of(request)
    rows = [
        {"id": row.id, "v": row.v, "html": renderer.row(row, words), "say": row.say}
        for section in view.sections
        for row in section.rows
    ]
    body = {"now": view.now, "mark": view.mark, "rows": rows}
    return Response(msgspec.json.encode(body), media_type="application/json")


async def strips(request: Request) -> Response:
    """Draw the days of some open alerts again: history writes a little later than an alert is raised."""
    doors, words, now = doors_of(request), words_of(request), clock.now()
    ids = request.query_params.get("ids", "").split(",")[:MOST_STRIPS]
    drawn = {
        entry.alert.alert_id: doors.renderer.strip(strip, SYMBOLS[entry.alert.severity], words)
        for entry in await doors.desk.days_of(ids, now)
        if (strip := day_strip(entry, now))
    }
    return Response(msgspec.json.encode(drawn), media_type="application/json")


async def feed(request: Request) -> Response:
    """Stream what changes, from the mark that the page stopped at."""
    after = request.headers.get("last-event-id") or request.query_params.get("after", "")
    viewer, doors, cookie = _viewer(request), doors_of(request), request.cookies.get(SESSION_COOKIE, "")

    async def stream() -> AsyncIterator[bytes]:
        yield frame("hello", msgspec.json.encode({"now": instant(clock.now()), "user": viewer.name}))
        ticks = 0
        async for told in doors.live.listen(after):
            yield framed(told, viewer, doors.renderer)
            ticks += isinstance(told, Tick)
            # A session that was signed out elsewhere, is over, or whose workstation was locked, hears no more.
            if isinstance(told, Tick) and ticks % CHECKED_EVERY_TICKS == 0:
                operator = await doors.access.operator(cookie)
                if operator is None or operator.locked:
                    return

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def framed(told: Told, viewer: Viewer, renderer: Renderer) -> bytes:
    """Write what a listener is told as a server-sent event."""
    match told:
        case Changed():
            return _changed(told, viewer, renderer)
        case Tick():
            return frame("tick", msgspec.json.encode(_ticked(told, viewer.words)))
        case Reset() | End():
            return frame("reset", b"{}")


def _ticked(tick: Tick, words: Words) -> dict[str, object]:
    rate = rate_of(tick.opened, words, on_duty=len(tick.on_duty), flooded=tick.flooded)
    return {
        "now": instant(tick.now),
        "ingest_age": tick.ingest_age,
        "open": tick.open,
        "sum": tick.sum,
        "rate": {"total": rate.total, "bars": rate.bars, "flood": rate.flood, "text": rate.text},
        "incidents": tick.incidents,
        "not_protected": tick.not_protected,
        "on_duty": " · ".join(tick.on_duty),
        "to_follow_up": tick.to_follow_up,
    }


def _changed(told: Changed, viewer: Viewer, renderer: Renderer) -> bytes:
    alert = told.entry.alert
    if alert.state is AlertState.RESOLVED:
        body: dict[str, object] = {"id": alert.alert_id, "v": alert.version, "reason": "resolved"}
        return frame("gone", msgspec.json.encode(body), told.mark)
    key = (viewer.words.language.value, alert.owner == viewer.name)
    if key not in told.rendered:
        row = row_of(told.entry, viewer, clock.now())
        body = {
            "id": row.id,
            "v": row.v,
            "p": row.p,
            "section": section_of(alert, viewer.name),
            "sort": sort_key(alert),
            "html": renderer.row(row, viewer.words),
            "say": row.say,
        }
        told.rendered[key] = frame("alert", msgspec.json.encode(body), told.mark)
    return told.rendered[key]


async def act(request: Request) -> Response:
    """Let an operator's action happen: 204, or 404, 409, 410, 422 with the reason in a sentence."""
    form, words = await form_of(request), words_of(request)
    if request.path_params["action"] not in set(Action):
        raise HTTPException(HTTPStatus.NOT_FOUND, "answer.no_such_action")
    action = Action(request.path_params["action"])
    event = _event(request, action, form)
    if isinstance(event, str):
        metrics.actions.labels(action=action, result="unusable").inc()
        return message(request, HTTPStatus.UNPROCESSABLE_ENTITY, words(event), back=_path(request))
    transition = await doors_of(request).desk.apply(event)
    metrics.actions.labels(action=action, result=transition.reason).inc()
    answer = answer_of(transition, words)
    if answer.status is not HTTPStatus.NO_CONTENT:
        return message(request, answer.status, answer.text, back=_path(request))
    if "x-script" in request.headers:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    done = "/" if isinstance(event, Resolve) else _path(request)
    return RedirectResponse(done, status_code=HTTPStatus.SEE_OTHER)


def _event(request: Request, action: Action, form: FormData) -> ByAnOperator | str:
    fields = {key: value for key, value in form.items() if isinstance(value, str)}
    alert_id = AlertId(request.path_params["alert_id"])
    return read_action(action, fields, alert_id, operator_of(request).name, clock.now())


def _path(request: Request) -> str:
    return f"/alerts/{request.path_params['alert_id']}"


def _viewer(request: Request) -> Viewer:
    lease = doors_of(request).settings.alerts.acknowledgement_seconds
    return Viewer(name=operator_of(request).name, words=words_of(request), lease_seconds=lease)


async def _board(request: Request) -> BoardView:
    doors, now = doors_of(request), clock.now()
    # The mark first: what changes while we read is then told again, and is harmless.
    mark = doors.live.mark
    entries, homes = await doors.desk.open(now), await doors.desk.homes_watched()
    return board_of(entries, _viewer(request), mark=mark, homes=homes, now=now)


async def _board_html(request: Request, detail: Detail | None) -> Response:
    doors = doors_of(request)
    desk = doors.desk
    # Without a script the page says by being loaded again that somebody looks at it.
    await Presence(doors.pool).seen(operator_of(request))
    words, on_duty = words_of(request), await desk.on_duty()
    opened = await desk.opened_per_minute()
    return html(
        request,
        "board.j2",
        board=await _board(request),
        incidents=await desk.cards(words, clock.now()),
        rate=rate_of(opened, words, on_duty=len(on_duty), flooded=await desk.flooded()),
        on_duty=" · ".join(on_duty),
        to_follow_up=await desk.to_follow_up(),
        detail=detail,
        columns=COLUMNS,
        foot=FOOT,
        help=HELP,
        script_words=script_words(words),
    )


async def _detail(request: Request) -> Detail:
    doors, now = doors_of(request), clock.now()
    entry = await doors.desk.entry(AlertId(request.path_params["alert_id"]), now)
    if entry is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "answer.no_such_alert")
    alert = entry.alert
    await saw(request, alert.home_id, Look.ALERT_OPENED, task=alert.alert_id)
    return detail_of(
        entry,
        await doors.desk.timeline(alert.alert_id),
        await doors.desk.rooms(alert.home_id, now),
        _viewer(request),
        last_heard=await doors.desk.last_heard(alert.home_id),
        centres=await doors.desk.centres(),
        now=now,
    )


ROUTES = [
    Route("/", board_page, methods=["GET"]),
    Route("/alerts/{alert_id}", alert_page, methods=["GET"]),
    Route("/alerts/{alert_id}/{action}", act, methods=["POST"]),
    Route("/console/feed", feed, methods=["GET"]),
    Route("/console/snapshot", snapshot, methods=["GET"]),
    Route("/console/strips", strips, methods=["GET"]),
]
