"""The verdict on two plans: a table, and one sentence that says which finds sooner and which cries more."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from rich.table import Table

from contracts import Sentence
from detectors.replay.backtest import Tally, kinds_of
from detectors.replay.pages import Language, in_language
from detectors.wording import span

HOURS: Final = (1, 2, 4, 8)
#: Nearer together than this is the same.
_SAME_TIME: Final = timedelta(minutes=5)
_SAME_RATE: Final = 0.05


def table(tallies: Sequence[Tally], language: Language) -> Table:
    """Put the plans' figures beside each other."""
    drawn = Table("", *(each.plan for each in tallies))
    for kind in kinds_of(tallies):
        drawn.add_row(_say(kind, kind, language), *(f"{each.rate(each.began[kind]):.2f}" for each in tallies))
    drawn.add_section()
    false = _say("거짓 경보 후보 (집·월당)", "false-alarm candidates per home-month", language)
    drawn.add_row(false, *(f"{each.rate(each.false):.2f}" for each in tallies), style="bold")
    for word, share in (("중앙값", 0.5), ("90%", 0.9)):
        label = _say(f"쓰러짐 발견까지 {word}", f"collapse found, {'median' if share < 0.6 else 'p90'}", language)
        drawn.add_row(label, *(_length(each.quantile(share), language) for each in tallies))
    for hours in HOURS:
        label = _say(f"{hours}시간 안에 발견", f"found within {hours} h", language)
        drawn.add_row(label, *(f"{each.within(hours):.0%}" for each in tallies))
    lived = _say("집·월 / 쓰러짐", "home-months / collapses", language)
    drawn.add_row(lived, *(f"{each.months:.2f} / {len(each.delays)}" for each in tallies), style="dim")
    return drawn


def verdict(first: Tally, second: Tally) -> Sentence:
    """Say what changing from the first plan to the second does."""
    speed, cries = _speed(first, second), _cries(first, second)
    return Sentence(ko=f"{second.plan}: {speed.ko}, {cries.ko}", en=f"{second.plan}: {speed.en}, {cries.en}")


def _speed(first: Tally, second: Tally) -> Sentence:
    before, after = first.quantile(0.5), second.quantile(0.5)
    if before is None or after is None:
        return Sentence(ko="쓰러짐으로 시험하지 않음", en="not tried with collapses")
    if abs(before - after) <= _SAME_TIME:
        return Sentence(ko="쓰러진 사람을 같은 때에 찾고", en="finds a collapse as soon (median)")
    gap = span(abs(before - after))
    if after < before:
        return Sentence(
            ko=f"쓰러진 사람을 {gap.ko} 먼저 찾고 (중앙값)", en=f"finds a collapse {gap.en} sooner (median)"
        )
    return Sentence(ko=f"쓰러진 사람을 {gap.ko} 늦게 찾고 (중앙값)", en=f"finds a collapse {gap.en} later (median)")


def _cries(first: Tally, second: Tally) -> Sentence:
    more = second.rate(second.false) - first.rate(first.false)
    if abs(more) < _SAME_RATE:
        return Sentence(ko="거짓 경보 후보는 같음", en="with as many false-alarm candidates")
    word, also = ("많음", "more") if more > 0 else ("적음", "fewer")
    return Sentence(
        ko=f"거짓 경보 후보는 집·월당 {abs(more):.2f}건 {word}",
        en=f"with {abs(more):.2f} {also} false-alarm candidates per home-month",
    )


def _length(length: timedelta | None, language: Language) -> str:
    return "-" if length is None else in_language(span(length), language)


def _say(ko: str, en: str, language: Language) -> str:
    return in_language(Sentence(ko=ko, en=en), language)
