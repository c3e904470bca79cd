"""Show what a page masks for a minute, and write down that it was shown, or asked for in vain."""

from http import HTTPStatus

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.postgres import AlertStore
from console.chain import Look
from console.entry.access import may_see, needs_step_up, stepped_up
from console.health.postgres import HealthStore
from console.reveal.rules import LOOKS, Answer, Asker, What, may_reveal, owned, value_of
from console.sessions import safe_path
from console.web import did, doors_of, form_of, html, operator_of, text_of, words_of
from contracts import HomeId
from homes.model import Home
from homes.postgres import HomeStore
from homes.walk_test.postgres import WalkTestStore

#: What is shown goes away after so long.
SHOWN_SECONDS = 60
#: More is no reason but a report.
_LONGEST_REASON = 300


async def reveal(request: Request) -> Response:
    """Answer with the value, with the question for a reason, or with the sentence that says why not."""
    form = await form_of(request)
    home = await HomeStore(doors_of(request).pool).load(HomeId(request.path_params["home_id"]))
    if home is None or text_of(form, "what") not in set(What):
        raise HTTPException(HTTPStatus.NOT_FOUND, "answer.404")
    what, reason = What(text_of(form, "what")), text_of(form, "why").strip()[:_LONGEST_REASON]
    task = owned(await AlertStore(doors_of(request).pool).of_home(home.home_id), operator_of(request).name)
    answer = may_reveal(what, await _asker(request, home, task, reason))
    if answer is Answer.NEEDS_STEP_UP:
        step = await needs_step_up(request, back=_back(form, home.home_id))
        if step is not None:
            return step
    if answer is Answer.SHOWN:
        # Written before it is shown: what cannot be written down is not seen.
        await did(request, home.home_id, LOOKS[what], reason=reason, task=task)
        return _page(request, form, home, what, value=value_of(what, home))
    if answer is Answer.NEEDS_REASON:
        return _page(request, form, home, what, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    await did(request, home.home_id, Look.REVEAL_REFUSED, reason=f"{what} {answer}", task=task)
    problem = words_of(request)(f"reveal.{answer}")
    return _page(request, form, home, what, problem=problem, status=HTTPStatus.FORBIDDEN)


async def _asker(request: Request, home: Home, task: str, reason: str) -> Asker:
    operator = operator_of(request)
    return Asker(
        roles=operator.roles,
        sees=await may_see(request, home.home_id, home.district.district_id),
        owns_alert=bool(task),
        visits=await _visits(request, home.home_id),
        reason=reason,
        stepped_up=stepped_up(request),
    )


async def _visits(request: Request, home_id: HomeId) -> bool:
    """Tell whether the reader puts up devices there, or has a visit to make."""
    pool, name = doors_of(request).pool, operator_of(request).name
    test = await WalkTestStore(pool).running(home_id)
    return (test is not None and test.engineer == name) or await HealthStore(pool).waits_for(home_id, name)


def _page(
    request: Request,
    form: FormData,
    home: Home,
    what: What,
    *,
    value: str | None = None,
    problem: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    part = "x-script" in request.headers or "x-fragment" in request.headers
    return html(
        request,
        "reveal_part.j2" if part else "reveal_page.j2",
        status=status,
        value=value,
        problem=problem,
        what=what,
        home_id=home.home_id,
        seconds=SHOWN_SECONDS,
        back=_back(form, home.home_id),
    )


def _back(form: FormData, home_id: HomeId) -> str:
    return safe_path(text_of(form, "next") or f"/homes/{home_id}")


ROUTES = [Route("/homes/{home_id}/reveal", reveal, methods=["POST"])]
