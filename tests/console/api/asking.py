"""The API in one process, without a socket, and tokens to ask it with."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from starlette.applications import Starlette

from alerts.events import Found
from alerts.model import Alert
from alerts.postgres import AlertStore
from console.access import Access
from console.api.access import Keeper
from console.api.giving.access import give
from console.api.giving.forms import Unfit, Wish
from console.api.scopes import Scope
from console.board.postgres import Desk
from console.live import Live
from console.postgres import ConsoleStore
from console.service import routes_of
from console.web import Doors, load_renderer, make_app
from contracts import Finding
from runtime import clock
from runtime.postgres import Pool, pooled
from runtime.settings import Alerts, Console, Postgres, Secret, Settings
from tests.console.running import SECRET, with_street

EVERYTHING = tuple(Scope)
CONSOLE = Console(session_secret=Secret(SECRET))


@dataclass(kw_only=True)
class Api:
    """The console with its API, a token for everything, and the hand that feeds it."""

    app: Starlette
    pool: Pool
    store: AlertStore
    token: str

    async def found(self, finding: Finding) -> Alert:
        """Open an alert."""
        alert = (await self.store.apply(Found(finding=finding))).alert
        assert alert is not None
        return alert

    async def give(
        self,
        token_id: str,
        scopes: Iterable[Scope] = EVERYTHING,
        *,
        per_minute: int = 6000,
        days: int = 30,
        districts: Sequence[str] = (),
    ) -> str:
        """Give a token."""
        wish = Wish(
            token_id=token_id,
            name="시험 시스템",
            scopes=[*scopes],
            per_minute=per_minute,
            days=days,
            districts=districts,
        )
        given = await give(self.pool, wish, by="tests", now=clock.now())
        assert not isinstance(given, Unfit), given
        return given

    @asynccontextmanager
    async def client(self, token: str = "", **headers: str) -> AsyncIterator[httpx.AsyncClient]:
        """Give a client that sends a token; the one for everything when none is named."""
        said = {"Authorization": f"Bearer {token or self.token}", "Accept-Language": "en", **headers}
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://dolbom", headers=said) as client:
            yield client


@asynccontextmanager
async def api(postgres: Postgres, console: Console = CONSOLE) -> AsyncIterator[Api]:
    await with_street(postgres)
    settings = Settings(
        postgres=postgres,
        console=console,
        alerts=Alerts(link_secret=Secret(SECRET), webhook_secret=Secret(SECRET)),
    )
    async with pooled(postgres) as pool:
        app = _app(settings, pool)
        one = Api(app=app, pool=pool, store=AlertStore(pool), token="")
        one.token = await one.give("everything")
        yield one


def _app(settings: Settings, pool: Pool) -> Starlette:
    desk = Desk(AlertStore(pool), pool)
    doors = Doors(
        settings=settings,
        access=Access(ConsoleStore(pool), settings.console),
        desk=desk,
        live=Live(settings.kafka, desk),
        renderer=load_renderer(),
        pool=pool,
    )
    app = make_app(doors, routes_of(settings.console))
    app.state.keeper = Keeper(pool)
    return app
