"""A Node-RED flow: MQTT in, Kafka out; Kafka in, a rule with context on disk, an HTTP request that is tried again."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from bench.versus import install
from bench.versus.contestants import Able, Contestant, Does
from bench.versus.ground import Ground
from bench.versus.team import Program, Team
from contracts.topics import Topic
from deploy.embedded.children import loopback_port
from runtime.kafka import create_topics

HERE: Final = Path(__file__).parent / "node_red"
_TOPIC: Final = Topic(name="versus-node-red", partitions=4, config={})
#: Its Kafka node sends one record and waits for it: so many of them, each with homes of its own, send side by side.
_PRODUCERS: Final = 8
#: Kafka's key is the home, so that its readings keep their order; so is the choice of the producer.
_KEY: Final = """
msg.key = msg.topic.split('/')[2];
const place = [...msg.key].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 8191, 7) % PRODUCERS;
return Array.from({ length: PRODUCERS }, (_, at) => (at === place ? msg : null));
""".replace("PRODUCERS", str(_PRODUCERS))
#: Its MQTT line opens when every producer is ready: before, they would throw messages away.
_OPEN: Final = """
if (msg.status.text !== 'Ready') return null;
const ready = context.get('ready', 'memory') || {};
ready[msg.status.source.id] = true;
context.set('ready', ready, 'memory');
return Object.keys(ready).length === PRODUCERS ? { action: 'connect' } : null;
""".replace("PRODUCERS", str(_PRODUCERS))
Node = dict[str, object]


def flow_of(*, mqtt_port: int, bootstrap: str, url: str) -> list[Node]:
    """Draw the flow, as its editor would write it."""
    return [
        {"id": "flow", "type": "tab", "label": "homes"},
        {
            "id": "mosquitto",
            "type": "mqtt-broker",
            "broker": "127.0.0.1",
            "port": str(mqtt_port),
            "clientid": "versus-node-red",
            "autoConnect": False,
            "protocolVersion": "5",
            "keepalive": "60",
            "cleansession": False,
            "sessionExpiry": "3600",
        },
        {"id": "kafka", "type": "oriolrius-kafka-broker", "hosts": bootstrap},
        *_bridge(),
        *_watch(url),
    ]


def _bridge() -> Iterator[Node]:
    heard = {"topic": "home/#", "qos": "1", "datatype": "utf8", "broker": "mosquitto", "inputs": 0}
    sends = {"broker": "kafka", "topic": _TOPIC.name, "requireAcks": 1, "ackTimeoutMs": 30_000}
    yield _node("heard", "mqtt in", **heard, wires=[["key"]])
    names = [f"sends-{number}" for number in range(_PRODUCERS)]
    yield _node("key", "function", func=_KEY, outputs=_PRODUCERS, wires=[[name] for name in names])
    yield from (_node(name, "oriolrius-kafka-producer", **sends, wires=[[], []]) for name in names)
    yield _node("status", "status", scope=names, wires=[["open"]])
    yield _node("open", "function", func=_OPEN, outputs=1, wires=[["line"]])
    yield _node("line", "mqtt out", broker="mosquitto", topic="", qos="", wires=[])


def _watch(url: str) -> Iterator[Node]:
    takes = {"broker": "kafka", "topic": _TOPIC.name, "groupid": "versus", "fromOffset": "earliest"}
    call = {"method": "POST", "ret": "txt", "paytoqs": "ignore", "url": url, "persist": True, "senderr": True}
    wait = {"pauseType": "delay", "timeout": "1", "timeoutUnits": "seconds", "outputs": 1}
    yield _node("takes", "oriolrius-kafka-consumer", **takes, wires=[["rule"]])
    yield _node("rule", "function", func=(HERE / "rule.js").read_text(), outputs=1, wires=[["call"]])
    yield _node("call", "http request", **call, wires=[[]])
    yield _node("caught", "catch", scope=["call"], wires=[["again"]])
    yield _node("again", "delay", **wait, wires=[["call"]])


def _node(name: str, kind: str, **more: object) -> Node:
    # What has no place on the sheet is taken for a setting that others share.
    return {"id": name, "type": kind, "z": "flow", "x": 100, "y": 100, **more}


@contextmanager
def _team(ground: Ground) -> Iterator[Team]:
    modules = install.node_modules()
    asyncio.run(create_topics(ground.kafka, [_TOPIC]))
    folder = ground.folder / "node-red"
    folder.mkdir()
    (folder / "node_modules").symlink_to(modules)
    (folder / "package.json").write_bytes((HERE / "package.json").read_bytes())
    flow = flow_of(mqtt_port=ground.mqtt.port, bootstrap=ground.kafka.bootstrap, url=ground.receiver.url)
    (folder / "flows.json").write_bytes(msgspec.json.encode(flow))
    words: list[str | Path] = ["-u", folder, "-s", HERE / "settings.js", folder / "flows.json"]
    command = [shutil.which("node") or "node", modules / "node-red" / "red.js", *words]
    environ = {**os.environ, "VERSUS_PORT": str(loopback_port()), "NODE_ENV": "production"}
    team = Team([Program(name="node-red", command=command, cwd=folder, environ=environ)], logs=ground.folder)
    try:
        yield team
    finally:
        team.kill()


def _install() -> None:
    install.node_modules()


NODE_RED: Final = Contestant(
    name="Node-RED 4.1",
    about="mqtt in, Kafka nodes 6.1 (kafkajs), function, http request",
    able=Able(
        escalates=Does(by_itself=False, why="a delay node forgets what waits in it when it dies"),
        answered=Does(by_itself=False, why="an HTTP in and a table would have to be built"),
        silence=Does(by_itself=False, why="a trigger node per home lives in memory"),
        durable=Does(by_itself=False, why="mqtt in acknowledges on receipt; it has no other"),
    ),
    install=_install,
    team=_team,
)
