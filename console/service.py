"""The console's process: the pages, the feed, and a stop that ends every open stream."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from alerts.channels.setup import refuse_unusable
from alerts.postgres import AlertStore
from console.access import Access
from console.accounts import web as accounts
from console.api import service as api
from console.api.access import Keeper
from console.api.giving import web as giving
from console.api.webhooks.service import telling
from console.audit import web as audit
from console.audit.service import Watcher
from console.board import web as board
from console.board.postgres import Desk
from console.demo import web as demo
from console.engineer import web as engineer
from console.engineer.walk import web as walk
from console.engineer.walk.service import Printer, Walks
from console.enrol import service as deeds
from console.enrol import web as enrol
from console.enrol.live import web as enrolling
from console.entry import web as entry
from console.followups import web as followups
from console.guessing.web import Strangers
from console.health import web as health
from console.homes import web as homes
from console.homes.thinking.service import Thinker
from console.inbound import web as inbound
from console.inbound.limits import SENDER, Limits
from console.inbound.service import Inbound
from console.incidents import web as incidents
from console.live import Live
from console.map import web as city
from console.map.files import load_layout
from console.postgres import ConsoleStore
from console.presence import web as presence
from console.privacy import web as privacy
from console.privacy.service import letting_go
from console.referrals import web as referrals
from console.reports.monthly import web as reports
from console.reports.monthly.service import Press
from console.reports.quality import web as quality
from console.reports.sla import web as figures
from console.responder import web as responder
from console.reveal import web as reveal
from console.roster import web as roster
from console.search import web as search
from console.sheet import web as sheet
from console.shift import web as shift
from console.shift.service import Papers
from console.web import Doors, load_renderer, make_app, refuse_unlisted
from runtime.lifecycle import Life
from runtime.postgres import migrate, pooled
from runtime.settings import Console, Settings, refuse_weak

log = structlog.get_logger()


class Server(uvicorn.Server):
    """Uvicorn, but signals are the lifecycle's."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave the signals alone."""
        yield


def check(settings: Settings) -> None:
    """Refuse keys that could be guessed; raise BadSettings."""
    refuse_weak(
        {
            "DOLBOM_CONSOLE_SESSION_SECRET": settings.console.session_secret,
            "DOLBOM_ALERTS_LINK_SECRET": settings.alerts.link_secret,
        }
    )
    refuse_unusable(settings.alerts)


async def main(life: Life, settings: Settings) -> None:
    """Serve the pages until the service stops."""
    await migrate(settings.postgres)
    async with pooled(settings.postgres) as pool:
        access = Access(ConsoleStore(pool), settings.console)
        await access.seed()
        desk = Desk(AlertStore(pool, lease_seconds=settings.alerts.acknowledgement_seconds), pool)
        live = Live(settings.kafka, desk)
        renderer = load_renderer()
        doors = Doors(settings=settings, access=access, desk=desk, live=live, renderer=renderer, pool=pool)
        await _serve(doors, life)


def routes_of(console: Console) -> list[Route | Mount]:
    """List every room of the console."""
    demos = demo.ROUTES if console.demo_control_url else ()
    engineers = (*engineer.ROUTES, *enrol.ROUTES, *enrolling.ROUTES, *walk.ROUTES, *incidents.ROUTES, *health.ROUTES)
    return [
        *entry.ROUTES,
        *api.ROUTES,
        *giving.ROUTES,
        *inbound.ROUTES,
        *responder.ROUTES,
        *demos,
        *engineers,
        *presence.ROUTES,
        *followups.ROUTES,
        *referrals.ROUTES,
        *roster.ROUTES,
        *shift.ROUTES,
        *sheet.ROUTES,
        *audit.ROUTES,
        *privacy.ROUTES,
        *accounts.ROUTES,
        *reveal.ROUTES,
        *figures.ROUTES,
        *reports.ROUTES,
        *quality.ROUTES,
        *city.ROUTES,
        *homes.ROUTES,
        *search.ROUTES,
        *board.ROUTES,
    ]


def _app(doors: Doors) -> Starlette:
    routes = routes_of(doors.settings.console)
    refuse_unlisted(routes)
    strangers = Middleware(Strangers, link_secret=doors.settings.alerts.link_secret)
    app = make_app(doors, routes, strangers)
    app.state.printer = Printer()
    app.state.papers = Papers(doors.pool, doors.renderer, app.state.printer)
    app.state.thinker = Thinker(doors.pool)
    app.state.layout = load_layout(doors.settings.console)
    app.state.watcher = Watcher(doors.pool)
    app.state.keeper = Keeper(doors.pool)
    app.state.inbound = Inbound(doors.pool, doors.settings.alerts)
    app.state.trials = Limits(*SENDER)
    return app


def _server(app: Starlette, console: Console) -> Server:
    return Server(
        uvicorn.Config(
            app,
            host=console.host,
            port=console.port,
            log_config=None,
            access_log=False,
            server_header=False,
            forwarded_allow_ips=console.trusted_proxies,
            lifespan="off",
            timeout_graceful_shutdown=2,
        )
    )


def _beside(tasks: asyncio.TaskGroup, app: Starlette, doors: Doors, life: Life) -> None:
    """Start what goes on beside the pages."""
    tasks.create_task(doors.live.tick(life))
    tasks.create_task(deeds.chain(life, doors.pool))
    tasks.create_task(app.state.watcher.run(life))
    tasks.create_task(letting_go(life, doors.pool))
    tasks.create_task(telling(life, doors.pool, doors.settings.console))
    tasks.create_task(Walks(doors.pool).sweep(life))
    tasks.create_task(app.state.papers.sweep(life))
    tasks.create_task(Press(doors.pool, doors.renderer).run(life))


async def _serve(doors: Doors, life: Life) -> None:
    app, console = _app(doors), doors.settings.console
    server = _server(app, console)

    async def stop_serving() -> None:
        await life.stopping.wait()
        server.should_exit = True

    async with asyncio.TaskGroup() as tasks:
        feed = tasks.create_task(doors.live.run(life))
        tasks.create_task(stop_serving())
        _beside(tasks, app, doors, life)
        log.info("pages_served", port=console.port)
        await server.serve()
        # A broker that does not answer must not hold the stop.
        feed.cancel()
        if not life.stopping.is_set():
            raise OSError(f"the pages cannot be served on port {console.port}")
