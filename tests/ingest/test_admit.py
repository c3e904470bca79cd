"""Who is let in: what can be, from a home that we know, at a time that can be believed."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import RefusalReason
from contracts import values as kinds
from tests.ingest.messages import NOON, a_message, only, reasons, taken, values

MOTION = '{"kind":"motion","active":true}'


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
