"""Two plans on the same days: who finds a collapse sooner, and who cries more; the same for the same seed."""

from datetime import timedelta

from contracts import WatchPlan
from contracts.values import Heartbeat
from detectors.replay.backtest import (
    LOOKED_FOR,
    Tally,
    Trial,
    collapses_of,
    is_of_person,
    lived,
    told,
    warm_until,
)
from detectors.replay.pages import Language
from detectors.replay.verdict import table, verdict
from tests.detectors.replay.days import a_day, homes_of
from tests.detectors.values import a_home, a_reading

HOUR = timedelta(hours=1)
LIVELY = homes_of()[0]
DAY = [each for each in a_day() if each.home_id == LIVELY.home_id]
EIGHT = WatchPlan()
TWO = WatchPlan(inactivity_caution_seconds=2 * 3600)


def tried(plan: WatchPlan, name: str = "plan", *, seed: int = 1, collapses: int = 3) -> Tally:
    tally = Tally(plan=name)
    lived(tally, LIVELY, DAY, plan, Trial(collapses=collapses, seed=seed))
    return tally


def test_the_same_seed_gives_the_same_figures() -> None:
    assert told([tried(TWO)]) == told([tried(TWO)])
    assert collapses_of(DAY, Trial(seed=1)) != collapses_of(DAY, Trial(seed=2))


def test_collapses_happen_where_somebody_moved_and_are_the_same_for_every_plan() -> None:
    moments = collapses_of(DAY, Trial(collapses=50))
    assert set(moments) <= {each.observed_at for each in DAY if is_of_person(each)}
    assert min(moments) >= warm_until(DAY)


def test_a_home_in_which_nobody_moves_has_no_collapse() -> None:
    tally = Tally(plan="plan")
    lived(tally, a_home(), [a_reading(Heartbeat())], TWO, Trial())
    lived(tally, a_home(), [], TWO, Trial())
    assert tally.delays == []
    assert tally.quantile(0.5) is None
    assert tally.rate(1) == 0.0


def test_a_tighter_plan_never_finds_a_collapse_later() -> None:
    early, late = tried(TWO), tried(EIGHT)
    assert len(early.delays) == len(late.delays) == 3
    pairs = [(soon or LOOKED_FOR, slow or LOOKED_FOR) for soon, slow in zip(early.delays, late.delays, strict=True)]
    assert all(soon <= slow for soon, slow in pairs)
    assert any(soon < slow for soon, slow in pairs)


def test_a_collapse_that_is_missed_counts_as_the_longest() -> None:
    tally = Tally(plan="plan", delays=[HOUR, 2 * HOUR, None])
    assert tally.quantile(0.5) == 2 * HOUR
    assert tally.quantile(0.9) == 48 * HOUR
    assert (tally.within(1), tally.within(8)) == (1 / 3, 2 / 3)


def a_tally(name: str, *, median: timedelta | None, false: int) -> Tally:
    delays: list[timedelta | None] = [] if median is None else [median]
    return Tally(plan=name, home_time=timedelta(days=30.4375), false=false, delays=delays)


def test_the_verdict_says_which_is_sooner_and_which_cries_more() -> None:
    now = a_tally("now", median=8 * HOUR, false=1)
    sooner = a_tally("try", median=4 * HOUR, false=3)
    assert verdict(now, sooner).en == (
        "try: finds a collapse 4 h sooner (median), with 2.00 more false-alarm candidates per home-month"
    )
    assert "4시간 늦게" in verdict(sooner, now).ko
    assert "fewer" in verdict(sooner, now).en
    assert "as soon" in verdict(now, now).en
    assert "not tried" in verdict(now, a_tally("none", median=None, false=1)).en


def test_the_table_has_a_column_for_each_plan_in_both_languages() -> None:
    tallies = [tried(TWO, "two"), tried(EIGHT, "eight", collapses=0)]
    for language in Language:
        assert [column.header for column in table(tallies, language).columns] == ["", "two", "eight"]
