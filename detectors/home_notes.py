"""Note what a value says of its home: signs of life, cries, alarms, beds, batteries and the gateway."""

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
from detectors.exposure import measure
from detectors.nothing import opened
from detectors.observed import heard
from detectors.occupancy import with_sample
from detectors.rooms import DOOR
from detectors.state import (
    LOSSES,
    NO_SESSION,
    PRESSES,
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
)
from detectors.ways import note_bed, note_sign

#: Carbon monoxide that needs no time to harm (EN 50291: alarm within 3 minutes).
CARBON_MONOXIDE_AT_ONCE_PPM: Final = 300.0
#: A battery that says how much it has left is low from here on.
BATTERY_LOW_PERCENT: Final = 15.0

HomeNote = Callable[[HomeState, Reading, datetime], None]
Newest = TypeVar("Newest", Mark, Charge, Birth, ClockWord, Reach)


def newest(known: Newest | None, new: Newest) -> Newest:
    """Tell the newer of two words, whichever came first."""
    return new if known is None or new > known else known


def _active(state: HomeState, reading: Reading, at: datetime) -> None:
    active, live = state.active, not reading.late
    if active is None or at > active.at or (at == active.at and mark_of(reading, at) > active):
        state.active = mark_of(reading, at)
    if live and (state.active_live is None or at > state.active_live):
        state.active_live = at
    known = state.sensor_active.get(reading.sensor_id)
    if known is None:
        state.sensor_active[intern(reading.sensor_id)] = at
    elif at > known:
        state.sensor_active[reading.sensor_id] = at
    if state.ways is not None and (device := state.devices.get(reading.sensor_id)) and device.place:
        note_sign(state.ways, device.place, at, reading.reading_id, late=not live)
        if device.place & DOOR:
            heard(state.doors_moved, at)
    heard(state.moved, at)


def _alarm(state: HomeState, reading: Reading, at: datetime, kind: str, *, active: bool) -> None:
    mark = mark_of(reading, at)
    state.alarms = opened(state.alarms)
    alarm = state.alarms.setdefault(kind, {}).setdefault(intern(reading.sensor_id), Alarm())
    match active, mark.late:
        case True, False:
            alarm.on = newest(alarm.on, mark)
        case True, True:
            alarm.late_on = newest(alarm.late_on, mark)
        case False, False:
            alarm.off = newest(alarm.off, mark)
        case _:
            alarm.late_off = newest(alarm.late_off, mark)


def _press(state: HomeState, reading: Reading, at: datetime) -> None:
    state.presses = opened(state.presses)
    state.presses.setdefault(reading.reading_id, mark_of(reading, at))
    if len(state.presses) > PRESSES:
        oldest = min(state.presses.values(), key=lambda press: (press.received_at, press.at, press.reading_id))
        del state.presses[oldest.reading_id]


def _note_motion(state: HomeState, reading: Reading, at: datetime) -> None:
    if isinstance(reading.value, Motion) and reading.value.active:
        _active(state, reading, at)


def _note_sign(state: HomeState, reading: Reading, at: datetime) -> None:
    match reading.value:
        case Presence(present=True) | Medication(taken=True) | Contact():
            _active(state, reading, at)
        case WaterFlow(litres_per_minute=float(flow)) if flow > 0:
            _active(state, reading, at)
        case _:
            return


def _note_cry(state: HomeState, reading: Reading, at: datetime) -> None:
    match reading.value:
        case HelpButton(action=ButtonAction.PRESSED) | Voice(answer=CheckAnswer.HELP):
            _press(state, reading, at)
            _active(state, reading, at)
        case Voice(answer=CheckAnswer.FINE):
            _active(state, reading, at)
        case _:
            return


