"""Who is let in: what can be, from a home that we know, at a time that can be believed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import HomeId, Reading, RefusalReason, WatchedHome
from contracts import values as kinds
from ingest.intake import Intake, take_in
from ingest.learned import Learned
from tests.ingest.messages import LIMITS, NOON, a_message, only, reasons, taken, values
from tests.ingest.street import a_watched_home

MOTION = '{"kind":"motion","active":true}'
HOME_ID = HomeId("h-0001")
HOMES: dict[str, WatchedHome] = {HOME_ID: a_watched_home()}


def seen(at: str, value: str = MOTION, *, head: str = "") -> str:
    return f'{{{head}"readings":[{{"sensor":"a","at":"{at}","value":{value}}}]}}'


@pytest.mark.parametrize(
    ("ago", "reason"),
    [
        (timedelta(hours=24, milliseconds=1), RefusalReason.TIME_TOO_OLD),
        (timedelta(days=365 * 56), RefusalReason.TIME_TOO_OLD),
        (timedelta(minutes=-2, milliseconds=-1), RefusalReason.TIME_IN_FUTURE),
        (timedelta(days=-365 * 73), RefusalReason.TIME_IN_FUTURE),
    ],
)
def test_a_clock_that_cannot_be_believed_is_told_and_the_value_kept_at_arrival(
    ago: timedelta, reason: RefusalReason
) -> None:
    intake = taken(a_message(seen((NOON - ago).isoformat())))
    (reading,) = intake.readings
    assert reading.observed_at == reading.received_at == NOON
    assert reading.clock_doubted and not reading.late
    assert [(refusal.reason, refusal.kept) for refusal in intake.refusals] == [(reason, True)]


@pytest.mark.parametrize("ago", [timedelta(hours=24), timedelta(), timedelta(minutes=-2)])
def test_a_clock_at_the_very_limit_is_believed(ago: timedelta) -> None:
    assert only(taken(a_message(seen((NOON - ago).isoformat())))).observed_at == NOON - ago


def test_a_time_that_nobody_can_read_does_not_silence_the_cry() -> None:
    for at in ("yesterday", "2026-11-22T02:59:58", "0001-01-01T00:00:00+14:00"):
        intake = taken(a_message(seen(at, '{"kind":"help_button"}')))
        assert values(intake) == [kinds.HelpButton()] and intake.readings[0].clock_doubted
        assert [(each.reason, each.kept) for each in intake.refusals] == [(RefusalReason.TIME_UNREADABLE, True)]


def test_a_reading_that_took_longer_than_a_live_one_may_is_late() -> None:
    assert not only(taken(a_message(seen((NOON - timedelta(minutes=5)).isoformat())))).late
    assert only(taken(a_message(seen((NOON - timedelta(minutes=5, seconds=1)).isoformat())))).late


@pytest.mark.parametrize(
    "value",
    [
        '{"kind":"temperature","celsius":1000000000}',
        '{"kind":"temperature","celsius":-61}',
        '{"kind":"humidity","percent":101}',
        '{"kind":"illuminance","lux":-1}',
        '{"kind":"battery","percent":-1}',
        '{"kind":"vital_signs","heart_per_minute":5000}',
        '{"kind":"power","watts":1,"channel":-1}',
    ],
)
def test_what_cannot_be_is_refused(value: str) -> None:
    intake = taken(a_message(seen(NOON.isoformat(), value)))
    assert reasons(intake) == [RefusalReason.IMPOSSIBLE_VALUE] and not intake.readings


@pytest.mark.parametrize("name", ["", "n" * 129, "a\\u0000", "a\\nb"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    intake = taken(a_message(f'{{"readings":[{{"sensor":"{name}","value":{MOTION}}}]}}'))
    assert reasons(intake) == [RefusalReason.WRONG_SHAPE] and not intake.readings


def test_what_the_broker_tells_again_is_no_movement_now() -> None:
    intake = taken(a_message(seen(NOON.isoformat()), retained=True))
    assert reasons(intake) == [RefusalReason.RETAINED_REPLAY] and not intake.readings


@pytest.mark.parametrize("value", ['{"kind":"gateway_status","mains":false}', '{"kind":"device_status","online":true}'])
def test_a_status_told_again_by_the_broker_is_true_now(value: str) -> None:
    long_ago = (NOON - timedelta(days=9)).isoformat()
    reading = only(taken(a_message(seen(long_ago, value), retained=True)))
    assert reading.observed_at == NOON and not reading.clock_doubted


def test_the_same_message_has_the_same_id_whenever_it_comes_again() -> None:
    marked = seen(NOON.isoformat(), head='"session":3,"seq":17,')
    unmarked = seen(NOON.isoformat())
    for payload in (marked, unmarked, seen(NOON.isoformat(), head='"seq":17,')):
        again = a_message(payload, at=NOON + timedelta(seconds=40))
        assert only(taken(a_message(payload))).reading_id == only(taken(again)).reading_id


def test_two_readings_never_share_an_id() -> None:
    readings = ",".join([f'{{"sensor":"a","value":{MOTION}}}'] * 3)
    first = taken(a_message(f'{{"session":1,"seq":1,"readings":[{readings}]}}'))
    second = taken(a_message(f'{{"session":1,"seq":2,"readings":[{readings}]}}'))
    third = taken(a_message(f'{{"session":2,"seq":1,"readings":[{readings}]}}'))
    unsessioned = taken(a_message(f'{{"seq":1,"readings":[{readings}]}}'))
    everything = [*first.readings, *second.readings, *third.readings, *unsessioned.readings]
    assert len({reading.reading_id for reading in everything}) == 12


@given(st.timedeltas(min_value=timedelta(days=-30), max_value=timedelta(days=30)))
def test_a_reading_is_never_observed_outside_what_a_clock_may_say(ago: timedelta) -> None:
    (reading,) = taken(a_message(seen((NOON - ago).isoformat()))).readings
    assert timedelta(minutes=-2) <= reading.received_at - reading.observed_at <= timedelta(hours=24)
    assert reading.clock_doubted == (not timedelta(minutes=-2) <= ago <= timedelta(hours=24))


def of_a_clock(said: timedelta, *, off_by: timedelta, head: str = "") -> Reading:
    """Take in what says a time so long before noon, of a gateway whose clock is known to be off."""
    learned = Learned(clock_offsets={HOME_ID: off_by})
    intake = take_in(a_message(seen((NOON - said).isoformat(), head=head)), HOMES, LIMITS, learned)
    return only(intake)


@pytest.mark.parametrize("hours", [3, -3, 24 * 365 * 56])
def test_a_clock_that_is_known_to_be_wrong_keeps_the_distances_of_its_readings(hours: int) -> None:
    off_by = timedelta(hours=hours)
    for ago in (timedelta(seconds=30), timedelta(minutes=1), timedelta(hours=20)):
        reading = of_a_clock(off_by + ago, off_by=off_by)
        assert reading.observed_at == NOON - ago
        assert reading.clock_offset_seconds == off_by.total_seconds() and not reading.clock_doubted
        assert reading.late == (ago > timedelta(minutes=5))


def test_a_correction_does_not_rename_a_reading() -> None:
    said = timedelta(hours=3)
    plain = only(taken(a_message(seen((NOON - said).isoformat()))))
    assert of_a_clock(said, off_by=said).reading_id == plain.reading_id


def test_a_time_that_is_right_as_it_was_said_is_not_corrected() -> None:
    reading = of_a_clock(timedelta(seconds=2), off_by=timedelta(hours=-3))
    assert reading.observed_at == NOON - timedelta(seconds=2) and not reading.clock_offset_seconds


def test_what_was_said_can_be_told_from_every_reading_with_a_time() -> None:
    ahead = only_kept(taken(a_message(seen((NOON + timedelta(hours=3)).isoformat()))))
    assert ahead.clock_doubted
    assert ahead.observed_at - timedelta(seconds=ahead.clock_offset_seconds) == NOON + timedelta(hours=3)


def only_kept(intake: Intake) -> Reading:
    """Answer the one reading of an intake that doubts its clock."""
    (reading,) = intake.readings
    return reading


@given(st.datetimes(timezones=st.just(UTC)), st.timedeltas(timedelta(days=-36_525), timedelta(days=36_525)))
def test_no_time_and_no_offset_break_the_door(said: datetime, off_by: timedelta) -> None:
    learned = Learned(clock_offsets={HOME_ID: off_by})
    intake = take_in(a_message(seen(said.isoformat())), HOMES, LIMITS, learned)
    assert len(intake.readings) == 1
