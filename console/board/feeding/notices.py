"""What a page is told once, when it begins or is over: a flood, a silence, calls that wait, who comes or goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from console.board.offering.offer import Ended, Offer
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
    offers: tuple[Offer, ...] = ()

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
        *_handed(before.offers, now.offers, words, reader),
    )


def _turned(kind: Kind, before: bool, now: bool, words: Words) -> tuple[Notice, ...]:
    if before is now:
        return ()
    level, said = (Level.ALARM, "begins") if now else (Level.INFO, "ends")
    return (Notice(kind=kind, level=level, text=words(f"notice.{kind}.{said}")),)


def _peers(key: str, names: Iterable[str], words: Words) -> tuple[Notice, ...]:
    named = " · ".join(sorted(names))
    return (Notice(kind=Kind.PEER, level=Level.INFO, text=words(key, names=named)),) if named else ()


def _handed(before: Iterable[Offer], now: Iterable[Offer], words: Words, reader: str) -> tuple[Notice, ...]:
    """Tell the taker that a case is offered, and both that it came to an end that was not their own doing."""
    stood = {one.offer_id: one.ended for one in before}
    told = [_offered(one, words, reader) for one in now if stood.get(one.offer_id, "new") != one.ended]
    return tuple(one for one in told if one)


def _offered(one: Offer, words: Words, reader: str) -> Notice | None:
    if one.taker == reader and one.ended is None:
        text = words("notice.handover.offered", name=one.giver)
        return Notice(kind=Kind.HANDOVER, level=Level.ALARM, text=text)
    if one.taker == reader and one.ended in (Ended.WITHDRAWN, Ended.LAPSED):
        return Notice(kind=Kind.HANDOVER, level=Level.INFO, text=words("notice.handover.over", name=one.giver))
    if one.giver == reader and one.ended in (Ended.ACCEPTED, Ended.DECLINED, Ended.LAPSED):
        text = words(f"notice.handover.{one.ended}", name=one.taker)
        return Notice(kind=Kind.HANDOVER, level=Level.INFO, text=text)
    return None
