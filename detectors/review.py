"""The weekly review: what changed in a home's days, told once a week as a notice and never as an alarm."""

from datetime import datetime, timedelta
from statistics import fmean
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity
from detectors.concern import Concern
from detectors.diary import Day, days_of
from detectors.gate import ALWAYS, NEVER
from detectors.state import HomeState
from detectors.ways import Ways
from detectors.wording import joined

#: It is told again for so long, so that a lost finding is healed; then it waits for the next week.
TOLD_FOR: Final = timedelta(hours=1)


def reviewed(state: HomeState, now: datetime) -> tuple[Ways, datetime] | None:
    """Answer the ways of a home whose review is told now, and since when."""
    ways = state.ways
    if ways is None or ways.review is None or not ways.review <= now < ways.review + TOLD_FOR:
        return None
    return ways, ways.review


def due_of(state: HomeState) -> datetime:
    """Tell when the next review is told; the diary sets it when it is closed."""
    ways = state.ways
    if ways is None:
        return NEVER
    if ways.closes_at is None:
        return ALWAYS
    if ways.review is None or (state.watermark and state.watermark >= ways.review + TOLD_FOR):
        return ways.closes_at
    return min(ways.review, ways.closes_at)


def lately_and_before(ways: Ways, newest: int, *, least: float) -> tuple[list[Day], list[Day]] | None:
    """Part the diary into its newest days and those before; None while too few of either are known."""
    lately, before = days_of(ways, newest), days_of(ways, newest=60, skipping=newest)
    if len(lately) < newest * least or len(before) < newest * least:
        return None
    return lately, before


def mean(values: list[float]) -> float:
    """Average; of nothing it is 0."""
    return fmean(values) if values else 0.0


def told_weekly(
    kind: str, since: datetime, facts: list[Sentence], values: dict[str, float | str], baseline: Sentence
) -> Concern:
    """Tell what changed, as a notice that only a person can say to be over."""
    return Concern(
        kind=kind,
        hazard=Hazard.DECLINE,
        severity=Severity.NOTICE,
        since=since,
        lasting=False,
        evidence=Evidence(rule=f"{kind}/1", sentence=joined(*facts), values=values, baseline=baseline),
    )
