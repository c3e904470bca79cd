"""An incident and the losses that it gathers."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from alerts.model import Alert
from contracts import NEVER_HEARD, AlertId, Evidence, Hazard, HomeId, Severity, partition_of
from contracts.topics import PARTITIONS


class Cause(StrEnum):
    """What homes that fall silent together have in common; of two that explain them equally, the first is named."""

    #: Nearly all homes at once: the broker, or all that is ours.
    BROKER = "broker"
    #: Nearly all homes of one partition: the bridge that hears them.
    BRIDGE = "bridge"
    #: Homes on the lines of one operator.
    CARRIER = "carrier"
    #: Homes of one dong: its power, or its network.
    DISTRICT = "district"


#: A cause, and which one of its kind: a carrier's name, a district's id, a partition's number, or nothing.
Shared = tuple[Cause, str]

#: What a home loses together with others. A sensor's trouble is its own.
LOSSES: Final = frozenset({Hazard.GATEWAY, Hazard.PROTECTION, Hazard.POWER})
#: A reason that is the home's own: nothing happened to it just now.
NOT_AN_EVENT: Final = frozenset({"test_missing"})
#: A device's trouble, and the notice that follows it. From caution on, people are called: each home by itself.
_MILD: Final = frozenset({Severity.DEVICE, Severity.NOTICE})


@dataclass(frozen=True, kw_only=True)
class Place:
    """What a home may lose together with others."""

    home_id: HomeId
    district: str
    carrier: str = ""

    @property
    def shares(self) -> tuple[Shared, ...]:
        """Name every cause that could meet this home together with others."""
        partition = str(partition_of(self.home_id, partitions=PARTITIONS))
        known = ((Cause.CARRIER, self.carrier),) if self.carrier else ()
        return ((Cause.BROKER, ""), (Cause.BRIDGE, partition), *known, (Cause.DISTRICT, self.district))


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A home lost its line, its power or its protection."""

    place: Place
    #: When it began, by the home's own time: our own delay must not make losses look as if they came together.
    since: datetime

    @property
    def home_id(self) -> HomeId:
        """Name the home."""
        return self.place.home_id


@dataclass(frozen=True, kw_only=True)
class Incident:
    """Homes that fell silent together, and what they have in common."""

    incident_id: str
    cause: Cause
    key: str
    #: Grows by one with every change of its homes.
    version: int = 1
    opened_at: datetime
    #: When its first home fell silent.
    began_at: datetime
    #: All that its homes have lost since it began, who is heard again too: that still tells what the cause is.
    losses: tuple[Loss, ...]
    #: Who is silent now.
    homes: tuple[HomeId, ...]
    #: Since when too few are silent to be an incident.
    low_since: datetime | None = None
    over_at: datetime | None = None

    @property
    def shared(self) -> Shared:
        """Name what its homes share."""
        return self.cause, self.key


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """An open alert, as far as an incident must know it."""

    alert_id: AlertId
    home_id: HomeId
    hazard: Hazard
    kind: str
    severity: Severity
    test: bool
    since: datetime
    evidence: Evidence
    restored_at: datetime | None = None


def is_loss(alert: Trouble | Alert) -> bool:
    """Tell whether an open alert may belong to an incident: only a device's trouble, never a person's."""
    return (
        alert.severity in _MILD
        and alert.hazard in LOSSES
        and alert.kind not in NOT_AN_EVENT
        and alert.restored_at is None
        and not alert.test
        # Homes that were imported together were not cut off together: they were never there.
        and NEVER_HEARD not in alert.evidence.values
    )


def sizes_of(places: Iterable[Place]) -> Mapping[Shared, int]:
    """Count the homes that share each thing that could fail."""
    return Counter(shared for place in places for shared in place.shares)
