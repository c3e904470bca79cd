"""The tables of the load."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.table import Table

from bench.load.cities import City
from bench.load.figures import NOT_OURS, bytes_a_reading, checkpoint_bytes_a_second, kilobytes_a_home, microseconds
from bench.load.levels import Level
from bench.load.model import Limit, Needs
from bench.machine import percentile

#: A percentile of fewer than these is only their maximum.
ENOUGH_FOR_P999: Final = 1_000
_PLACES: Final = {
    "broker": "the MQTT broker holds it",
    "bridge": "the bridge's window",
    "detectors": "the detectors lag",
    "history": "history lags",
}


def saturation_table(cities: Sequence[City], *, readings_a_day: float) -> Table:
    """Show where each size saturates, and what gives way first."""
    table = _table("Where it saturates", "Homes", "ready s", "readings/s", "×", "gives way", "in times of their pace")
    for city in cities:
        gave = city.search.gave_way
        first = _PLACES[gave.waited.first] if gave else "nothing: the search ended"
        table.add_row(
            f"{city.homes:,}",
            f"{city.ready_seconds:.0f}",
            f"{city.search.per_second:,.0f}",
            f"{city.search.per_second / max(1.0, cities[0].search.per_second):.2f}",
            first,
            f"{city.search.per_second / (city.homes * readings_a_day / 86_400):.0f}",
        )
    return table


def latency_table(cities: Sequence[City]) -> Table:
    """Show how long a press takes to its finding and to its push, at each share."""
    columns = ("Homes", "load", "readings/s", "presses", "finding p50", "p99", "push p50", "p99", "p99.9 or max")
    table = _table("From MQTT publish, milliseconds", *columns)
    for city in cities:
        for level in city.levels:
            table.add_row(f"{city.homes:,}", *_latency(level.name, level.offered, [level]))
        table.add_section()
    for name in dict.fromkeys(level.name for city in cities for level in city.levels):
        same = [level for city in cities for level in city.levels if level.name == name]
        table.add_row("all", *_latency(name, sum(level.offered for level in same) / len(same), same), style="bold")
    return table


def overload_table(cities: Sequence[City]) -> Table:
    """Show what more than it bears does: who holds what, for how long, and what was lost of all."""
    columns = ("Homes", "offered/s", "done/s", "broker holds", "bridge", "detectors", "history", "window full")
    more = ("drained s", "push p50 s", "max s", "said", "stored", "presses", "pushed", "lost")
    table = _table("150 % of what it bears, then left alone; and everything that was said", *columns, *more)
    for city in cities:
        over, counted = city.overload, city.counted
        table.add_row(
            f"{city.homes:,}",
            f"{over.offered:,.0f}",
            f"{over.finished:,.0f}",
            *(f"{held:,}" for held in vars(over.waited).values()),
            f"{over.pauses:,}",
            "never" if over.drained_seconds is None else f"{over.drained_seconds:.1f}",
            f"{percentile(over.pushed, 0.5) / 1e3:.1f}",
            f"{percentile(over.pushed, 1.0) / 1e3:.1f}",
            *(f"{count:,}" for count in (counted.said, counted.stored, counted.presses, counted.pushed)),
            f"{counted.lost:,}",
        )
    return table


def cost_table(cities: Sequence[City]) -> Table:
    """Show what each process needs for a reading and for a home."""
    table = _table("What it costs", "Process", *(f"µs a reading, {city.homes:,}" for city in cities), "MB at rest")
    table.add_column("kB more a home", justify="right")
    added = kilobytes_a_home(cities)
    costs = [microseconds(city.levels[-1]) for city in cities]
    for process in costs[0]:
        table.add_row(
            process + (" (not ours)" if process in NOT_OURS else ""),
            *(f"{cost[process]:.1f}" for cost in costs),
            " / ".join(f"{city.resting_megabytes[process]:.0f}" for city in cities),
            f"{added[process]:.2f}" if len(cities) > 1 else "-",
        )
    ours = [sum(cost for process, cost in each.items() if process not in NOT_OURS) for each in costs]
    rest = [f"{sum(_ours_of(city)):.0f}" for city in cities]
    table.add_row("all of ours", *(f"{cost:.1f}" for cost in ours), " / ".join(rest), "", style="bold")
    return table


def disk_table(cities: Sequence[City], *, readings_a_day: float) -> Table:
    """Show what is written for a reading, and for a thousand homes in a day."""
    table = _table("Bytes a reading on the disk, one copy", "Place", *(f"{city.homes:,}" for city in cities))
    table.add_column("MB a day, 1,000 homes", justify="right")
    each = [bytes_a_reading(city) for city in cities]
    for place in each[-1]:
        a_day = each[-1][place] * readings_a_day * 1_000 / 1e6
        table.add_row(place, *(f"{sizes[place]:.0f}" for sizes in each), f"{a_day:,.0f}")
    beside = [checkpoint_bytes_a_second(city, city.levels[-1]) for city in cities]
    kilobytes = ("-" if one is None else f"{one / 1e3:,.0f} kB/s" for one in beside)
    table.add_row("Kafka beside it (checkpoints)", *kilobytes, "")
    return table


def thousand_line(city: City, *, readings_a_day: float) -> str:
    """Say what a thousand homes cost at their own pace."""
    costs = microseconds(city.levels[-1])
    ours = sum(cost for process, cost in costs.items() if process not in NOT_OURS)
    core = ours * 1_000 * readings_a_day / 86_400 / 1e6
    megabytes = sum(_ours_of(city)) * 1_000 / city.homes
    disk = sum(bytes_a_reading(city).values()) * 1_000 * readings_a_day / 1e6
    return (
        f"[bold]A thousand homes[/] of {city.homes:,}: {100 * core:.2f} % of a core, {megabytes:,.0f} MB of memory,"
        f" {disk:,.0f} MB written a day"
    )


def model_table(columns: Sequence[Needs]) -> Table:
    """Show cities on paper beside each other."""
    table = _table("On paper", "Homes", *(f"{column.homes:,.0f}" for column in columns))
    for name, *cells in _model_rows(columns):
        table.add_row(name, *cells)
    return table


def limits_line(limits: Sequence[Limit]) -> str:
    """Say what one installation is full of first."""
    told = ", ".join(f"{limit.what} at {limit.homes:,.0f}" for limit in limits[:5])
    return f"[bold]One installation is full[/] of {told} homes"


def _model_rows(columns: Sequence[Needs]) -> Iterator[list[str]]:
    yield ["installations", *(f"{each.installations:,}" for each in columns)]
    yield ["readings/s at the peak", *(f"{each.per_second:,.0f}" for each in columns)]
    yield ["partitions of a topic, each installation", *(f"{each.partitions}" for each in columns)]
    for process in columns[-1].workers:
        yield [f"workers: {process}", *(f"{each.workers.get(process, 0):,}" for each in columns)]
    yield ["Kafka brokers", *(f"{each.brokers:,}" for each in columns)]
    yield ["Kafka in, out MB/s", *(f"{each.kafka_in / 1e6:,.1f}, {each.kafka_out / 1e6:,.1f}" for each in columns)]
    yield ["Kafka disk TB, three copies", *(f"{each.kafka_disk_bytes / 1e12:,.2f}" for each in columns)]
    yield ["PostgreSQL cores", *(f"{each.database_cores:,.1f}" for each in columns)]
    yield ["PostgreSQL TB, 90 days", *(f"{each.database_raw_bytes / 1e12:,.2f}" for each in columns)]
    yield ["... compressed after two", *(f"{each.database_compressed_bytes / 1e12:,.2f}" for each in columns)]
    yield ["written ahead GB a day", *(f"{each.wal_bytes_a_day / 1e9:,.0f}" for each in columns)]
    for process in columns[-1].memory:
        yield [f"memory GB: {process}", *(f"{each.memory.get(process, 0.0):,.1f}" for each in columns)]


def _latency(name: str, offered: float, levels: Sequence[Level]) -> list[str]:
    found = [took for level in levels for took in level.found]
    pushed = [took for level in levels for took in level.pushed]
    last = percentile(pushed, 0.999 if len(pushed) >= ENOUGH_FOR_P999 else 1.0)
    presses = sum(level.presses for level in levels)
    figures = (percentile(found, 0.5), percentile(found, 0.99), percentile(pushed, 0.5), percentile(pushed, 0.99), last)
    return [name, f"{offered:,.0f}", f"{presses}", *(f"{figure:.0f}" for figure in figures)]


def _ours_of(city: City) -> list[float]:
    return [megabytes for process, megabytes in city.resting_megabytes.items() if process not in NOT_OURS]


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title)
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place == 0 or column == "gives way" else "right")
    return table
