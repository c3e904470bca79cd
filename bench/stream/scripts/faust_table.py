"""Faust as its manual has it: one record for each reading, a Table of states, the same judging. Prints what it cost."""

import asyncio
import os
import sys
import time

import faust
import msgspec

from bench.stream.load import Load
from contracts import Reading, decode
from contracts.topics import PARTITIONS
from detectors.remember import remember
from detectors.state import HomeState
from detectors.watch import watch

bootstrap, topic, goal, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], int(sys.argv[5])
encoder, decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(HomeState)


def make_app() -> faust.App:
    """Make the app as the manual has it, with a session that the embedded broker ends soon."""
    return faust.App(
        "faust-table",
        broker=f"kafka://{bootstrap}",
        store="memory://",
        datadir=folder,
        web_enabled=False,
        topic_partitions=PARTITIONS,
        topic_replication_factor=1,
        topic_disable_leader=True,
        stream_wait_empty=False,
        broker_session_timeout=6.0,
        broker_heartbeat_interval=1.0,
        broker_request_timeout=40.0,
        consumer_auto_offset_reset="earliest",
        loop=asyncio.get_running_loop(),
    )


async def main() -> None:
    """Read everything from the beginning."""
    app = make_app()
    raw = {"key_type": bytes, "value_type": bytes, "key_serializer": "raw", "value_serializer": "raw"}
    registered = {home.home_id: home for home in Load(count).homes}
    homes = app.Table("homes", schema=faust.Schema(**raw))
    spent: list[float] = []
    done = 0

    async def detect(stream: object) -> None:
        nonlocal done
        async for event in stream.events():  # type: ignore[attr-defined]
            if not spent:
                spent.extend((time.process_time(), time.monotonic()))
            reading = decode(event.value, Reading)
            key = reading.home_id.encode()
            known = homes.get(key)
            state = decoder.decode(known) if known else HomeState()
            remember(state, reading)
            if state.watermark:
                watch(state, registered[reading.home_id], state.watermark)
            homes[key] = encoder.encode(state)
            done += 1
            if done >= goal:
                print(done, time.process_time() - spent[0], time.monotonic() - spent[1], flush=True)
                os._exit(0)

    app.agent(app.topic(topic, **raw), name="detect")(detect)
    await app.start()
    await asyncio.Event().wait()


asyncio.run(main())
