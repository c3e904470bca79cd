"""What a page is told once, when it begins or is over: a flood, a silence, calls that wait, who comes or goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from console.words import Words

#: Readings come every five seconds even when all homes are silent.
INGEST_SILENT_SECONDS: Final = 30
#: A synthetic alarm goes the whole way each minute.
CANARY_SILENT_SECONDS: Final = 120
#: A call leaves within seconds of its time.
CALL_WAITS_SECONDS: Final = 60


class Kind(StrEnum):
    """What a notice is about."""

    FLOOD = "flood"
    INGEST = "ingest"
    NOTIFIER = "notifier"
    PEER = "peer"
    HANDOVER = "handover"


class Level(StrEnum):
    """How it is said: in passing, or aloud."""

    INFO = "info"
    ALARM = "alarm"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One sentence for the reader."""

    kind: Kind
    level: Level
    text: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """How the centre stands at one tick, as far as notices are made of it."""

    #: What is said of the flood; empty while there is none.
    flood: str = ""
    ingest_age: float | None = None
    canary_age: float | None = None
    #: How long the call that waits longest is overdue; None: it is not known.
    notifier_age: float | None = None
    on_duty: frozenset[str] = frozenset()

    @property
    def unheard(self) -> bool:
        """Tell whether what homes say may not arrive; before it was ever measured nobody knows."""
        return (self.ingest_age or 0) > INGEST_SILENT_SECONDS or (self.canary_age or 0) > CANARY_SILENT_SECONDS

    @property
    def stuck(self) -> bool:
        """Tell whether calls do not leave."""
        return (self.notifier_age or 0) > CALL_WAITS_SECONDS


def notices_of(before: Facts, now: Facts, words: Words, *, reader: str) -> tuple[Notice, ...]:
    """Tell what began or was over between two ticks; nobody is told of their own coming and going."""
    # Before the first look at who is there, nobody came.
    came = now.on_duty - before.on_duty - {reader} if before.on_duty else frozenset[str]()
    went = before.on_duty - now.on_duty - {reader}
    return (
        *_turned(Kind.FLOOD, bool(before.flood), bool(now.flood), words),
        *_turned(Kind.INGEST, before.unheard, now.unheard, words),
        *_turned(Kind.NOTIFIER, before.stuck, now.stuck, words),
        *_peers("notice.peer.came", came, words),
        *_peers("notice.peer.went", went, words),
    )


def _turned(kind: Kind, before: bool, now: bool, words: Words) -> tuple[Notice, ...]:
    if before is now:
        return ()
    level, said = (Level.ALARM, "begins") if now else (Level.INFO, "ends")
    return (Notice(kind=kind, level=level, text=words(f"notice.{kind}.{said}")),)


def _peers(key: str, names: Iterable[str], words: Words) -> tuple[Notice, ...]:
    named = " · ".join(sorted(names))
    return (Notice(kind=Kind.PEER, level=Level.INFO, text=words(key, names=named)),) if named else ()
