"""Quix Streams as its manual has it: a StreamingDataFrame with state by key in RocksDB and a changelog; a webhook."""

import sys
import time

from calls import post
from quixstreams import Application, State
from rule import body, judge

bootstrap, name, url, folder = sys.argv[1:5]
app = Application(
    broker_address=bootstrap,
    consumer_group="versus-quix",
    auto_offset_reset="earliest",
    state_dir=folder,
    # A call must be made soon and once: a checkpoint follows in half a second, not in five.
    commit_interval=0.5,
    # A worker that died is given up after Kafka's least time, not after 45 s.
    consumer_extra_config={"session.timeout.ms": 6000, "heartbeat.interval.ms": 1500, "fetch.wait.max.ms": 20},
    loglevel="WARNING",
)


def watch(message: dict, state: State) -> list[str]:
    home = state.get("home") or {}
    told = judge(message, home, time.time())
    state.set("home", home)
    return [body(message["home"], hazard) for hazard in told]


frame = app.dataframe(app.topic(name, key_deserializer="str", value_deserializer="json"))
frame.apply(watch, stateful=True, expand=True).update(lambda content: post(url, content))
app.run()
