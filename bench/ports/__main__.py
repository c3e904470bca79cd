"""`python -m bench fuzz-ports`: throw broken requests and frames at everything of ours that listens."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bench.ports.contest import Thrown, throw
from bench.ports.listeners import listening
from deploy.embedded.stack import Stack

out = Console()


def fuzz_ports(
    cases: Annotated[int, typer.Option(min=1, max=200_000, help="For each listener.")] = 2_000,
    seed: Annotated[int, typer.Option(help="The same seed throws the same.")] = 1,
    minutes: Annotated[float, typer.Option(min=0.1, max=60, help="For each listener at most.")] = 5.0,
) -> None:
    """Throw at every listener, on loopback; fail when one dies, grows, answers 5xx or serves no more."""
    done = thrown(cases, seed, minutes * 60)
    table = Table("listener", "thrown", "answered", "grew MB", "then served after s")
    for one in done:
        served = "never" if one.served_seconds is None else f"{one.served_seconds:.2f}"
        table.add_row(one.name, f"{one.cases:,}", f"{one.answered:,}", f"{one.megabytes:.1f}", served)
    out.print(table)
    faults = [f"{one.name}: {fault}" for one in done for fault in one.faults]
    for fault in faults[:40]:
        out.print(fault, markup=False, highlight=False)
    raise typer.Exit(1 if faults else 0)


def thrown(cases: int, seed: int, within_seconds: float) -> list[Thrown]:
    """Start the listeners, and throw at one after the other."""
    with tempfile.TemporaryDirectory(prefix="dolbom-ports-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with Stack(folder, durable=False) as stack, listening(stack, seed) as listeners:
            return [throw(one, cases=cases, within_seconds=within_seconds) for one in listeners]
