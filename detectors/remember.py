"""Remember a reading: newest wins, whatever the order in which readings come and however often."""

from collections.abc import Callable
from datetime import datetime
from sys import intern
from typing import Final, TypeVar

from contracts import Reading
from contracts.values import (
    Battery,
    ButtonAction,
    CarbonMonoxide,
    CheckAnswer,
    Contact,
    DeviceStatus,
    Fall,
    Gas,
    GatewayStatus,
    Heat,
    HelpButton,
    Medication,
    Motion,
    Occupancy,
    Presence,
    Smoke,
    Stillness,
    Tamper,
    TestPressed,
    Voice,
    WaterFlow,
    WaterLeak,
)
from detectors.devices import NOTES as DEVICE_NOTES
from detectors.devices import Device, DeviceNote, doubtful
from detectors.exposure import measure
from detectors.measured import Measured
from detectors.measured_notes import NOTES as MEASURED_NOTES
from detectors.observed import heard
from detectors.rooms import DOOR
from detectors.state import (
    CLOCK_AHEAD,
    LOSSES,
    NO_SESSION,
    PRESSES,
    SAMPLES,
    WILLS,
    Alarm,
    Birth,
    Charge,
    ClockWord,
    Exposure,
    HomeState,
    Loss,
    Mark,
    Reach,
    mark_of,
    speaks,
)
from detectors.ways import note_bed, note_sign

#: Carbon monoxide that needs no time to harm (EN 50291: alarm within 3 minutes).
CARBON_MONOXIDE_AT_ONCE_PPM: Final = 300.0
#: A battery that says how much it has left is low from here on.
BATTERY_LOW_PERCENT: Final = 15.0

Newest = TypeVar("Newest", Mark, Charge, Birth, ClockWord, Reach)


def remember(state: HomeState, reading: Reading) -> HomeState:
    """Take a reading into the state of its home."""
    at = min(reading.observed_at, reading.received_at + CLOCK_AHEAD)
    if speaks(reading):
        _heard(state, reading, at)
    if reading.clock_doubted or reading.clock_offset_seconds or reading.observed_at != reading.received_at:
        _clock(state, reading)
    note = _NOTES.get(type(reading.value))
    if note is not None:
        note(state, reading)
    measured_note = MEASURED_NOTES.get(type(reading.value))
    if measured_note is not None:
        if state.measured is None:
            state.measured = Measured()
        measured_note(state.measured, reading, at)
    device_note = DEVICE_NOTES.get(type(reading.value))
    if device_note is not None:
        _device(state, reading, at, device_note)
    return state


def _device(state: HomeState, reading: Reading, at: datetime, note: DeviceNote) -> None:
    device = state.devices.get(reading.sensor_id)
    if device is None:
        device = state.devices[intern(reading.sensor_id)] = Device()
    if not note(device, reading, at):
        return
    if doubtful(device):
        state.doubtful.add(reading.sensor_id)
    elif state.doubtful:
        state.doubtful.discard(reading.sensor_id)


def _clock(state: HomeState, reading: Reading) -> None:
    """Note what a sender's time says of its clock; one that says none says nothing."""
    heard_at = reading.received_at
    if reading.clock_doubted:
        if state.clock_doubted is None or heard_at > state.clock_doubted:
            state.clock_doubted = heard_at
    elif reading.clock_offset_seconds:
        word = ClockWord(at=heard_at, reading_id=reading.reading_id, offset_seconds=reading.clock_offset_seconds)
        state.clock_off = _newest(state.clock_off, word)
    elif state.clock_right is None or heard_at > state.clock_right:
        state.clock_right = heard_at


def _heard(state: HomeState, reading: Reading, at: datetime) -> None:
    if state.watermark is None or at > state.watermark:
        state.watermark, state.watermark_received_at = at, reading.received_at
    elif at == state.watermark and state.watermark_received_at and reading.received_at > state.watermark_received_at:
        state.watermark_received_at = reading.received_at
    if not reading.late and (state.watermark_live is None or at > state.watermark_live):
        state.watermark_live = at
    if state.first_at is None or at < state.first_at:
        state.first_at = at
    heard(state.slots, at)
    if isinstance(reading.value, DeviceStatus):  # the gateway says it, not the device
        return
    known = state.sensor_heard.get(reading.sensor_id)
    if known is None:  # each record brings a copy of the name; the state holds one
        state.sensor_heard[intern(reading.sensor_id)] = at
    elif at > known:
        state.sensor_heard[reading.sensor_id] = at


def _newest(known: Newest | None, new: Newest) -> Newest:
    return new if known is None or new > known else known


def _active(state: HomeState, reading: Reading) -> None:
    mark = mark_of(reading)
    state.active = _newest(state.active, mark)
    if not mark.late and (state.active_live is None or mark.at > state.active_live):
        state.active_live = mark.at
    known = state.sensor_active.get(reading.sensor_id)
    if known is None or mark.at > known:
        state.sensor_active[reading.sensor_id] = mark.at
    if state.ways is not None and (device := state.devices.get(reading.sensor_id)) and device.place:
        note_sign(state.ways, device.place, mark.at, mark.reading_id, late=mark.late)
        if device.place & DOOR:
            heard(state.doors_moved, mark.at)
    heard(state.moved, mark.at)


def _alarm(state: HomeState, reading: Reading, kind: str, *, active: bool) -> None:
    mark = mark_of(reading)
    alarm = state.alarms.setdefault(kind, {}).setdefault(reading.sensor_id, Alarm())
    match active, mark.late:
        case True, False:
            alarm.on = _newest(alarm.on, mark)
        case True, True:
            alarm.late_on = _newest(alarm.late_on, mark)
        case False, False:
            alarm.off = _newest(alarm.off, mark)
        case _:
            alarm.late_off = _newest(alarm.late_off, mark)


