"""A profile says what a vendor's fields mean; a faulty one says what is wrong with it and where."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Value
from contracts import values as kinds
from contracts.values import ButtonAction
from ingest import service
from ingest.files import load_profiles
from ingest.message import Malformed
from ingest.profiles import Profiles, compiled, values_of
from runtime.settings import BadSettings, Ingest, Settings
from tests.ingest.messages import SHIPPED

DIALECTS = frozenset({"zigbee2mqtt", "tasmota"})


def profiles_of(text: str) -> Profiles:
    profiles = compiled({"own.toml": f'dialect = "tasmota"\n{text}'}, DIALECTS)
    assert isinstance(profiles, Profiles), profiles
    return profiles


def meant(rule: str, raw: object, *, kind: str = "", **beside: object) -> list[Value]:
    table = profiles_of(f'[fields]\n"x" = {rule}').table("tasmota")
    found = list(values_of({"x": raw, **beside}, table, kind))
    assert not [each for each in found if isinstance(each, Malformed)], found
    return [each.value for each in found if not isinstance(each, Malformed)]


@pytest.mark.parametrize(
    ("rule", "raw", "value"),
    [
        ('{ kind = "motion" }', True, kinds.Motion(active=True)),
        ('{ kind = "motion" }', "OFF", kinds.Motion(active=False)),
        ('{ kind = "motion" }', 1, kinds.Motion(active=True)),
        ('{ kind = "motion", synthetic = true }', False, kinds.Motion(active=False, synthetic=True)),
        ('{ kind = "motion", synthetic = true }', True, kinds.Motion(active=True)),
        ('{ kind = "contact", inverted = true }', True, kinds.Contact(open=False)),
        ('{ kind = "temperature", unit = "F" }', 212, kinds.Temperature(celsius=100)),
        ('{ kind = "temperature", scale = 0.01 }', 2150, kinds.Temperature(celsius=21.5)),
        ('{ kind = "temperature", offset = -0.5 }', 22.0, kinds.Temperature(celsius=21.5)),
        ('{ kind = "energy", unit = "Wh" }', 1500, kinds.Energy(kilowatt_hours=1.5)),
        ('{ kind = "power", channel = 3 }', 5, kinds.Power(watts=5, channel=3)),
        ('{ kind = "battery", part = "low" }', True, kinds.Battery(low=True)),
        ('{ kind = "smoke", words = { alarm = true, quiet = false } }', "Alarm", kinds.Smoke(active=True)),
        ('{ kind = "help_button", words = { "*hold*" = "pressed" } }', "1_hold", kinds.HelpButton()),
        ('{ kind = "help_button" }', False, kinds.HelpButton(action=ButtonAction.RELEASED)),
        ('{ kind = "tamper", bit = 2 }', 4, kinds.Tamper(active=True)),
        ('{ kind = "test_pressed" }', True, kinds.TestPressed()),
        ('{ kind = "smoke", part = "active", unless = "y" }', 1, kinds.Smoke(active=True)),
        ('{ kind = "voice" }', "Help", kinds.Voice(answer=kinds.CheckAnswer.HELP)),
        ('{ kind = "illuminance", words = { dark = 3 } }', "dark", kinds.Illuminance(lux=3)),
        ('{ kind = "illuminance", words = { dark = 3 } }', 70, kinds.Illuminance(lux=70)),
        ('{ kind = "test_pressed", words = { no = false } }', "yes", kinds.TestPressed()),
        ('{ kind = "help_button", event = true, words = { "1" = "pressed" } }', 1, kinds.HelpButton()),
        ('{ kind = "voice", words = { ok = "fine" } }', "ok", kinds.Voice(answer=kinds.CheckAnswer.FINE)),
    ],
)
def test_a_rule_turns_a_field_into_a_value(rule: str, raw: object, value: Value) -> None:
    (found,) = meant(rule, raw)
    assert found == value or (
        isinstance(found, kinds.Temperature)
        and isinstance(value, kinds.Temperature)
        and abs(found.celsius - value.celsius) < 1e-9
    )


@pytest.mark.parametrize(
    ("rule", "raw"),
    [
        ('{ kind = "help_button", event = true }', ""),
        ('{ kind = "help_button", event = true, words = { press = "pressed" } }', "spin"),
        ('{ kind = "smoke", words = { testing = "ignore" } }', "testing"),
        ('{ kind = "help_button", registered = "help_button" }', True),
        ('{ kind = "registered" }', True),
        ('{ kind = "motion" }', None),
        ('{ kind = "test_pressed" }', False),
        ('{ kind = "carbon_monoxide", part = "ppm" }', 7),
    ],
)
def test_a_rule_may_say_nothing(rule: str, raw: object) -> None:
    assert not meant(rule, raw)


def test_what_stands_beside_a_field_has_a_say() -> None:
    assert meant('{ kind = "temperature", unit_from = "u" }', 32, u="F") == [kinds.Temperature(celsius=0)]
    assert not meant('{ kind = "battery", unless = "mains" }', 0, mains=True)
    assert meant('{ kind = "battery", unless = "mains" }', 9, mains=False) == [kinds.Battery(percent=9)]
    made_up = meant('{ kind = "motion", synthetic_with = "since" }', False, since=60)
    assert made_up == [kinds.Motion(active=False, synthetic=True)]


def test_the_registration_gives_a_meaning_to_what_has_none() -> None:
    assert meant('{ kind = "registered" }', True, kind="contact") == [kinds.Contact(open=True)]
    assert meant('{ kind = "registered" }', True, kind="help_button") == [kinds.HelpButton()]
    assert meant('{ kind = "registered", words = { close = true } }', "close", kind="help_button") == [
        kinds.HelpButton()
    ]
    assert meant('{ kind = "registered", part = "number" }', 7, kind="illuminance") == [kinds.Illuminance(lux=7)]
    assert not meant('{ kind = "registered", part = "number" }', 7, kind="motion")


def test_an_array_is_a_channel_each() -> None:
    assert meant('{ kind = "power" }', [5, None, 7]) == [kinds.Power(watts=5), kinds.Power(watts=7, channel=2)]


def test_a_device_that_differs_has_fields_of_its_own() -> None:
    profiles = profiles_of(
        '[fields]\nx = { kind = "motion" }\n[[devices]]\nname = "odd-*"\n[devices.fields]\nx = { kind = "smoke" }'
    )
    (odd,) = values_of({"x": True}, profiles.table("tasmota", "ODD-1"), "")
    (even,) = values_of({"x": True}, profiles.table("tasmota", "even"), "")
    assert [each.value for each in (odd, even) if not isinstance(each, Malformed)] == [
        kinds.Smoke(active=True),
        kinds.Motion(active=True),
    ]


def test_a_profile_of_ones_own_outranks_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text('dialect = "zigbee2mqtt"\n[fields]\nalarm_1 = { kind = "smoke" }\n')
    table = load_profiles(str(tmp_path)).table("zigbee2mqtt")
    assert table.find("alarm_1") and table.find("occupancy")
    assert SHIPPED.table("zigbee2mqtt").find("alarm_1") is None


def test_a_profile_of_a_dialect_that_reads_none_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text('dialect = "senml"\n')
    with pytest.raises(BadSettings, match=r"ours\.toml:1 dialect: expected one of esphome, homeassistant"):
        load_profiles(str(tmp_path))


@pytest.mark.parametrize(
    ("rule", "raw"),
    [
        ('{ kind = "voice" }', "perhaps"),
        ('{ kind = "voice" }', True),
        ('{ kind = "smoke", words = { alarm = true } }', []),
        ('{ kind = "help_button", event = true, words = { press = "pressed" } }', 7),
        ('{ kind = "power" }', [1, "two"]),
        ('{ kind = "temperature" }', "warm"),
    ],
)
def test_a_field_that_cannot_be_read_is_a_fault(rule: str, raw: object) -> None:
    table = profiles_of(f'[fields]\n"x" = {rule}').table("tasmota")
    assert [each for each in values_of({"x": raw}, table, "") if isinstance(each, Malformed)]


def test_a_number_in_a_name_counts_only_in_plain_digits() -> None:
    table = profiles_of('[fields]\n"p#" = { kind = "power", channel = "index" }').table("tasmota")
    found = [list(values_of({name: 5}, table, "")) for name in ("p3", "p٣", "p")]
    assert [[each.value for each in one if not isinstance(each, Malformed)] for one in found] == [
        [kinds.Power(watts=5, channel=3)],
        [kinds.Power(watts=5)],
        [],
    ]


WORSE = """dialect = "tasmota"
devices = 3
[fields]
a = { kind = "registered", part = "colour" }
b = { kind = "motion", bit = 70 }
c = { kind = "power", channel = 999 }
d = { kind = "temperature", words = { hot = true } }
e = { kind = "test_pressed", words = { yes = "on" } }
f = { kind = "voice", words = { ok = "good" } }
"""


def test_what_else_may_be_wrong_is_told_too() -> None:
    faults = compiled({"bad.toml": WORSE}, DIALECTS)
    assert isinstance(faults, tuple) and len(faults) == 7, faults
    wanted = ("[[devices]]", "flag or number", "0 to 63", "0 to 255", "a number", "true, false", "fine, help, none")
    assert all(any(word in fault for fault in faults) for word in wanted), faults
    for text, word in {
        "devices = [3]": "[[devices]]",
        "fields = 3": "a table of fields",
        "[[devices]]\nname = []": "a word, * in it",
    }.items():
        (fault,) = compiled({"bad.toml": f'dialect = "tasmota"\n{text}'}, DIALECTS)  # type: ignore[misc]  # faults
        assert word in fault


FAULTY = """dialect = "zigbe2mqtt"
colour = "red"
silent = "x"

