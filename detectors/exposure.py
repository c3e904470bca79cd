"""Exposure to carbon monoxide: how long the air was how bad, from what a detector measures (EN 50291)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from contracts import Severity
from detectors.state import Exposure, Mark


class Dose(msgspec.Struct, frozen=True, kw_only=True):
    """So much for so long is so bad."""

    ppm: int
    lasting: timedelta
    severity: Severity


#: Worst first; what harms at once is an alarm and needs no time.
DOSES: Final = (
    Dose(ppm=100, lasting=timedelta(minutes=10), severity=Severity.EMERGENCY),
    Dose(ppm=50, lasting=timedelta(minutes=60), severity=Severity.EMERGENCY),
    Dose(ppm=30, lasting=timedelta(minutes=120), severity=Severity.CAUTION),
)


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """A dose that somebody got."""

    dose: Dose
    since: datetime
    mark: Mark


def measure(exposure: Exposure, mark: Mark, ppm: float) -> None:
    """Remember one measurement; a late one that says the air is good cancels nothing."""
    exposure.first_at = mark.at if exposure.first_at is None else min(exposure.first_at, mark.at)
    for dose in DOSES:
        if ppm >= dose.ppm:
            known = exposure.bad.get(dose.ppm)
            exposure.bad[dose.ppm] = mark if known is None else max(known, mark)
        elif not mark.late:
            exposure.good[dose.ppm] = max(exposure.good.get(dose.ppm, mark.at), mark.at)


def reached(exposure: Exposure) -> Reached | None:
    """Tell the worst dose that is reached now; the air counts as bad since it was last seen to be good."""
    return next(_reached(exposure), None)


def _reached(exposure: Exposure) -> Iterator[Reached]:
    for dose in DOSES:
        bad, good = exposure.bad.get(dose.ppm), exposure.good.get(dose.ppm)
        since = good or exposure.first_at
        if bad is None or since is None or (good and good > bad.at):
            continue
        if bad.at - since >= dose.lasting:
            yield Reached(dose=dose, since=since, mark=bad)
