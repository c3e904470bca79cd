"""The floor: a plain aiokafka loop with the same logic; no checkpoints, no group, nothing sent. Prints what it cost."""

import asyncio
import sys
import time

from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts import ReadingBatch, decode
from contracts.topics import PARTITIONS
from detectors.checkpoints import fresh
from detectors.partition import Partition

bootstrap, topic, goal = sys.argv[1], sys.argv[2], int(sys.argv[3])


async def main() -> None:
    """Read everything from the beginning."""
    held = [Partition(fresh(), 0) for _ in range(PARTITIONS)]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest", max_partition_fetch_bytes=4 << 20
    )
    await consumer.start()
    consumer.assign([TopicPartition(topic, number) for number in range(PARTITIONS)])
    await consumer.seek_to_beginning()
    cpu, wall, done = time.process_time(), time.monotonic(), 0
    while done < goal:
        for place, records in (await consumer.getmany(timeout_ms=500)).items():
            for record in records:
                batch = decode(record.value, ReadingBatch)
                held[place.partition].apply(batch, record.offset)
                done += len(batch.readings)
    print(done, time.process_time() - cpu, time.monotonic() - wall, flush=True)
    await consumer.stop()


asyncio.run(main())
