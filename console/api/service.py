"""The rooms of the API, put together."""

from typing import Final

from starlette.routing import Route

from console.api.acting import web as acting
from console.api.exporting import web as exporting
from console.api.reading import web as reading
from console.api.table import OPERATIONS
from console.api.web import routes_of
from console.api.webhooks import web as webhooks

ROUTES: Final[list[Route]] = routes_of(
    OPERATIONS, reading.HANDLERS | acting.HANDLERS | exporting.HANDLERS | webhooks.HANDLERS
)
