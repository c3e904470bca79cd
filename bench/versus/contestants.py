"""Who competes: each is made ready on the ground, answers its processes, and says what it does not do at all."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bench.versus.ground import Ground
from bench.versus.team import Team


class NotHere(Exception):
    """A contestant cannot run on this machine; the message is what its row says."""


@dataclass(frozen=True, kw_only=True)
class Does:
    """Whether it does something by itself, and why not or how."""

    by_itself: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class Able:
    """What a life-safety service needs beyond moving messages."""

    #: Calls the next person when nobody answers.
    escalates: Does
    #: Knows that somebody goes, and stops calling.
    answered: Does
    #: Tells for each home that it has gone silent, apart from one in which nobody moves.
    silence: Does
    #: Acknowledges to the gateway only what is durable behind it.
    durable: Does


@dataclass(frozen=True, kw_only=True)
class Contestant:
    """One way to build it."""

    name: str
    about: str
    able: Able
    #: Installs it where need be; raises NotHere.
    install: Callable[[], None]
    #: Holds its processes on the ground.
    team: Callable[[Ground], AbstractContextManager[Team]]
    #: Only how soon it calls is measured: it would be waited for too long otherwise.
    only_latency: bool = False
    #: It is waited for at least so long, whatever the plan says.
    patience_seconds: float = 0.0
