"""A city that nobody has yet, on paper: from what was measured to workers, brokers, memory and disk. Pure.

One installation ends where one of its parts cannot be shared out further; more homes are more installations. Every
figure grows with the homes and none falls: a law of the tests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, inf
from types import MappingProxyType
from typing import Final

_DAY: Final = 86_400.0
_MICRO: Final = 1e-6
#: What each may be shared out to within one installation; whatever is not named has no end.
_SHARED: Final = ("ingest", "detectors")
#: Cost readings, and are one process each: not shared out at all.
_SINGLE: Final = ("history", "MQTT broker")
#: Cost little for each home and are doubled only so that one may die.
_BESIDE: Final = ("alerts", "console")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What was measured."""

    #: Of one home, its gateway's heartbeats counted.
    readings_a_day: float
    #: Microseconds of a core for one reading, by process.
    microseconds: Mapping[str, float]
    #: Memory of each process at rest, and what a home adds to it.
    megabytes: Mapping[str, float]
    kilobytes_a_home: Mapping[str, float]
    #: On Kafka's disk, one copy: of a reading, and of its message for the raw view.
    record_bytes: float
    message_bytes: float
    #: One home in one round of checkpoints.
    checkpoint_bytes: float
    #: In PostgreSQL: a reading and its part of the index, the same compressed, what is written ahead for it, a home.
    row_bytes: float
    compressed_bytes: float
    wal_bytes: float
    home_bytes: float


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """What was not measured; docs/explanation/scale.md gives the reason for each."""

    #: The busiest minute beside the mean of a day.
    peak: float = 3.0
    #: No process is planned to be busier than this at the peak.
    busy: float = 0.5
    #: A home's topic names one of so many shards for ever: as many workers of a kind can there be.
    shards: int = 16
    kafka_copies: int = 3
    readings_days: float = 7.0
    messages_days: float = 1.0
    checkpoint_seconds: float = 60.0
    #: Detectors and history read every record.
    readers: int = 2
    raw_days: float = 90.0
    #: Days that are not compressed yet.
    hot_days: float = 2.0
    database_cores: float = 32.0
    broker_cores: float = 8.0
    broker_disk_bytes: float = 4e12
    broker_network_bytes: float = 625e6
    #: Gateways that one MQTT broker holds, each with a connection of its own over TLS.
    connections: float = 250_000.0


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What an installation cannot go beyond."""

    what: str
    homes: float


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What homes need, in one installation or in all of them."""

    homes: float = 0.0
    installations: int = 0
    #: At the busiest minute.
    per_second: float = 0.0
    #: Of the largest installation.
    partitions: int = 0
    workers: Mapping[str, int] = field(default_factory=dict)
    #: Gigabytes by process, all workers of it together.
    memory: Mapping[str, float] = field(default_factory=dict)
    brokers: int = 0
    kafka_disk_bytes: float = 0.0
    kafka_in: float = 0.0
    kafka_out: float = 0.0
    database_cores: float = 0.0
    database_raw_bytes: float = 0.0
    database_compressed_bytes: float = 0.0
    wal_bytes_a_day: float = 0.0


def limits(figures: Figures, assumed: Assumptions) -> list[Limit]:
    """Tell for each part at how many homes one installation of it is full, the first to be first."""
    a_core = assumed.busy / _MICRO
    found = [Limit(what="connections of one MQTT broker", homes=assumed.connections)]
    for name in _SINGLE:
        found.append(Limit(what=f"{name}: one process", homes=_homes(figures, assumed, name, a_core)))
    for name in _SHARED:
        most = a_core * assumed.shards
        found.append(Limit(what=f"{name}: {assumed.shards} workers", homes=_homes(figures, assumed, name, most)))
    most = a_core * assumed.database_cores
    name = f"PostgreSQL: {assumed.database_cores:.0f} cores"
    found.append(Limit(what=name, homes=_homes(figures, assumed, "PostgreSQL", most)))
    return sorted(found, key=lambda limit: limit.homes)


