"""The protocol means what it says: a home computed by hand, the classes of false alerts, and what others do."""

import gzip
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.__main__ import app
from bench.inactivity.baselines import Fixed, cuddihy, wilhelm_wahl
from bench.inactivity.contest import contest, summed_up, ways
from bench.inactivity.ours import Learned
from bench.inactivity.protocol import DAY, HORIZON, MONTH, Judged, collapses, run, warm_up
from bench.inactivity.recording import Event, Recording, pretend, recordings

HOUR = 3600.0


def a_recording(*, days: int = 20, away: tuple[tuple[float, float], ...] = (), door: bool = False) -> Recording:
    """Move every five minutes from six to twenty-two, but for a nap of two hours; nights of eight hours."""
    events = []
    for day in range(days):
        for turn in range(193):
            at = day * DAY + 6 * HOUR + turn * 300.0
            if not 14 * HOUR < at % DAY < 16 * HOUR:
                events.append(Event(at=at, front_door=door and at % DAY in (14 * HOUR, 16 * HOUR)))
    return Recording(name="by-hand", events=tuple(events), away=away)


def test_a_fixed_limit_is_found_by_hand() -> None:
    judged = run(a_recording(), Fixed(3))
    # Seven days of warm-up from six o'clock on the first; then thirteen nights, of which twelve begin and end in it.
    assert warm_up(a_recording()) == 6 * HOUR + 7 * DAY
    assert judged.months == pytest.approx((19 * DAY + 22 * HOUR - 7 * DAY - 6 * HOUR) / MONTH)
    assert (judged.home, judged.away, judged.long) == (12, 0, 0)
    assert len(judged.delays) == 200
    assert all(2.75 <= delay <= 3.1 for delay in judged.delays)


def test_who_went_through_the_door_or_said_so_was_away() -> None:
    assert (run(a_recording(door=True), Fixed(1.5)).away, run(a_recording(), Fixed(1.5)).away) == (13, 0)
    noted = tuple((day * DAY + 14.5 * HOUR, day * DAY + 16 * HOUR) for day in range(20))
    assert run(a_recording(away=noted), Fixed(1.5)).away == 13


def test_a_silence_of_a_day_is_a_class_of_its_own_and_no_judged_time() -> None:
    whole = a_recording()
    holed = Recording(name="holed", events=tuple(e for e in whole.events if not 10 * DAY < e.at < 12 * DAY))
    judged = run(holed, Fixed(12))
    assert (judged.home, judged.long) == (0, 1)
    assert judged.months == pytest.approx(run(whole, Fixed(12)).months - 56 * HOUR / MONTH)


def test_a_night_that_is_usual_is_no_alarm_and_a_collapse_by_day_is_found_in_hours() -> None:
    judged = run(a_recording(), Learned(1.0))
    assert judged.home == 0
    assert sorted(judged.delays)[100] < 6


def test_the_lines_of_others_never_alarm_before_they_know_a_day() -> None:
    for line in (cuddihy(), wilhelm_wahl()):
        line.feed(Event(at=8 * HOUR, front_door=False))
        assert line.due() == float("inf")
    judged = run(a_recording(), cuddihy())
    assert judged.home == 0
    assert max(judged.delays) < HORIZON / 3600


def test_collapses_are_drawn_where_somebody_moved_before_and_after() -> None:
    drawn = collapses(a_recording())
    moments = [event.at for event in a_recording().events]
    assert drawn == collapses(a_recording())
    assert all(any(0 <= at - before <= 600 for before in moments) for at in drawn[:20])
    assert collapses(Recording(name="empty", events=(Event(at=0, front_door=False),) * 2)) == []


def test_long_homes_weigh_alike_and_short_ones_together_as_one() -> None:
    def judged(name: str, months: float, home: int, delay: float) -> Judged:
        return Judged(name=name, months=months, home=home, away=0, long=0, delays=(delay,) * 4)

    row = summed_up("x", [judged("a", 4.0, 4, 2.0), judged("b", 0.5, 1, 6.0), judged("c", 0.5, 0, 48.0)])
    assert row.home == pytest.approx((1.0 + 1.0) / 2)
    assert row.median == 2.0
    assert row.within == pytest.approx((0.0, 0.5, 0.5, 0.75))
    assert row.missed == pytest.approx(0.25)


def test_a_folder_of_recordings_is_read_with_its_absences(tmp_path: Path) -> None:
    door, motion = "2024-01-01T08:00:00,door,contact,Entrance,ON", "2024-01-01T07:00:00+09:00,m,motion,,1"
    (tmp_path / "one.csv.gz").write_bytes(gzip.compress(f"ts,sensor,kind,room,value\n{door}\n{motion}\n".encode()))
    hour = "2024-01-01T08:00:00,2024-01-01T09:00:00"
    notes = f"begin,end,activity\n{hour},Leaving\n{hour},tv\n"
    (tmp_path / "one.ann.csv.gz").write_bytes(gzip.compress(notes.encode()))
    (home,) = recordings(tmp_path)
    assert home.name == "one"
    assert [event.front_door for event in home.events] == [False, True]
    assert home.events[1].at - home.events[0].at == HOUR
    assert home.away == ((home.events[1].at, home.events[1].at + HOUR),)


def test_it_runs_without_any_data() -> None:
    (home,) = pretend(homes=1, days=9)
    rows, each = contest([home], [1.0], lambda _: None)
    assert [row.name for row in rows] == list(ways([1.0]))
    assert each[0].name.startswith("simulated")


def test_the_command_prints_the_table(tmp_path: Path) -> None:
    lines = ["ts,sensor,kind,room,value"]
    lines += [
        f"2024-01-{day:02}T{hour:02}:{minute:02}:00,m,motion,,1"
        for day in range(1, 10)
        for hour in range(6, 22)
        for minute in range(0, 60, 9)
    ]
    (tmp_path / "one.csv.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    done = CliRunner().invoke(app, ["detection", "--homes", str(tmp_path), "--targets", "1"])
    assert done.exit_code == 0, done.output
    assert "Cuddihy 2007" in done.output
    assert "Each home: learned, 1 a month" in done.output


@pytest.mark.parametrize("wrong", [["--targets", "one"], ["--homes", "."]])
def test_a_wrong_word_is_refused_with_a_sentence(tmp_path: Path, wrong: list[str]) -> None:
    words = [str(tmp_path) if word == "." else word for word in wrong]
    assert CliRunner().invoke(app, ["detection", *words]).exit_code == 2
