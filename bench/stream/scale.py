"""One core without Kafka: what a reading costs and a home needs, by their number."""

import gc
import resource
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from bench.stream.load import Load
from contracts import ReadingBatch, decode, encode
from contracts.topics import PARTITIONS
from detectors.checkpoints import encode_chunk, fresh, key_of_chunk, restore
from detectors.collector import uncollected
from detectors.partition import Partition


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The figures of one number of homes; times are of the processor."""

    homes: int
    readings: int
    decode_microseconds: float
    judge_microseconds: float
    findings: int
    bytes_per_home: float
    #: One round over all chunks: what a checkpoint costs in all, and its size.
    snapshot_seconds: float
    snapshot_bytes_per_home: float
    #: The longest time that one chunk holds up the stream.
    longest_chunk_milliseconds: float
    restore_seconds: float

    @property
    def per_second(self) -> float:
        """Tell how many readings one core can take in a second."""
        return 1e6 / (self.decode_microseconds + self.judge_microseconds)


def scales(homes: Sequence[int], *, readings: int, together: int) -> list[Scale]:
    """Measure each number of homes in a process of its own, one after the other."""
    done: list[Scale] = []
    for count in homes:
        with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
            done.append(pool.submit(scale, count, max(readings, 3 * count), together).result())
    return done


def scale(homes: int, readings: int, together: int) -> Scale:
    """Register, warm up with one word of each home, then measure."""
    load = Load(homes)
    registrations = [(partition, encode(batch)) for partition, batch in load.registrations()]
    records = [(partition, encode(batch)) for partition, batch in load.batches(readings, together=together)]
    del load
    gc.collect()
    before = _resident()
    street = _Street()
    for partition, record in registrations:
        street.take(partition, decode(record, ReadingBatch))
    warm = min(len(records) // 2, 2 * homes // together + PARTITIONS)
    for partition, record in records[:warm]:
        street.take(partition, decode(record, ReadingBatch))
    spent = [0.0, 0.0]
    findings = 0
    for partition, record in records[warm:]:
        began = time.process_time()
        batch = decode(record, ReadingBatch)
        decoded = time.process_time()
        findings += street.take(partition, batch)
        spent[0] += decoded - began
        spent[1] += time.process_time() - decoded
    gc.collect()
    grown = _resident() - before
    measured = (len(records) - warm) * together
    return Scale(
        homes=homes,
        readings=measured,
        decode_microseconds=1e6 * spent[0] / measured,
        judge_microseconds=1e6 * spent[1] / measured,
        findings=findings,
        bytes_per_home=grown / homes,
        **_checkpoint(street, homes),
    )


class _Street:
    def __init__(self) -> None:
        self.partitions = [Partition(fresh(), 0) for _ in range(PARTITIONS)]

    def take(self, partition: int, batch: ReadingBatch) -> int:
        held = self.partitions[partition]
        return len(held.apply(batch, held.next_offset))


def _checkpoint(street: _Street, homes: int) -> dict[str, float]:
    written: list[dict[bytes, bytes]] = []
    longest, began = 0.0, time.process_time()
    for partition in street.partitions:
        chunks: dict[bytes, bytes] = {}
        for index, chunk in enumerate(partition.chunks):
            started = time.process_time()
            chunks[key_of_chunk(index)] = encode_chunk(chunk)
            longest = max(longest, time.process_time() - started)
        written.append(chunks)
    encoded = time.process_time()
    with uncollected():
        for chunks in written:
            restore(chunks)
    return {
        "snapshot_seconds": encoded - began,
        "snapshot_bytes_per_home": sum(len(one) for chunks in written for one in chunks.values()) / homes,
        "longest_chunk_milliseconds": 1e3 * longest,
        "restore_seconds": time.process_time() - encoded,
    }


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
