"""A finding: a concern told. It began, it still holds, or it ended."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from contracts.ids import FindingId, HomeId, ReadingId


class Severity(StrEnum):
    """How much it matters, worst first: 긴급, 위험, 주의, 관심, and 장비 for what ails a device."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    CAUTION = "caution"
    NOTICE = "notice"
    DEVICE = "device"

    @property
    def rank(self) -> int:
        """Order severities: 1 is the worst."""
        return _RANK[self]


_RANK = {severity: place for place, severity in enumerate(Severity, start=1)}


class Hazard(StrEnum):
    """What threatens the home; there is at most one open alert per home and hazard."""

    HELP = "help"
    FALL = "fall"
    FIRE = "fire"
    GAS = "gas"
    CARBON_MONOXIDE = "carbon_monoxide"
    WATER = "water"
    STILLNESS = "stillness"
    GATEWAY = "gateway"
    SENSOR = "sensor"
    POWER = "power"
    TAMPER = "tamper"
    #: Nobody would notice if the resident needed help.
    PROTECTION = "protection"
    #: The rooms are too cold or too hot for the one who lives there.
    TEMPERATURE = "temperature"
    #: The entrance stands open.
    DOOR = "door"
    #: A stove is on and nobody is near.
    APPLIANCE = "appliance"
    #: Heart or breath are not as usual.
    VITAL_SIGNS = "vital_signs"
    #: A dose was left.
    MEDICATION = "medication"
    #: The resident is out when or for as long as they never are.
    ABSENCE = "absence"
    #: Their days change slowly: for whoever plans their care, never an alarm.
    DECLINE = "decline"
    #: No threat: the home answered when it was asked whether all is well.
    CHECK = "check"


class Phase(StrEnum):
    """Where a concern is in its life."""

    BEGAN = "began"
    HOLDS = "holds"
    ENDED = "ended"


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """The same sentence in the two languages of the house."""

    ko: str
    en: str


#: Among an evidence's values: the gateway whose silence is told was never heard since its home was enrolled.
NEVER_HEARD: Final = "never_heard"


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Why: enough to explain a decision to the person whom it concerns, and to replay it."""

    #: The detector and the version of its rule, e.g. "inactivity/1".
    rule: str
    sentence: Sentence
    #: What was measured, with the unit in the name: {"still_seconds": 28800}.
    values: dict[str, float | str] = {}
    #: The limit in force, in the unit of the value that it bounds.
    limit: float | None = None
    #: What is usual for this home, as a sentence; None while there is no history.
    baseline: Sentence | None = None
    #: The readings that led here, newest last, at most 20.
    readings: tuple[ReadingId, ...] = ()
    #: The sensor that saw it, and its room as registered.
    sensor_id: str | None = None
    room: str | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A record on `findings`, keyed by home. The same concern always has the same id."""

    finding_id: FindingId
    home_id: HomeId
    #: The detector's name for it: help_button, smoke, inactivity, gateway_silent, ...
    kind: str
    hazard: Hazard
    severity: Severity
    phase: Phase
    #: When it began, in event time.
    since: datetime
    #: The home's own time when this was told.
    told_at: datetime
    evidence: Evidence
    #: It comes from readings that were late: a person must hear how old it is.
    late: bool = False
    #: A test hold was in force: shown as a test, never sent to a responder.
    test: bool = False
