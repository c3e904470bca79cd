"""Faust skips records now and then; the stream notices and goes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from faust.types import TP
from prometheus_client import REGISTRY

from contracts import partition_of
from contracts.topics import PARTITIONS, READINGS
from contracts.values import HelpButton
from detectors.checkpoints import CHUNKS, encode_chunk, key_of_chunk, restore
from detectors.chunk import Chunk
from detectors.kafka import Outbox, read_chunks
from detectors.stream import Stream
from runtime.kafka import name_of, producing
from runtime.lifecycle import Life
from runtime.settings import Detectors, Kafka
from tests.detectors.values import HOME, a_batch, a_home, a_reading
from tests.detectors.workers import Ear, publish
from tests.until import until

pytestmark = [pytest.mark.door]


@asynccontextmanager
async def streaming(kafka: Kafka, folder: Path) -> AsyncIterator[Stream]:
    """Hold a stream of this process that nothing watches for pauses."""
    life = Life()
    patient = replace(kafka, session_timeout_seconds=30.0)
    async with producing(kafka) as producer:
        outbox = Outbox(producer, patient)
        stream = Stream(patient, Detectors(data_dir=str(folder / "faust")), outbox, life)
        sending = asyncio.ensure_future(outbox.run())
        starting = asyncio.ensure_future(stream.app.start())
        try:
            await until(lambda: life.ready, within=60, what="a restored stream")
            yield stream
        finally:
            sending.cancel()
            await asyncio.wait_for(stream.app.stop(), 20)
            starting.cancel()


def gaps() -> float:
    return REGISTRY.get_sample_value("dolbom_detectors_gaps_total") or 0.0


async def test_records_that_were_skipped_are_read_after_all(kafka: Kafka, tmp_path: Path) -> None:
    place = TP(name_of(READINGS, kafka), partition_of(HOME, partitions=PARTITIONS))
    before, pressed = gaps(), set[str]()
    async with streaming(kafka, tmp_path) as stream, producing(kafka) as producer, Ear(kafka) as ear:

        async def all_told() -> bool:
            return {str(finding.evidence.sensor_id) for finding in await ear.listen()} == pressed

        await publish(producer, kafka, HOME, a_batch(homes=[a_home()]))
        # A fetch that was under way may deliver the records before the seek drops them; then nothing was skipped.
        for attempt in range(10):
            stream.app.consumer.stop_flow()
            presses = [a_reading(HelpButton(), sensor=f"button-{attempt}-{turn}") for turn in range(5)]
            for press in presses:
                last = await publish(producer, kafka, HOME, a_batch(press))
            pressed |= {press.sensor_id for press in presses}
            await stream.app.consumer.seek(place, last - 1)
            stream.app.consumer.resume_flow()
            await until(all_told, within=20, what="every press")
            if gaps() > before:
                break
    assert gaps() > before


async def test_a_place_beyond_the_end_of_the_input_is_given_up(kafka: Kafka, tmp_path: Path) -> None:
    partition = partition_of(HOME, partitions=PARTITIONS)
    async with producing(kafka) as producer, Ear(kafka) as ear:
        outbox = Outbox(producer, kafka)
        for index in range(CHUNKS):
            await outbox.write_chunk(partition, key_of_chunk(index), encode_chunk(Chunk(offset=5_000)))
        async with streaming(kafka, tmp_path) as stream:
            await publish(producer, kafka, HOME, a_batch(a_reading(HelpButton()), homes=[a_home()]))

            async def told_after_a_look() -> bool:
                await stream.check_places()
                return bool(await ear.listen())

            await until(told_after_a_look, within=30, what="the press in the new input")
            # A worker that dies now, with one chunk written since, leaves no label of the old input behind.
            chunks = restore((await read_chunks(kafka, [partition]))[partition])
            assert {chunk.offset for chunk in chunks} == {-1}
