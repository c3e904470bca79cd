"""mq-bridge's consumer, committed after the webhook; it keeps no state, so the homes are in SQLite beside it."""

import json
import sqlite3
import sys
import time

from calls import post
from mq_bridge import Consumer
from rule import body, judge

bootstrap, topic, url, folder = sys.argv[1:5]
kept = sqlite3.connect(f"{folder}/homes.db", isolation_level=None)
kept.execute("pragma journal_mode=wal")
kept.execute("create table if not exists home (name text primary key, state text not null)")
homes = {name: json.loads(state) for name, state in kept.execute("select name, state from home")}
consumer = Consumer.from_config(
    {
        "kafka": {
            "url": bootstrap,
            "topic": topic,
            "group_id": "versus-mq-bridge",
            "consumer_options": [
                ["auto.offset.reset", "earliest"],
                ["session.timeout.ms", "6000"],
                ["heartbeat.interval.ms", "1500"],
                ["fetch.wait.max.ms", "20"],
            ],
        }
    }
)
while True:
    changed = set()
    for message in consumer.poll(max=500, timeout_ms=1000):
        said = message.json()
        home = homes.setdefault(said["home"], {})
        for hazard in judge(said, home, time.time()):
            post(url, body(said["home"], hazard))
        changed.add(said["home"])
    if changed:
        kept.execute("begin")
        kept.executemany("replace into home values (?, ?)", [(name, json.dumps(homes[name])) for name in changed])
        kept.execute("commit")
        consumer.commit()
