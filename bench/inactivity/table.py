"""The table of the contest, and each home by itself."""

from collections.abc import Sequence

from rich.table import Table

from bench.inactivity.contest import Row, summed_up
from bench.inactivity.protocol import Judged


def contest_table(rows: Sequence[Row], homes: int) -> Table:
    """Lay out the ways of judging beside each other."""
    table = Table(title=f"Collapses and false alerts in {homes} homes (inactivity-bench v1)")
    table.add_column("Way")
    for name in ("false: home", "away", "long", "median h", "p90", "mean", "1 h", "2 h", "4 h", "8 h", "missed"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(row.name, *_figures(row))
    return table


def homes_table(homes: Sequence[Judged], way: str) -> Table:
    """Lay out each home by itself."""
    table = Table(title=f"Each home: {way}")
    table.add_column("Home")
    table.add_column("months", justify="right")
    for name in ("false: home", "away", "long", "median h", "p90", "mean", "1 h", "2 h", "4 h", "8 h", "missed"):
        table.add_column(name, justify="right")
    for home in homes:
        table.add_row(home.name, f"{home.months:.2f}", *_figures(summed_up(home.name, [home])))
    return table


def _figures(row: Row) -> list[str]:
    rates = [f"{rate:.2f}" for rate in (row.home, row.away, row.long)]
    hours = [f"{delay:.1f}" for delay in (row.median, row.p90, row.mean)]
    return [*rates, *hours, *(f"{share:.2f}" for share in (*row.within, row.missed))]
