"""`python -m bench console`: how soon a change is a row on a board, a board is usable, and a home's page comes."""

import asyncio
import sys
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from bench.console.feed import CHROMIUM, FeedRan, feed
from bench.console_home import PROMISED_SECONDS, Pages, home_pages
from bench.machine import machine, percentile
from bench.prove import import_street, stack_for_once
from bench.samples import street_of
from deploy.embedded.stack import Stack
from runtime.postgres import pooled
from runtime.settings import load

out: Final = Console() if sys.stdout.isatty() else Console(width=120)

#: From the feed's write to the row, 95 of 100; and a board from the address to the first sign of life.
PROMISED_ROW: Final = 0.3
PROMISED_USABLE: Final = 1.0
#: Alerts that the changes go round on.
_ALERTS: Final = 50


def console(
    consoles: Annotated[int, typer.Option(min=1, max=200, help="Boards that are open.")] = 20,
    rate: Annotated[int, typer.Option(min=1, max=500, help="Changes a second.")] = 50,
    seconds: Annotated[int, typer.Option(min=1, max=600, help="For so long.")] = 30,
    homes: Annotated[int, typer.Option(min=100, help="Homes with four weeks of history.")] = 10_000,
) -> None:
    """Measure the pages; fail when a budget is exceeded or a change never reached the board."""
    short: list[str] = []
    if CHROMIUM.exists():
        with stack_for_once() as stack, out.status("boards"):
            ran = asyncio.run(_fed(stack, consoles, rate, seconds))
        out.print(_feed_table(ran))
        short += _feed_short(ran)
    else:
        short.append("the board was not measured: install Debian's package `chromium`")
    with stack_for_once() as stack, out.status("homes") as status:
        pages = home_pages(stack, homes=homes, say=status.update)
    out.print(_pages_table(pages))
    short += [] if pages.kept else [f"a home's page: 95 of 100 within {1000 * PROMISED_SECONDS:.0f} ms"]
    out.print(f"[dim]{machine()}[/]")
    for line in short:
        out.print(f"[red]short:[/] {line}")
    if short:
        raise typer.Exit(1)


async def _fed(stack: Stack, consoles: int, rate: int, seconds: int) -> FeedRan:
    settings = load(stack.environ)
    street = street_of(_ALERTS, webhook="http://127.0.0.1:9/none")
    await import_street(settings, street)
    for name in ("alerts", "console"):
        await asyncio.to_thread(stack.service(name).wait_ready, 60.0)
    async with pooled(settings.postgres) as pool:
        return await feed(pool, settings.console, street.homes, consoles=consoles, rate=rate, seconds=seconds)


def _feed_table(ran: FeedRan) -> Table:
    table = Table("", "n", "p50 ms", "p95 ms", "max ms", "promised", title=f"{ran.consoles} boards, {ran.rate}/s")
    for name, took, promised in (
        ("change to row", ran.rows, f"p95 {1000 * PROMISED_ROW:.0f}"),
        ("address to live board", ran.usable, f"{1000 * PROMISED_USABLE:.0f}"),
    ):
        figures = [f"{1000 * figure:.0f}" for figure in (percentile(took, 0.5), percentile(took, 0.95), max(took))]
        table.add_row(name, f"{len(took):,}", *figures, promised)
    table.caption = f"{ran.missing} never came; the other boards heard {ran.heard:,} changes"
    return table


def _feed_short(ran: FeedRan) -> list[str]:
    short = []
    if ran.missing:
        short.append(f"{ran.missing} changes never reached the board")
    if percentile(ran.rows, 0.95) > PROMISED_ROW:
        short.append(f"change to row: 95 of 100 within {1000 * PROMISED_ROW:.0f} ms")
    if percentile(ran.usable, 0.5) > PROMISED_USABLE:
        short.append(f"address to live board: {PROMISED_USABLE:.0f} s")
    return short


def _pages_table(pages: Pages) -> Table:
    table = Table("page", "p50 ms", "p95 ms", "max ms", title=f"{pages.homes:,} homes, {pages.rows:,} readings")
    for name, *figures in pages.lines():
        table.add_row(name, *(f"{figure:.0f}" for figure in figures))
    table.caption = f"the largest page is {pages.bytes / 1000:.1f} kB compressed"
    return table
