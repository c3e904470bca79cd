"""What a replay prints: lines of findings, and its figures."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from contracts import Sentence, Severity
from detectors.replay.told import SEVERITIES, WORDS, Line, Story, Turn

_COLOURS = {
    Severity.EMERGENCY: "bold red",
    Severity.URGENT: "red",
    Severity.CAUTION: "yellow",
    Severity.NOTICE: "cyan",
    Severity.DEVICE: "blue",
}


class Language(StrEnum):
    """Of the sentences."""

    KO = "ko"
    EN = "en"


def in_language(sentence: Sentence, language: Language) -> str:
    """Choose the words."""
    return sentence.ko if language is Language.KO else sentence.en


def line_of(line: Line, timezone: str, language: Language) -> tuple[str | tuple[str, str], ...]:
    """Say a turn: when, which home, what became of it, how bad it is, and the sentence with its reasons."""
    finding = line.finding
    colour = "dim" if line.turn is Turn.ENDED else _COLOURS[finding.severity]
    marks = " (test)" if finding.test else ""
    return (
        (at(finding.told_at, timezone), "dim"),
        f"  {finding.home_id}  ",
        (f"{in_language(WORDS[line.turn], language)} {in_language(SEVERITIES[finding.severity], language)}", colour),
        f"  {finding.kind}{marks}  ",
        in_language(finding.evidence.sentence, language),
    )


def at(moment: datetime, timezone: str) -> str:
    """Say a moment in the home's own time."""
    return f"{moment.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M:%S %z}"


def said(story: Story, *, readings: int, homes: int, seconds: float) -> Iterator[Sentence]:
    """Say the figures of a replay."""
    rate = f"{readings / seconds:,.0f}"
    kinds = ", ".join(f"{kind} {times}" for kind, times in story.began.most_common()) or "-"
    found = story.began.total()
    yield Sentence(
        ko=f"집 {homes}곳, 측정값 {readings:,}개, {seconds:.1f}초 (초당 {rate}개)",
        en=f"{homes} homes, {readings:,} readings in {seconds:.1f} s ({rate} a second)",
    )
    yield Sentence(ko=f"발견 {found}건: {kinds}", en=f"{found} findings began: {kinds}")
