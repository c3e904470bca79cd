"""Carbon monoxide harms by how much and for how long."""

from datetime import timedelta

import pytest

from contracts import Reading, Severity
from contracts.values import CarbonMonoxide
from detectors.carbon_monoxide import judge
from tests.detectors.values import NOON, a_home, a_reading, a_state

MINUTE = timedelta(minutes=1)


def air(ppm: float, *minutes: int, late_by: timedelta | None = None) -> list[Reading]:
    value = CarbonMonoxide(active=False, ppm=ppm)
    return [a_reading(value, at=NOON + MINUTE * minute, sensor="co", late_by=late_by) for minute in minutes]


@pytest.mark.parametrize(
    ("ppm", "minutes", "severity"),
    [(100, 10, Severity.EMERGENCY), (50, 60, Severity.EMERGENCY), (30, 120, Severity.CAUTION)],
)
def test_bad_air_is_told_when_its_time_is_reached(ppm: int, minutes: int, severity: Severity) -> None:
    just_before = a_state(*air(2.0, 0), *air(ppm, *range(1, minutes)))
    assert not judge(just_before, a_home(), NOON)
    (concern,) = judge(a_state(*air(2.0, 0), *air(ppm, *range(1, minutes + 1))), a_home(), NOON)
    assert concern.severity == severity
    assert concern.evidence.values == {"ppm_at_least": float(ppm), "lasting_seconds": minutes * 60.0}


def test_fresh_air_ends_it_and_late_fresh_air_does_not() -> None:
    bad = [*air(2.0, 0), *air(120.0, *range(1, 15))]
    assert not judge(a_state(*bad, *air(3.0, 15)), a_home(), NOON)
    assert judge(a_state(*bad, *air(3.0, 15, late_by=10 * MINUTE)), a_home(), NOON)


def test_a_detector_that_was_never_in_good_air_counts_from_its_first_word() -> None:
    assert judge(a_state(*air(60.0, 0, 60)), a_home(), NOON)


def test_what_harms_at_once_is_told_once() -> None:
    (concern,) = judge(a_state(*air(400.0, *range(20))), a_home(), NOON)
    assert concern.evidence.sentence.ko == "일산화탄소 경보"
