"""`python -m bench`: measure, and say on what; `python -m bench prove` fails when a push is missing or slow."""

import logging
import sys
from asyncio import run
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Final

import structlog
import typer
from rich.console import Console
from rich.table import Table

from bench.alerts.__main__ import alerts
from bench.bridge import burst as run_burst
from bench.city.__main__ import city
from bench.console.__main__ import console
from bench.detecting import cost
from bench.faults.__main__ import faults
from bench.fuzz import Fuzzed, fuzzed_line
from bench.fuzz import fuzz as run_fuzz
from bench.hops import HOPS
from bench.inactivity.contest import contest as run_inactivity
from bench.inactivity.recording import pretend, recordings
from bench.inactivity.table import contest_table, homes_table
from bench.load.__main__ import load
from bench.machine import machine, percentile
from bench.peers.contest import contest as run_contest
from bench.peers.contestants import OURS
from bench.peers.drain import Drained
from bench.peers.killed import Survived
from bench.ports.__main__ import fuzz_ports
from bench.prove import Heard, Plan
from bench.prove import prove as run_prove
from bench.stream.contest import a_broker
from bench.stream.contest import contest as stream_contest
from bench.stream.healing import healing
from bench.stream.latency import latencies
from bench.stream.report import healed_line, latency_table, ran_table, scales_table
from bench.stream.scale import scales
from bench.versus.__main__ import versus
from ingest.decode import DIALECTS

app = typer.Typer(add_completion=False, help=__doc__)
app.command()(city)
app.command()(alerts)
app.command()(console)
app.command()(load)
app.command()(faults)
app.command()(versus)
app.command()(fuzz_ports)
#: A table that is written to a file needs room, too.
out: Final = Console() if sys.stdout.isatty() else Console(width=120)

#: From MQTT publish to push, on a machine of two cores (what the issue promises).
PROMISED_MILLISECONDS: Final = 250.0
#: The numbers of homes for one core.
HOMES: Final = (1_000, 10_000, 100_000)
#: A figure that is not there must not look like one that was forgotten.
NOT_MEASURED: Final = "water leak: not measured: 주의 calls people after 15 minutes"


