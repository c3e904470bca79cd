"""What the bridge hears, and what a decoder makes of it before anything is checked.

What is made anew for each message is a Struct: making a frozen dataclass takes ten times as long, and that was a third
of the bridge's work.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from contracts import RefusalReason, Value
from ingest.declarations import Declaration

#: No device has a longer topic, and each part of it may be looked at by itself.
LONGEST_TOPIC: Final = 1_024
#: One message holds so many readings at most: a small payload must not become a flood of records.
MOST_READINGS: Final = 1_000


class GatewayMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One MQTT publication as it arrived."""

    topic: str
    payload: bytes
    received_at: datetime
    #: The broker kept it and says it again to a new subscriber: it tells what was, not what happens.
    retained: bool = False
    #: A hint only: iotcore never sets it, Mosquitto sets it for what we may never have seen.
    duplicate: bool = False


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a gateway's topic."""

    shard: int
    home_id: str
    dialect: str
    #: The device's own topic, without the part that is ours.
    path: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Malformed:
    """What could not be read, and why."""

    reason: RefusalReason
    #: What was expected and what came, in our words: never an echo of the payload.
    detail: str


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What a sensor claims; nothing of it is checked yet."""

    sensor_id: str
    value: Value
    #: When the sensor says it saw it; None: it does not say, so its arrival counts.
    observed_at: datetime | None = None
    #: It did say when, but nobody can read it.
    time_unreadable: bool = False
    #: The line of the profile by which it means this, for who asks why.
    because: str = ""
    #: The gateway says itself that this is old news, so it is late whatever its age.
    historical: bool = False


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """The gateway's own count of its messages; `session` changes when the count starts again."""

    session: int | None
    seq: int
    #: The lowest number of the session that the gateway still holds: everything below arrived, or was given up.
    oldest: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """What a gateway is asked to do: to say its words again, most often."""

    #: Below `cmd/<home>/`.
    topic: str
    payload: bytes


class Decoded(msgspec.Struct, frozen=True, kw_only=True):
    """What a decoder made of one message. Nothing at all means: known, and deliberately not for us."""

    drafts: tuple[Draft, ...] = ()
    #: One bad value does not silence its neighbours: a cry may stand beside it.
    faults: tuple[Malformed, ...] = ()
    mark: Mark | None = None
    #: What its gateway said of its own words, to be remembered for the home.
    declared: tuple[Declaration, ...] = ()
    #: What is to be published to the gateway.
    commands: tuple[Command, ...] = ()


def unreadable(reason: RefusalReason, detail: str) -> Decoded:
    """Answer that the whole message could not be read."""
    return Decoded(faults=(Malformed(reason=reason, detail=detail),))
