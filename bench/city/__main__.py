"""`python -m bench city`: let a city live its days, and print how soon each emergency was found and what was false."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from bench.city.lived import BEGAN, OF_PEOPLE, Lived, live
from bench.machine import machine, percentile
from runtime import clock

out: Final = Console()


def city(
    homes: Annotated[int, typer.Option(min=1, help="Homes that live at once.")] = 1_000,
    days: Annotated[int, typer.Option(min=1, help="Virtual days.")] = 30,
    seed: Annotated[int, typer.Option(help="The same seed lives the same days.")] = 1,
    beat_seconds: Annotated[int, typer.Option(min=10, max=160, help="Between two heartbeats of a gateway.")] = 60,
) -> None:
    """Let a city live its days with emergencies among them; fail when one is found later than promised."""
    began = clock.ticks()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"{homes} homes, {days} days", total=days * 86_400.0)

        def advance(at: datetime) -> None:
            progress.update(task, completed=(at - BEGAN).total_seconds())

        lived = live(homes=homes, days=days, seed=seed, beat=timedelta(seconds=beat_seconds), advance=advance)
    seconds = clock.ticks() - began
    out.print(found(lived))
    out.print(false(lived))
    out.print(
        f"[bold]City[/]: {homes} homes, {days} days, {lived.home_months:.1f} home-months, {lived.readings:,} readings"
        f" in {seconds:.0f} s ({lived.readings / seconds:,.0f} a second), seed {seed}"
    )
    out.print(f"[dim]{machine()}[/]")
    late = lived.broken()
    for one in late:
        out.print(f"[red]broken promise[/] {one.scene} in {one.home_id} at {one.at.isoformat()}: {lived.delay(one)}")
    if late:
        raise typer.Exit(1)


def found(lived: Lived) -> Table:
    """Tell how soon each scene was found."""
    table = Table(title="Emergencies and faults that were played, seconds until they were found")
    table.add_column("Scene")
    for name in ("played", "found", "median", "p90", "max", "promised", "broken"):
        table.add_column(name, justify="right")
    broken = Counter(str(one.scene) for one in lived.broken())
    for scene in sorted({str(one.scene) for one in lived.injected}):
        played = [one for one in lived.injected if one.scene == scene]
        delays = [delay.total_seconds() for one in played if (delay := lived.delay(one)) is not None]
        shown = [f"{percentile(delays, share):,.1f}" if delays else "-" for share in (0.5, 0.9, 1.0)]
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
