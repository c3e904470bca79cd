"""The feed, the snapshot and the strips: only what stands on the reader's own board."""

from collections.abc import AsyncIterator

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from console.board.access import board_for, viewer_of
from console.board.feeding.notices import Facts, notices_of
from console.board.offering.offer import mark_of
from console.feed import frame, stands_in
from console.incidents.cards import counted_in
from console.pages import rate_of
from console.people import district_of
from console.presence.postgres import Presence
from console.rendering import Renderer
from console.rows import SYMBOLS, Viewer, day_strip, instant, row_of, section_of, sort_key
from console.sessions import Operator
from console.told import Changed, End, Reset, Tick, Told
from console.web import SESSION_COOKIE, doors_of, operator_of, words_of
from contracts import AlertState
from runtime import clock

#: Ten seconds, by the feed's ticks.
CHECKED_EVERY_TICKS = 5
#: The page asks for no more at once.
MOST_STRIPS = 100
#: The reader is told so long before their session ends.
REAUTH_SECONDS = 300


async def snapshot(request: Request) -> Response:
    """Give all rows at one mark of the feed, for a page that cannot go on where it stopped."""
    view, renderer, words = await board_for(request), doors_of(request).renderer, words_of(request)
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
        for entry in await doors.desk.days_of(ids, operator_of(request).districts, now)
        if (strip := day_strip(entry, now))
    }
    return Response(msgspec.json.encode(drawn), media_type="application/json")


async def feed(request: Request) -> Response:
    """Stream what changes, from the mark that the page stopped at."""
    after = request.headers.get("last-event-id") or request.query_params.get("after", "")
    viewer, doors, cookie = viewer_of(request), doors_of(request), request.cookies.get(SESSION_COOKIE, "")
    operator = operator_of(request)

    async def stream() -> AsyncIterator[bytes]:
        yield frame("hello", msgspec.json.encode({"now": instant(clock.now()), "user": viewer.name}))
        ticks, stood = 0, None
        async for told in doors.live.listen(after, operator.session):
            if text := framed(told, viewer, operator, doors.renderer):
                yield text
            if isinstance(told, Tick):
                now = facts_of(told, viewer)
                for notice in notices_of(stood or now, now, viewer.words, reader=viewer.name):
                    yield frame("notice", msgspec.json.encode(notice))
                stood = now
            ticks += isinstance(told, Tick)
            # A session that was signed out elsewhere, is over, or whose workstation was locked, hears no more.
            if isinstance(told, Tick) and ticks % CHECKED_EVERY_TICKS == 0:
                still = await doors.access.operator(cookie)
                if still is None or still.locked:
                    return
                if (still.districts, still.masked) != (operator.districts, operator.masked):
                    yield frame("reset", b"{}")
                    return
                left = await Presence(doors.pool).session_left(operator)
                if left < REAUTH_SECONDS:
                    yield frame("reauth", msgspec.json.encode({"in": left}))

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def framed(told: Told, viewer: Viewer, operator: Operator, renderer: Renderer) -> bytes:
    """Write what a listener is told as a server-sent event; nothing of what is not on their board."""
    match told:
        case Changed():
            if not stands_in(district_of(told.entry.home), operator.districts):
                return b""
            return _changed(told, viewer, renderer)
        case Tick():
            return frame("tick", msgspec.json.encode(_ticked(told, viewer, operator)))
        case Reset() | End():
            return frame("reset", b"{}")


def facts_of(tick: Tick, viewer: Viewer) -> Facts:
    """Take from a tick what notices are made of."""
    rate = rate_of(tick.opened, viewer.words, on_duty=len(tick.on_duty), flooded=tick.flooded)
    return Facts(
        flood=rate.text,
        ingest_age=tick.ingest_age,
        canary_age=_canary_age(tick),
        notifier_age=tick.notifier_age,
        on_duty=frozenset(tick.on_duty),
        offers=tick.offers,
    )


def _canary_age(tick: Tick) -> float | None:
    return (tick.now - tick.tried).total_seconds() if tick.tried else None


def _ticked(tick: Tick, viewer: Viewer, operator: Operator) -> dict[str, object]:
    rate = rate_of(tick.opened, viewer.words, on_duty=len(tick.on_duty), flooded=tick.flooded)
    known, total = tick.tally(operator.districts)
    mine = {
        key for key in tick.viewing if (at := tick.stands.get(key)) and stands_in(at.district_id, operator.districts)
    }
    others = {key: [name for name in tick.viewing[key] if name != viewer.name] for key in mine}
    return {
        "now": instant(tick.now),
        "ingest_age": tick.ingest_age,
        "canary_age": _canary_age(tick),
        "notifier_age": tick.notifier_age,
        "open": known,
        "sum": total,
        "rate": {"total": rate.total, "bars": rate.bars, "flood": rate.flood, "text": rate.text},
        "incidents": tick.incidents,
        "not_protected": counted_in(tick.not_protected, operator.districts),
        "on_duty": " · ".join(tick.on_duty),
        "to_follow_up": tick.to_follow_up,
        "offers": mark_of(tick.offers, viewer.name),
        "viewing": {key: " · ".join(names) for key, names in others.items() if names},
    }


def _changed(told: Changed, viewer: Viewer, renderer: Renderer) -> bytes:
    alert = told.entry.alert
    if alert.state is AlertState.RESOLVED:
        body: dict[str, object] = {"id": alert.alert_id, "v": alert.version, "reason": "resolved"}
        return frame("gone", msgspec.json.encode(body), told.mark)
    key = (viewer.words.language.value, alert.owner == viewer.name, viewer.masked)
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


ROUTES = [
    Route("/console/feed", feed, methods=["GET"]),
    Route("/console/snapshot", snapshot, methods=["GET"]),
    Route("/console/strips", strips, methods=["GET"]),
]
