"""What is remembered of a home: the order and the repeats of its readings change nothing.

The exception to frozen values: HomeState is on the hot path and mutable. One chunk owns it, and nobody else sees it;
`remember` still decides as a pure function does, and a law in the tests holds it to that.
"""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from contracts import Finding, Reading, ReadingId
from contracts.values import GatewayStatus
from detectors.devices import Devices
from detectors.learned.habits import Habits
from detectors.measured import Measured
from detectors.nothing import NOTHING
from detectors.observed import Slots
from detectors.rows import Row
from detectors.ways import Ways

#: The clock of a home may run ahead of ours by so much; what lies further ahead is pulled back.
CLOCK_AHEAD: Final = timedelta(minutes=2)
#: So many of the newest presses are kept; each was told when it came.
PRESSES: Final = 20
#: So many last wills are kept, each of another session.
WILLS: Final = 4
#: So many of the newest losses are kept.
LOSSES: Final = 20
#: The session of a gateway that counts none.
NO_SESSION: Final = -1


# Nothing in this module can point back at itself, so the collector of cycles need not look at every home.
class Mark(msgspec.Struct, gc=False, frozen=True, kw_only=True, order=True, omit_defaults=True):
    """One remembered moment; the later, and among equals the greater name, is the newest."""

    at: datetime
    reading_id: ReadingId
    sensor_id: str
    received_at: datetime
    late: bool = False

    @property
    def age(self) -> timedelta | None:
        """Tell how old it was when it came, when it came late."""
        return self.received_at - self.at if self.late else None


class Alarm(msgspec.Struct, gc=False, kw_only=True, omit_defaults=True):
    """The newest words of an alarming sensor; late ones apart, because they must not cancel live ones."""

    on: Mark | None = None
    off: Mark | None = None
    late_on: Mark | None = None
    late_off: Mark | None = None


class Exposure(msgspec.Struct, gc=False, kw_only=True):
    """What a detector measured of carbon monoxide: by limit in ppm, the newest moments above and below it."""

    first_at: datetime | None = None
    bad: dict[int, Mark] = {}
    good: dict[int, datetime] = {}


class Charge(msgspec.Struct, gc=False, frozen=True, kw_only=True, order=True):
    """The newest word of a battery."""

    at: datetime
    reading_id: ReadingId
    low: bool
    percent: float = -1.0


class Reach(msgspec.Struct, gc=False, frozen=True, kw_only=True, order=True):
    """The newest word of a gateway on whether it can reach one of its devices."""

    at: datetime
    reading_id: ReadingId
    online: bool


class Birth(msgspec.Struct, gc=False, frozen=True, kw_only=True, order=True):
    """A gateway's word that it came online: the later one is in force, whatever the numbers of their sessions.

    A gateway that was replaced begins with a lower number, and Sparkplug's count wraps at 255.
    """

    at: datetime
    session: int


class Loss(msgspec.Struct, gc=False, frozen=True, kw_only=True):
    """Messages of a gateway that are gone for ever."""

    at: datetime
    messages: int


