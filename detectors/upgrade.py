"""Read the chunks of an older version: what a home has taught in sixty days must outlive a new release."""

from datetime import datetime
from typing import Any, Final

import msgspec

from detectors.devices import ring_of
from detectors.measured import recent_number
from detectors.observed import Slots
from detectors.occupancy import row_of_samples
from detectors.rows import row_of

#: The version that had maps of blocks of sixty slots, and lists of levels, where there are rows of bytes now.
MAPPED: Final = 1
#: The versions that had lists of words where there are packed rows now; the first of them had whole homes in its chunk.
LISTED: Final = (2, 3)
_SLOTS_IN_BLOCK: Final = 60
_SETS: Final = ("slots", "moved", "doors_moved")
#: The places of what was written as an array.
_MEASURED: Final = ("air", "power", "water", "heart", "breath", "doors", "checks", "doses", "answers", "tests")
_GAUGED: Final = ("air", "power", "heart", "breath")
_SAID: Final = ("doors", "doses", "tests")
_GAUGE_OF_METER: Final = 1
_RECENT: Final = 5


def upgraded(payload: bytes, version: int) -> bytes | None:
    """Write a chunk of an older version as this one does; None when nobody can read it any more."""
    if version != MAPPED and version not in LISTED:
        return None
    snapshot: dict[str, Any] = msgspec.msgpack.decode(payload)
    for state in snapshot["chunk"].get("states", {}).values():
        if version == MAPPED:
            _set_in_rows(state)
        _pack_words(state)
    return msgspec.msgpack.encode(snapshot)


def _set_in_rows(state: dict[str, Any]) -> None:
    for name in _SETS:
        if name in state:
            state[name] = _slots_of(state[name])
    for device in state.get("devices", {}).values():
        # The battery and the link, which come first.
        device[:2] = [ring_of(ring[0], ring[1:]) if ring else b"" for ring in device[:2]]


def _pack_words(state: dict[str, Any]) -> None:
    for sensor, samples in state.get("occupancy", {}).items():
        moments = {datetime.fromisoformat(moment): taken for moment, taken in samples.items()}
        state["occupancy"][sensor] = row_of_samples(moments)
    measured = dict(zip(_MEASURED, state.get("measured") or (), strict=False))
    gauges = [gauge for name in _GAUGED for gauge in measured.get(name, {}).values()]
    gauges += [meter[_GAUGE_OF_METER] for meter in measured.get("water", {}).values() if meter[_GAUGE_OF_METER]]
    for gauge in gauges:
        gauge[_RECENT:] = [row_of(tuple(recent_number(*word) for word in words)) for words in gauge[_RECENT:]]
    said = [words for name in _SAID for words in measured.get(name, {}).values()]
    if checks := measured.get("checks"):
        said.append(checks)
    for words in said:
        words[0] = row_of(tuple(words[0]))


def _slots_of(blocks: dict[int, int]) -> Slots:
    bits = 0
    newest = max(blocks, default=-1)
    for block, heard in blocks.items():
        # The newest slot is the lowest bit now; in a block the oldest was.
        turned = int(f"{heard:0{_SLOTS_IN_BLOCK}b}"[::-1], 2)
        bits |= turned << (newest - block) * _SLOTS_IN_BLOCK
    unheard = (bits & -bits).bit_length() - 1 if bits else 0
    bits >>= unheard
    last = (newest + 1) * _SLOTS_IN_BLOCK - 1 - unheard if bits else -1
    return Slots(last, bits.to_bytes((bits.bit_length() + 7) // 8, "little"))
