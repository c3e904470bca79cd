"""Our own outage of two hours: nothing of it becomes stillness, and no cry of it is missed."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from contracts import Finding, Phase, Reading, ReadingBatch, WatchPlan
from contracts.values import Contact, Heartbeat, HelpButton, Motion, Smoke
from detectors.checkpoints import encode_chunk, fresh, key_of_chunk, restore, resume_offset
from detectors.partition import Partition
from runtime.kafka import producing
from runtime.settings import Kafka
from tests.detectors.values import HOME, NOON, a_batch, a_home, a_reading, a_sensor
from tests.detectors.workers import Ear, publish, working
from tests.until import until

MINUTE = timedelta(minutes=1)
OUTAGE = (NOON + 30 * MINUTE, NOON + 150 * MINUTE)
#: It counts stillness from two hours on, so that the outage alone would be enough for an alarm.
HOUSE = a_home(
    sensors=[a_sensor(silent_after=timedelta(hours=3)), a_sensor("button", "help_button"), a_sensor("smoke", "smoke")],
    plan=WatchPlan(inactivity_caution_seconds=2 * 3600),
)


def lived() -> list[Reading]:
    """Four hours of a home: a heartbeat a minute, movement every ten, a press and a fire during our outage."""
    readings: list[Reading] = []
    for turn in range(240):
        at = NOON + MINUTE * turn
        readings.append(a_reading(Heartbeat(), at=at, sensor="gateway"))
        if turn % 10 == 0:
            readings.append(a_reading(Motion(active=True), at=at))
            readings.append(a_reading(Contact(open=turn % 20 == 0), at=at, sensor="door"))
    cries = [
        a_reading(HelpButton(), at=OUTAGE[0] + 47 * MINUTE, sensor="button"),
        a_reading(Smoke(active=True), at=OUTAGE[0] + 80 * MINUTE, sensor="smoke"),
        a_reading(Smoke(active=False), at=OUTAGE[0] + 90 * MINUTE, sensor="smoke"),
    ]
    return sorted([*readings, *cries], key=lambda reading: reading.observed_at)


def recorded(*, backlog: bool = True) -> Iterator[ReadingBatch]:
    """What the bridge wrote: nothing for two hours, then what the gateway had stored, late, or nothing of it."""
    yield a_batch(homes=[HOUSE])
    stored: list[Reading] = []
    for reading in lived():
        if not OUTAGE[0] <= reading.observed_at < OUTAGE[1]:
            if stored:
                yield a_batch(*stored, at=OUTAGE[1])
                stored = []
            yield a_batch(reading, at=reading.received_at)
        elif backlog and not isinstance(reading.value, Heartbeat):
            late = OUTAGE[1] - reading.observed_at
            stored.append(a_reading(reading.value, at=reading.observed_at, sensor=reading.sensor_id, late_by=late))


def told(batches: Sequence[ReadingBatch], partition: Partition) -> list[Finding]:
    start = partition.next_offset
    return [one for offset, batch in enumerate(batches[start:], start) for one in partition.apply(batch, offset)]


def began(findings: Sequence[Finding]) -> dict[str, int]:
    return {one.kind: sum(each.kind == one.kind for each in findings if each.phase == Phase.BEGAN) for one in findings}


def test_an_outage_of_the_bridge_is_no_stillness_and_hides_no_cry() -> None:
    findings = told(list(recorded()), Partition(fresh(), 0))
    assert began(findings) == {"help_button": 1, "smoke": 1}
    assert all(one.late for one in findings)


def test_what_no_gateway_stored_is_not_counted_as_stillness() -> None:
    assert not told(list(recorded(backlog=False)), Partition(fresh(), 0))


@pytest.mark.parametrize("died_at", [20, 45, 46, 47, 60])
def test_a_worker_that_was_away_for_two_hours_catches_up_to_the_same(died_at: int) -> None:
    batches = list(recorded())
    first = Partition(fresh(), 0)
    heard = told(batches[:died_at], first)
    # Half of its chunks were written a while before it died.
    written = {key_of_chunk(index): encode_chunk(chunk) for index, chunk in enumerate(first.chunks) if index % 2}
    chunks = restore(written)
    again = Partition(chunks, resume_offset([chunk.offset for chunk in chunks], log_start=0))
    whole = told(batches, Partition(fresh(), 0))
    assert {one.finding_id for one in [*heard, *told(batches, again)]} == {one.finding_id for one in whole}


@pytest.mark.door
@pytest.mark.timeout(120)
async def test_recorded_hours_go_through_the_worker_and_tell_only_the_cries(kafka: Kafka, tmp_path: Path) -> None:
    async with producing(kafka) as producer, Ear(kafka) as ear:
        for batch in recorded():
            await publish(producer, kafka, HOME, batch)
        last = a_reading(HelpButton(), at=NOON + 241 * MINUTE, sensor="last")
        await publish(producer, kafka, HOME, a_batch(last, at=last.received_at))
        with working(kafka, tmp_path):

            async def all_told() -> bool:
                return any(one.evidence.sensor_id == "last" for one in await ear.listen())

            await until(all_told, within=60, what="the last press")
    assert began(ear.findings) == {"help_button": 2, "smoke": 1}
