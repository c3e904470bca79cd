"""One core without Kafka: what a reading costs and a home needs, by their number."""

import gc
import resource
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from bench.stream.load import Load
from contracts import ReadingBatch, decode, encode
from detectors.checkpoints import encode_chunk, key_of_chunk, restore
from detectors.collector import uncollected
from detectors.partition import Partition
from detectors.state import HomeState

#: A process takes memory in large pieces: what fewer homes need cannot be seen.
_VISIBLE: Final = 5_000
#: After a restart a home's first word is judged by everybody, and so is its next after something was told.
WARM_WORDS: Final = 4


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The figures of one number of homes; times are of the processor."""

    homes: int
    readings: int
    decode_microseconds: float
    judge_microseconds: float
    findings: int
    #: What the process grew by, the learned tables counted in, and these alone; None: too little to be seen.
    bytes_per_home: float | None
    learned_bytes_per_home: float
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


def scales(homes: Sequence[int], *, readings: int, together: int, say: Callable[[str], None]) -> list[Scale]:
    """Measure each in a process of its own, one after the other."""
    done: list[Scale] = []
    for count in homes:
        say(f"one core without Kafka: {count:,} homes")
        with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
            done.append(pool.submit(scale, count, readings, together).result())
    return done


def scale(homes: int, readings: int, together: int) -> Scale:
    """Let the homes have lived for days, warm up until each was judged in full once, then measure."""
    load = Load(homes)
    warm = WARM_WORDS * homes
    records = [(partition, encode(batch)) for partition, batch in load.batches(warm + readings, together=together)]
    first = len(records) * warm // (warm + readings)
    gc.collect()
    before = _resident()
    with uncollected():
        held = {partition: Partition(chunks, 0) for partition, chunks in load.settled()}
    grown = _resident() - before
    measured, spent, findings = 0, [0.0, 0.0], 0
    for turn, (partition, record) in enumerate(records):
        began = time.process_time()
        batch = decode(record, ReadingBatch)
        decoded = time.process_time()
        told = held[partition].apply(batch, held[partition].next_offset)
        if turn < first:
            continue
        spent[0] += decoded - began
        spent[1] += time.process_time() - decoded
        findings += len(told)
        measured += len(batch.readings)
    return Scale(
        homes=homes,
        readings=measured,
        decode_microseconds=1e6 * spent[0] / measured,
        judge_microseconds=1e6 * spent[1] / measured,
        findings=findings,
        bytes_per_home=grown / homes if homes >= _VISIBLE else None,
        learned_bytes_per_home=_learned(list(held.values())) / homes,
        **_checkpoint(list(held.values()), homes),
    )


def _learned(held: Sequence[Partition]) -> int:
    return sum(_learned_by(state) for one in held for chunk in one.chunks for state in chunk.states.values())


def _learned_by(state: HomeState) -> int:
    """Add up what a home has taught: its habits, its diary and the usual hours of what it measures."""
    parts: list[object] = [state.ways.days] if state.ways else []
    if habits := state.habits:
        parts += [habits, habits.silences, habits.up, habits.limits, habits.scales]
    if measured := state.measured:
        gauges = [*measured.power.values(), *measured.heart.values(), *measured.breath.values()]
        parts += [levels for gauge in gauges if gauge.hours for levels in (gauge.hours.low, gauge.hours.high)]
    return sum(sys.getsizeof(part) for part in parts)


def _checkpoint(held: Sequence[Partition], homes: int) -> dict[str, float]:
    written: list[dict[bytes, bytes]] = []
    longest, began = 0.0, time.process_time()
    for partition in held:
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
