"""Who serves which partition: what a bridge keeps, takes and gives up, from what all of them see in the database.

A partition moves only when its holder is gone, cannot hear, or has more than its share while another has less. Every
bridge comes to the same answer from the same rows, so they need not talk.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

#: A bridge that was silent for so long is taken for dead.
LEASE_SECONDS: Final = 6
#: Each bridge looks, and says that it lives, so often: a dead one's partitions are taken over within 6 + 1 s.
TURN_SECONDS: Final = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease:
    """A partition, and the bridge that wrote its name on it."""

    partition: int
    holder: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What a bridge does about its partitions now."""

    keep: frozenset[int] = frozenset()
    take: frozenset[int] = frozenset()
    #: To be given up in good order: stop hearing, bring to Kafka what was heard, then take the name off.
    release: frozenset[int] = frozenset()


def decide(
    leases: Iterable[Lease], living: Mapping[str, bool], *, me: str, partitions: Collection[int] = ()
) -> Decision:
    """Decide for one bridge; `living` says of each that speaks whether it can hear gateways.

    One that cannot hear holds nothing while another can; when none can, nothing moves.
    """
    able = {name for name, can in living.items() if can} or set(living)
    holders = {lease.partition: lease.holder for lease in leases if lease.partition in partitions}
    mine = frozenset(partition for partition, holder in holders.items() if holder == me)
    wanted = _shares(holders, able, sorted(partitions)).get(me, frozenset())
    free = {partition for partition in partitions if holders.get(partition) not in living}
    return Decision(keep=mine & wanted, take=(wanted - mine) & free, release=mine - wanted)


def _shares(holders: Mapping[int, str], able: Collection[str], partitions: list[int]) -> dict[str, frozenset[int]]:
    """Share the partitions out: as evenly as can be, and each stays where it is if it may."""
    had = {name: [partition for partition in partitions if holders.get(partition) == name] for name in able}
    # Who has most keeps one more when they do not divide evenly; else they would change hands for nothing.
    names = sorted(able, key=lambda name: (-len(had[name]), name))
    share, more = divmod(len(partitions), max(1, len(names)))
    quota = {name: share + (place < more) for place, name in enumerate(names)}
    kept = {name: had[name][: quota[name]] for name in names}
    left = [partition for partition in partitions if not any(partition in each for each in kept.values())]
    for name in names:
        lacking = quota[name] - len(kept[name])
        kept[name], left = kept[name] + left[:lacking], left[lacking:]
    return {name: frozenset(each) for name, each in kept.items()}
