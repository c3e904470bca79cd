"""The tables of what was measured."""

from collections.abc import Sequence
from statistics import median

from rich.table import Table

from bench.stream.contest import Ran
from bench.stream.healing import Healed
from bench.stream.latency import Latency
from bench.stream.scale import Scale


def scales_table(scales: Sequence[Scale]) -> Table:
    """Show one core by the number of homes."""
    columns = ("Homes", "µs to read", "µs to judge", "readings/s and core", "kB/home", "of it learned")
    more = ("snapshot kB/home", "round s", "longest chunk ms", "restore s")
    table = _table("One core, all detectors on, homes that have lived for days; processor time", *columns, *more)
    for each in scales:
        table.add_row(
            f"{each.homes:,}",
            f"{each.decode_microseconds:.1f}",
            f"{each.judge_microseconds:.1f}",
            f"{each.per_second:,.0f}",
            f"{each.bytes_per_home / 1000:.1f}" if each.bytes_per_home else "-",
            f"{each.learned_bytes_per_home / 1000:.1f}",
            f"{each.snapshot_bytes_per_home / 1000:.1f}",
            f"{each.snapshot_seconds:.2f}",
            f"{each.longest_chunk_milliseconds:.1f}",
            f"{each.restore_seconds:.2f}",
        )
    return table


def ran_table(ran: Sequence[Ran]) -> Table:
    """Show each beside the floor, which comes first."""
    table = _table("The same readings through Kafka", "Who", "does", "readings", "µs/reading", "ratio", "readings/s")
    floor = ran[0].microseconds
    for each in ran:
        if each.failed:
            table.add_row(each.name, each.about, "-", "-", "-", each.failed)
            continue
        ratio = f"{each.microseconds / floor:.2f}" if floor else "-"
        rate = f"{each.readings / max(each.seconds, 0.001):,.0f}"
        table.add_row(each.name, each.about, f"{each.readings:,}", f"{each.microseconds:.1f}", ratio, rate)
    return table


def latency_table(levels: Sequence[Latency]) -> Table:
    """Show how long a press waits in the stream."""
    table = _table(
        "From the record to the finding, milliseconds", "Load", "readings/s", "presses", "missing", "p50", "p99"
    )
    for each in levels:
        figures = (
            f"{each.per_second:,.0f}",
            f"{each.presses}",
            f"{each.missing}",
            f"{each.p50:.0f}",
            f"{each.p99:.0f}",
        )
        table.add_row(f"{100 * each.share:.0f} %", *figures)
    return table


def healed_line(healed: Healed) -> str:
    """Say how fast it heals."""
    took = sorted(healed.taken_over_seconds)
    return (
        f"[bold]Healing[/] with {healed.homes:,} homes, session {healed.session_seconds:.0f} s: killed and started"
        f" again {healed.restarted_seconds:.1f} s, taken over by another worker {median(took):.1f} s (of {len(took)}:"
        f" {took[0]:.1f} to {took[-1]:.1f}), asked to stop {healed.stopped_seconds:.1f} s"
    )


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title)
    for column in columns:
        table.add_column(column, justify="left" if column in {"Who", "does"} else "right")
    return table
