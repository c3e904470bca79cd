"""Remember a reading: newest wins, whatever the order in which readings come and however often."""

from datetime import datetime, timedelta
from sys import intern
from typing import Final

from contracts import Reading
from contracts.values import DeviceStatus, GatewayStatus
from detectors.devices import NOTES as DEVICE_NOTES
from detectors.devices import Device, DeviceNote, doubtful
from detectors.home_notes import NOTES as HOME_NOTES
from detectors.home_notes import HomeNote, newest
from detectors.measured import Measured
from detectors.measured_notes import NOTES as MEASURED_NOTES
from detectors.measured_notes import Note as MeasuredNote
from detectors.observed import SLOT, heard
from detectors.state import CLOCK_AHEAD, ClockWord, HomeState, speaks

_MINUTES: Final = SLOT // timedelta(minutes=1)


def remember(state: HomeState, reading: Reading) -> HomeState:
    """Take a reading into the state of its home."""
    kind, received_at = type(reading.value), reading.received_at
    at = reading.observed_at
    if at > received_at:
        at = min(at, received_at + CLOCK_AHEAD)
    if kind is not GatewayStatus or speaks(reading):
        _heard(state, reading, at)
    if reading.clock_doubted or reading.clock_offset_seconds:
        _clock(state, reading)
    elif reading.observed_at != received_at and (state.clock_right is None or received_at > state.clock_right):
        state.clock_right = received_at
    for note in _NOTES.get(kind, _NOBODY):
        note(state, reading, at)
    return state


def _device(note: DeviceNote) -> HomeNote:
    def take(state: HomeState, reading: Reading, at: datetime) -> None:
        device = state.devices.get(reading.sensor_id)
        if device is None:
            device = state.devices[intern(reading.sensor_id)] = Device()
        if not note(device, reading, at):
            return
        if doubtful(device) != (reading.sensor_id in state.doubtful):
            state.doubtful = tuple(sorted({*state.doubtful} ^ {intern(reading.sensor_id)}))

    return take


def _measured(note: MeasuredNote) -> HomeNote:
    def take(state: HomeState, reading: Reading, at: datetime) -> None:
        if state.measured is None:
            state.measured = Measured()
        note(state.measured, reading, at)

    return take


def _clock(state: HomeState, reading: Reading) -> None:
    """Note what a sender's time says of its clock when it was not right."""
    heard_at = reading.received_at
    if reading.clock_doubted:
        if state.clock_doubted is None or heard_at > state.clock_doubted:
            state.clock_doubted = heard_at
        return
    word = ClockWord(at=heard_at, reading_id=reading.reading_id, offset_seconds=reading.clock_offset_seconds)
    state.clock_off = newest(state.clock_off, word)


def _heard(state: HomeState, reading: Reading, at: datetime) -> None:
    known = state.watermark
    # Quick, for most words by far: the slot of the newest word is marked.
    marked = known is not None and at.minute // _MINUTES == known.minute // _MINUTES and -SLOT < at - known < SLOT
    if known is None or at > known:
        state.watermark, state.watermark_received_at = at, reading.received_at
        state.first_at = state.first_at or at
    else:
        _heard_again(state, reading, at)
    if not reading.late and (state.watermark_live is None or at > state.watermark_live):
        state.watermark_live = at
    if not marked:
        heard(state.slots, at)
    if type(reading.value) is DeviceStatus:  # the gateway says it, not the device
        return
    known = state.sensor_heard.get(reading.sensor_id)
    if known is None:  # each record brings a copy of the name; the state holds one
        state.sensor_heard[intern(reading.sensor_id)] = at
    elif at > known:
        state.sensor_heard[reading.sensor_id] = at


def _heard_again(state: HomeState, reading: Reading, at: datetime) -> None:
    """Note a word that is no newer than the newest."""
    before = state.watermark_received_at
    if at == state.watermark and before and reading.received_at > before:
        state.watermark_received_at = reading.received_at
    if state.first_at is None or at < state.first_at:
        state.first_at = at


#: All that is done with a value of a kind, in this order: one look-up for each reading.
_NOTES: Final[dict[type, tuple[HomeNote, ...]]] = {
    kind: (
        *((HOME_NOTES[kind],) if kind in HOME_NOTES else ()),
        *((_measured(MEASURED_NOTES[kind]),) if kind in MEASURED_NOTES else ()),
        *((_device(DEVICE_NOTES[kind]),) if kind in DEVICE_NOTES else ()),
    )
    for kind in {**HOME_NOTES, **MEASURED_NOTES, **DEVICE_NOTES}
}
_NOBODY: Final[tuple[HomeNote, ...]] = ()
