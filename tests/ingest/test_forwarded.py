"""A gateway of ours forwards other dialects' messages, numbered, with the time at which it heard each."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import RefusalReason
from contracts.values import Contact, DeviceStatus, HelpButton, Temperature
from ingest.decode.sparkplug_schema import PAYLOAD
from ingest.message import GatewayMessage, Mark
from tests.ingest.messages import NOON, a_message, reasons, taken

AN_HOUR_AGO = NOON - timedelta(hours=1)


def wrap(*messages: Mapping[str, object], **head: object) -> str:
    return json.dumps({"home": "h-0001", "session": 3, "seq": 8, "oldest": 5, "messages": messages, **head})


def a_door(payload: str = '{"contact":false}', **more: object) -> dict[str, object]:
    return {"dialect": "zigbee2mqtt", "topic": "zigbee2mqtt/door", "payload": payload, **more}


def forwarded(text: str) -> GatewayMessage:
    return a_message(text, "forwarded/messages")


def test_a_forwarded_message_is_read_in_its_own_dialect() -> None:
    intake = taken(forwarded(wrap(a_door(at=AN_HOUR_AGO.isoformat()))))
    (reading,) = intake.readings
    assert (reading.sensor_id, reading.value) == ("door", Contact(open=True))
    assert reading.observed_at == AN_HOUR_AGO
    assert reading.late
    assert intake.mark == Mark(session=3, seq=8, oldest=5)


def test_the_devices_own_time_is_better_than_its_gateways() -> None:
    own = (AN_HOUR_AGO - timedelta(minutes=5)).isoformat()
    (reading,) = taken(
        forwarded(wrap(a_door(f'{{"contact":true,"last_seen":"{own}"}}', at=AN_HOUR_AGO.isoformat())))
    ).readings
    assert reading.observed_at == AN_HOUR_AGO - timedelta(minutes=5)


def test_the_same_message_again_has_the_same_names_and_two_presses_have_two() -> None:
    press = {"dialect": "zigbee2mqtt", "topic": "zigbee2mqtt/sos", "payload": '{"action":"emergency"}'}
    first, again = taken(forwarded(wrap(press, press))), taken(forwarded(wrap(press, press)))
    assert [reading.value for reading in first.readings] == [HelpButton(), HelpButton()]
    assert first.readings == again.readings
    assert len({reading.reading_id for reading in first.readings}) == 2


def test_a_relative_time_counts_from_when_the_gateway_heard_it() -> None:
    pack = base64.b64encode(msgspec.json.encode([{"n": "lamp:temp", "u": "Cel", "v": 21, "t": -60}])).decode()
    told = {"dialect": "senml", "topic": "lamp", "base64": pack, "at": AN_HOUR_AGO.isoformat()}
    (reading,) = taken(forwarded(wrap(told))).readings
    assert reading.value == Temperature(celsius=21)
    assert reading.observed_at == AN_HOUR_AGO - timedelta(minutes=1)


def test_a_retained_reading_is_no_news_but_a_retained_status_is() -> None:
    status = {"dialect": "zigbee2mqtt", "topic": "zigbee2mqtt/door/availability", "payload": "online", "retained": True}
    intake = taken(forwarded(wrap(a_door(retained=True), status)))
    assert [reading.value for reading in intake.readings] == [DeviceStatus(online=True)]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"dialect": "klingon", "topic": "x"}, RefusalReason.UNKNOWN_DIALECT),
        ({"dialect": "forwarded", "topic": "x", "payload": "{}"}, RefusalReason.WRONG_SHAPE),
        ({"dialect": "native", "topic": "", "payload": "{}"}, RefusalReason.WRONG_SHAPE),
        ({"dialect": "senml", "topic": "x", "base64": "?"}, RefusalReason.WRONG_SHAPE),
        ({"dialect": "senml", "topic": "x", "payload": "{"}, RefusalReason.NOT_JSON),
    ],
)
def test_a_bad_message_does_not_silence_its_neighbours(message: dict[str, object], reason: RefusalReason) -> None:
    intake = taken(forwarded(wrap(message, a_door())))
    assert [reading.value for reading in intake.readings] == [Contact(open=True)]
    assert reasons(intake) == [reason]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", RefusalReason.NOT_JSON),
        ("[]", RefusalReason.WRONG_SHAPE),
        (wrap(home="h-0002"), RefusalReason.ANOTHER_HOME),
    ],
)
def test_a_wrap_that_cannot_be_read_says_why(text: str, reason: RefusalReason) -> None:
    assert reasons(taken(forwarded(text))) == [reason]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
FIELDS = st.fixed_dictionaries(
    {"dialect": st.sampled_from(["native", "senml", "zigbee2mqtt", "forwarded", ""]) | JSON, "topic": st.text() | JSON},
    optional={"payload": st.text() | JSON, "base64": st.text() | JSON, "at": JSON, "retained": JSON},
)


@given(st.lists(FIELDS, max_size=3))
def test_whatever_is_forwarded_becomes_values_or_reasons(messages: list[dict[str, object]]) -> None:
    intake = taken(forwarded(wrap(*messages)))
    assert all(refusal.reason in RefusalReason for refusal in intake.refusals)


def test_a_birth_explains_the_cry_that_is_forwarded_with_it() -> None:
    node = "spBv1.0/care/{}/gate"
    metric = {"name": b"sos", "alias": 5, "datatype": 11, "boolean_value": False}
    said = {
        node.format("NBIRTH"): PAYLOAD(seq=0),
        node.format("DBIRTH") + "/sos": PAYLOAD(seq=1, metrics=[metric]),
        node.format("DDATA") + "/sos": PAYLOAD(seq=2, metrics=[{"alias": 5, "boolean_value": True}]),
    }
    messages = [
        {"dialect": "sparkplug", "topic": topic, "base64": base64.b64encode(each.SerializeToString()).decode()}
        for topic, each in said.items()
    ]
    intake = taken(forwarded(wrap(*messages)))
    assert intake.readings[-1].value == HelpButton()
    assert not intake.refusals
    assert not intake.commands


def test_a_gateway_is_asked_once_for_what_several_forwarded_messages_lack() -> None:
    undeclared = [{"dialect": "homeassistant", "topic": f"lamp/{number}", "payload": "ON"} for number in range(3)]
    intake = taken(forwarded(wrap(*undeclared)))
    assert reasons(intake) == [RefusalReason.UNDECLARED]
    assert len(intake.commands) == 1
