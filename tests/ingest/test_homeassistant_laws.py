"""No device's talk in Home Assistant's dialect does harm, whatever it declares."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.declarations import MOST_DECLARATIONS, MOST_VOLATILE
from ingest.decode.homeassistant_templates import parse, rendered
from tests.ingest.gateway import Gateway

WORDS = st.sampled_from(
    [*("~", "stat_t", "state_topic", "dev_cla", "val_tpl", "pl_on", "avty", "avty_mode", "t", "cmps", "p", "dev"),
     *("ids", "sensor", "binary_sensor", "device_automation", "event", "motion", "temperature", "unit_of_meas", "°F"),
     *("a", "~/a", "a/~", "ON", "OFF", "x" * 300, "{{ value }}", "{{ value_json.a }}", "uniq_id", "a\x00", "\ud800"),
     *("{{ value_json" + ".a" * 20 + " }}", "{{ value_json" + "[" * 400 + " }}", "{{ value" + "|int" * 99 + "}}"),
     *("{{ value_json['a'].b | int }}", "all")]
)  # fmt: skip
SAID = st.recursive(
    WORDS | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=16,
)
TOPICS = st.sampled_from(
    ["a", "a/a", "homeassistant/sensor/a/config", "homeassistant/binary_sensor/n/a/config", "base/event/a/event_type",
     "homeassistant/device/a/config", "base/binary_sensor/a/state", "base/sensor/a/device_class",
     "homeassistant/status", "homeassistant/device_automation/a/config", "homeassistant/event/a/config"]
)  # fmt: skip


@given(
    talk=st.lists(st.tuples(TOPICS, SAID | st.binary(max_size=40)), max_size=8), kind=st.sampled_from(["", "motion"])
)
@pytest.mark.laws
@settings(max_examples=400, deadline=None)
def test_no_talk_of_a_hostile_device_stops_the_stream(talk: list[tuple[str, object]], kind: str) -> None:
    gateway = Gateway("homeassistant", **({"a": kind} if kind else {}))
    for path, payload in talk:
        intake = gateway.says(path, payload)
        assert all(refusal.detail for refusal in intake.refusals)
        assert len(gateway.declared) <= MOST_DECLARATIONS + MOST_VOLATILE


@given(talk=st.lists(st.tuples(TOPICS, SAID), max_size=5))
@settings(deadline=None)
def test_what_is_said_twice_in_a_row_teaches_nothing_the_second_time(talk: list[tuple[str, object]]) -> None:
    gateway = Gateway("homeassistant")
    for path, payload in talk:
        gateway.says(path, payload)
        assert not gateway.says(path, payload).declared


@given(template=st.text(alphabet="{}%|()[].'\" value_jsonintfloatround0", max_size=80))
def test_no_template_is_more_than_a_path(template: str) -> None:
    rendered(parse(template), "1", {"a": 1})


def test_availabilities_within_availabilities_are_no_trouble() -> None:
    nested: object = {"t": "a"}
    for _ in range(300):
        nested = {"t": "a", "avty": [nested]}
    assert not Gateway("homeassistant").says("homeassistant/sensor/x/config", {"avty": nested, "stat_t": "a"}).refusals


@pytest.mark.parametrize("digits", [400, 4_000, 5_000, 100_000])
@pytest.mark.parametrize("device_class", ["temperature", "signal_strength", "carbon_monoxide", "enum", None])
@pytest.mark.parametrize("component", ["sensor", "binary_sensor", "event", "device_automation"])
@pytest.mark.parametrize("round_it", ["", "| int", "| float | round(2)"])
def test_a_number_that_no_float_holds_is_refused(
    digits: int, device_class: str | None, component: str, round_it: str
) -> None:
    gateway = Gateway("homeassistant", x="temperature")
    config = {"stat_t": "t", "t": "t", "dev_cla": device_class, "val_tpl": "{{ value_json.a " + round_it + " }}"}
    gateway.says(f"homeassistant/{component}/x/config", config)
    said = gateway.says("t", '{"a": ' + "9" * digits + "}")
    assert not said.readings or component in ("event", "device_automation")
    gateway.says(f"homeassistant/{component}/y/config", '{"stat_t": "t", "pl_on": ' + "9" * digits + "}")
