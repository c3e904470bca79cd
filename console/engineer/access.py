"""Which homes somebody may work in: those of their districts, and one that they opened with a reason."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request

from console.entry.access import may_see
from console.web import doors_of, operator_of
from contracts import HomeId
from homes.model import Home
from homes.postgres import HomeStore


async def home_for(request: Request, home_id: HomeId, *, missing: str = "eng.no_such_home") -> Home:
    """Load a home for the one who asks; what is not theirs to see is not there."""
    home = await _load(request, home_id)
    if home is None or not await may_see(request, home_id, home.district.district_id):
        raise HTTPException(HTTPStatus.NOT_FOUND, missing)
    return home


async def refuse_elsewhere(request: Request, home_id: HomeId) -> None:
    """Let pass what no home of ours is, and a home that is theirs to see."""
    home = await _load(request, home_id)
    if home is not None and not await may_see(request, home_id, home.district.district_id):
        raise HTTPException(HTTPStatus.NOT_FOUND, "eng.no_such_home")


async def among_theirs(request: Request, home_ids: list[HomeId]) -> list[HomeId]:
    """Leave out the homes of other districts; what no home of ours is has none, and stays."""
    operator = operator_of(request)
    if not operator.districts:
        return home_ids
    homes = await HomeStore(doors_of(request).pool).load_many(home_ids)
    return [one for one in home_ids if one not in homes or operator.sees(homes[one].district.district_id)]


async def _load(request: Request, home_id: HomeId) -> Home | None:
    return await HomeStore(doors_of(request).pool).load(home_id)