[fields]
a = { kind = "moton" }
b = { knd = "motion" }
c = { kind = "motion", scale = 2 }
d = { kind = "temperature", unit = "N" }
e = { kind = "battery", part = "half" }
f = { kind = "smoke", words = { alarm = "pressed" } }
g = { kind = "power", channel = "two" }
h = "motion"
i = { kind = "temperature", inverted = true, synthetic = true, channel = 1 }
j = { kind = "help_button", registered = "button" }
k = { kind = "motion", inverted = "yes" }

[[devices]]
about = "no name"
"""


def test_a_faulty_profile_gives_every_fault_with_its_line_and_its_mend() -> None:
    faults = compiled({"bad.toml": FAULTY}, DIALECTS)
    assert isinstance(faults, tuple)
    told = "\n".join(faults)
    for line, words in {
        1: ('did you mean "zigbee2mqtt"?',),
        2: ("colour", "no such entry"),
        3: ("a list of field names",),
        6: ('"moton" is none of ours; did you mean "motion"?',),
        7: ("knd", 'did you mean "kind"?'),
        8: ("scale: only a number",),
        9: ("unit: expected one of", "°F"),
        10: ("battery has percent, low",),
        11: ('words."alarm": expected true, false',),
        12: ('"index"',),
        13: ("expected a rule",),
        14: ("only a flag", "only motion", "have channels"),
        15: ('"button" is no kind of ours; did you mean "help_button"?',),
        16: ("inverted: expected true or false",),
        19: ("name or model",),
    }.items():
        there = "\n".join(fault for fault in faults if fault.startswith(f"bad.toml:{line} "))
        assert all(word in there for word in words), (line, words, told)


def test_a_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("dialect = ")
    (tmp_path / "b.toml").write_bytes(b"\xff")
    with pytest.raises(BadSettings, match=r"(?s)b\.toml: expected a text.*a\.toml: not TOML"):
        load_profiles(str(tmp_path))
    with pytest.raises(BadSettings, match="DOLBOM_INGEST_PROFILES"):
        load_profiles(str(tmp_path / "missing"))


def test_the_bridge_refuses_to_start_with_a_faulty_profile(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text('dialect = "zigbee2mqtt"\n[fields]\nx = { kind = "moton" }\n')
    with pytest.raises(BadSettings, match=r'ours\.toml:3 fields\.x: kind: "moton"'):
        service.check(Settings(ingest=Ingest(profiles=str(tmp_path))))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(("zigbee2mqtt", "tasmota", "shelly", "esphome")), st.data())
def test_whatever_a_field_holds_it_means_a_value_or_a_fault(dialect: str, data: st.DataObject) -> None:
    table = SHIPPED.table(dialect)
    names = st.sampled_from(sorted(table.fields)) | st.text(max_size=8)
    said = data.draw(st.dictionaries(names, anything, max_size=4))
    kind = data.draw(st.sampled_from(("", "motion", "contact", "help_button", "temperature", "nonsense")))
    for each in values_of(said, table, kind, said):
        assert isinstance(each, Malformed) or each.because
