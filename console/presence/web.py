"""The board says again and again that somebody can see it or hear it."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console.presence.postgres import Presence
from console.web import doors_of, form_of, operator_of, text_of


async def note(request: Request) -> Response:
    """Write the operator down as present; a board that nobody sees and nobody hears is nobody."""
    form = await form_of(request)
    if "1" in (text_of(form, "visible"), text_of(form, "audible")):
        await Presence(doors_of(request).pool).seen(operator_of(request))
    return Response(status_code=HTTPStatus.NO_CONTENT)


ROUTES = [Route("/console/presence", note, methods=["POST"])]
