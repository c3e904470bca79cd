"""Observed time is counted exactly, and only where the home spoke."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from detectors.observed import Slots, heard, is_heard, observed_between, slot_of
from tests.detectors.values import NOON

MINUTE = timedelta(minutes=1)


def slots_of(*minutes: int) -> Slots:
    slots = Slots()
    for minute in minutes:
        heard(slots, NOON + MINUTE * minute)
    return slots


@given(st.integers(0, 3_000), st.integers(0, 3_000))
def test_a_home_that_spoke_every_minute_was_observed_all_the_time(first: int, length: int) -> None:
    slots = slots_of(*range(first, first + length + 1))
    since = NOON + MINUTE * first
    assert observed_between(slots, since, since + MINUTE * length) == MINUTE * length


def test_an_outage_does_not_count() -> None:
    slots = slots_of(*range(0, 60), *range(180, 241))
    observed = observed_between(slots, NOON, NOON + timedelta(hours=4))
    assert observed == timedelta(hours=2)


@given(st.lists(st.integers(0, 10_000), max_size=60), st.integers(0, 10_000), st.integers(0, 10_000))
def test_what_was_observed_is_never_more_than_what_went_by(minutes: list[int], one: int, other: int) -> None:
    since, until = NOON + MINUTE * min(one, other), NOON + MINUTE * max(one, other)
    assert timedelta(0) <= observed_between(slots_of(*minutes), since, until) <= until - since


def test_nothing_is_observed_backwards() -> None:
    assert observed_between(slots_of(0), NOON, NOON - MINUTE) == timedelta(0)


def test_the_window_of_72_hours_forgets_what_is_older() -> None:
    slots = slots_of(0, 60 * 24 * 5)
    assert not is_heard(slots, slot_of(NOON))
    assert slots == slots_of(60 * 24 * 5)


def test_72_hours_are_kept() -> None:
    slots = slots_of(*range(0, 72 * 60 + 1, 5))
    assert observed_between(slots, NOON, NOON + timedelta(hours=72)) == timedelta(hours=72)
