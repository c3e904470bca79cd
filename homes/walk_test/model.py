"""A walk test: what proves a sensor, whether the home passed, and the code that shows a result unchanged."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

import msgspec

from contracts import HomeId, Reading, SensorId, Value, WatchedSensor, kind_of
from contracts.values import Battery, ButtonAction, Contact, HelpButton, LinkQuality, Occupancy, Presence, TestPressed
from contracts.watching import WALK_TEST

#: A sensor of one of these kinds is proven only by its alarm, or by its test button.
_ALARMS: Final = frozenset({"motion", "fall", "smoke", "heat", "gas", "carbon_monoxide", "water_leak", "tamper"})
#: From so much on a link has so many bars: in dBm below zero, else in the 255 steps of Zigbee.
_DBM_BARS: Final = ((-60.0, 4), (-70.0, 3), (-80.0, 2))
_LQI_BARS: Final = ((120.0, 4), (80.0, 3), (40.0, 2))
#: Fewer bars may be none tomorrow, when somebody closes a door.
FEWEST_BARS: Final = 2
#: A battery below this does not reach the next visit.
LOW_BATTERY_PERCENT: Final = 15.0
_SHOWN_VALUE: Final = 120


class Proof(StrEnum):
    """How far a sensor is proven."""

    NOT_HEARD = "not_heard"
    #: It said something, but not all that it is there for: a door that opened and never closed.
    HEARD = "heard"
    PROVEN = "proven"


class SensorProof(msgspec.Struct, frozen=True, kw_only=True):
    """What was heard of one registered sensor during the test."""

    sensor_id: SensorId
    kind: str
    room: str = ""
    proof: Proof = Proof.NOT_HEARD
    heard_at: datetime | None = None
    last_at: datetime | None = None
    #: How often it said what it is there for.
    signals: int = 0
    #: What it said last, in short.
    value: str = ""
    link: float | None = None
    battery_percent: float | None = None
    battery_low: bool = False

    @property
    def bars(self) -> int | None:
        """Tell how well it is heard, from 1 to 4; None when it does not say."""
        if self.link is None:
            return None
        steps = _DBM_BARS if self.link < 0 else _LQI_BARS
        return next((bars for least, bars in steps if self.link >= least), 1)

    @property
    def weak(self) -> bool:
        """Tell whether its link is too weak to be relied on."""
        return self.bars is not None and self.bars < FEWEST_BARS

    @property
    def passed(self) -> bool:
        """Tell whether it may be relied on."""
        return self.proof is Proof.PROVEN and not self.weak


class WalkTest(msgspec.Struct, frozen=True, kw_only=True):
    """One walk test of one home."""

    test_id: str
    home_id: HomeId
    engineer: str
    begun_at: datetime
    #: It ends by itself at this moment.
    until_at: datetime
    #: None: it runs, or its result is not written yet.
    ended_at: datetime | None = None
    sensors: tuple[SensorProof, ...] = ()
    digest: str = ""

    @property
    def passed(self) -> bool:
        """Tell whether every sensor may be relied on; a home without sensors is not protected by any."""
        return bool(self.sensors) and all(sensor.passed for sensor in self.sensors)


def begun(home_id: HomeId, engineer: str, now: datetime) -> WalkTest:
    """Begin a walk test; it lasts thirty minutes at most."""
    name = sha256(f"walk_test\x1f{home_id}\x1f{now.isoformat()}".encode()).hexdigest()[:24]
    return WalkTest(test_id=name, home_id=home_id, engineer=engineer, begun_at=now, until_at=now + WALK_TEST)


def ended(test: WalkTest, sensors: Sequence[SensorProof], now: datetime) -> WalkTest:
    """End a test with its result; it never lasts longer than it was allowed to."""
    done = msgspec.structs.replace(test, ended_at=min(now, test.until_at), sensors=tuple(sensors), digest="")
    return msgspec.structs.replace(done, digest=_digest(done))


def is_genuine(test: WalkTest) -> bool:
    """Tell whether a stored result is still the one that its code was made of."""
    return bool(test.digest) and test.digest == _digest(test)


def judge(sensors: Iterable[WatchedSensor], readings: Sequence[Reading]) -> list[SensorProof]:
    """Tell of each registered sensor how far these live readings prove it."""
    said: dict[str, list[Reading]] = {}
    for reading in sorted(readings, key=lambda one: (one.received_at, one.reading_id)):
        if not reading.late:
            said.setdefault(reading.sensor_id, []).append(reading)
    return [_judged(sensor, said.get(sensor.sensor_id, [])) for sensor in sensors]


def _judged(sensor: WatchedSensor, readings: Sequence[Reading]) -> SensorProof:
    unheard = SensorProof(sensor_id=sensor.sensor_id, kind=sensor.kind, room=sensor.room)
    if not readings:
        return unheard
    values = [reading.value for reading in readings]
    signals = [value for value in values if kind_of(value) == sensor.kind or isinstance(value, TestPressed)]
    batteries = [value for value in values if isinstance(value, Battery)]
    return msgspec.structs.replace(
        unheard,
        proof=Proof.PROVEN if _proves(sensor.kind, signals) else Proof.HEARD,
        heard_at=readings[0].received_at,
        last_at=readings[-1].received_at,
        signals=len(signals),
        value=short((signals or values)[-1]),
        link=next((value.score for value in reversed(values) if isinstance(value, LinkQuality)), None),
        battery_percent=next((one.percent for one in reversed(batteries) if one.percent is not None), None),
        battery_low=any(_low(one) for one in batteries[-1:]),
    )


def _proves(kind: str, signals: Sequence[Value]) -> bool:
    """Tell whether a sensor of this kind has shown what it is there for."""
    if kind == "contact":  # a magnet that is glued on wrong opens and never closes
        return {value.open for value in signals if isinstance(value, Contact)} == {True, False}
    return any(_shows(kind, value) for value in signals)


def _shows(kind: str, value: Value) -> bool:
    match value:
        case TestPressed():
            return True
        case HelpButton(action=action):
            return action is ButtonAction.PRESSED
        case Presence(present=there) | Occupancy(occupied=there):
            return there
        case _:
            return kind not in _ALARMS or bool(getattr(value, "active", True))


def _low(battery: Battery) -> bool:
    return battery.low is True or (battery.percent is not None and battery.percent < LOW_BATTERY_PERCENT)


def short(value: Value) -> str:
    """Write a value in one line: "open=true"."""
    told = ((name, getattr(value, name)) for name in value.__struct_fields__)
    parts = (f"{name}={str(part).lower() if isinstance(part, bool) else part}" for name, part in told)
    return ", ".join(part for part in parts if not part.endswith("=None"))[:_SHOWN_VALUE]


def _digest(test: WalkTest) -> str:
    """Digest what the result says; times in UTC, so that a database that answers in another zone changes nothing."""
    unsigned = msgspec.structs.replace(test, digest="")
    return sha256(msgspec.json.encode(unsigned)).hexdigest()
