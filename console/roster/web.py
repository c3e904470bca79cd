"""The roster through the door: a week with its gaps, the forms that change it, and the calendar."""

import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Final
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from alerts.contacts.postgres import Contacts
from alerts.routing.gaps import felt_gaps
from console.chain import Look
from console.people import in_short
from console.roster.calendar import calendar_of
from console.roster.edits import (
    MOST_PEOPLE,
    Edit,
    mark_of,
    with_override,
    with_rotation,
    without_override,
    without_rotation,
)
from console.roster.line import lines_of
from console.roster.pages import AHEAD, RosterView, contacts_of, gap_lines, stand_ins_of, turns_of
from console.roster.postgres import FeedStore
from console.roster.week import monday_of, week_of
from console.web import did, doors_of, form_of, html, operator_of, words_of
from contracts import ResponderId
from homes.model import Responder, Roster
from homes.planning.postgres import PlanStore, people_of
from runtime import clock

Change = Callable[[Roster, Edit, Mapping[ResponderId, Responder]], Roster | str]
_CHANGES: Final[Mapping[str, Change]] = {
    "override": with_override,
    "override-end": lambda roster, edit, _: without_override(roster, edit),
    "rotation": with_rotation,
    "rotation-end": lambda roster, edit, _: without_rotation(roster, edit),
}
#: What a calendar is given: the week behind and two months ahead.
_BEHIND: Final = timedelta(days=7)
_CALENDAR: Final = timedelta(days=62)
_WEEK: Final = timedelta(days=7)


async def page(request: Request) -> Response:
    """Show a roster's week, the gaps of all rosters on top, and who is next in line in each dong."""
    return await _page(request, request.query_params.get("roster", ""))


async def change(request: Request) -> Response:
    """Change a roster by a form; one that another changed meanwhile is shown as it is now."""
    form = await form_of(request)
    roster_id, rule = request.path_params["roster_id"], _CHANGES.get(request.path_params["act"])
    if rule is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "roster.no_such")
    store, edit = PlanStore(doors_of(request).pool), _edit(form)
    people, problems = people_of(await store.people()), list[str]()

    def changed(roster: Roster | None) -> Roster | None:
        if roster is None or mark_of(roster) != edit.mark:
            problems.append("roster.changed_since_seen" if roster else "roster.no_such")
            return None
        after = rule(roster, edit, people)
        if isinstance(after, str):
            problems.append(after)
            return None
        return after

    if not await store.change(roster_id, changed):
        return await _page(request, roster_id, problem=problems[0])
    await did(request, roster_id, Look.ROSTER_CHANGED, task=request.path_params["act"])
    week = edit.fields.get("week", "")
    return RedirectResponse(f"/sup/roster?roster={roster_id}&week={_day(week) or ''}", HTTPStatus.SEE_OTHER)


async def add(request: Request) -> Response:
    """Begin a roster; nobody is on it yet."""
    form = await form_of(request)
    fields = _edit(form).fields
    roster_id, name = fields.get("roster_id", "").strip(), fields.get("name", "").strip()
    plain = roster_id.isascii() and roster_id.replace("-", "").isalnum() and roster_id == roster_id.lower()
    if not plain or not name or len(roster_id) > 40 or len(name) > 80:  # as long as a heading takes
        return await _page(request, "", problem="roster.needs.name")
    made = Roster(roster_id=roster_id, name=name)
    if not await PlanStore(doors_of(request).pool).change(roster_id, lambda known: None if known else made):
        return await _page(request, roster_id, problem="roster.there_already")
    await did(request, roster_id, Look.ROSTER_CHANGED, task="add")
    return RedirectResponse(f"/sup/roster?roster={roster_id}", HTTPStatus.SEE_OTHER)


async def feed(request: Request) -> Response:
    """Make a link for calendars, which is shown this once."""
    await form_of(request)
    roster_id, secret = request.path_params["roster_id"], secrets.token_urlsafe(24)
    await FeedStore(doors_of(request).pool).make(secret, roster_id, operator_of(request).name, clock.now())
    await did(request, roster_id, Look.ROSTER_CHANGED, task="feed")
    return await _page(request, roster_id, link=f"{request.base_url}calendar/{secret}.ics")


async def feed_end(request: Request) -> Response:
    """Take all links of a roster back."""
    await form_of(request)
    roster_id = request.path_params["roster_id"]
    await FeedStore(doors_of(request).pool).end(roster_id, clock.now())
    await did(request, roster_id, Look.ROSTER_CHANGED, task="feed-end")
    return RedirectResponse(f"/sup/roster?roster={roster_id}", HTTPStatus.SEE_OTHER)


