"""The map's page; it is never the only way to anything."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console.map.files import Layout
from console.map.grid import tiles_of, usual_places
from console.map.postgres import MapStore
from console.web import doors_of, html, operator_of


async def map_page(request: Request) -> Response:
    """Show each dong with what is open there."""
    layout: Layout = request.app.state.layout
    store = MapStore(doors_of(request).pool)
    places = layout.places or usual_places(await store.districts())
    tiles = tiles_of(places, await store.standings(operator_of(request).districts))
    by_dong = {tile.dong: tile for tile in tiles}
    shown = [one for one in layout.outlines.dongs if one.dong in by_dong] if layout.outlines else []
    height = layout.outlines.height if layout.outlines else 0
    return html(request, "map.j2", tiles=tiles, by_dong=by_dong, outlines=shown, height=height)


ROUTES = [Route("/map", map_page, methods=["GET"])]
