"""What is remembered of each device's health: bounded, and the same whatever the order and the repeats of readings."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Final

import msgspec

from contracts import Reading
from contracts.values import (
    Battery,
    Contact,
    LinkQuality,
    Motion,
    Occupancy,
    Tamper,
    Temperature,
    WaterLeak,
)

#: The best word of a battery in each of so many spans: cold nights and noise push it down, nothing but a change up.
BATTERY_SPAN: Final = timedelta(days=4)
BATTERY_SPANS: Final = 8
#: The best word of a link on each of so many days.
LINK_DAYS: Final = 6
#: So many hours in which a sensor spoke are kept, in one integer that the snapshot's codec can write.
HOURS: Final = 60
#: On and off are kept for steps of ten seconds of the two newest slots of five minutes: who cannot keep still is seen.
CHATTER_SLOT: Final = timedelta(minutes=5)
CHATTER_STEP: Final = timedelta(seconds=10)
CHATTER_SLOTS: Final = 2

#: A battery that fell by less, in hundredths, may be as it was.
LEAST_FALL: Final = 3
#: From here on a link is clear beyond doubt, in whatever scale.
CLEAR_SCORE: Final = 80
#: Air must have been told in so many hours before it can be said that it does not change.
AIR_HOURS: Final = 24
#: Fewer steps with a word than this are no chatter.
LEAST_STEPS: Final = 5

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

#: The number of the newest span, then its best value and those of the spans before it; packed, for there are many.
Ring = bytes
_RING: Final = [Struct(f"<i{size}h") for size in range(max(BATTERY_SPANS, LINK_DAYS) + 1)]
_HEAD: Final = Struct("<ih")
#: Nothing was said in a span.
_UNSAID: Final = -32_768


# Nothing here can point back at itself, so the collector of cycles need not look at every device of every home.
class Sameness(msgspec.Struct, array_like=True, gc=False):
    """The newest word of a sensor, and the newest one that was another."""

    #: Seconds since 1970.
    at: int
    #: In hundredths.
    value: int
    other_at: int | None = None
    #: The hours in which it spoke, the newest in the lowest bit, counted back from `at`.
    hours: int = 1


class Moving(msgspec.Struct, array_like=True, gc=False):
    """The hours in which a sensor saw movement, and the newest in which it saw none."""

    #: The newest hour with movement; 0: none yet.
    hour: int = 0
    #: The newest in the lowest bit, counted back from `hour`.
    hours: int = 0
    still: int | None = None


class Device(msgspec.Struct, array_like=True, gc=False):
    """How one device has been of late. Mutable, like the state of its home."""

    battery: Ring = b""
    link: Ring = b""
    motion: Moving | None = None
    air: Sameness | None = None
    #: The number of the newest slot, then its steps and those of the slot before it.
    chatter: tuple[int, ...] = ()
    #: Where it sees somebody (detectors/rooms.py); 0: nowhere, or not known.
    place: int = 0


Devices = dict[str, Device]
DeviceNote = Callable[[Device, Reading, datetime], bool]


def doubtful(device: Device) -> bool:
    """Tell quickly whether some judge must look at a device; most need never be looked at."""
    motion, air = device.motion, device.air
    if motion is not None and motion.hours & 0b11 == 0b11 and motion.still is not None and motion.still < motion.hour:
        return True
    if air is not None and air.hours.bit_count() >= AIR_HOURS:
        return True
    if _falls(device.battery) or _fades(device.link):
        return True
    return bool(device.chatter) and max(steps.bit_count() for steps in device.chatter[1:]) >= LEAST_STEPS


def _falls(ring: Ring) -> bool:
    # Not from the oldest: before the battery was changed it may have been lower than it is now.
    levels = best_of(ring)
    return len(ring) > _RING[2].size and max(level for _, level in levels) - levels[0][1] >= LEAST_FALL


def _fades(ring: Ring) -> bool:
    return len(ring) > _RING[1].size and best_of(ring)[0][1] < CLEAR_SCORE


def best_of(ring: Ring) -> list[tuple[int, int]]:
    """List the spans that have a value, newest first, as their age in spans and their value."""
    return [(age, value) for age, value in enumerate(_unpacked(ring)[1:]) if value != _UNSAID]


def ring_of(span: int, values: Sequence[int | None]) -> Ring:
    """Pack the newest span and the values from there back; None where nothing was said."""
    bounded = (_UNSAID if value is None else max(1 + _UNSAID, min(-1 - _UNSAID, value)) for value in values)
    return _RING[len(values)].pack(span, *bounded)


def _unpacked(ring: Ring) -> tuple[int, ...]:
    return _RING[(len(ring) - 4) // 2].unpack(ring) if ring else ()


def changes_in(device: Device, at: datetime) -> Iterator[int]:
    """Count the changes in the slot of a moment, and in the one before it."""
    if not device.chatter:
        return
    for age in range(CHATTER_SLOTS):
        place = device.chatter[0] - ((at - _EPOCH) // CHATTER_SLOT - age) + 1
        if 1 <= place < len(device.chatter):
            yield _changes(device.chatter[place])


def _changes(steps: int) -> int:
    changes, before = 0, 0
    while steps:
        now = steps & 0b11
        steps >>= 2
        if now:
            changes += now == 0b11 or (before != 0 and before != now)
            before = now
    return changes


def _kept_best(ring: Ring, span: int, value: int, size: int) -> Ring:
    """Keep the best value of each of so many spans; the same ring when it knew a better one."""
    if not ring:
        return ring_of(span, (value,))
    newest, *values = _unpacked(ring)
    age = newest - span
    if age < 0:
        values[:0] = [value, *[_UNSAID] * min(-age - 1, size)]
        del values[size:]
        while values[-1] == _UNSAID:
            del values[-1]
        return _RING[len(values)].pack(span, *values)
    if age >= size:
        return ring
    values += [_UNSAID] * (age + 1 - len(values))
    if value <= values[age]:
        return ring
    values[age] = value
    return _RING[len(values)].pack(newest, *values)


def _battery(device: Device, reading: Reading, at: datetime) -> bool:
    match reading.value:
        case Battery(percent=float(percent)):
            known = device.battery
            device.battery = _kept_best(known, at.toordinal() // BATTERY_SPAN.days, _level(percent), BATTERY_SPANS)
            return device.battery is not known
        case _:
            return False


def _link(device: Device, reading: Reading, at: datetime) -> bool:
    if not isinstance(reading.value, LinkQuality):
        return False
    ring, day, score = device.link, at.toordinal(), _level(reading.value.score)
    if ring:
        newest, best = _HEAD.unpack_from(ring)
        if newest == day and score <= best:  # quick, for most words by far
            return False
    device.link = _kept_best(ring, day, score, LINK_DAYS)
    return device.link is not ring


def _level(value: float) -> int:
    return max(1 + _UNSAID, min(-1 - _UNSAID, round(value)))


def _motion(device: Device, reading: Reading, at: datetime) -> bool:
    if not isinstance(reading.value, Motion):
        return False
    known, hour = device.motion, at.toordinal() * 24 + at.hour
    if known is None:
        known = device.motion = Moving()
    return _moved(known, hour) if reading.value.active else _paused(known, hour)


def _moved(known: Moving, hour: int) -> bool:
    later = hour - known.hour
    if not later:  # quick: most words of an hour tell nothing new
        return False
    if later > 0:
        known.hour, known.hours = hour, (known.hours << later & (1 << HOURS) - 1 if later < HOURS else 0) | 1
    elif later > -HOURS:
        known.hours |= 1 << -later
    return True


def _paused(known: Moving, hour: int) -> bool:
    if known.still is not None and hour <= known.still:
        return False
    known.still = hour
    return True


def _air(device: Device, reading: Reading, at: datetime) -> bool:
    if not isinstance(reading.value, Temperature):
        return False
    device.air = _same(device.air, int(at.timestamp()), round(reading.value.celsius * 100))
    return True


def _same(known: Sameness | None, at: int, value: int) -> Sameness:
    if known is None:
        return Sameness(at, value)
    hour = at // 3600 - known.at // 3600
    if hour > 0:
        known.hours = known.hours << hour & (1 << HOURS) - 1 | 1 if hour < HOURS else 1
    elif hour > -HOURS:
        known.hours |= 1 << -hour
    if (at, value) > (known.at, known.value):
        if value != known.value:
            known.other_at = known.at
        known.at, known.value = at, value
    elif value != known.value and (known.other_at is None or at > known.other_at):
        known.other_at = at
    return known


def _chatter(device: Device, reading: Reading, at: datetime) -> bool:
    match reading.value:
        case Contact(open=on) | Occupancy(occupied=on) | WaterLeak(active=on) | Tamper(active=on):
            slot, within = divmod(at - _EPOCH, CHATTER_SLOT)
            device.chatter = _kept_step(device.chatter, slot, (1 if on else 2) << within // CHATTER_STEP * 2)
            return True
        case _:
            return False


def _kept_step(slots: tuple[int, ...], slot: int, step: int) -> tuple[int, ...]:
    age = slots[0] - slot if slots else -CHATTER_SLOTS
    if age < 0:
        return (slot, step, slots[1]) if age == -1 else (slot, step)
    if age >= CHATTER_SLOTS:
        return slots
    steps = [*slots[1:], *[0] * (age + 2 - len(slots))]
    steps[age] |= step
    return (slots[0], *steps)


#: What each kind of value says of its device's health; a note answers whether that was anything new.
NOTES: Final[dict[type, DeviceNote]] = {
    Battery: _battery,
    LinkQuality: _link,
    Motion: _motion,
    Temperature: _air,
    **dict.fromkeys((Contact, Occupancy, WaterLeak, Tamper), _chatter),
}
