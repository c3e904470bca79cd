"""A very small city through everything, as it is measured: nothing is lost, and the model takes its figures."""

import pytest

from bench.load import report
from bench.load.cities import Plan, measure
from bench.load.figures import figures
from bench.load.model import Assumptions, needs

pytestmark = [pytest.mark.journey, pytest.mark.real]


@pytest.mark.timeout(420)
def test_a_small_city_loses_nothing_and_becomes_a_large_one_on_paper() -> None:
    plan = Plan(
        homes=[50],
        shares=[50],
        seconds=2,
        presses_per_second=2,
        begin_per_second=40,
        most_per_second=40,
        step_seconds=2,
    )
    (city,) = measure(plan, say=lambda _: None)
    assert city.counted.said == city.counted.stored > 100
    assert city.counted.presses == city.counted.found == city.counted.pushed > 0
    assert not city.counted.refused
    assert city.overload.drained_seconds is not None
    measured = figures([city], readings_a_day=2_000)
    assert needs(1_000_000, measured, Assumptions()).brokers >= 3
    assert report.saturation_table([city], readings_a_day=2_000).row_count == 1
    assert report.cost_table([city]).row_count > len(city.levels[0].cpu)
    assert report.overload_table([city]).row_count == 1
    assert "of a core" in report.thousand_line(city, readings_a_day=2_000)
