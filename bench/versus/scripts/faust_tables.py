"""Faust as its manual has it: an agent over the topic, a Table of homes with its changelog, then the webhook."""

import asyncio
import sys
import time

import faust
import httpx
from rule import body, judge

bootstrap, name, url, folder = sys.argv[1:5]
app = faust.App(
    "versus-faust",
    broker=f"kafka://{bootstrap}",
    store="memory://",
    datadir=folder,
    web_enabled=False,
    topic_partitions=4,
    topic_replication_factor=1,
    topic_disable_leader=True,
    broker_session_timeout=6.0,
    broker_heartbeat_interval=1.5,
    broker_commit_interval=0.5,
    stream_wait_empty=False,
    consumer_auto_offset_reset="earliest",
)
homes = app.Table("homes", partitions=4)
client = httpx.AsyncClient(timeout=5, trust_env=False)


async def call(content: str) -> None:
    for wait in (0.2, 1.0, 5.0):
        try:
            answer = await client.post(url, content=content, headers={"content-type": "application/json"})
            answer.raise_for_status()
        except httpx.HTTPError:
            await asyncio.sleep(wait)
        else:
            return
    raise RuntimeError("the receiver took nothing")


@app.agent(app.topic(name, key_type=str, value_serializer="json"))
async def watch(stream) -> None:
    async for message in stream:
        home = homes.get(message["home"]) or {}
        told = judge(message, home, time.time())
        for hazard in told:
            await call(body(message["home"], hazard))
        homes[message["home"]] = home


faust.Worker(app, loglevel="WARN").execute_from_commandline()