def _note_alarm(state: HomeState, reading: Reading, at: datetime) -> None:
    match reading.value:
        case CarbonMonoxide(active=active, ppm=ppm):
            if ppm is not None:
                state.exposure = opened(state.exposure)
                measure(state.exposure.setdefault(reading.sensor_id, Exposure()), mark_of(reading, at), ppm)
            _alarm(state, reading, at, "carbon_monoxide", active=active or (ppm or 0.0) >= CARBON_MONOXIDE_AT_ONCE_PPM)
        case Smoke(active=active):
            _alarm(state, reading, at, "smoke", active=active)
        case Heat(active=active):
            _alarm(state, reading, at, "heat", active=active)
        case Gas(active=active):
            _alarm(state, reading, at, "gas", active=active)
        case Fall(active=active):
            _alarm(state, reading, at, "fall", active=active)
        case WaterLeak(active=active):
            _alarm(state, reading, at, "water_leak", active=active)
        case Tamper(active=active):
            _alarm(state, reading, at, "tamper", active=active)
        case Stillness(active=active):
            _alarm(state, reading, at, "stillness_reported", active=active)
        case _:
            return


def _note_device(state: HomeState, reading: Reading, at: datetime) -> None:
    match reading.value:
        case Occupancy(occupied=occupied):
            _sample(state, reading, at, occupied=occupied)
        case Battery(low=bool(low), percent=percent):
            _charge(state, reading, at, low=low, percent=percent)
        case Battery(percent=float(percent)):
            _charge(state, reading, at, low=percent <= BATTERY_LOW_PERCENT, percent=percent)
        case GatewayStatus():
            _gateway(state, reading, at, reading.value)
        case DeviceStatus(online=online):
            reach = Reach(at=at, reading_id=reading.reading_id, online=online)
            state.reach = opened(state.reach)
            state.reach[reading.sensor_id] = newest(state.reach.get(reading.sensor_id), reach)
        case _:  # a battery that says nothing
            return


def _gateway(state: HomeState, reading: Reading, at: datetime, status: GatewayStatus) -> None:
    session = NO_SESSION if status.session is None else status.session
    # Nothing was said before it was heard: a gateway's clock that is ahead must not outlive its own last will.
    said_at = min(reading.observed_at, reading.received_at)
    if status.online:
        state.birth = newest(state.birth, Birth(at=said_at, session=session))
    elif status.online is False:
        state.wills = opened(state.wills)
        state.wills[session] = max(said_at, state.wills.get(session, said_at))
        if len(state.wills) > WILLS:
            del state.wills[min(state.wills, key=lambda one: (state.wills[one], one))]
    if status.mains is not None:
        _alarm(state, reading, at, "mains_lost", active=not status.mains)
    if status.lost_messages:
        _loss(state, reading, at, status.lost_messages)


def _loss(state: HomeState, reading: Reading, at: datetime, messages: int) -> None:
    state.losses = opened(state.losses)
    state.losses.setdefault(reading.reading_id, Loss(at=at, messages=messages))
    if len(state.losses) > LOSSES:
        del state.losses[min(state.losses, key=lambda one: (state.losses[one].at, one))]


def _note_test(state: HomeState, reading: Reading, at: datetime) -> None:
    if state.proven_at is None or at > state.proven_at:
        state.proven_at = at


def _sample(state: HomeState, reading: Reading, at: datetime, *, occupied: bool) -> None:
    state.occupancy = opened(state.occupancy)
    if state.ways is not None and (device := state.devices.get(reading.sensor_id)) and device.place:
        note_bed(state.ways, at, taken=occupied, late=reading.late)
    known = state.occupancy.get(reading.sensor_id, b"")
    state.occupancy[intern(reading.sensor_id)] = with_sample(known, at, occupied=occupied)


def _charge(state: HomeState, reading: Reading, at: datetime, *, low: bool, percent: float | None) -> None:
    charge = Charge(
        at=at,
        reading_id=reading.reading_id,
        low=low,
        percent=-1.0 if percent is None else percent,
    )
    state.charges = opened(state.charges)
    state.charges[reading.sensor_id] = newest(state.charges.get(reading.sensor_id), charge)


NOTES: Final[dict[type, HomeNote]] = {
    Motion: _note_motion,
    **dict.fromkeys((Presence, Medication, Contact, WaterFlow), _note_sign),
    **dict.fromkeys((HelpButton, Voice), _note_cry),
    **dict.fromkeys((Smoke, Heat, Gas, CarbonMonoxide, Fall, WaterLeak, Tamper, Stillness), _note_alarm),
    TestPressed: _note_test,
    **dict.fromkeys((Occupancy, Battery, GatewayStatus, DeviceStatus), _note_device),
}
