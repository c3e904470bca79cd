"""An operator answers the step that is next."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.answers import answer_of
from console.board.access import entry_for
from console.rows import Entry
from console.steps.postgres import StepStore
from console.steps.scripts import script_for
from console.steps.view import StepsView, events_of, steps_view
from console.steps.walk import Walked, walk
from console.web import doors_of, form_of, message, operator_of, text_of, words_of
from contracts import AlertId, AlertState
from runtime import clock


async def walked_of(request: Request, entry: Entry) -> Walked:
    """See where the script of an alert stands."""
    answered = await StepStore(doors_of(request).pool).of(entry.alert.alert_id)
    return walk(script_for(entry.alert.hazard), answered)


async def view_of(request: Request, entry: Entry) -> StepsView | None:
    """Write the script of an alert; one that is resolved has none."""
    if entry.alert.state is AlertState.RESOLVED:
        return None
    walked, words = await walked_of(request, entry), words_of(request)
    return steps_view(entry.alert, entry.home, script_for(entry.alert.hazard), walked, words, clock.now())


async def answer_step(request: Request) -> Response:
    """Keep the answer to the step that is next, and let it be a line of the case; 409 when another was quicker."""
    form, words = await form_of(request), words_of(request)
    alert_id, place = AlertId(request.path_params["alert_id"]), int(request.path_params["place"])
    answer, back = text_of(form, "answer"), f"/alerts/{request.path_params['alert_id']}"
    entry = await entry_for(request, alert_id)
    walked = await walked_of(request, entry)
    if place < walked.place:
        return message(request, HTTPStatus.CONFLICT, words("steps.late"), back=back)
    if not walked.accepts(place, answer):
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "steps.unknown")
    operator = operator_of(request).name
    for event in events_of(walked.now, answer, entry.alert, entry.home, operator):
        told = answer_of(await doors_of(request).desk.apply(event), words)
        if told.status is not HTTPStatus.NO_CONTENT:
            return message(request, told.status, told.text, back=back)
    store = StepStore(doors_of(request).pool)
    if not await store.keep(alert_id, place, step=walked.now.key, answer=answer, operator=operator):
        return message(request, HTTPStatus.CONFLICT, words("steps.late"), back=back)
    if "x-script" in request.headers:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return RedirectResponse(back, status_code=HTTPStatus.SEE_OTHER)


ROUTES = [Route("/alerts/{alert_id}/step/{place:int}", answer_step, methods=["POST"])]