def _press(state: HomeState, reading: Reading) -> None:
    state.presses.setdefault(reading.reading_id, mark_of(reading))
    if len(state.presses) > PRESSES:
        oldest = min(state.presses.values(), key=lambda press: (press.received_at, press.at, press.reading_id))
        del state.presses[oldest.reading_id]


def _note_motion(state: HomeState, reading: Reading) -> None:
    match reading.value:
        case Motion(active=True) | Presence(present=True) | Medication(taken=True) | Contact():
            _active(state, reading)
        case WaterFlow(litres_per_minute=float(flow)) if flow > 0:
            _active(state, reading)
        case _:
            return


def _note_cry(state: HomeState, reading: Reading) -> None:
    match reading.value:
        case HelpButton(action=ButtonAction.PRESSED) | Voice(answer=CheckAnswer.HELP):
            _press(state, reading)
            _active(state, reading)
        case Voice(answer=CheckAnswer.FINE):
            _active(state, reading)
        case _:
            return


def _note_alarm(state: HomeState, reading: Reading) -> None:
    match reading.value:
        case CarbonMonoxide(active=active, ppm=ppm):
            if ppm is not None:
                measure(state.exposure.setdefault(reading.sensor_id, Exposure()), mark_of(reading), ppm)
            _alarm(state, reading, "carbon_monoxide", active=active or (ppm or 0.0) >= CARBON_MONOXIDE_AT_ONCE_PPM)
        case Smoke(active=active):
            _alarm(state, reading, "smoke", active=active)
        case Heat(active=active):
            _alarm(state, reading, "heat", active=active)
        case Gas(active=active):
            _alarm(state, reading, "gas", active=active)
        case Fall(active=active):
            _alarm(state, reading, "fall", active=active)
        case WaterLeak(active=active):
            _alarm(state, reading, "water_leak", active=active)
        case Tamper(active=active):
            _alarm(state, reading, "tamper", active=active)
        case Stillness(active=active):
            _alarm(state, reading, "stillness_reported", active=active)
        case _:
            return


def _note_device(state: HomeState, reading: Reading) -> None:
    match reading.value:
        case Occupancy(occupied=occupied):
            _sample(state, reading, occupied=occupied)
        case Battery(low=bool(low), percent=percent):
            _charge(state, reading, low=low, percent=percent)
        case Battery(percent=float(percent)):
            _charge(state, reading, low=percent <= BATTERY_LOW_PERCENT, percent=percent)
        case GatewayStatus():
            _gateway(state, reading, reading.value)
        case DeviceStatus(online=online):
            reach = Reach(at=mark_of(reading).at, reading_id=reading.reading_id, online=online)
            state.reach[reading.sensor_id] = _newest(state.reach.get(reading.sensor_id), reach)
        case _:  # a battery that says nothing
            return


def _gateway(state: HomeState, reading: Reading, status: GatewayStatus) -> None:
    session = NO_SESSION if status.session is None else status.session
    # Nothing was said before it was heard: a gateway's clock that is ahead must not outlive its own last will.
    at = min(reading.observed_at, reading.received_at)
    if status.online:
        state.birth = _newest(state.birth, Birth(at=at, session=session))
    elif status.online is False:
        state.wills[session] = max(at, state.wills.get(session, at))
        if len(state.wills) > WILLS:
            del state.wills[min(state.wills, key=lambda one: (state.wills[one], one))]
    if status.mains is not None:
        _alarm(state, reading, "mains_lost", active=not status.mains)
    if status.lost_messages:
        _loss(state, reading, status.lost_messages)


def _loss(state: HomeState, reading: Reading, messages: int) -> None:
    state.losses.setdefault(reading.reading_id, Loss(at=mark_of(reading).at, messages=messages))
    if len(state.losses) > LOSSES:
        del state.losses[min(state.losses, key=lambda one: (state.losses[one].at, one))]


def _note_test(state: HomeState, reading: Reading) -> None:
    at = mark_of(reading).at
    if state.proven_at is None or at > state.proven_at:
        state.proven_at = at


def _sample(state: HomeState, reading: Reading, *, occupied: bool) -> None:
    samples = state.occupancy.setdefault(reading.sensor_id, {})
    mark = mark_of(reading)
    if state.ways is not None and (device := state.devices.get(reading.sensor_id)) and device.place:
        note_bed(state.ways, mark.at, taken=occupied, late=mark.late)
    # Of two words on one moment "taken" stays, whichever came first.
    moment = mark.at.isoformat(timespec="microseconds")
    samples[moment] = samples.get(moment, False) or occupied
    if len(samples) > SAMPLES:
        del samples[min(samples)]


def _charge(state: HomeState, reading: Reading, *, low: bool, percent: float | None) -> None:
    charge = Charge(
        at=mark_of(reading).at,
        reading_id=reading.reading_id,
        low=low,
        percent=-1.0 if percent is None else percent,
    )
    state.charges[reading.sensor_id] = _newest(state.charges.get(reading.sensor_id), charge)


_NOTES: Final[dict[type, Callable[[HomeState, Reading], None]]] = {
    **dict.fromkeys((Motion, Presence, Medication, Contact, WaterFlow), _note_motion),
    **dict.fromkeys((HelpButton, Voice), _note_cry),
    **dict.fromkeys((Smoke, Heat, Gas, CarbonMonoxide, Fall, WaterLeak, Tamper, Stillness), _note_alarm),
    TestPressed: _note_test,
    **dict.fromkeys((Occupancy, Battery, GatewayStatus, DeviceStatus), _note_device),
}
