"""`python -m bench`: measure, and say on what; `python -m bench prove` fails when a push is missing or slow."""

import logging
from typing import Annotated, Final

import structlog
import typer
from rich.console import Console
from rich.table import Table

from bench.bridge import burst as run_burst
from bench.detecting import cost
from bench.hops import HOPS
from bench.machine import machine, percentile
from bench.prove import Heard, Plan
from bench.prove import prove as run_prove

app = typer.Typer(add_completion=False, help=__doc__)
out: Final = Console()

#: From MQTT publish to push, on a machine of two cores (what the issue promises).
PROMISED_MILLISECONDS: Final = 250.0
#: A figure that is not there must not look like one that was forgotten.
NOT_MEASURED: Final = "water leak: not measured: 주의 calls people after 15 minutes"


@app.callback(invoke_without_command=True)
def everything(context: typer.Context) -> None:
    """Run every part that is not asked for by name."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if context.invoked_subcommand is None:
        _proved(Plan())
        bridge()
        detecting()


@app.command()
def prove(
    cries: Annotated[int, typer.Option(min=1, help="Emergencies, each in a home of its own.")] = 210,
    background: Annotated[int, typer.Option(min=0, help="Readings per second of other homes.")] = 200,
) -> None:
    """Measure every emergency from MQTT publish to push; fail when one is missing or p99 is over 250 ms."""
    if not _proved(Plan(cries=cries, background_per_second=background)):
        raise typer.Exit(1)


@app.command()
def bridge(
    readings: Annotated[int, typer.Option(min=1, help="Readings, one in each message.")] = 10_000,
) -> None:
    """Measure the bridge: a burst of readings of fifty homes, until Kafka has the last."""
    with out.status(f"{readings} readings through the bridge"):
        done = run_burst(readings=readings)
    lost = done.sent - done.arrived
    out.print(
        f"[bold]Bridge[/]: {done.arrived} readings in {done.seconds:.1f} s, {done.arrived / done.seconds:.0f} a second,"
        f" {done.arrived / max(1, done.records):.0f} in a record, {lost} lost"
    )
    out.print(f"[dim]{machine()}[/]")
    if lost:
        raise typer.Exit(1)


@app.command()
def detecting() -> None:
    """Measure the detectors without Kafka: microseconds per reading, and the ratio of judging to decoding."""
    with out.status("two days of a hundred homes"):
        done = cost()
    out.print(
        f"[bold]Detectors[/]: {done.readings} readings, {done.decode:.1f} µs each to decode,"
        f" {done.apply:.1f} µs to judge, ratio {done.ratio:.1f}"
    )
    out.print(f"[dim]{machine()}[/]")


def _proved(plan: Plan) -> bool:
    with out.status(f"{plan.cries} emergencies among {plan.background_per_second} readings a second"):
        heard = run_prove(plan)
    out.print(_table(heard))
    out.print(_hops(heard))
    out.print(f"[dim]{machine()}; {heard.background} readings beside it[/]")
    out.print(NOT_MEASURED)
    for cry in heard.missing:
        out.print(f"[red]no push:[/] {cry.sample.name} in {cry.home_id}")
    slow = percentile(heard.milliseconds(), 0.99) > PROMISED_MILLISECONDS
    if slow:
        out.print(f"[red]p99 is over {PROMISED_MILLISECONDS:.0f} ms[/]")
    return not heard.missing and not slow


def _table(heard: Heard) -> Table:
    table = Table(title="From MQTT publish to push, milliseconds")
    table.add_column("Emergency")
    for name in ("runs", "pushed", "p50", "p99", "max"):
        table.add_column(name, justify="right")
    for name in dict.fromkeys(cry.sample.name for cry in heard.cries):
        table.add_row(*_row(name, sum(cry.sample.name == name for cry in heard.cries), heard.milliseconds(name)))
    table.add_section()
    table.add_row(*_row("all", len(heard.cries), heard.milliseconds()), style="bold")
    return table


def _hops(heard: Heard) -> Table:
    table = Table(title="Where the time goes, milliseconds")
    table.add_column("Hop")
    for name in ("p50", "p99", "max"):
        table.add_column(name, justify="right")
    for place, name in enumerate(HOPS):
        took = [way.milliseconds[place] for way in heard.ways]
        table.add_row(name, *_figures(took))
    return table


def _figures(took: list[float]) -> list[str]:
    return [
        f"{max(figure, 0.0):.0f}" for figure in (percentile(took, 0.5), percentile(took, 0.99), percentile(took, 1.0))
    ]


def _row(name: str, runs: int, took: list[float]) -> list[str]:
    return [name, str(runs), str(len(took)), *_figures(took)]


if __name__ == "__main__":
    app()
