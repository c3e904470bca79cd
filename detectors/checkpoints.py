"""Checkpoints: which home belongs to which chunk, how a chunk is written, and where reading goes on."""

from collections.abc import Mapping, Sequence
from typing import Final
from zlib import crc32

import msgspec

from detectors.chunk import Chunk
from detectors.snapshot import Snapshot, chunk_in, snapshot_of
from detectors.upgrade import upgraded

CHUNKS: Final = 16
#: The lowest bits of the sum are a home's shard.
SHARDS: Final = 16
#: Grows when HomeState changes in a way that old chunks cannot be read as they are (detectors/upgrade.py).
VERSION: Final = 4

_encoder = msgspec.msgpack.Encoder()


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    version: int


_head = msgspec.msgpack.Decoder(_Head)
_snapshot = msgspec.msgpack.Decoder(Snapshot)


def chunk_of(home_id: str) -> int:
    """Tell a home's chunk, by the bits above those of its shard."""
    return crc32(home_id.encode()) // SHARDS % CHUNKS


def encode_chunk(chunk: Chunk) -> bytes:
    """Write a chunk."""
    return _encoder.encode(snapshot_of(chunk, VERSION))


def decode_chunk(payload: bytes) -> Chunk | None:
    """Read a chunk, also one of an older version; None when nobody can, so that it is built again from the input."""
    try:
        version = _head.decode(payload).version
        readable = payload if version == VERSION else upgraded(payload, version)
        if readable is None:
            return None
        return chunk_in(_snapshot.decode(readable))
    except msgspec.MsgspecError:
        return None


def key_of_chunk(index: int) -> bytes:
    """Name a chunk's record among those of its partition."""
    return f"chunk-{index:02d}".encode()


def restore(written: Mapping[bytes, bytes]) -> list[Chunk]:
    """Build the chunks of a partition from their newest records; one that is missing or of an older input is fresh."""
    chunks = [_restored(written.get(key_of_chunk(index))) for index in range(CHUNKS)]
    newest = max(chunk.lineage for chunk in chunks)
    return [chunk if chunk.lineage == newest else Chunk(lineage=newest) for chunk in chunks]


def fresh(*, lineage: int = 0) -> list[Chunk]:
    """Make the chunks of a partition of which nothing is known."""
    return [Chunk(lineage=lineage) for _ in range(CHUNKS)]


def _restored(payload: bytes | None) -> Chunk:
    return (decode_chunk(payload) if payload else None) or Chunk()


def resume_offset(labels: Sequence[int], *, log_start: int) -> int:
    """Tell the first record that some chunk has not seen; the oldest that is left, when that one is gone."""
    return max(min(labels) + 1, log_start)


def next_chunk(index: int) -> int:
    """Tell which chunk is written after this one."""
    return (index + 1) % CHUNKS


def pause_between_chunks(round_seconds: float) -> float:
    """Spread one round evenly, so that no reading waits for all chunks at once."""
    return round_seconds / CHUNKS
