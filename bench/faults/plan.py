"""What is broken, and when: from a seed to rounds of faults, the same for the same seed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain, combinations, cycle
from typing import Final, TypeVar

from simulator.dice import between, roll

Thing = TypeVar("Thing")


class Kind(StrEnum):
    """A way in which something fails; its name is what the table prints."""

    KILL = "kill -9"
    PAUSE = "stop and continue"
    LEADER = "broker leader lost"
    MIN_ISR = "in-sync replicas lost"
    CUT = "network cut"
    SLOW = "network slow"
    DISK_KAFKA = "disk full, Kafka"
    DISK_POSTGRES = "disk full, PostgreSQL"
    FAILOVER = "PostgreSQL failover"
    CLOCK = "clock step"
    DOUBLED = "MQTT doubled"
    REORDERED = "MQTT reordered"
    POISON = "poison record"
    UPGRADE = "rolling upgrade"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault, as it is planned."""

    number: int
    kind: Kind
    #: A part, a host, "a|b" of two hosts, a topic, or a service.
    target: str
    #: The round that it belongs to, and how many seconds after the round's begin it comes.
    round: int
    after_seconds: float
    #: How long it lasts; what ends by itself lasts no time.
    lasts_seconds: float
    #: How it is done, where there are several ways: "+600", "dup", "garbage", "250ms".
    way: str = ""
    layers: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Town:
    """What there is to break."""

    #: Each part and the layer that it belongs to: kafka, mqtt, database, or the name of its service.
    parts: Mapping[str, str]
    #: Each host and the layers of what runs there.
    hosts: Mapping[str, frozenset[str]]
    topics: Sequence[str]
    services: Sequence[str]
    #: Pairs of hosts between which something of ours speaks.
    talking: Sequence[tuple[str, str]] = ()
    #: What cannot be done here, and why: it is left out and said.
    impossible: Mapping[Kind, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often a kind occurs beside the others, and how long one lasts."""

    share: int
    least: float
    most: float


PACES: Final[Mapping[Kind, Pace]] = {
    Kind.KILL: Pace(share=24, least=0.0, most=4.0),
    Kind.PAUSE: Pace(share=17, least=2.0, most=10.0),
    Kind.LEADER: Pace(share=4, least=0.0, most=3.0),
    Kind.MIN_ISR: Pace(share=2, least=4.0, most=9.0),
    Kind.CUT: Pace(share=15, least=2.0, most=10.0),
    Kind.SLOW: Pace(share=11, least=4.0, most=10.0),
    Kind.DISK_KAFKA: Pace(share=1, least=4.0, most=8.0),
    Kind.DISK_POSTGRES: Pace(share=1, least=4.0, most=8.0),
    Kind.FAILOVER: Pace(share=2, least=0.0, most=2.0),
    Kind.CLOCK: Pace(share=3, least=5.0, most=12.0),
    Kind.DOUBLED: Pace(share=5, least=0.0, most=0.0),
    Kind.REORDERED: Pace(share=4, least=0.0, most=0.0),
    Kind.POISON: Pace(share=8, least=0.0, most=0.0),
    Kind.UPGRADE: Pace(share=3, least=1.0, most=3.0),
}
#: How poison is made: contents, for each topic in turn.
POISONS: Final = ("garbage", "truncated", "wrong_type", "huge", "empty", "wrong_key")
#: So many faults of different layers share a round at most.
TOGETHER: Final = 3
#: They begin within so many seconds of each other.
SPREAD_SECONDS: Final = 4.0
_GATEWAYS: Final = frozenset({"gateways"})
_RECORDS: Final = frozenset({"records"})


def plan(town: Town, *, seed: int, faults: int, kinds: Sequence[Kind] = tuple(Kind)) -> tuple[Fault, ...]:
    """Draw so many faults; every kind that is asked for and possible here occurs when there is room for it."""
    possible = [kind for kind in kinds if kind not in town.impossible]
    drawn = [_drawn(town, kind, place, seed) for kind, place in _dealt(possible, seed, faults)]
    return tuple(_in_rounds(drawn, seed))


def targets_of(town: Town, kind: Kind, seed: int) -> list[str]:
    """Shuffle what a kind can hit; pairs that speak to each other come before those that do not."""
    match kind:
        case Kind.KILL | Kind.PAUSE:
            return _shuffled(sorted(town.parts), seed, kind)
        case Kind.CUT | Kind.SLOW:
            talking = {frozenset(pair) for pair in town.talking}
            pairs = [frozenset(pair) for pair in combinations(sorted(town.hosts), 2)]
            first = ["|".join(sorted(pair)) for pair in pairs if pair in talking]
            return _shuffled(first, seed, kind) + _shuffled(
                ["|".join(sorted(pair)) for pair in pairs if pair not in talking], seed, kind
            )
        case Kind.CLOCK:
            return _shuffled(sorted(host for host, layers in town.hosts.items() if layers), seed, kind)
        case Kind.POISON:
            return _shuffled(list(town.topics), seed, kind)
        case Kind.UPGRADE:
            return _shuffled(list(town.services), seed, kind)
        case Kind.LEADER:
            return ["readings", "findings"]
        case Kind.DISK_KAFKA | Kind.MIN_ISR:
            return _shuffled(sorted(name for name, layer in town.parts.items() if layer == "kafka"), seed, kind)
        case Kind.DISK_POSTGRES | Kind.FAILOVER:
            return ["primary"]
        case Kind.DOUBLED | Kind.REORDERED:
            return ["gateways"]


def _dealt(kinds: Sequence[Kind], seed: int, faults: int) -> list[tuple[Kind, int]]:
    """Choose kinds by their shares, each at least once; the number tells how many of the kind came before."""
    whole = sum(PACES[kind].share for kind in kinds) or 1
    counts = {kind: max(1, PACES[kind].share * faults // whole) for kind in kinds}
    by_share = sorted(kinds, key=lambda kind: -PACES[kind].share)
    for kind in cycle(by_share):
        missing = faults - sum(counts.values())
        if not missing:
            break
        # Fewer faults than kinds: the rarest kinds go without.
        spare = max(counts.values()) > 1
        if missing > 0 or counts[kind] > spare:
            counts[kind] += 1 if missing > 0 else -1
    return _shuffled([(kind, number) for kind in kinds for number in range(counts[kind])], seed, "order")


def _drawn(town: Town, kind: Kind, place: int, seed: int) -> Fault:
    deck = targets_of(town, kind, seed)
    target, pace = deck[place % len(deck)], PACES[kind]
    return Fault(
        number=0,
        kind=kind,
        target=target,
        round=0,
        after_seconds=0.0,
        lasts_seconds=round(between(pace.least, pace.most, seed, kind, "lasts", place), 1),
        way=_way(kind, place // len(deck) if kind is Kind.POISON else place, seed),
        layers=_layers(town, kind, target),
    )


def _way(kind: Kind, place: int, seed: int) -> str:
    match kind:
        case Kind.CLOCK:
            return ("+600", "-600")[place % 2]
        case Kind.DOUBLED:
            return ("dup", "again")[place % 2]
        case Kind.POISON:
            # Each topic gets the next poison when all topics had their turn.
            return POISONS[(place + int(roll(seed, "poison") * len(POISONS))) % len(POISONS)]
        case Kind.SLOW:
            return ("100ms", "300ms", "800ms")[place % 3]
        case _:
            return ""


def _layers(town: Town, kind: Kind, target: str) -> frozenset[str]:
    match kind:
        case Kind.KILL | Kind.PAUSE:
            return frozenset({town.parts[target]})
        case Kind.CUT | Kind.SLOW:
            return frozenset(chain.from_iterable(town.hosts[host] for host in target.split("|"))) | {"network"}
        case Kind.CLOCK:
            return town.hosts[target] | {"clock"}
        case Kind.DOUBLED | Kind.REORDERED:
            return _GATEWAYS
        case Kind.POISON:
            return _RECORDS
        case Kind.UPGRADE:
            return frozenset({target})
        case Kind.LEADER | Kind.DISK_KAFKA:
            return frozenset({"kafka"})
        case Kind.DISK_POSTGRES | Kind.FAILOVER:
            # The database stands still or changes place: what else fails then would only hide how long it takes.
            return frozenset({"database", "network"})
        case Kind.MIN_ISR:
            # Nothing goes on then: a fault beside it would be no fault.
            return frozenset(town.parts.values()) | {"network"}


def _in_rounds(drawn: Sequence[Fault], seed: int) -> Iterator[Fault]:
    """Let faults that meet in no layer share a round, each as early as it fits among those not yet placed."""
    waiting, number, place = list(drawn), 0, 0
    while waiting:
        chosen: list[Fault] = []
        taken: frozenset[str] = frozenset()
        for fault in list(waiting):
            if len(chosen) < TOGETHER and not fault.layers & taken:
                chosen.append(fault)
                waiting.remove(fault)
                taken |= fault.layers
        for fault in chosen:
            number += 1
            after = round(between(0, SPREAD_SECONDS, seed, "after", number), 1) if len(chosen) > 1 else 0.0
            yield replace(fault, number=number, round=place, after_seconds=after)
        place += 1


def _shuffled(things: Sequence[Thing], seed: int, *labels: str) -> list[Thing]:
    return [things[place] for place in sorted(range(len(things)), key=lambda place: roll(seed, *labels, place))]
