"""The table of the contest, and what each does not do at all."""

from collections.abc import Iterator, Sequence

from rich.table import Table

from bench.versus.contest import Row
from bench.versus.contestants import Does
from bench.versus.run import Heard

#: What the columns of figures are called; the row's name and what is in it stand before them.
COLUMNS = (
    "p50 ms",
    "p99 ms",
    "called",
    "still",
    "said twice",
    "CPU s/100k",
    "idle %",
    "MB",
    "burst lost",
    "kill lost",
    "doubled",
    "longest s",
    "hang lost",
    "+doubled",
)


def figures(rows: Sequence[Row]) -> Table:
    """Show every figure of every contestant."""
    table = Table(title="The same street, the same scenes, the same brokers")
    table.add_column("Who", min_width=24)
    for name in COLUMNS:
        table.add_column(name, justify="right")
    for row in rows:
        who = f"[bold]{row.contestant.name}[/]"
        table.add_row(who, *(("-",) * len(COLUMNS) if row.failed else tuple(cells(row))))
    return table


def cells(row: Row) -> Iterator[str]:
    """Write a row's figures; what was not measured is a line."""
    once, twice, still, burst = row.once, row.twice, row.still, row.burst
    yield f"{once.took(0.5):,.0f}" if once and once.told else "-"
    yield f"{once.took(0.99):,.0f}" if once and once.told else "-"
    yield _of(once)
    yield _of(still)
    yield f"+{twice.doubled}/{len(twice.cries)}" if twice else "-"
    yield f"{burst.per_100k:.1f}" if burst else "-"
    yield f"{100 * burst.idle:.1f}" if burst else "-"
    yield f"{burst.megabytes:,.0f}" if burst else "-"
    yield f"{row.among.lost}/{len(row.among.cries)}" if row.among else "-"
    yield from _killed(row.killed)
    yield f"{max(row.killed.milliseconds) / 1000:.1f}" if row.killed and row.killed.told else "-"
    yield from _killed(row.hanging)


def able(rows: Sequence[Row]) -> Table:
    """Show what each does by itself."""
    table = Table(title="What it does by itself", show_lines=True)
    for name in ("Who", "calls the next", "hears an answer", "a silent home", "PUBACK after durable"):
        table.add_column(name)
    for row in rows:
        can = row.contestant.able
        does = (can.escalates, can.answered, can.silence, can.durable)
        table.add_row(row.contestant.name, *(_does(each) for each in does))
    return table


def parts(rows: Sequence[Row]) -> Iterator[str]:
    """Say what each process of a contestant spent on the burst."""
    for row in rows:
        if row.burst:
            spent = ", ".join(f"{name} {seconds:.1f}" for name, seconds in row.burst.each_per_100k.items())
            yield f"{row.contestant.name}: CPU s/100k: {spent}"


def failures(rows: Sequence[Row]) -> Iterator[str]:
    """Say why a row has no figures."""
    for row in rows:
        if row.failed:
            yield f"{row.contestant.name}: not measured: {row.failed}"


def shortfalls(row: Row) -> Iterator[str]:
    """Say what our own row must not show. A call that comes again under its key is no fault: whoever takes it knows."""
    if row.failed:
        yield f"no figures: {row.failed}"
    for what, heard in (
        ("cries", row.once),
        ("cries said twice", row.twice),
        ("stillness", row.still),
        ("the burst", row.among),
        ("a kill", row.killed),
        ("a kill while Kafka hangs", row.hanging),
    ):
        if heard and heard.lost:
            yield f"{heard.lost} of {len(heard.cries)} lost: {what}"


def _of(heard: Heard | None) -> str:
    return f"{heard.told}/{len(heard.cries)}" if heard else "-"


def _killed(heard: Heard | None) -> Iterator[str]:
    yield f"{heard.lost}/{len(heard.cries)}" if heard else "-"
    yield f"{heard.doubled}" if heard else "-"


def _does(does: Does) -> str:
    return f"[bold]{'yes' if does.by_itself else 'no'}[/]: {does.why}"
