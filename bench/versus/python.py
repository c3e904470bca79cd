"""What is built of Python packages: a bridge of paho and aiokafka before Quix Streams or Faust, and mq-bridge alone."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from bench.peers.contestants import SCRIPTS as BRIDGES
from bench.versus import install
from bench.versus.contestants import Able, Contestant, Does
from bench.versus.ground import Ground, subscribe
from bench.versus.team import Program, Team
from contracts.topics import Topic
from runtime.kafka import create_topics

SCRIPTS: Final = Path(__file__).parent / "scripts"
_PARTITIONS: Final = 4
_NO_STEPS: Final = Does(by_itself=False, why="a call is a request; who is next and when is not modelled")
_NO_ANSWER: Final = Does(by_itself=False, why="nothing waits for an answer")


def _able(silence: str, durable: Does) -> Able:
    return Able(escalates=_NO_STEPS, answered=_NO_ANSWER, silence=Does(by_itself=False, why=silence), durable=durable)


_BRIDGED: Final = Does(by_itself=True, why="by the bridge of paho that acknowledges by hand, after acks=all")


def _with_bridge(script: str) -> Callable[[Ground], AbstractContextManager[Team]]:
    @contextmanager
    def team(ground: Ground) -> Iterator[Team]:
        topic = _topic(ground, script)
        session = f"versus-{script}"
        subscribe(ground.mqtt, session)
        words = (ground.mqtt.port, session, ground.kafka.bootstrap, topic)
        bridge = _program(ground, f"{script}-bridge", BRIDGES / "paho_thread.py", *words)
        state = ground.folder / "state"
        state.mkdir()
        watch = (ground.kafka.bootstrap, topic, ground.receiver.url, state)
        with _held(ground, bridge, _program(ground, script, SCRIPTS / f"{script}.py", *watch)) as held:
            yield held

    return team


@contextmanager
def _mq_bridge(ground: Ground) -> Iterator[Team]:
    topic = _topic(ground, "mq_bridge")
    subscribe(ground.mqtt, "versus-mq-bridge")
    words = (ground.mqtt.port, "versus-mq-bridge", ground.kafka.bootstrap, topic)
    bridge = _program(ground, "mq-bridge", BRIDGES / "mq_bridge_route.py", *words)
    watch = (ground.kafka.bootstrap, topic, ground.receiver.url, ground.folder)
    with _held(ground, bridge, _program(ground, "mq-bridge-watch", SCRIPTS / "mq_bridge_watch.py", *watch)) as held:
        yield held


@contextmanager
def _held(ground: Ground, *programs: Program) -> Iterator[Team]:
    team = Team(programs, logs=ground.folder)
    try:
        yield team
    finally:
        team.kill()


def _topic(ground: Ground, script: str) -> str:
    name = f"versus-{script.replace('_', '-')}"
    asyncio.run(create_topics(ground.kafka, [Topic(name=name, partitions=_PARTITIONS, config={})]))
    return name


def _program(ground: Ground, name: str, script: Path, *words: object) -> Program:
    command = [str(install.python()), str(script), *(str(word) for word in words)]
    environ = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return Program(name=name, command=command, cwd=ground.folder, environ=environ)


def _installed() -> None:
    install.python()


QUIX: Final = Contestant(
    name="Quix Streams 3.28",
    about="paho bridge; StreamingDataFrame, state in RocksDB",
    able=_able("a timer for each home would have to be written beside the stream", _BRIDGED),
    install=_installed,
    team=_with_bridge("quix"),
)
FAUST: Final = Contestant(
    name="Faust 0.15 with a Table",
    about="paho bridge; agent, Table in memory with changelog",
    able=_able("`app.timer` over a Table could be written; a Table does not tell our lag from their silence", _BRIDGED),
    install=_installed,
    team=_with_bridge("faust_tables"),
)
MQ_BRIDGE: Final = Contestant(
    name="mq-bridge 1.2 (Rust)",
    about="two routes, a handler, its HTTP endpoint",
    able=_able("a route sees one message at a time", Does(by_itself=True, why="a route acknowledges after its output")),
    install=_installed,
    team=_mq_bridge,
)
