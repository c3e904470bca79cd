"""The table of what was measured, and where it falls short of what was aimed at."""

from collections.abc import Iterator
from typing import Final

from rich.table import Table

from bench.alerts.measure import Floor, Ran
from bench.machine import percentile

#: A thousand findings in one second: all are cases within this, and everybody's first call is out within that.
OPEN_SECONDS: Final = 2.0
PUSHED_SECONDS: Final = 5.0
#: Fifty in every second: 99 of 100 pushes come within this.
P99_MILLISECONDS: Final = 500.0


def table_of(flat: Floor, all_at_once: Ran, steadily: Ran) -> Table:
    """Show both loads beside the floor."""
    table = Table(title="From a finding on Kafka to the push at the provider")
    names = ("Load", "cases", "pushes", "open s", "pushed s", "p50 ms", "p99 ms", "max ms", "of the floor", "load avg")
    for name in names:
        table.add_column(name, justify="left" if name == "Load" else "right")
    floor_each = flat.seconds / flat.cases
    table.add_row(
        "floor: INSERT, then POST",
        f"{flat.cases}",
        f"{flat.cases}",
        "-",
        f"{flat.seconds:.2f}",
        *_took(flat.milliseconds),
        "1.0",
        "-",
    )
    for name, ran in (("all in one second", all_at_once), ("steadily, answered", steadily)):
        each = ran.pushed_seconds / max(1, len(ran.told))
        table.add_row(
            name,
            f"{len(ran.told):,}",
            f"{ran.pushes:,}",
            f"{ran.opened_seconds:.2f}",
            f"{ran.pushed_seconds:.2f}",
            *_took(ran.milliseconds),
            f"{each / floor_each:.1f}" if ran is all_at_once else "-",
            f"{ran.load_average:.1f}",
        )
    return table


def shortfalls(all_at_once: Ran, steadily: Ran) -> Iterator[str]:
    """Say each aim that was missed."""
    if not all_at_once.opened_seconds <= OPEN_SECONDS:
        yield f"all open after {all_at_once.opened_seconds:.2f} s, aimed at {OPEN_SECONDS:g} s"
    if not all_at_once.pushed_seconds <= PUSHED_SECONDS:
        yield f"first calls out after {all_at_once.pushed_seconds:.2f} s, aimed at {PUSHED_SECONDS:g} s"
    if not steadily.p99 <= P99_MILLISECONDS:
        yield f"p99 is {steadily.p99:.0f} ms, aimed at {P99_MILLISECONDS:g} ms"
    for ran in (all_at_once, steadily):
        if ran.missing:
            yield f"{ran.missing} of {len(ran.told)} cases were never pushed"


def _took(milliseconds: list[float]) -> list[str]:
    return [f"{percentile(milliseconds, share):.0f}" for share in (0.5, 0.99, 1.0)]
