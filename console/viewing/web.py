"""A board tells what it shows and that it can be heard."""

from http import HTTPStatus

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console.viewing.postgres import Viewing
from console.web import doors_of, form_of, operator_of

log = structlog.get_logger()


async def sound_tried(request: Request) -> Response:
    """Write down that an operator heard the loudspeakers at the start of a shift."""
    await form_of(request)
    await Viewing(doors_of(request).pool).sound_tried(operator_of(request))
    log.info("sound_tried")
    return Response(status_code=HTTPStatus.NO_CONTENT)


ROUTES = [Route("/console/sound", sound_tried, methods=["POST"])]
