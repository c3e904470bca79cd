"""`python -m bench versus`: Dolbom beside what a user would build instead, in one table from one run."""

import sys
from typing import Annotated, Final

import typer
from rich.console import Console

from bench.machine import machine
from bench.versus.contest import contest
from bench.versus.contestants import Contestant
from bench.versus.dolbom import OURS
from bench.versus.nodered import NODE_RED
from bench.versus.prometheus import AS_DELIVERED, PROMETHEUS
from bench.versus.python import FAUST, MQ_BRIDGE, QUIX
from bench.versus.report import able, failures, figures, parts, shortfalls
from bench.versus.run import Plan
from bench.versus.telegraf import TELEGRAF

#: A table that is written to a file needs room, too.
out: Final = Console() if sys.stdout.isatty() else Console(width=190)
CONTESTANTS: Final[dict[str, Contestant]] = {
    "dolbom": OURS,
    "node-red": NODE_RED,
    "quix": QUIX,
    "faust": FAUST,
    "mq-bridge": MQ_BRIDGE,
    "telegraf": TELEGRAF,
    "prometheus": PROMETHEUS,
    "as-delivered": AS_DELIVERED,
}


def versus(
    who: Annotated[list[str] | None, typer.Option(help="One of them; may be said several times.")] = None,
    readings: Annotated[int, typer.Option(min=1_000, max=50_000, help="Readings of the burst.")] = 20_000,
    cries: Annotated[int, typer.Option(min=5, max=500, help="Cries whose way is timed.")] = 60,
    killed: Annotated[int, typer.Option(min=10, max=1_000, help="Cries in the midst of which it is killed.")] = 120,
) -> None:
    """Measure Dolbom beside what a user would build instead; fail when Dolbom loses a cry."""
    if unknown := set(who or []) - set(CONTESTANTS):
        raise typer.BadParameter(f"no such contestant: {', '.join(unknown)}; expected some of {', '.join(CONTESTANTS)}")
    chosen = [each for name, each in CONTESTANTS.items() if not who or name in who]
    plan = Plan(burst=readings, cries=cries, killed=killed)
    with out.status("brokers") as status:
        done = contest(chosen, plan, say=status.update if out.is_terminal else out.print)
    out.print(figures(done.rows))
    out.print(able(done.rows))
    for line in (*parts(done.rows), *failures(done.rows)):
        out.print(line, highlight=False)
    out.print(f"[dim]{machine()}; {done.brokers}; {done.seconds:.0f} s[/]", highlight=False)
    short = [line for row in done.rows if row.contestant is OURS for line in shortfalls(row)]
    for line in short:
        out.print(f"[red]Dolbom falls short:[/] {line}")
    if short:
        raise typer.Exit(1)
