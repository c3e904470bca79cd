"""What the bridge has learned beside the registrations of homes: of devices' words, and of gateways' clocks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from contracts import HomeId, WatchedHome
from ingest.declarations import Declared
from ingest.profiles import Profiles


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What a decoder may know of the sender of one message."""

    home: WatchedHome | None = None
    #: What vendors' fields mean, from data files.
    profiles: Profiles = msgspec.field(default_factory=Profiles)
    #: What this home's gateway has declared of its own words.
    declared: Declared = msgspec.field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """The same for all homes; a new one is made when something is learned."""

    profiles: Profiles = field(default_factory=Profiles)
    declared: Mapping[HomeId, Declared] = field(default_factory=dict)
    #: What must be added to the time that a home's gateway says, because its clock is known to be wrong.
    clock_offsets: Mapping[HomeId, timedelta] = field(default_factory=dict)
