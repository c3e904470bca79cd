"""Figures as people read them: shares with one decimal, spans as minutes and seconds, and a dash for nothing."""

from dataclasses import dataclass
from typing import Final

from alerts.figures.figures import Figures, Share, Spread
from console.words import Language, Words
from contracts import Sentence

NOTHING: Final = "–"
#: Spreads that count no seconds.
_COUNTS: Final = frozenset({"load"})


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A share beside its target."""

    name: str
    said: str
    value: str
    counted: str
    target: str
    short: bool
    #: Parts of a thousand, for the bar; None: there was nothing to count.
    bar: int | None
    mark: int | None


@dataclass(frozen=True, kw_only=True)
class Took:
    """How long something took."""

    name: str
    said: str
    count: int
    median: str
    nine_in_ten: str
    p95: str
    longest: str


def measure_of(one: Share, words: Words) -> Measure:
    """Write one share."""
    return Measure(
        name=one.name,
        said=say(one.said, words),
        value=percent(one.share),
        counted=f"{one.hit}/{one.of}",
        target=percent(one.target) if one.target is not None else "",
        short=one.short,
        bar=None if one.share is None else round(one.share * 1000),
        mark=None if one.target is None else round(one.target * 1000),
    )


def took_of(one: Spread, words: Words) -> Took:
    """Write one spread."""
    say_it = number if one.name in _COUNTS else seconds
    return Took(
        name=one.name,
        said=bare(say(one.said, words)),
        count=one.count,
        median=say_it(one.median),
        nine_in_ten=say_it(one.nine_in_ten),
        p95=say_it(one.p95),
        longest=say_it(one.longest),
    )


def share_of(figures: Figures, name: str) -> tuple[str, bool]:
    """Write one share of some figures, and tell whether it misses its target."""
    one = figures.share(name)
    return percent(one.share), one.short


def say(said: Sentence, words: Words) -> str:
    """Say a sentence in the reader's language."""
    return said.ko if words.language is Language.KO else said.en


def bare(text: str) -> str:
    """Leave out the unit: the value carries its own."""
    return text.removesuffix(" (s)").removesuffix(" (초)")


def percent(share: float | None) -> str:
    """Write a share as a percentage; what is not yet whole never reads as 100 %."""
    if share is None:
        return NOTHING
    shown = min(round(share * 100, 1), 99.9) if share < 1 else 100.0
    return f"{shown:.1f} %"


def seconds(value: float | None) -> str:
    """Write a span as m:ss or h:mm:ss."""
    if value is None:
        return NOTHING
    minutes, rest = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def number(value: float | None) -> str:
    """Write a number without decimals that say nothing."""
    return NOTHING if value is None else f"{value:.1f}".removesuffix(".0")
