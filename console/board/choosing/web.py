"""Find rows of the board by what does not stand on them. The word comes in a form: no address ever holds a name."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console.board.choosing.postgres import by_number
from console.chain import Look
from console.homes.page import sight_of
from console.search.asked import read_search
from console.web import doors_of, form_of, operator_of, saw, text_of


async def find(request: Request) -> Response:
    """Name the open alerts that a telephone number leads to; none to whoever reads no numbers."""
    form, operator = await form_of(request), operator_of(request)
    asked = read_search(text_of(form, "q"))
    ids: tuple[str, ...] = ()
    if asked.digits and not operator.masked and sight_of(operator.roles).persons:
        await saw(request, "search", Look.SEARCHED)
        ids = await by_number(doors_of(request).pool, asked, operator.districts)
    return Response(msgspec.json.encode({"ids": ids}), media_type="application/json")


ROUTES = [Route("/console/find", find, methods=["POST"])]
