"""What the handover does beside its page: gather what is open, and print what was signed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import psycopg
import structlog

from alerts.model import Alert
from alerts.postgres import AlertStore
from alerts.shifts.model import Handover
from alerts.shifts.postgres import ShiftStore
from alerts.unfinished.postgres import UnfinishedStore
from console.engineer.walk.service import Printer, Unprintable
from console.rendering import Page, Renderer
from console.sessions import Operator
from console.shift.draft import Open
from console.spans import ZONE
from console.words import Language, Theme
from homes.planning.postgres import PlanStore
from homes.postgres import HomeStore
from runtime.lifecycle import Life
from runtime.postgres import Pool

log = structlog.get_logger()

_SWEEP_SECONDS: Final = 15.0


class Shifts:
    """Handovers with what they are about."""

    def __init__(self, pool: Pool, *, lease_seconds: int = 600) -> None:
        self.store = ShiftStore(pool, lease_seconds=lease_seconds)
        self._pool = pool

    async def open(self, operator: Operator, since: datetime) -> Open:
        """Gather what is open, as far as it is the operator's to see."""
        alerts, losses = await AlertStore(self._pool).open_alerts(), await AlertStore(self._pool).not_protected()
        due, facts = await UnfinishedStore(self._pool).due(), await self.store.facts(since)
        named = {alert.home_id for alert in (*alerts, *losses, *due)}
        homes = await HomeStore(self._pool).load_many(sorted(named | set(await PlanStore(self._pool).on_hold())))
        seen = {key: home for key, home in homes.items() if operator.sees(home.district.district_id)}

        def theirs(some: list[Alert]) -> list[Alert]:
            # What is in their own hands is theirs to hand over, wherever it is.
            return [
                alert
                for alert in some
                if alert.owner == operator.name or alert.home_id in seen or alert.home_id not in homes
            ]

        return Open(alerts=theirs(alerts), losses=theirs(losses), due=theirs(due), facts=facts, homes=seen)


class Papers:
    """The signed papers: each is printed once and kept."""

    def __init__(self, pool: Pool, renderer: Renderer, printer: Printer) -> None:
        self._store = ShiftStore(pool)
        self._renderer = renderer
        self._printer = printer

    async def print(self, handover: Handover) -> bytes:
        """Print a handover and keep the paper; raise Unprintable."""
        look = Page(language=Language.KO, theme=Theme.DAY, path="")
        pdf = await self._printer.print(self._renderer.page("shift_paper.j2", look, paper=paper_of(handover)))
        await self._store.keep_paper(handover.handover_id, pdf)
        return await self._store.paper(handover.handover_id) or pdf

    async def sweep(self, life: Life) -> None:
        """Print what was signed and has no paper, for ever."""
        while not life.stopping.is_set():
            try:
                for handover in await self._store.unprinted():
                    await self.print(handover)
            except (psycopg.OperationalError, Unprintable) as error:
                log.warning("handovers_not_printed", error=type(error).__name__)
            life.turned("handover_papers")
            await life.rest(_SWEEP_SECONDS)


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A handover as the page and the paper show it."""

    handover: Handover
    since: str
    prepared: str
    signed: str


def paper_of(handover: Handover) -> Paper:
    """Write a handover's times as the clock on the wall shows them."""
    return Paper(
        handover=handover,
        since=_moment(handover.since),
        prepared=_moment(handover.prepared_at),
        signed=_moment(handover.signed_at) if handover.signed_at else "",
    )


def _moment(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"
