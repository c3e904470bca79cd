"""Which homes the reader of the board sees: those of their districts, and one that they opened with a reason."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request

from console.access import Elsewhere
from console.accounts.postgres import AccountStore
from console.board.choosing.choice import EVERYTHING, Choice
from console.entry.access import may_see
from console.pages import BoardView, board_of
from console.people import district_of
from console.roles import Act, Role, acts_of
from console.rows import Entry, Viewer, shown_to
from console.web import doors_of, operator_of, words_of
from contracts import AlertId
from runtime import clock


async def entry_for(request: Request, alert_id: AlertId) -> Entry:
    """Load an alert for the one who asks; what is not theirs to see is not there, unless a reason opens it."""
    entry = await doors_of(request).desk.entry(alert_id, clock.now())
    if entry is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "answer.no_such_alert")
    district_id = district_of(entry.home)
    if district_id and not await may_see(request, entry.alert.home_id, district_id):
        if Act.BREAK_GLASS in operator_of(request).acts:
            raise Elsewhere(entry.alert.home_id)
        raise HTTPException(HTTPStatus.NOT_FOUND, "answer.no_such_alert")
    return shown_to(entry, viewer_of(request))


def viewer_of(request: Request) -> Viewer:
    """Tell for whose eyes a page of the board is made."""
    lease = doors_of(request).settings.alerts.acknowledgement_seconds
    operator = operator_of(request)
    return Viewer(name=operator.name, words=words_of(request), lease_seconds=lease, masked=operator.masked)


async def colleagues_for(request: Request, district_id: str) -> tuple[str, ...]:
    """Name who else is on duty and may work on a case of this district."""
    doors, me = doors_of(request), operator_of(request).name
    there = set(await doors.desk.on_duty()) - {me}
    if not there:
        return ()
    accounts = [one for one in await AccountStore(doors.pool).all() if one.name in there and one.ended_at is None]
    return tuple(
        one.name
        for one in accounts
        if Act.BOARD_ACT in acts_of(Role(role) for role in one.roles if role in set(Role))
        and (not district_id or not one.districts or district_id in one.districts)
    )


async def board_for(request: Request, choice: Choice = EVERYTHING) -> BoardView:
    """Read the reader's board."""
    doors, now = doors_of(request), clock.now()
    # The mark first: what changes while we read is then told again, and is harmless.
    mark = doors.live.mark
    entries = await doors.desk.open(operator_of(request).districts, now)
    homes = await doors.desk.homes_watched()
    return board_of(entries, viewer_of(request), mark=mark, homes=homes, now=now, choice=choice)
