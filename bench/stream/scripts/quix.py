"""Quix Streams with the same logic in one `apply`; no state store of its own. Prints what it cost."""

import os
import sys
import time

from quixstreams import Application, message_context

from contracts import ReadingBatch, decode
from contracts.topics import PARTITIONS
from detectors.checkpoints import fresh
from detectors.partition import Partition

bootstrap, name, goal = sys.argv[1], sys.argv[2], int(sys.argv[3])
held = [Partition(fresh(), 0) for _ in range(PARTITIONS)]
app = Application(broker_address=bootstrap, consumer_group="quix", auto_offset_reset="earliest", loglevel="WARNING")
topic = app.topic(name, value_deserializer="bytes", key_deserializer="bytes")
began: list[float] = []
done = 0


def take(value: bytes) -> None:
    """Judge one record."""
    global done
    if not began:
        began.extend((time.process_time(), time.monotonic()))
    place = message_context()
    batch = decode(value, ReadingBatch)
    held[place.partition].apply(batch, place.offset)
    done += len(batch.readings)
    if done >= goal:
        print(done, time.process_time() - began[0], time.monotonic() - began[1], flush=True)
        os._exit(0)


app.dataframe(topic).apply(take)
app.run()
