"""A reading as a row."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts import Reading, ReadingId, Value
from contracts.rows import KINDS, MOVING_KINDS, Sign, key_of, reading_of, row_of, sign_of
from contracts.values import (
    CheckAnswer,
    Contact,
    GatewayStatus,
    Heartbeat,
    HelpButton,
    Motion,
    Power,
    Temperature,
    Voice,
    WaterFlow,
)
from tests.history.things import NOON, a_reading

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
# Hypothesis makes a structure of its own from the fields' types; NaN cannot cross our codec.
VALUES = st.one_of([st.from_type(kind) for kind in get_args(Value)])
st.register_type_strategy(float, NUMBERS)


@given(VALUES, st.booleans(), st.booleans(), st.floats(-90_000, 90_000))
def test_nothing_of_a_reading_is_lost_in_its_row(value: Value, late: bool, doubted: bool, offset: float) -> None:
    told = {"late": late, "clock_doubted": doubted, "clock_offset_seconds": offset}
    reading = replace(a_reading(value=value), **told)
    assert reading_of(row_of(reading)) == reading


def test_every_field_of_a_reading_is_asked_after() -> None:
    asked = {"late", "clock_doubted", "clock_offset_seconds", "value"}
    named = {"reading_id", "home_id", "sensor_id", "observed_at", "received_at"}
    assert {*Reading.__struct_fields__} == asked | named


def test_no_value_has_a_field_that_a_row_keeps_for_itself() -> None:
    assert not {field for kind in get_args(Value) for field in kind.__struct_fields__} & {"clock_offset_seconds"}


def test_every_kind_that_a_sensor_can_say_has_a_number() -> None:
    assert set(KINDS) == {str(kind.__struct_config__.tag) for kind in get_args(Value)}
    assert set(KINDS) >= MOVING_KINDS


def test_a_kind_keeps_its_number_for_ever() -> None:
    numbers = {kind: number for number, kind in enumerate(KINDS, start=1)}
    assert (numbers["motion"], numbers["help_button"], numbers["battery"], numbers["test_pressed"]) == (1, 4, 21, 27)


def test_one_number_says_it_all_where_it_can() -> None:
    assert (row_of(a_reading(value=Temperature(celsius=21.5))).value, 21.5) == (21.5, 21.5)
    assert row_of(a_reading(value=Temperature(celsius=21.5))).detail is None
    assert row_of(a_reading(value=Power(watts=3, channel=2))).detail == {"channel": 2}
    assert row_of(a_reading(value=Heartbeat())).value is None


@pytest.mark.parametrize(
    ("value", "sign"),
    [
        (Motion(active=True), Sign.MOVED),
        (Motion(active=False), Sign.HEARD),
        (Contact(open=False), Sign.MOVED),
        (HelpButton(), Sign.MOVED),
        (Voice(answer=CheckAnswer.NONE), Sign.HEARD),
        (WaterFlow(litres_per_minute=0.0), Sign.HEARD),
        (WaterFlow(litres_per_minute=2.0), Sign.MOVED),
        (Heartbeat(), Sign.HEARD),
        (GatewayStatus(online=True), Sign.HEARD),
    ],
)
def test_a_heartbeat_is_no_movement(value: Value, sign: Sign) -> None:
    assert sign_of(value) is sign


def test_a_last_will_is_the_brokers_word_and_no_sign_of_life() -> None:
    assert sign_of(GatewayStatus(online=False)) is Sign.NONE


@given(st.text())
def test_an_id_that_is_not_derived_as_ours_are_is_kept(text: str) -> None:
    key = key_of(text)
    reading = a_reading(at=NOON)
    row = row_of(reading)._replace(reading_id=key)
    if len(key) != 12:
        assert reading_of(row).reading_id == ReadingId(text)
