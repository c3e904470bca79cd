"""The one who makes the reports: part after part, by one process at a time, and on from where a killed one stopped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

import psycopg
import structlog

from console.engineer.walk.service import Printer, Unprintable
from console.rendering import Page, Renderer
from console.reports.monthly.contents import report_of
from console.reports.monthly.counts import Snapshot
from console.reports.monthly.postgres import Order, Reports
from console.reports.monthly.sheets import csv_of
from console.spans import ZONE
from console.words import Language, Theme
from runtime import clock
from runtime.lifecycle import Life
from runtime.postgres import Pool

log = structlog.get_logger()

_REST_SECONDS: Final = 2.0
#: A part of many pages on a machine that is busy.
_PRINTING_SECONDS: Final = 120.0
#: Any fixed number: whoever makes an order holds the advisory lock of this number and the order's.
_LOCK: Final = 0x7265706F


class Press:
    """Makes what is ordered."""

    def __init__(self, pool: Pool, renderer: Renderer, printer: Printer | None = None) -> None:
        self._pool = pool
        self._store = Reports(pool)
        self._renderer = renderer
        self._printer = printer or Printer(seconds=_PRINTING_SECONDS)

    async def run(self, life: Life) -> None:
        """Make what is ordered, for ever."""
        while not life.stopping.is_set():
            try:
                await self.turn(life)
            except psycopg.OperationalError as error:
                log.warning("reports_not_made", error=type(error).__name__)
            life.turned("reports")
            await life.rest(_REST_SECONDS)

    async def turn(self, life: Life | None = None) -> None:
        """Make all that waits and that nobody else makes."""
        for order in await self._store.unfinished():
            async with self._alone(order.report_id) as ours:
                if ours:
                    await self._make(order, life)

    async def _make(self, known: Order, life: Life | None) -> None:
        snapshot = await self._store.snapshot(known.month, known.districts, known.counted_at or clock.now())
        if known.snapshot and known.snapshot != snapshot.digest:
            # The log went on while nobody made it: it is counted anew, as of now, and all parts are made again.
            snapshot = await self._store.snapshot(known.month, known.districts, clock.now())
        await self._store.begin(known.report_id, snapshot)
        # Somebody else may have finished it before the lock was ours.
        order = await self._store.find(known.report_id)
        if order is None or order.finished_at:
            return
        for district_id in order.wanted:
            if life and life.stopping.is_set():
                return
            if district_id in order.made:
                continue
            try:
                pdf, csv = await self._part(order, snapshot, district_id)
            except Unprintable as why:
                await self._store.finish(order.report_id, clock.now(), f"{why}")
                return
            await self._store.keep(order.report_id, district_id, pdf, csv)
            if life:
                life.turned("reports")
        await self._store.finish(order.report_id, clock.now())
        log.info("report_made", report_id=order.report_id, parts=len(order.wanted))

    async def _part(self, order: Order, snapshot: Snapshot, district_id: str) -> tuple[bytes, bytes]:
        look = Page(language=Language(order.language), theme=Theme.DAY, path="")
        words = self._renderer.words(look.language)
        report = await asyncio.to_thread(report_of, snapshot, district_id, outside=order.outside, words=words)
        html = self._renderer.page("sup_report_pdf.j2", look, report=report, counted=_moment(report.counted_at))
        return await self._printer.print(html), csv_of([report])

    @asynccontextmanager
    async def _alone(self, report_id: int) -> AsyncIterator[bool]:
        """Hold an order for ourselves; the lock ends with our connection, however we end."""
        async with self._pool.connection() as connection:
            asked = await connection.execute("select pg_try_advisory_lock(%s, %s)", [_LOCK, report_id])
            row = await asked.fetchone()
            ours = bool(row and row[0])
            try:
                yield ours
            finally:
                if ours and not connection.closed:
                    await connection.execute("select pg_advisory_unlock(%s, %s)", [_LOCK, report_id])


def whole_csv(parts: list[bytes]) -> bytes:
    """Put the CSV of several parts into one: its mark and its heads stand once."""
    first, *rest = parts or [csv_of(())]
    return first + b"".join(part.split(b"\r\n", 1)[1] for part in rest)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"
