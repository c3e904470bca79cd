"""What an import would change."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given

from contracts import HoldKind, HomeId
from homes import Street
from homes.changes import AT_ONCE, compare, in_parts, with_holds
from homes.model import hold_fault
from tests.homes.streets import DAUGHTER, NOON, a_hold, a_home, streets

HOME = HomeId("h-0001")


def test_a_home_that_nobody_knew_is_added() -> None:
    assert compare([a_home()], {}, now=NOON).added == (a_home(),)


@pytest.mark.laws
@given(streets())
def test_what_is_stored_already_is_unchanged_whatever_its_version(street: Street) -> None:
    stored = {
        home.home_id: replace(home, version=7, holds=with_holds(home.holds, (), now=NOON)) for home in street.homes
    }
    assert compare(street.homes, stored, now=NOON).unchanged == tuple(stored)


def test_a_home_differs_when_somebody_whom_it_calls_does() -> None:
    other = replace(DAUGHTER, phone="010-0000-9999")
    found = compare([a_home(responders=(other,))], {HOME: a_home(version=4)}, now=NOON)
    assert found.changed == (a_home(version=4, responders=(other,)),)


def test_a_hold_that_the_desk_entered_outlives_an_import() -> None:
    stored = a_home(version=2, holds=(a_hold(),))
    assert compare([a_home()], {HOME: stored}, now=NOON).unchanged == (HOME,)
    more = a_hold(kind=HoldKind.VISITOR)
    (changed,) = compare([a_home(holds=(more,))], {HOME: stored}, now=NOON).changed
    assert set(changed.holds) == {a_hold(), more}


def test_a_hold_that_ended_two_days_ago_is_nothing_new() -> None:
    over = a_hold(ended=timedelta(days=2))
    assert compare([a_home(holds=(over,))], {HOME: a_home(version=1)}, now=NOON).unchanged == (HOME,)
    assert compare([a_home()], {HOME: a_home(holds=(over,))}, now=NOON).unchanged == (HOME,)


def test_a_hold_that_begins_at_the_same_moment_is_the_same_hold_with_another_end() -> None:
    longer = a_hold()
    shorter = type(longer)(kind=longer.kind, from_at=longer.from_at, until_at=NOON + timedelta(hours=1))
    assert with_holds((longer,), (shorter,), now=NOON) == (shorter,)


def test_a_hold_may_last_two_weeks_and_not_a_moment_longer() -> None:
    assert hold_fault(a_hold(days=14)) is None
    assert hold_fault(a_hold(days=14.001)) is not None
    assert hold_fault(a_hold(days=0)) is not None


def test_a_test_may_last_half_an_hour_and_whoever_needs_longer_is_told_what_to_enter() -> None:
    test = a_hold(days=30 / 1440, kind=HoldKind.TEST)
    assert hold_fault(test) is None
    fault = hold_fault(msgspec.structs.replace(test, until_at=test.until_at + timedelta(seconds=1)))
    assert fault and "enter longer work as maintenance" in fault


def test_a_city_is_written_in_parts_and_nobody_is_left_out() -> None:
    city = range(2 * AT_ONCE + 1)
    parts = list(in_parts(city))
    assert [len(part) for part in parts] == [AT_ONCE, AT_ONCE, 1]
    assert [home for part in parts for home in part] == list(city)
    assert list(in_parts([])) == []