async def calendar(request: Request) -> Response:
    """Give a roster as a calendar to somebody who is signed in."""
    return await _calendar(request, request.path_params["roster_id"], await _people(request))


async def subscribed(request: Request) -> Response:
    """Give a roster as a calendar to whoever has its link."""
    roster_id = await FeedStore(doors_of(request).pool).read(request.path_params["secret"], clock.now())
    if roster_id is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "roster.no_such")
    people = people_of(await PlanStore(doors_of(request).pool).people())
    return await _calendar(request, roster_id, people)


async def _people(request: Request) -> dict[ResponderId, Responder]:
    """Load everybody who could be on a roster, as whoever is signed in may read their names."""
    people = people_of(await PlanStore(doors_of(request).pool).people())
    return in_short(people) if operator_of(request).masked else people


async def _calendar(request: Request, roster_id: str, people: Mapping[ResponderId, Responder]) -> Response:
    store, now = PlanStore(doors_of(request).pool), clock.now()
    roster = next((one for one in await store.rosters() if one.roster_id == roster_id), None)
    if roster is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "roster.no_such")
    text = calendar_of(roster, people, now - _BEHIND, now + _CALENDAR, now)
    headers = {"Content-Disposition": f'inline; filename="{roster_id}.ics"'}
    return Response(text.encode(), media_type="text/calendar; charset=utf-8", headers=headers)


async def _page(request: Request, roster_id: str, *, problem: str = "", link: str = "") -> Response:
    doors, now, words = doors_of(request), clock.now(), words_of(request)
    store = PlanStore(doors.pool)
    rosters, policies = {one.roster_id: one for one in await store.rosters()}, await store.policies()
    people = await _people(request)
    roster = rosters.get(roster_id) or next(iter(rosters.values()), None)
    monday = monday_of(_day(request.query_params.get("week", "")) or now.astimezone(_zone(roster)).date())
    ahead = [gap for one in rosters.values() for gap in felt_gaps(one, policies, now, now + AHEAD)]
    districts = [one for one in await store.districts() if operator_of(request).sees(one[0].district_id)]
    view = None
    if roster:
        begins = datetime.combine(monday, datetime.min.time(), tzinfo=_zone(roster))
        view = RosterView(
            roster_id=roster.roster_id,
            name=roster.name,
            timezone=roster.timezone,
            mark=mark_of(roster),
            week=week_of(roster, people, monday, felt_gaps(roster, policies, begins, begins + _WEEK)),
            stand_ins=stand_ins_of(roster, people, now),
            turns=turns_of(roster, people, words),
            contacts=contacts_of(roster, people, await Contacts(doors.pool).all(), words, now),
        )
    return html(
        request,
        "roster.j2",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        view=view,
        rosters=list(rosters.values()),
        people=sorted(people.values(), key=lambda one: one.name),
        gaps=gap_lines(ahead, rosters, now),
        lines=lines_of(districts, {one.policy_id: one for one in policies}, rosters, people, now),
        feeds=await FeedStore(doors.pool).of_roster(roster.roster_id) if roster else [],
        weeks=(monday - _WEEK, monday, monday + _WEEK),
        today=now.astimezone(_zone(roster)).date(),
        places=range(1, MOST_PEOPLE + 1),
        problem=problem,
        link=link,
    )


def _edit(form: FormData) -> Edit:
    fields = {key: value for key, value in form.items() if isinstance(value, str)}
    ticked = tuple(int(value) for value in form.getlist("day") if isinstance(value, str) and value in set("0123456"))
    return Edit(mark=fields.get("mark", ""), fields=fields, days=tuple(sorted(set(ticked))))


def _zone(roster: Roster | None) -> ZoneInfo:
    return ZoneInfo(roster.timezone if roster else "Asia/Seoul")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


ROUTES = [
    Route("/sup/roster", page, methods=["GET"]),
    Route("/sup/roster", add, methods=["POST"]),
    Route("/sup/roster/{roster_id}.ics", calendar, methods=["GET"]),
    Route("/sup/roster/{roster_id}/feed", feed, methods=["POST"]),
    Route("/sup/roster/{roster_id}/feed-end", feed_end, methods=["POST"]),
    Route("/sup/roster/{roster_id}/{act}", change, methods=["POST"]),
    Route("/calendar/{secret}.ics", subscribed, methods=["GET"]),
]
