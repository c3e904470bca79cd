"""From what was measured to what the model needs: what a reading costs, what a home adds, bytes of each."""

from collections.abc import Mapping, Sequence
from typing import Final

from bench.load.cities import City
from bench.load.levels import Level
from bench.load.model import Figures
from contracts.topics import FINDINGS, MESSAGES, READINGS

#: Processes that exist only to measure.
NOT_OURS: Final = ("generator", "measuring")
#: What was measured elsewhere, because a load of minutes cannot show it; docs/explanation/scale.md says where.
LIVED_STATE_KILOBYTES: Final = 10.3
LIVED_CHECKPOINT_BYTES: Final = 4_900.0
COMPRESSED_ROW_BYTES: Final = 30.0


def microseconds(level: Level) -> dict[str, float]:
    """Tell what a reading costs each process, at rest counted in."""
    return {name: 1e6 * busy / level.offered for name, busy in level.cpu.items()} if level.offered else {}


def marginal(levels: Sequence[Level]) -> dict[str, float]:
    """Tell what one more reading costs: the slope through the levels, which leaves out what costs as much at rest."""
    return {name: 1e6 * _slope([(one.offered, one.cpu[name]) for one in levels]) for name in levels[0].cpu}


def kilobytes_a_home(cities: Sequence[City]) -> dict[str, float]:
    """Tell what a home adds to each process at rest: the slope through the sizes; nothing of one size alone."""
    return {
        name: max(0.0, 1e3 * _slope([(city.homes, city.resting_megabytes.get(name, 0.0)) for city in cities]))
        for name in cities[0].resting_megabytes
    }


def bytes_a_reading(city: City) -> dict[str, float]:
    """Tell what a reading takes on the disk, in each place that keeps it."""
    said = max(1, city.counted.said)
    found = {
        "PostgreSQL rows": city.stored.reading_rows / said,
        "PostgreSQL index": city.stored.reading_index / said,
        "PostgreSQL written ahead": city.wal_bytes / said,
    }
    if city.kafka_bytes is None:
        return found
    return {
        "Kafka readings": city.kafka_bytes[READINGS.name] / said,
        "Kafka raw view": city.kafka_bytes[MESSAGES.name] / said,
        **found,
    }


def checkpoint_bytes_a_second(city: City, level: Level) -> float | None:
    """Tell what Kafka wrote beside the log of readings: checkpoints, above all."""
    if city.kafka_bytes is None:
        return None
    kept = sum(city.kafka_bytes[topic.name] for topic in (READINGS, MESSAGES, FINDINGS)) / max(1, city.counted.said)
    return max(0.0, level.written.get("Kafka", 0.0) - kept * level.offered)


def figures(cities: Sequence[City], *, readings_a_day: float) -> Figures:
    """Put together what the model needs, from the largest city where sizes differ."""
    largest = max(cities, key=lambda city: city.homes)
    costs = _ours(marginal(largest.levels) if len(largest.levels) > 1 else microseconds(largest.levels[0]))
    sizes = bytes_a_reading(largest)
    added = kilobytes_a_home(cities) if len(cities) > 1 else {}
    added["detectors"] = max(LIVED_STATE_KILOBYTES, added.get("detectors", 0.0))
    smallest = min(cities, key=lambda city: city.homes)
    return Figures(
        readings_a_day=readings_a_day,
        microseconds={name: max(cost, 0.1) for name, cost in costs.items()},
        megabytes=_ours(smallest.resting_megabytes),
        kilobytes_a_home=_ours(added),
        record_bytes=sizes.get("Kafka readings", 0.0),
        message_bytes=sizes.get("Kafka raw view", 0.0),
        checkpoint_bytes=LIVED_CHECKPOINT_BYTES,
        row_bytes=sizes["PostgreSQL rows"] + sizes["PostgreSQL index"],
        compressed_bytes=COMPRESSED_ROW_BYTES,
        wal_bytes=sizes["PostgreSQL written ahead"],
        home_bytes=largest.furnished_bytes / largest.homes,
    )


def _ours(by_process: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in by_process.items() if name not in NOT_OURS}


def _slope(points: Sequence[tuple[float, float]]) -> float:
    """Fit a straight line."""
    x_mean = sum(x for x, _ in points) / len(points)
    y_mean = sum(y for _, y in points) / len(points)
    spread = sum((x - x_mean) ** 2 for x, _ in points)
    return sum((x - x_mean) * (y - y_mean) for x, y in points) / spread if spread else 0.0
