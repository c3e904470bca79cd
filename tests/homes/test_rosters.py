"""Who is on duty: in turns, past midnight, through daylight saving, with somebody standing in."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import ResponderId
from homes.model import Hours, Override, Responder, ResponderKind, Roster, Rotation
from homes.rosters import Gap, duty, everybody, gaps, handover, holder, on_duty
from tests.homes.streets import rosters

ANNA, BORA, CHAN = ResponderId("anna"), ResponderId("bora"), ResponderId("chan")
BERLIN = ZoneInfo("Europe/Berlin")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEKLY = Rotation(responders=(ANNA, BORA, CHAN), from_day=date(2026, 11, 2))


def a_roster(*rotations: Rotation, zone: str = "Asia/Seoul", overrides: tuple[Override, ...] = ()) -> Roster:
    return Roster(roster_id="night", name="야간", timezone=zone, rotations=rotations, overrides=overrides)


def seoul(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Asia/Seoul")).astimezone(UTC)


def berlin(*clock: int, fold: int = 0) -> datetime:
    return datetime(*clock, tzinfo=BERLIN, fold=fold).astimezone(UTC)  # type: ignore[arg-type,misc]  # a date's parts


@pytest.mark.parametrize(
    ("at", "who"),
    [
        (seoul(2, 8, 59), ()),
        (seoul(2, 9), (ANNA,)),
        (seoul(9, 8, 59), (ANNA,)),
        (seoul(9, 9), (BORA,)),
        (seoul(16, 9), (CHAN,)),
        (seoul(23, 9), (ANNA,)),
    ],
)
def test_each_has_a_week_from_monday_nine_and_then_the_next_and_round_again(
    at: datetime, who: tuple[ResponderId, ...]
) -> None:
    assert on_duty(a_roster(WEEKLY), at) == who


def test_a_night_belongs_to_whoever_began_it() -> None:
    nights = Rotation(
        responders=(ANNA, BORA),
        from_day=date(2026, 11, 2),
        days=1,
        handover_minute=18 * 60,
        hours=(Hours(from_minute=18 * 60, until_minute=9 * 60),),
    )
    roster = a_roster(nights)
    assert on_duty(roster, seoul(2, 23)) == on_duty(roster, seoul(3, 8, 59)) == (ANNA,)
    assert on_duty(roster, seoul(3, 9)) == on_duty(roster, seoul(3, 17, 59)) == ()
    assert on_duty(roster, seoul(3, 18)) == (BORA,)


def test_somebody_stands_in_for_once_and_the_turns_go_on_as_if_they_had_not() -> None:
    swap = Override(from_at=seoul(10, 0), until_at=seoul(11, 0), responders=(CHAN,))
    roster = a_roster(WEEKLY, overrides=(swap,))
    assert on_duty(roster, seoul(10, 0)) == (CHAN,)
    assert on_duty(roster, seoul(11, 0)) == (BORA,)


def test_of_two_who_stand_in_the_one_written_later_counts() -> None:
    first = Override(from_at=seoul(10, 0), until_at=seoul(12, 0), responders=(CHAN,))
    second = Override(from_at=seoul(11, 0), until_at=seoul(11, 6), responders=(ANNA, ANNA))
    roster = a_roster(WEEKLY, overrides=(first, second))
    assert [on_duty(roster, seoul(11, hour)) for hour in (0, 6)] == [(ANNA,), (CHAN,)]


def test_all_rotations_count_together_and_nobody_twice() -> None:
    roster = a_roster(WEEKLY, replace(WEEKLY, responders=(BORA, CHAN)), replace(WEEKLY, responders=(ANNA,)))
    assert on_duty(roster, seoul(2, 9)) == (ANNA, BORA)


def test_whoever_is_on_duty_but_unknown_is_left_out() -> None:
    anna = Responder(responder_id=ANNA, name="안나", kind=ResponderKind.GUARD)
    roster = a_roster(WEEKLY, replace(WEEKLY, responders=(BORA,)))
    assert duty([roster], {ANNA: anna}, seoul(2, 9)) == {"night": (anna,)}
    assert everybody(a_roster(WEEKLY)) == {ANNA, BORA, CHAN}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # The clock is put forward from 02:00 to 03:00, and back from 03:00 to 02:00.
        (berlin(2026, 3, 29, 1, 59), berlin(2026, 3, 29, 3, 0)),
        (berlin(2026, 10, 25, 1, 59), berlin(2026, 10, 25, 2, 0)),
    ],
)
def test_a_handover_at_two_comes_once_whatever_the_clocks_do(before: datetime, after: datetime) -> None:
    daily = Rotation(responders=(ANNA, BORA), from_day=date(2026, 1, 1), days=1, handover_minute=120)
    minutes = [before + timedelta(minutes=after_it) for after_it in range(-600, 1560)]
    turns = pairwise((at, holder(daily, at, BERLIN)) for at in minutes)
    changes = [at for (_, was), (at, now) in turns if was != now]
    assert changes == [after, handover(daily, after.astimezone(BERLIN).date() + DAY, BERLIN)]


def test_the_day_of_a_longer_night_is_one_turn_of_25_hours() -> None:
    daily = Rotation(responders=(ANNA, BORA), from_day=date(2026, 1, 1), days=1)
    day = date(2026, 10, 24)
    assert handover(daily, day + DAY, BERLIN) - handover(daily, day, BERLIN) == 25 * HOUR
    spring = date(2026, 3, 28)
    assert handover(daily, spring + DAY, BERLIN) - handover(daily, spring, BERLIN) == 23 * HOUR


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 10, 24)])
@pytest.mark.parametrize("edges", [(9 * 60, 18 * 60), (2 * 60 + 30, 14 * 60), (2 * 60, 3 * 60)])
def test_day_and_night_share_a_day_of_daylight_saving_without_gap_or_double(day: date, edges: tuple[int, int]) -> None:
    begins, ends = edges
    roster = a_roster(
        Rotation(responders=(ANNA,), from_day=day - 9 * DAY, hours=(Hours(from_minute=begins, until_minute=ends),)),
        Rotation(responders=(BORA,), from_day=day - 9 * DAY, hours=(Hours(from_minute=ends, until_minute=begins),)),
        zone="Europe/Berlin",
    )
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=BERLIN).astimezone(UTC)
    assert {len(on_duty(roster, noon + timedelta(minutes=at))) for at in range(36 * 60)} == {1}
    assert gaps(roster, noon, noon + 36 * HOUR) == ()


def test_a_gap_is_found_ahead_with_its_beginning_and_end() -> None:
    office = replace(WEEKLY, hours=(Hours(days=(0, 1, 2, 3, 4), from_minute=540, until_minute=1080),))
    found = gaps(a_roster(office), seoul(6, 12), seoul(9, 12))
    assert found == (Gap(roster_id="night", from_at=seoul(6, 18), until_at=seoul(9, 9)),)


def test_a_gap_that_was_meant_says_so() -> None:
    off = Override(from_at=seoul(10, 0), until_at=seoul(11, 0))
    (found,) = gaps(a_roster(WEEKLY, overrides=(off,)), seoul(9, 0), seoul(20, 0))
    assert found.meant and (found.from_at, found.until_at) == (seoul(10, 0), seoul(11, 0))


def test_a_roster_that_has_not_begun_is_a_gap() -> None:
    (found,) = gaps(a_roster(WEEKLY), seoul(1, 9), seoul(20, 0))
    assert found.until_at == seoul(2, 9)


MOMENTS = st.timedeltas(min_value=timedelta(0), max_value=730 * DAY).map(
    lambda after: datetime(2026, 1, 1, tzinfo=UTC) + after
)
ROTATIONS = st.builds(
    Rotation,
    responders=st.permutations([ANNA, BORA, CHAN]).map(tuple),
    from_day=st.dates(min_value=date(2025, 1, 1), max_value=date(2025, 12, 1)),
    handover_minute=st.integers(min_value=0, max_value=1439),
    days=st.integers(min_value=1, max_value=28),
)
ZONES = st.sampled_from(["Asia/Seoul", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"])


@settings(max_examples=max(500, settings().max_examples), deadline=None)
@given(ROTATIONS, ZONES, MOMENTS)
def test_turns_share_out_all_of_time(rotation: Rotation, zone_name: str, at: datetime) -> None:
    """Every instant has one holder, between the handover before it and the one after it, and the next is another."""
    zone = ZoneInfo(zone_name)
    who = holder(rotation, at, zone)
    days = (at.astimezone(zone).date() - rotation.from_day).days // rotation.days * rotation.days
    begins = rotation.from_day + timedelta(days=days)
    if handover(rotation, begins, zone) > at:
        begins -= rotation.days * DAY
    starts, ends = handover(rotation, begins, zone), handover(rotation, begins + rotation.days * DAY, zone)
    assert starts <= at < ends and who is not None
    assert holder(rotation, starts, zone) == who == holder(rotation, ends - timedelta(seconds=1), zone)
    place = rotation.responders.index(who)
    assert holder(rotation, ends, zone) == rotation.responders[(place + 1) % 3]


@pytest.mark.laws
@settings(max_examples=200, deadline=None)
@given(rosters([ANNA, BORA, CHAN]), MOMENTS, st.lists(st.integers(0, 40 * 24 * 3600), max_size=20))
def test_a_gap_is_exactly_where_nobody_is_on_duty(roster: Roster, begins: datetime, seconds: list[int]) -> None:
    until = begins + 40 * DAY
    found = gaps(roster, begins, until)
    edges = [at + wait for gap in found for at in (gap.from_at, gap.until_at) for wait in (-HOUR / 3600, 0 * HOUR)]
    for at in [*(begins + timedelta(seconds=after) for after in seconds), *edges]:
        if begins <= at < until:
            assert (not on_duty(roster, at)) == any(gap.from_at <= at < gap.until_at for gap in found)
    assert all(one.until_at <= other.from_at for one, other in pairwise(found))
