"""The table: a figure, a line where nothing was measured, and what the house must not show."""

from bench.versus.burst import Burst
from bench.versus.contest import Row
from bench.versus.dolbom import OURS
from bench.versus.report import COLUMNS, able, cells, failures, figures, parts, shortfalls
from bench.versus.run import Heard
from bench.versus.street import Cast, street_for
from bench.versus.telegraf import TELEGRAF

CRIES = Cast(street_for(0, 4, webhook=""), 0).cries(4)


def heard(*, lost: int = 0, doubled: int = 0) -> Heard:
    return Heard(cries=CRIES, milliseconds=[10.0, 20.0, 30.0, 40.0][lost:], lost=lost, doubled=doubled)


def a_row(*, lost: int = 0, doubled: int = 0) -> Row:
    burst = Burst(readings=20_000, parts={"ingest": 1.5, "detectors": 0.5}, idle=0.05, seconds=9.0, megabytes=300.0)
    killed = heard(lost=lost, doubled=doubled)
    still = heard()
    return Row(
        contestant=OURS,
        once=heard(),
        twice=still,
        still=still,
        burst=burst,
        among=heard(),
        killed=killed,
        hanging=still,
    )


def test_a_row_has_a_cell_for_every_column() -> None:
    written = list(cells(a_row(lost=1, doubled=2)))
    assert written[:6] == ["20", "40", "4/4", "4/4", "+0/4", "10.0"]
    assert len(written) == len(list(cells(Row(contestant=OURS)))) == len(COLUMNS)
    assert set(cells(Row(contestant=OURS))) == {"-"}
    assert list(parts([a_row(), Row(contestant=OURS)])) == ["Dolbom: CPU s/100k: ingest 7.5, detectors 2.5"]


def test_who_cannot_run_has_no_figures_and_says_why() -> None:
    row = Row(contestant=TELEGRAF, failed="no package")
    assert list(failures([row, a_row()])) == ["Telegraf: not measured: no package"]
    assert figures([row]).row_count == able([row]).row_count == 1


def test_a_lost_cry_is_a_shortfall_and_a_call_again_under_its_key_is_none() -> None:
    assert list(shortfalls(a_row(doubled=2))) == []
    assert list(shortfalls(a_row(lost=1))) == ["1 of 4 lost: a kill"]
    assert list(shortfalls(Row(contestant=OURS, failed="it did not start"))) == ["no figures: it did not start"]
