"""Telegraf, which would be the bridge and the rule in one: it has no package that this contest can install."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bench.versus.contestants import Able, Contestant, Does, NotHere
from bench.versus.ground import Ground
from bench.versus.team import Team

_WHY: Final = (
    "no package of Debian, PyPI or npm brings it, and the Go module proxy does not hand out its source (403);"
    " mq-bridge stands for the bridges"
)


def _install() -> None:
    raise NotHere(_WHY)


@contextmanager
def _team(ground: Ground) -> Iterator[Team]:
    raise NotHere(_WHY)
    yield  # what is never reached makes it a context


TELEGRAF: Final = Contestant(
    name="Telegraf",
    about="mqtt_consumer, kafka, starlark, http",
    able=Able(
        escalates=Does(by_itself=False, why="an output is a request"),
        answered=Does(by_itself=False, why="nothing waits for an answer"),
        silence=Does(by_itself=False, why="its dead-man check is of the whole agent"),
        durable=Does(by_itself=True, why="max_undelivered_messages, by its manual"),
    ),
    install=_install,
    team=_team,
)
