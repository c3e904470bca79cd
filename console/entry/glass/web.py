"""Ask for the reason, open the record, and let a supervisor sign it off."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.chain import Look
from console.entry.access import break_glass
from console.entry.postgres import EntryStore
from console.web import did, doors_of, form_of, html, operator_of, text_of, words_of
from contracts import HomeId
from homes.postgres import HomeStore

#: Less explains nothing.
_SHORTEST_REASON = 5
_LONGEST_REASON = 300


async def ask(request: Request) -> Response:
    """Ask why; nothing of the home is shown yet."""
    return html(request, "glass.j2", home_id=await _known(request), problem="")


async def smash(request: Request) -> Response:
    """Open the record for an hour, and lead to it."""
    form, home_id = await form_of(request), await _known(request)
    reason = text_of(form, "reason").strip()[:_LONGEST_REASON]
    if len(reason) < _SHORTEST_REASON:
        problem = words_of(request)("glass.why_not")
        return html(request, "glass.j2", status=HTTPStatus.UNPROCESSABLE_ENTITY, home_id=home_id, problem=problem)
    await break_glass(request, home_id, reason)
    return RedirectResponse(f"/homes/{home_id}", status_code=HTTPStatus.SEE_OTHER)


async def sign(request: Request) -> Response:
    """Put a supervisor's name to what somebody else opened."""
    await form_of(request)
    glass_id = request.path_params["glass_id"]
    store = EntryStore(doors_of(request).pool)
    if not await store.sign_glass(glass_id, operator_of(request).name):
        raise HTTPException(HTTPStatus.CONFLICT, "glass.not_yours")
    await did(request, f"glass-{glass_id}", Look.GLASS_SIGNED)
    return RedirectResponse("/audit", status_code=HTTPStatus.SEE_OTHER)


async def _known(request: Request) -> HomeId:
    home_id = HomeId(request.path_params["home_id"])
    if await HomeStore(doors_of(request).pool).load(home_id) is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "answer.404")
    return home_id


ROUTES = [
    Route("/homes/{home_id}/break-glass", ask, methods=["GET"]),
    Route("/homes/{home_id}/break-glass", smash, methods=["POST"]),
    Route("/audit/glass/{glass_id:int}/sign", sign, methods=["POST"]),
]
