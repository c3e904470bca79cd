"""A partition: its sixteen chunks, and which part of a batch each of them gets."""

from collections.abc import Sequence
from datetime import datetime
from zlib import crc32

from contracts import Finding, Reading, ReadingBatch, WatchedHome
from detectors.checkpoints import CHUNKS, SHARDS, chunk_of
from detectors.chunk import Chunk, apply
from detectors.gate import Gates


class Partition:
    """The homes of one partition. Mutable, like its chunks: one worker owns it."""

    __slots__ = ("_gates", "chunks", "next_offset")

    def __init__(self, chunks: Sequence[Chunk], next_offset: int) -> None:
        self.chunks = list(chunks)
        #: The record that must come next; a later one means that some were skipped.
        self.next_offset = next_offset
        self._gates = [Gates() for _ in self.chunks]

    def apply(self, batch: ReadingBatch, offset: int) -> list[Finding]:
        """Take a record; each chunk applies it unless it has seen it before."""
        self.next_offset = offset + 1
        homes, readings = _homes_by_chunk(batch.homes), _readings_by_chunk(batch.readings)
        findings: list[Finding] = []
        for index, (chunk, gates) in enumerate(zip(self.chunks, self._gates, strict=True)):
            findings += apply(chunk, _part(batch, homes.get(index), readings.get(index)), offset, gates)
        return findings

    def pass_over(self, log_start: int) -> int:
        """Go on where the input begins, if it has passed our place; tell how many records are gone."""
        gone = max(0, log_start - self.next_offset)
        self.next_offset += gone
        return gone

    @property
    def seen_until(self) -> int:
        """Tell the end of what any chunk has seen: an input that ends before it is not the one that they saw."""
        return max(self.next_offset, *(chunk.offset + 1 for chunk in self.chunks))

    @property
    def heard_at(self) -> datetime | None:
        """Tell the time of the newest batch."""
        return max((chunk.batched_at for chunk in self.chunks if chunk.batched_at), default=None)

    @property
    def homes(self) -> int:
        """Tell how many homes are watched here."""
        return sum(home.watched for chunk in self.chunks for home in chunk.homes.values())

    def skip(self, offset: int) -> None:
        """Pass over a record that nobody can read."""
        self.next_offset = offset + 1
        for chunk in self.chunks:
            chunk.offset = max(chunk.offset, offset)


def _homes_by_chunk(homes: Sequence[WatchedHome]) -> dict[int, list[WatchedHome]]:
    parts: dict[int, list[WatchedHome]] = {}
    for home in homes:
        parts.setdefault(chunk_of(home.home_id), []).append(home)
    return parts


def _readings_by_chunk(readings: Sequence[Reading]) -> dict[int, list[Reading]]:
    parts: dict[int, list[Reading]] = {}
    for reading in readings:
        # As `chunk_of` does, without a call for each reading; a test holds them to each other.
        index = crc32(reading.home_id.encode()) // SHARDS % CHUNKS
        if index in parts:
            parts[index].append(reading)
        else:
            parts[index] = [reading]
    return parts


def _part(batch: ReadingBatch, homes: list[WatchedHome] | None, readings: list[Reading] | None) -> ReadingBatch:
    return ReadingBatch(
        batched_at=batch.batched_at,
        listened=batch.listened,
        homes=tuple(homes or ()),
        readings=tuple(readings or ()),
    )
