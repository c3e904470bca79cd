"""What a campaign prints: faults by kind with their recovery, presses by what became of them, and what is wrong."""

from typing import Final

from rich.table import Table

from bench.faults.asked import Asked, Outcome
from bench.faults.history import LATE_SECONDS, Flaw
from bench.faults.recovery import Done, recoveries

#: So many flaws are named; the rest stands in the files.
NAMED: Final = 20


def fault_line(done: Done, presses: int, whole: int) -> str:
    """Say in one line how a fault went."""
    fault = done.fault
    what = f"{fault.kind} {fault.target}" + (f" {fault.way}" if fault.way else "")
    took = "never recovered" if done.recovered_after is None else f"recovered after {done.recovered_after:.1f} s"
    went = f"NOT DONE: {done.failed[:120]}" if done.failed else took
    return f"{done.ended_at:7.0f} s  {fault.number:3}/{whole}  {what:48} {went}  ({presses} presses)"


def recovery_table(outcome: Outcome) -> Table:
    """Lay out the faults by kind."""
    table = Table(title="Faults, and seconds until presses went through every partition again")
    table.add_column("Fault")
    for name in ("done", "presses during", "p50", "max", "never"):
        table.add_column(name, justify="right")
    for each in recoveries(outcome.done):
        figures = (f"{each.done}", f"{each.presses}", f"{each.p50:.1f}", f"{each.most:.1f}", f"{each.never}")
        table.add_row(each.kind, *figures)
    table.add_section()
    table.add_row("all", f"{sound(outcome)}", *[""] * 4, style="bold")
    return table


def press_table(outcome: Outcome) -> Table:
    """Lay out what became of the presses."""
    verdict, table = outcome.verdict, Table(title="Numbered presses, from the gateway's number to the outcome")
    table.add_column("What")
    table.add_column("count", justify="right")
    table.add_column("must be", justify="right")
    table.add_row("presses", f"{len(verdict.lines)}", "")
    table.add_row("with exactly one alert", f"{sum(len(line.alert_ids) == 1 for line in verdict.lines)}", "all")
    table.add_row("ended with an outcome", f"{sum(line.outcome is not None for line in verdict.lines)}", "all")
    waits = [line.waited for line in verdict.lines if line.waited is not None]
    table.add_row("seconds to the first push, the longest", f"{max(waits, default=0):.1f}", f"≤ {LATE_SECONDS:.0f}")
    for flaw in Flaw:
        table.add_row(flaw, f"{verdict.count(flaw)}", "0")
    table.add_section()
    table.add_row("pushes delivered", f"{len(outcome.history.pushed)}", "")
    table.add_row("of them again under their key", f"{verdict.pushed_again}", "")
    table.add_row("records that hold a press again", f"{verdict.kept_again}", "")
    table.add_row("findings of other kinds", f"{sum(outcome.history.others.values())}", "")
    table.add_row("processes started again", f"{sum(outcome.restarts.values())}", "")
    return table


def problem_lines(outcome: Outcome) -> list[str]:
    """Name what is wrong, the first of each."""
    problems = outcome.verdict.problems
    lines = [
        f"{each.flaw}: {f'press {each.press}: ' if each.press is not None else ''}{each.what}"
        for each in problems[:NAMED]
    ]
    return lines + ([f"and {len(problems) - NAMED} more"] if len(problems) > NAMED else [])


def sound(outcome: Outcome) -> int:
    """Count the faults that were done."""
    return sum(not each.failed for each in outcome.done)


def kept_the_promise(asked: Asked, outcome: Outcome) -> bool:
    """Tell whether no press came to harm, everything recovered, and as much was broken as was asked for."""
    whole = len(asked.again) or asked.faults
    recovered = not any(each.never for each in recoveries(outcome.done))
    return not outcome.verdict.problems and bool(outcome.verdict.lines) and recovered and sound(outcome) >= whole