def needs(homes: float, figures: Figures, assumed: Assumptions) -> Needs:
    """Tell what so many homes need: full installations, and one for the rest."""
    largest = limits(figures, assumed)[0].homes
    full = int(homes // largest)
    parts = [(full, _one(largest, figures, assumed))] if full else []
    if rest := homes - full * largest:
        parts.append((1, _one(rest, figures, assumed)))
    return _together(homes, parts)


def _one(homes: float, figures: Figures, assumed: Assumptions) -> Needs:
    mean = homes * figures.readings_a_day / _DAY
    peak = mean * assumed.peak
    busy = {name: peak * cost * _MICRO / assumed.busy for name, cost in figures.microseconds.items()}
    workers = _workers(busy, assumed.shards)
    checkpoints = homes * figures.checkpoint_bytes / assumed.checkpoint_seconds
    arriving = peak * (figures.record_bytes + figures.message_bytes) + checkpoints
    copied, read = assumed.kafka_copies, assumed.kafka_copies - 1 + assumed.readers
    disk = copied * (
        mean * _DAY * figures.record_bytes * assumed.readings_days
        + mean * _DAY * figures.message_bytes * assumed.messages_days
        # Until it is compacted, a checkpoint is there twice.
        + 2 * homes * figures.checkpoint_bytes
    )
    rows = mean * _DAY
    kept = homes * figures.home_bytes
    return Needs(
        homes=homes,
        installations=1,
        per_second=peak,
        partitions=_partitions(max(workers.get(name, 0) for name in _SHARED)),
        workers=MappingProxyType(workers),
        memory=MappingProxyType(_memory(homes, workers, figures)),
        brokers=_brokers(disk, arriving * max(copied, read), busy.get("Kafka", 0.0) * copied, assumed),
        kafka_disk_bytes=disk,
        kafka_in=arriving * copied,
        kafka_out=arriving * read,
        database_cores=busy.get("PostgreSQL", 0.0),
        database_raw_bytes=kept + rows * assumed.raw_days * figures.row_bytes,
        database_compressed_bytes=kept
        + rows * assumed.hot_days * figures.row_bytes
        + rows * (assumed.raw_days - assumed.hot_days) * figures.compressed_bytes,
        wal_bytes_a_day=rows * figures.wal_bytes,
    )


def _workers(busy: Mapping[str, float], shards: int) -> dict[str, int]:
    """One more than the work needs, so that one may die; what cannot be shared out stands by once."""
    shared = {name: min(shards, ceil(busy.get(name, 0.0)) + 1) for name in _SHARED}
    return {**shared, **dict.fromkeys(_SINGLE, 2), **dict.fromkeys(_BESIDE, 2)}


def _partitions(workers: int) -> int:
    """A power of two, so that shards divide among them, and one for each worker at least."""
    return max(4, 1 << (workers - 1).bit_length())


def _memory(homes: float, workers: Mapping[str, int], figures: Figures) -> dict[str, float]:
    gigabytes: dict[str, float] = {}
    for name, base in figures.megabytes.items():
        many = workers.get(name, 1)
        # The bridge, the console and history know every home in each worker; a detector only its own.
        copies = 1 if name == "detectors" else many
        gigabytes[name] = (many * base + copies * homes * figures.kilobytes_a_home.get(name, 0.0) / 1e3) / 1e3
    return gigabytes


def _brokers(disk: float, network: float, cores: float, assumed: Assumptions) -> int:
    """Three at least; more when they are full, or busier than half."""
    least = (
        disk / (assumed.busy * assumed.broker_disk_bytes),
        network / (assumed.busy * assumed.broker_network_bytes),
        cores / assumed.broker_cores,
    )
    return max(3, *(ceil(each) for each in least))


def _homes(figures: Figures, assumed: Assumptions, name: str, most: float) -> float:
    each = figures.readings_a_day / _DAY * assumed.peak * figures.microseconds.get(name, 0.0)
    return most / each if each else inf


def _together(homes: float, parts: Sequence[tuple[int, Needs]]) -> Needs:
    def added(name: str) -> float:
        return sum(many * float(getattr(part, name)) for many, part in parts)

    names = sorted({name for _, part in parts for name in part.workers})
    processes = sorted({name for _, part in parts for name in part.memory})
    workers = {name: sum(many * part.workers.get(name, 0) for many, part in parts) for name in names}
    memory = {name: sum(many * part.memory.get(name, 0.0) for many, part in parts) for name in processes}
    return Needs(
        homes=homes,
        installations=sum(many for many, _ in parts),
        per_second=added("per_second"),
        partitions=max((part.partitions for _, part in parts), default=0),
        workers=MappingProxyType(workers),
        memory=MappingProxyType(memory),
        brokers=sum(many * part.brokers for many, part in parts),
        kafka_disk_bytes=added("kafka_disk_bytes"),
        kafka_in=added("kafka_in"),
        kafka_out=added("kafka_out"),
        database_cores=added("database_cores"),
        database_raw_bytes=added("database_raw_bytes"),
        database_compressed_bytes=added("database_compressed_bytes"),
        wal_bytes_a_day=added("wal_bytes_a_day"),
    )
