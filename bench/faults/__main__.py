"""`python -m bench faults`: break the cluster in every way, and follow each press; fail when one is lost or doubled."""

import logging
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import structlog
import typer
from rich.console import Console

from bench.faults.asked import Asked, Outcome
from bench.faults.files import keep, planned_before
from bench.faults.plan import Kind
from bench.faults.recovery import Done
from bench.faults.report import (
    fault_line,
    kept_the_promise,
    press_table,
    problem_lines,
    recovery_table,
    sound,
)
from bench.faults.run import run
from bench.machine import machine
from deploy.cluster.network import CannotCut
from deploy.embedded.children import NeverCameUp
from deploy.embedded.stack import ROOT

out: Final = Console(width=120)
_KEPT: Final = ROOT / ".dolbom" / "faults"


def faults(
    seed: Annotated[int, typer.Option(help="The same seed breaks the same things in the same order.")] = 1,
    faults: Annotated[int, typer.Option(min=1, max=2_000, help="So many faults; fewer done is a failure.")] = 200,
    kinds: Annotated[str, typer.Option(help="Kinds by their short names and commas; without it all.")] = "",
    homes: Annotated[int, typer.Option(min=40, max=2_000, help="Homes whose buttons are pressed.")] = 240,
    per_second: Annotated[float, typer.Option(min=0.1, max=20, help="Presses a second beside those of faults.")] = 1.0,
    seconds_per_fault: Annotated[float, typer.Option(min=0.5, max=60, help="No fault lasts longer.")] = 10.0,
    minutes: Annotated[float, typer.Option(min=1, max=240, help="No fault begins after so long.")] = 45.0,
    before: Annotated[str, typer.Option("--from", help="The commit from which rolling upgrades come.")] = "HEAD~1",
    replay: Annotated[Path | None, typer.Option(help="A campaign's folder: its very plan is done again.")] = None,
) -> None:
    """Break the real cluster by a seed while buttons are pressed; each press must have one alert, to its outcome."""
    asked = Asked(
        seed=seed,
        faults=faults,
        kinds=_kinds(kinds),
        homes=homes,
        presses_per_second=per_second,
        most_seconds=seconds_per_fault,
        minutes=minutes,
        before=before,
        again=planned_before(replay) if replay else (),
    )
    # What the campaign's own clients find broken is what was broken on purpose; the services have logs of their own.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    at = _KEPT / time.strftime(f"%Y%m%dT%H%M%S-seed{seed}")
    outcome = _ran(asked, at)
    _print(asked, outcome, at)
    if not kept_the_promise(asked, outcome):
        raise typer.Exit(1)


def _ran(asked: Asked, at: Path) -> Outcome:
    """Run it in a folder that every account can reach, and keep what is needed to look for a cause."""
    folder, began = Path(tempfile.mkdtemp(prefix="dolbom-faults-")), time.monotonic()

    def said(what: str) -> None:
        out.print(f"[dim]{time.monotonic() - began:7.0f} s[/]  {what}", highlight=False)

    try:
        outcome = run(asked, folder, said, _tell(asked))
        keep(asked, outcome, at=at, logs=folder / "logs")
    except (NeverCameUp, CannotCut, OSError) as error:
        if (folder / "logs").is_dir():
            shutil.copytree(folder / "logs", at / "logs", dirs_exist_ok=True)
        out.print(f"[red]the campaign did not end:[/] {error}\nlogs: {at}", soft_wrap=True)
        raise typer.Exit(2) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return outcome


def _kinds(names: str) -> tuple[Kind, ...]:
    if not names:
        return tuple(Kind)
    known = {kind.name.lower().replace("_", "-"): kind for kind in Kind}
    asked = [name.strip() for name in names.split(",")]
    if unknown := [name for name in asked if name not in known]:
        raise typer.BadParameter(f"no such kind: {', '.join(unknown)}; expected some of {', '.join(known)}")
    return tuple(known[name] for name in asked)


def _tell(asked: Asked) -> Callable[[Done, int], None]:
    whole = len(asked.again) or asked.faults

    def tell(done: Done, presses: int) -> None:
        out.print(fault_line(done, presses, whole), highlight=False, style="red" if done.failed else "")

    return tell


def _print(asked: Asked, outcome: Outcome, at: Path) -> None:
    out.print(recovery_table(outcome))
    out.print(press_table(outcome))
    if outcome.history.others:
        told = ", ".join(f"{count} {kind}" for kind, count in sorted(outcome.history.others.items()))
        out.print(f"other findings: {told}", highlight=False)
    for kind, why in outcome.impossible.items():
        if kind in asked.kinds:
            out.print(f"[yellow]left out:[/] {kind}: {why}")
    for line in problem_lines(outcome):
        out.print(f"[red]{line}[/]", highlight=False)
    whole = len(asked.again) or asked.faults
    if sound(outcome) < whole:
        out.print(f"[red]{sound(outcome)} faults were done, {whole} were asked for[/]")
    release = f"; upgraded from {outcome.release}" if outcome.release else ""
    out.print(f"seed {asked.seed}, {outcome.seconds / 60:.1f} min, commit {_commit()}{release}", highlight=False)
    out.print(f"[dim]{machine()}; three Apache Kafka brokers, Mosquitto, PostgreSQL with its copy[/]")
    out.print(f"plan, ledger, history and logs: {at}", highlight=False, soft_wrap=True)


def _commit() -> str:
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or "unknown"