class ClockWord(msgspec.Struct, gc=False, frozen=True, kw_only=True, order=True):
    """The newest word on a sender's clock that was not right."""

    at: datetime
    reading_id: ReadingId
    offset_seconds: float


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What was told last of a concern that is not over."""

    finding: Finding
    lasting: bool


class HomeState(msgspec.Struct, gc=False, kw_only=True, omit_defaults=True):
    """All that detectors know of a home's past."""

    #: The newest moment that the home spoke of: its own time.
    watermark: datetime | None = None
    #: When that reached us.
    watermark_received_at: datetime | None = None
    #: The newest that was not late: while it is the same, the home speaks of now.
    watermark_live: datetime | None = None
    #: The oldest one that we heard.
    first_at: datetime | None = None
    slots: Slots = msgspec.field(default_factory=Slots)
    #: The newest sign of the resident, late ones counted; and the newest that was not late.
    active: Mark | None = None
    active_live: datetime | None = None
    sensor_active: dict[str, datetime] = {}
    sensor_heard: dict[str, datetime] = {}
    #: By kind, then by sensor.
    alarms: dict[str, dict[str, Alarm]] = msgspec.field(default=NOTHING)
    exposure: dict[str, Exposure] = msgspec.field(default=NOTHING)
    presses: dict[ReadingId, Mark] = msgspec.field(default=NOTHING)
    charges: dict[str, Charge] = msgspec.field(default=NOTHING)
    #: By sensor: taken or empty at the newest moments (detectors/occupancy.py).
    occupancy: dict[str, Row] = msgspec.field(default=NOTHING)
    birth: Birth | None = None
    #: The newest last will of each session.
    wills: dict[int, datetime] = msgspec.field(default=NOTHING)
    losses: dict[ReadingId, Loss] = msgspec.field(default=NOTHING)
    #: The newest word whose time was corrected; one that could not be believed at all; and one that was right.
    clock_off: ClockWord | None = None
    clock_doubted: datetime | None = None
    clock_right: datetime | None = None
    #: The newest test of the way from this home to us.
    proven_at: datetime | None = None
    #: By sensor.
    reach: dict[str, Reach] = msgspec.field(default=NOTHING)
    devices: Devices = {}
    #: Those that a judge must look at.
    doubtful: tuple[str, ...] = ()
    #: What its sensors measured; None: nothing.
    measured: Measured | None = None
    #: Where somebody was seen; None where no sensor would show it.
    ways: Ways | None = None
    #: The slots of the last three days in which somebody moved, and those in which a door to the outside did.
    moved: Slots = msgspec.field(default_factory=Slots)
    doors_moved: Slots = msgspec.field(default_factory=Slots)

    # What follows is kept by the chunk and by `watch`, in the order of the stream; `remember` leaves it alone.
    #: Concerns that are not over, by key.
    told: dict[str, Told] = msgspec.field(default=NOTHING)
    told_by_clock: dict[str, Told] = msgspec.field(default=NOTHING)
    #: When the home was first watched, by the partition's clock, and each sensor, by the home's own.
    enrolled_at: datetime | None = None
    sensor_enrolled: dict[str, datetime] = {}
    #: The newest moment at which a hold was in force.
    rested_until: datetime | None = None
    #: The listened time of the partition when the gateway last spoke, and for how long it has not since.
    listened_at: timedelta = timedelta(0)
    unheard_for: timedelta = timedelta(0)
    #: The version of the home whose sensors are placed.
    settled: int = -1
    #: What is usual here, and when it is learned anew; None: nothing yet.
    habits: Habits | None = None
    learns_at: datetime | None = None


def speaks(reading: Reading) -> bool:
    """Tell whether the home itself said it; a last will is spoken by the broker, a loss is counted by the bridge."""
    value = reading.value
    return type(value) is not GatewayStatus or value.online is True or value.mains is not None


def cut_off(state: HomeState) -> bool:
    """Tell whether the broker said the last will of the session in force; one of another session kills nothing."""
    birth = state.birth
    if birth is None:
        return bool(state.wills)
    return any(
        at >= birth.at and (session == birth.session or NO_SESSION in (session, birth.session))
        for session, at in state.wills.items()
    )


def watermark_age(state: HomeState) -> timedelta | None:
    """Tell how old the home's newest word was when it came, when it came late."""
    if state.watermark is None or state.watermark_received_at is None or state.watermark_live == state.watermark:
        return None
    return state.watermark_received_at - state.watermark


def mark_of(reading: Reading, at: datetime) -> Mark:
    """Note a reading at a moment that lies no further ahead than a clock may be."""
    return Mark(
        at=at,
        reading_id=reading.reading_id,
        sensor_id=reading.sensor_id,
        received_at=reading.received_at,
        late=reading.late,
    )
