"""Sparkplug B: births give names, sessions outlive late deaths, and a gap asks for the birth again."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from contracts import RefusalReason, Value
from contracts import values as kinds
from ingest.decode.sparkplug_payloads import MOST_METRICS, read
from ingest.decode.sparkplug_schema import PAYLOAD
from ingest.intake import Intake
from tests.ingest.gateway import Gateway
from tests.ingest.messages import NOON, a_message, only, reasons, values
from tests.ingest.test_samples import payload_of, samples

NODE, HALL = "spBv1.0/homes/{}/node", "spBv1.0/homes/{}/node/hall"
BOOLEAN, FLOAT, INT8, INT64, STRING = 11, 9, 1, 4, 12


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def a_payload(*metrics: dict[str, Any], seq: int | None = None, at: datetime = NOON) -> bytes:
    said: dict[str, Any] = {"timestamp": ms(at), "metrics": list(metrics)}
    return PAYLOAD(**said, **({} if seq is None else {"seq": seq})).SerializeToString()


def session(number: int) -> dict[str, Any]:
    return {"name": b"bdSeq", "datatype": INT64, "long_value": number}


def motion(on: bool = True, **more: Any) -> dict[str, Any]:
    return {"name": b"Motion", "alias": 7, "datatype": BOOLEAN, "boolean_value": on, **more}


def aliased(on: bool = True, **more: Any) -> dict[str, Any]:
    return {"alias": 7, "boolean_value": on, **more}


class Node(Gateway):
    """One edge node and its device in the hall."""

    def __init__(self, **sensors: str) -> None:
        super().__init__("sparkplug", **sensors)

    def node(self, what: str, payload: bytes, **when: Any) -> Intake:
        return self.says(NODE.format(what), payload, **when)

    def hall(self, what: str, payload: bytes, **when: Any) -> Intake:
        return self.says(HALL.format(what), payload, **when)


def a_living_node(*, number: int = 3, **sensors: str) -> Node:
    node = Node(**sensors)
    assert not node.node("NBIRTH", a_payload(session(number), seq=0)).refusals
    assert not node.hall("DBIRTH", a_payload(motion(False), seq=1)).refusals
    return node


def test_the_sample_of_data_means_what_its_metrics_are_called() -> None:
    data, _ = samples("sparkplug-b")
    at = datetime.fromisoformat("2017-02-03T17:55:03+00:00")
    intake = Gateway("sparkplug").says(data["topic"], payload_of(data), at=at)
    assert not intake.refusals
    assert values(intake) == [
        kinds.Motion(active=True), kinds.Temperature(celsius=21.5), kinds.Battery(percent=97),
    ]  # fmt: skip
    assert {each.sensor_id for each in intake.readings} == {"hall"}
    assert {each.observed_at.isoformat() for each in intake.readings} == {"2017-02-03T17:55:02.122000+00:00"}


def test_the_sample_of_a_death_tells_which_session_died() -> None:
    _, death = samples("sparkplug-b")
    reading = only(Gateway("sparkplug").says(death["topic"], payload_of(death)))
    assert (reading.sensor_id, reading.value) == ("gateway", kinds.GatewayStatus(online=False, session=0))
    assert reading.observed_at == NOON, "a will is written when the node connects, not when it dies"


def test_a_birth_tells_that_the_node_lives_and_by_which_session() -> None:
    reading = only(Node().node("NBIRTH", a_payload(session(3), seq=0)))
    assert (reading.sensor_id, reading.value) == ("gateway", kinds.GatewayStatus(online=True, session=3))


def test_a_session_that_is_a_flag_is_none_and_can_still_be_written() -> None:
    odd = {"name": b"bdSeq", "boolean_value": True}
    assert only(Node().node("NBIRTH", a_payload(odd, seq=0))).value == kinds.GatewayStatus(online=True)


def test_an_alias_means_what_the_birth_called_it() -> None:
    node = a_living_node()
    assert only(node.hall("DDATA", a_payload(aliased(), seq=2))).value == kinds.Motion(active=True)


def test_an_alias_of_a_device_may_be_named_by_the_birth_of_its_node() -> None:
    node = Node()
    node.node("NBIRTH", a_payload(session(3), motion(), seq=0))
    node.hall("DBIRTH", a_payload(seq=1))
    assert only(node.hall("DDATA", a_payload(aliased(), seq=2))).value == kinds.Motion(active=True)


def test_an_alias_without_a_birth_asks_the_node_to_be_born_again() -> None:
    node = Node()
    intake = node.hall("DDATA", a_payload(aliased(), seq=9))
    assert reasons(intake) == [RefusalReason.UNDECLARED]
    (command,) = intake.commands
    assert command.topic == "sparkplug/spBv1.0/homes/NCMD/node"
    (metric,) = PAYLOAD.FromString(command.payload).metrics  # type: ignore[attr-defined]  # made at run time
    assert (metric.name, metric.datatype, metric.boolean_value) == (b"Node Control/Rebirth", BOOLEAN, True)
    assert not node.hall("DDATA", a_payload(aliased(), seq=10)).commands
    assert node.hall("DDATA", a_payload(aliased(), seq=11), at=NOON + timedelta(seconds=30)).commands


def test_named_data_without_a_birth_is_read_and_the_birth_asked_for() -> None:
    intake = Node().hall("DDATA", a_payload(motion(), seq=9))
    assert only(intake).value == kinds.Motion(active=True) and intake.commands


def test_a_gap_in_the_count_asks_for_the_birth_and_keeps_the_reading() -> None:
    node = a_living_node()
    intake = node.hall("DDATA", a_payload(aliased(), seq=5))
    assert values(intake) == [kinds.Motion(active=True)]
    assert reasons(intake) == [RefusalReason.SEQUENCE_GAP] and len(intake.commands) == 1
    assert not node.hall("DDATA", a_payload(aliased(), seq=6)).refusals


def test_the_count_begins_again_after_255() -> None:
    node = a_living_node()
    for seq in (*range(2, 256), 0, 1):
        assert not node.hall("DDATA", a_payload(aliased(), seq=seq)).refusals


def test_a_message_that_comes_twice_is_no_gap_and_the_same_reading() -> None:
    node = a_living_node()
    once = node.hall("DDATA", a_payload(aliased(), seq=2))
    again = node.hall("DDATA", a_payload(aliased(), seq=2))
    assert not again.refusals and again.readings == once.readings


def test_a_bridge_that_has_just_begun_to_listen_sees_no_gap() -> None:
    node = a_living_node()
    node.declared = {key: word for key, word in node.declared.items() if not word.volatile}
    intake = node.hall("DDATA", a_payload(aliased(), seq=200))
    assert values(intake) == [kinds.Motion(active=True)] and not intake.refusals and not intake.commands


def test_words_of_another_release_are_as_if_they_were_not_said() -> None:
    node = a_living_node()
    node.declared = {key: structs.replace(word, meaning=b"1") for key, word in node.declared.items()}
    intake = node.hall("DDATA", a_payload(aliased(), seq=2))
    assert reasons(intake) == [RefusalReason.UNDECLARED] and intake.commands


def test_a_property_that_is_no_unit_says_nothing() -> None:
    metric = {"name": b"Temperature", "float_value": 20.0, "properties": {"keys": [b"x"], "values": [{}]}}
    assert values(Node().hall("DDATA", a_payload(metric))) == [kinds.Temperature(celsius=20)]


def test_only_the_count_is_volatile() -> None:
    stored = {name for (_, name), word in a_living_node().declared.items() if not word.volatile}
    assert stored == {"node homes/node", "device homes/node/hall"}


def test_a_late_death_of_an_old_session_kills_nobody() -> None:
    node = a_living_node(number=4)
    assert not node.node("NDEATH", a_payload(session(3))).readings
    assert values(node.hall("DDATA", a_payload(aliased(), seq=2))) == [kinds.Motion(active=True)]
    assert only(node.node("NDEATH", a_payload(session(4)))).value == kinds.GatewayStatus(online=False, session=4)


def test_a_session_may_begin_to_count_again() -> None:
    node = a_living_node(number=255)
    assert only(node.node("NBIRTH", a_payload(session(0), seq=0))).value == kinds.GatewayStatus(online=True, session=0)
    assert not node.node("NDEATH", a_payload(session(255))).readings


def test_after_a_death_no_alias_means_anything_until_the_next_birth() -> None:
    node = a_living_node()
    node.node("NDEATH", a_payload(session(3)))
    assert not node.declared
    assert reasons(node.hall("DDATA", a_payload(aliased(), seq=2))) == [RefusalReason.UNDECLARED]


def test_a_new_birth_of_the_node_forgets_its_devices() -> None:
    node = a_living_node()
    node.node("NBIRTH", a_payload(session(4), seq=0))
    assert reasons(node.hall("DDATA", a_payload(aliased(), seq=1))) == [RefusalReason.UNDECLARED]


def test_a_device_is_born_and_dies() -> None:
    node = a_living_node()
    born = node.hall("DBIRTH", a_payload(motion(), seq=2))
    assert values(born) == [kinds.DeviceStatus(online=True), kinds.Motion(active=True)]
    assert only(node.hall("DDEATH", a_payload(seq=3))).value == kinds.DeviceStatus(online=False)
    assert reasons(node.hall("DDATA", a_payload(aliased(), seq=4))) == [RefusalReason.UNDECLARED]


def test_history_keeps_its_own_time_and_is_never_live() -> None:
    node = a_living_node()
    at = NOON - timedelta(seconds=5)
    reading = only(node.hall("DDATA", a_payload(aliased(is_historical=True, timestamp=ms(at)), seq=2)))
    assert reading.late and reading.observed_at == at
    assert not only(node.hall("DDATA", a_payload(aliased(timestamp=ms(at)), seq=3))).late


def test_a_metric_says_when_and_else_its_payload_does() -> None:
    node = a_living_node()
    at = NOON - timedelta(seconds=30)
    assert only(node.hall("DDATA", a_payload(aliased(), seq=2, at=at))).observed_at == at
    assert only(node.hall("DDATA", a_payload(aliased(timestamp=ms(at)), seq=3))).observed_at == at
    odd = node.hall("DDATA", a_payload(aliased(timestamp=2**64 - 1), seq=4))
    assert values(odd) == [kinds.Motion(active=True)] and reasons(odd) == [RefusalReason.TIME_UNREADABLE]


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ({"name": b"Temperature", "datatype": FLOAT, "float_value": 21.5}, kinds.Temperature(celsius=21.5)),
        ({"name": b"Temperature", "datatype": INT8, "int_value": 2**32 - 5}, kinds.Temperature(celsius=-5)),
        ({"name": b"Temperature", "datatype": INT8, "int_value": 251}, kinds.Temperature(celsius=-5)),
        ({"name": b"Temperature", "datatype": INT64, "long_value": 2**64 - 5}, kinds.Temperature(celsius=-5)),
        ({"name": b"Motion", "datatype": BOOLEAN, "int_value": 1}, kinds.Motion(active=True)),
        ({"name": b"Inputs/Door", "boolean_value": True}, kinds.Contact(open=True)),
        ({"name": b"Door", "datatype": STRING, "string_value": b"open"}, kinds.Contact(open=True)),
        ({"name": b"Alarms/Smoke", "boolean_value": True}, kinds.Smoke(active=True)),
        ({"name": b"Panic", "boolean_value": True}, kinds.HelpButton()),
        ({"name": b"T1", "float_value": 68.0, "properties": {
            "keys": [b"engUnit"], "values": [{"type": STRING, "string_value": "°F".encode()}]}},
         kinds.Temperature(celsius=20)),
    ],
)  # fmt: skip
def test_a_metric_means_what_its_name_type_and_unit_say(metric: dict[str, Any], value: Value) -> None:
    assert values(Node().hall("DDATA", a_payload(metric)))[0] == value


@pytest.mark.parametrize(
    "metric",
    [
        {"name": b"Motion", "is_null": True},
        {"name": b"Motion", "is_null": True, "boolean_value": True},
        {"name": b"Motion"},
        {"name": b"Node Control/Rebirth", "boolean_value": False},
        {"name": b"Uptime", "long_value": 12},
        {"name": b"Serial", "string_value": b"x\xff"},
    ],
)
def test_what_holds_no_value_for_us_makes_no_reading(metric: dict[str, Any]) -> None:
    intake = Node().hall("DDATA", a_payload(metric))
    assert not intake.readings and not intake.refusals


@pytest.mark.parametrize("name", ["hall/Inputs/Motion", "hall/Inputs", "Inputs/Motion", "Inputs", "hall"])
def test_the_sensor_is_the_registered_one_that_fits_best(name: str) -> None:
    metric = {"name": b"Inputs/Motion", "boolean_value": True}
    node = Node(**{name: "motion"})
    assert only(node.hall("DDATA", a_payload(metric))).sensor_id == name


def test_a_nodes_own_metric_is_a_sensor_of_its_folder() -> None:
    metric = {"name": b"Hall/Motion", "boolean_value": True}
    assert only(Node().node("NDATA", a_payload(metric))).sensor_id == "Hall"
    assert only(Node().node("NDATA", a_payload(motion()))).sensor_id == "node"


@pytest.mark.parametrize("kind", ["smoke", "help_button"])
def test_a_metric_beside_the_alarm_is_no_alarm(kind: str) -> None:
    odd = ({"name": b"Charging", "boolean_value": True}, {"name": b"Uptime", "int_value": 1})
    assert not Node(hall=kind).hall("DDATA", a_payload(*odd)).readings
    alarm = {"name": b"Inputs/State", "boolean_value": True}
    assert len(Node(hall=kind).hall("DDATA", a_payload(alarm, *odd)).readings) == 1


def test_a_registered_device_whose_birth_tells_nothing_we_know_is_told_to_the_engineer() -> None:
    node = Node(hall="smoke")
    assert reasons(node.hall("DBIRTH", a_payload({"name": b"Uptime", "long_value": 1}, seq=1))) == [
        RefusalReason.NOTHING_WE_KNOW
    ]


@pytest.mark.parametrize(
    ("path", "payload", "reason"),
    [
        ("spBv1.0/homes/NDATA/node", b"\xff\xff", RefusalReason.NOT_PROTOBUF),
        ("spBv1.0/homes/NDATA/node", b'{"seq": 1}', RefusalReason.NOT_PROTOBUF),
        ("spBv1.0/homes/NDATA/node", a_payload(*({},) * (MOST_METRICS + 1)), RefusalReason.TOO_LARGE),
        ("spBv1.0/homes/NDATA", b"", RefusalReason.BAD_TOPIC),
        ("homes/NDATA/node", b"", RefusalReason.BAD_TOPIC),
    ],
)
def test_a_fault_says_what_it_is(path: str, payload: bytes, reason: RefusalReason) -> None:
    assert reasons(Node().says(path, payload)) == [reason]


@pytest.mark.parametrize("path", ["spBv1.0/STATE/host", "spBv1.0/homes/NCMD/node", "spBv1.0/homes/DCMD/node/hall"])
def test_what_is_not_said_by_a_node_is_passed_over(path: str) -> None:
    intake = Node().says(path, b"anything")
    assert not intake.readings and not intake.refusals


NUMBERS = st.sampled_from([0, 1, 3, 7, 255, 2**31, 2**32 - 1]) | st.integers(0, 2**32 - 1)
METRICS = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from([b"Motion", b"bdSeq", b"Inputs/Door", b"T\xff", b"", b"x" * 600, b"Node Control/x"]),
        "alias": NUMBERS,
        "timestamp": st.sampled_from([0, ms(NOON), 2**64 - 1]),
        "datatype": st.integers(0, 40),
        "is_historical": st.booleans(),
        "is_null": st.booleans(),
        "properties": st.just({"keys": [b"engUnit", b"x"], "values": [{"string_value": b"Cel\xff"}]}),
    },
)
VALUES = st.sampled_from(
    [{}, {"boolean_value": True}, {"int_value": 2**32 - 1}, {"long_value": 2**64 - 1}, {"float_value": float("nan")},
     {"double_value": 1e308}, {"string_value": b"\xff"}, {"string_value": b"sos"}]
)  # fmt: skip
PAYLOADS = st.builds(
    lambda metrics, seq: a_payload(*({**metric, **value} for metric, value in metrics), seq=seq),
    st.lists(st.tuples(METRICS, VALUES), max_size=4),
    st.none() | NUMBERS,
)
PATHS = st.sampled_from(
    [form.format(what) for form, born in ((NODE, "N"), (HALL, "D")) for what in (f"{born}BIRTH", f"{born}DATA")]
    + [NODE.format("NDEATH"), HALL.format("DDEATH"), "spBv1.0/homes/DBIRTH/node/" + "h" * 600]
)


@given(
    talk=st.lists(st.tuples(PATHS, PAYLOADS | st.binary(max_size=60)), max_size=8), kind=st.sampled_from(["", "smoke"])
)
@pytest.mark.laws
@settings(max_examples=400, deadline=None)
def test_no_talk_of_a_hostile_node_stops_the_stream(talk: list[tuple[str, bytes]], kind: str) -> None:
    node = Node(**({"hall": kind} if kind else {}))
    for path, payload in talk:
        intake = node.says(path, payload)
        assert len(intake.commands) <= 1
        assert all(refusal.detail for refusal in intake.refusals)


@given(payload=PAYLOADS, cut=st.integers(0, 60), noise=st.binary(max_size=6))
@pytest.mark.laws
@settings(max_examples=400)
def test_broken_protobuf_is_read_or_refused(payload: bytes, cut: int, noise: bytes) -> None:
    read(payload[:cut] + noise + payload[cut + len(noise) :])
    intake = Node().hall("DDATA", payload[:cut] + noise)
    assert all(refusal.detail for refusal in intake.refusals)


def test_a_hostile_depth_is_refused() -> None:
    deep = b""
    for _ in range(2_000):
        deep = b"\x4a" + len(deep).to_bytes(3, "little") + deep if len(deep) > 2**21 else b"\x4a\x00" + deep
    assert isinstance(a_message(deep, "sparkplug/spBv1.0/g/NDATA/n").payload, bytes)
    Node().node("NDATA", deep)