@app.callback(invoke_without_command=True)
def everything(context: typer.Context) -> None:
    """Run every part that is not asked for by name."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if context.invoked_subcommand is None:
        _proved(Plan())
        bridge()
        ingest()
        detecting()
        detection()
        stream()
        _each(alerts, console)


def _each(*parts: Callable[[], None]) -> None:
    """Run parts that fail when an aim is missed: every one of them, and then fail if one did."""
    failed = False
    for part in parts:
        try:
            part()
        except typer.Exit as ended:
            failed = failed or ended.exit_code != 0
    if failed:
        raise typer.Exit(1)


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
def ingest(
    messages: Annotated[int, typer.Option(min=1_000, help="The backlog that each drains.")] = 100_000,
    kill: Annotated[bool, typer.Option(help="Also kill each while Kafka hangs.")] = True,
) -> None:
    """Measure the bridge beside the floor and its peers: processor time for a backlog, and what a kill loses."""
    with out.status("brokers, and the peers' own environment") as status:
        drains, kills = run_contest(messages=messages, kill=kill, say=status.update)
    out.print(_drains(drains))
    if kills:
        out.print(_kills(kills))
    out.print(f"[dim]{machine()}; Mosquitto and the embedded Kafka broker[/]")
    lost = [each.missing for each in drains if each.name == OURS.name]
    if sum(lost + [each.missing for each in kills if each.name == OURS.name]):
        out.print("[red]the bridge lost messages[/]")
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


@app.command()
def detection(
    homes: Annotated[
        Path | None, typer.Option(help="A folder of recordings; without it the simulator's homes.")
    ] = None,
    targets: Annotated[str, typer.Option(help="Wanted alarms a month, by commas.")] = "1,0.5,3,30",
) -> None:
    """Measure how soon a collapse is found, and how often nothing was wrong, beside what others do."""
    try:
        wanted = [float(target) for target in targets.split(",")]
    except ValueError as trouble:
        raise typer.BadParameter(f"numbers by commas, such as 1,3: {targets!r}") from trouble
    with out.status("homes") as status:
        recorded = list(recordings(homes) if homes else pretend())
        if not recorded:
            raise typer.BadParameter(f"no *.csv.gz in {homes}")
        rows, each = run_inactivity(recorded, wanted, status.update)
    out.print(contest_table(rows, len(recorded)))
    out.print(homes_table(each, rows[0].name))
    out.print(f"[dim]{machine()}; a home judged for two months is one unit, shorter ones together are one[/]")


@app.command()
def stream(
    homes: Annotated[list[int] | None, typer.Option(help="So many homes; may be said several times.")] = None,
    readings: Annotated[int, typer.Option(min=10_000, help="Readings through each.")] = 200_000,
) -> None:
    """Measure the stream: one core by homes, beside the floor and its peers through Kafka, latency, and healing."""
    with out.status("homes") as status:
        out.print(scales_table(scales(homes or HOMES, readings=readings, together=500, say=status.update)))
        with a_broker() as (stack, kafka):
            ran = run(stream_contest(stack, kafka, homes=2_000, readings=readings, say=status.update))
            out.print(ran_table(ran))
            out.print(healed_line(run(healing(stack, kafka, homes=2_000, kills=5, say=status.update))), highlight=False)
        with a_broker() as (stack, kafka):
            most = ran[1].per_second
            levels = run(latencies(stack, kafka, saturation=most, homes=2_000, seconds=10, say=status.update))
            out.print(latency_table(levels))
    out.print(f"[dim]{machine()}; the embedded Kafka broker[/]")


@app.command()
def fuzz(
    decoder: Annotated[list[str] | None, typer.Option(help="A dialect; without it every one.")] = None,
    runs: Annotated[
        int, typer.Option(min=1, max=10_000_000, help="Payloads through each, mutated and guided.")
    ] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same mutations again.")] = 1,
    minutes: Annotated[
        float, typer.Option(min=0.1, max=120, help="So long for each way of each decoder at most.")
    ] = 30.0,
) -> None:
    """Fuzz the decoders: mutated samples and coverage-guided payloads; fail on anything raised, and on growth."""
    if unknown := set(decoder or []) - set(DIALECTS):
        raise typer.BadParameter(f"no such decoder: {', '.join(unknown)}; expected some of {', '.join(DIALECTS)}")
    guided = runs // 10
    fuzzed: list[Fuzzed] = []
    for name in decoder or DIALECTS:
        with out.status(f"{runs} payloads through {name}"):
            done = run_fuzz(name, runs=runs - guided, guided=guided, seed=seed, within_seconds=minutes * 60)
        fuzzed.append(done)
        out.print(fuzzed_line(done), highlight=False)
    out.print(f"[dim]{machine()}[/]")
    if any(each.broken or not each.flat for each in fuzzed):
        raise typer.Exit(1)


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


def _drains(drains: Sequence[Drained]) -> Table:
    table = Table(title="A backlog of QoS 1 messages to Kafka, acks=all")
    table.add_column("Who")
    table.add_column("does")
    for name in ("CPU s/100k", "ratio", "messages/s", "missing", "doubled", "out of order", "MB"):
        table.add_column(name, justify="right")
    ours = next(each for each in drains if each.name == OURS.name)
    for each in sorted(drains, key=lambda each: each.per_100k):
        numbers = (each.missing, each.doubled, each.inverted)
        rate = f"{each.messages / max(each.seconds, 0.001):,.0f}"
        cost = (f"{each.per_100k:.2f}", f"{each.per_100k / ours.per_100k:.1f}", rate)
        table.add_row(each.name, each.about, *cost, *(str(number) for number in numbers), f"{each.megabytes:.0f}")
    return table


def _kills(kills: Sequence[Survived]) -> Table:
    table = Table(title="Killed (kill -9) while Kafka hangs, 500 messages a second")
    table.add_column("Who")
    for name in ("sent", "missing", "doubled"):
        table.add_column(name, justify="right")
    for each in kills:
        table.add_row(each.name, str(each.sent), str(each.missing), str(each.doubled))
    return table


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
