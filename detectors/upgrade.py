"""Read the chunks of an older version: what a home has taught in sixty days must outlive a new release."""

from typing import Any, Final

import msgspec

from detectors.devices import ring_of
from detectors.observed import Slots

#: The version that had maps of blocks of sixty slots, and lists of levels, where there are rows of bytes now.
MAPPED: Final = 1
#: The version that had whole homes in its chunk: it is read as it is.
WHOLE: Final = 2
_SLOTS_IN_BLOCK: Final = 60
_SETS: Final = ("slots", "moved", "doors_moved")


def upgraded(payload: bytes, version: int) -> bytes | None:
    """Write a chunk of an older version as this one does; None when nobody can read it any more."""
    if version == WHOLE:
        return payload
    if version != MAPPED:
        return None
    snapshot: dict[str, Any] = msgspec.msgpack.decode(payload)
    for state in snapshot["chunk"].get("states", {}).values():
        for name in _SETS:
            if name in state:
                state[name] = _row_of(state[name])
        for device in state.get("devices", {}).values():
            # The battery and the link, which come first.
            device[:2] = [ring_of(ring[0], ring[1:]) if ring else b"" for ring in device[:2]]
    return msgspec.msgpack.encode(snapshot)


def _row_of(blocks: dict[int, int]) -> Slots:
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
