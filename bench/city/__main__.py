"""`python -m bench city`: let a city live its days, and print how soon each emergency was found and what was false."""

import sys
from collections import Counter
from datetime import datetime, timedelta
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from bench.city.lived import BEGAN, OF_PEOPLE, City, Lived, city_of, live_blocks
from bench.machine import machine, percentile
from runtime import clock

#: A table that is written to a file needs room, too.
out: Final = Console() if sys.stdout.isatty() else Console(width=140)


def city(
    homes: Annotated[int, typer.Option(min=1, help="Homes of the city.")] = 1_000,
    days: Annotated[int, typer.Option(min=1, help="Virtual days.")] = 30,
    seed: Annotated[int, typer.Option(help="The same seed lives the same days.")] = 1,
    beat_seconds: Annotated[int, typer.Option(min=10, max=160, help="Between two heartbeats of a gateway.")] = 60,
    block: Annotated[int, typer.Option(min=1, help="Homes that live at once; a line is told after each block.")] = 50,
    begin_at: Annotated[
        int, typer.Option(min=0, help="So many homes have lived before: go on with a run that was cut.")
    ] = 0,
    minutes: Annotated[float, typer.Option(min=0.1, help="Stop after the block in which so many have passed.")] = 600.0,
) -> None:
    """Let a city live its days with emergencies among them; fail when one is found later than promised."""
    began = clock.ticks()
    plot = city_of(homes=homes, days=days, seed=seed)
    lived = _lived(plot, block, begin_at, timedelta(seconds=beat_seconds), began + minutes * 60)
    seconds = clock.ticks() - began
    out.print(found(lived))
    out.print(false(lived))
    cut = "" if lived.homes == homes else f" of {homes}, from home {begin_at + 1} on"
    out.print(
        f"[bold]City[/]: {lived.homes} homes{cut}, {days} days, {lived.home_months:.1f} home-months,"
        f" {lived.readings:,} readings in {seconds:.0f} s ({lived.readings / seconds:,.0f} a second), seed {seed}"
    )
    out.print(f"[dim]{machine()}[/]")
    late = lived.broken()
    for one in late:
        out.print(f"[red]broken promise[/] {one.scene} in {one.home_id} at {one.at.isoformat()}: {lived.delay(one)}")
    if late:
        raise typer.Exit(1)


def _lived(plot: City, block: int, begin_at: int, beat: timedelta, until: float) -> Lived:
    """Let the blocks live one after the other, and tell after each what has been seen so far."""
    homes, length = len(plot.households), plot.days * 86_400.0
    lived = Lived(homes=0, days=plot.days)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"{homes} homes, {plot.days} days", total=homes * length)

        def advance(done: int, at: datetime) -> None:
            progress.update(task, completed=done * length + min(block, homes - done) * (at - BEGAN).total_seconds())

        for part in live_blocks(plot, block=block, begin_at=begin_at, beat=beat, advance=advance):
            lived.add(part)
            out.print(line(lived, homes), highlight=False)
            for each in part.invented():
                if each.finding.hazard in OF_PEOPLE:
                    out.print(f"  false: {each.finding.kind} in {each.finding.home_id} at {each.at.isoformat()}")
            for one in part.broken():
                out.print(f"  broken: {one.scene} in {one.home_id} at {one.at.isoformat()}: {lived.delay(one)}")
            if clock.ticks() >= until:
                break
    return lived


def line(lived: Lived, homes: int) -> str:
    """Say in one line what was lived so far."""
    late, missed, due = len(lived.broken()), len(lived.missed()), lived.promised()
    kinds = Counter(each.finding.kind for each in lived.invented())
    told = ", ".join(f"{kind} {count / lived.home_months:.3f}" for kind, count in kinds.most_common()) or "none"
    return (
        f"{lived.homes}/{homes} homes, {lived.home_months:.1f} home-months: {len(lived.injected)} played, {due} due,"
        f" {due - late} found in time, {late - missed} late, {missed} missed; false per home-month: {told}"
    )


def found(lived: Lived) -> Table:
    """Tell how soon each scene was found."""
    table = Table(title="Emergencies and faults that were played, seconds until they were found")
    table.add_column("Scene", no_wrap=True)
    for name in ("played", "found", "median", "p90", "max", "promised", "broken"):
        table.add_column(name, justify="right")
    broken = Counter(str(one.scene) for one in lived.broken())
    for scene in sorted({str(one.scene) for one in lived.injected}):
        played = [one for one in lived.injected if one.scene == scene]
        delays = [delay.total_seconds() for one in played if (delay := lived.delay(one)) is not None]
        shown = [f"{percentile(delays, share):,.0f}" if delays else "-" for share in (0.5, 0.9, 1.0)]
        within = max((one.promise.within.total_seconds() for one in played if one.promise), default=None)
        promise = "-" if within is None else f"{within:,.0f}"
        table.add_row(scene, str(len(played)), str(len(delays)), *shown, promise, str(broken[scene]))
    return table


def false(lived: Lived) -> Table:
    """Tell what was found although nothing had happened, by kind."""
    table = Table(title="Found in homes in which nothing had happened")
    table.add_column("Kind")
    table.add_column("calls people")
    for name in ("times", "per home-month"):
        table.add_column(name, justify="right")
    times = Counter((each.finding.kind, each.finding.hazard in OF_PEOPLE) for each in lived.invented())
    for (kind, people), count in times.most_common():
        table.add_row(kind, "yes" if people else "", str(count), f"{count / lived.home_months:.3f}")
    calls = sum(count for (_, people), count in times.items() if people)
    table.add_section()
    table.add_row("all that calls people", "yes", str(calls), f"{calls / lived.home_months:.3f}", style="bold")
    return table
