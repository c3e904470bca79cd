"""The street file: read with every fault at once, and written so that it reads the same."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import HoldKind
from homes import Street
from homes.fields import Fault
from homes.model import Hours
from homes.shipped import DEFAULT
from homes.street import dump, parse
from tests.homes.streets import streets

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "street.yaml"

GOOD = """
districts: [{id: d-1, city: 새별시, gu: 하늘구, dong: 하늘1동}]
policies: [{id: p-1, name: 기본, steps: [{kinds: [family]}]}]
responders: [{id: r-1, name: 한가온, kind: family, phone: 010-0000-0102}]
homes:
  - id: h-0001
    district: d-1
    policy: p-1
    address: 하늘로 12
    resident: {name: 한보라, birth_year: 1942, sex: f}
    sensors: [{id: button, kind: help_button}]
    responders: [r-1]
"""


def faults_of(text: str) -> list[Fault]:
    faults = parse(text)
    assert isinstance(faults, list), "there should be a fault"
    return faults


@pytest.mark.laws
@settings(max_examples=60, deadline=None)
@given(streets())
def test_a_street_that_is_written_reads_the_same(street: Street) -> None:
    assert parse(dump(street)) == street


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | st.binary(max_size=40).map(lambda raw: raw.decode("latin-1")))
def test_any_text_is_a_street_or_faults_and_never_an_error(text: str) -> None:
    assert isinstance(parse(text), Street | list)


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "homes", "policies", "responders", "districts", "steps", "kinds", "sensors", "plan"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_any_tree_is_a_street_or_faults_and_never_an_error(tree: object) -> None:
    text = str(tree) if not isinstance(tree, dict) else _flow(tree)
    assert isinstance(parse(text), Street | list)


def _flow(tree: dict[str, object]) -> str:
    return "\n".join(f"{name}: {value!r}" for name, value in tree.items())


def test_the_example_is_a_street_of_three_homes() -> None:
    street = parse(EXAMPLE.read_text())
    assert isinstance(street, Street)
    assert [home.home_id for home in street.homes] == ["h-0001", "h-0002", "h-0003"]
    assert street.homes[1].holds[0].kind is HoldKind.HOSPITAL
    assert street.homes[1].holds[0].until_at.utcoffset() == timedelta(0)


def test_an_empty_file_is_an_empty_street() -> None:
    assert parse("") == Street()


def test_the_smallest_home_has_a_resident_somebody_to_call_and_a_way_to_call() -> None:
    street = parse(GOOD)
    assert isinstance(street, Street) and street.homes[0].responders == street.responders


def test_all_faults_are_told_at_once_each_with_its_place() -> None:
    bad = GOOD.replace("kind: help_button", "kind: hlep_button").replace("id: h-0001", "id: H_1")
    bad = bad.replace("birth_year: 1942", "birth_year: 19421").replace("responders: [r-1]", "responders: [r-2]")
    places = [fault.place for fault in faults_of(bad)]
    assert places == [
        "homes[0].id",
        "homes[0].resident.birth_year",
        "homes[0].sensors[0].kind",
        "homes[0].responders[0]",
    ]


@pytest.mark.parametrize(
    ("was", "now", "place", "word"),
    [
        ("district: d-1", "district: d-9", "homes[0].district", "not defined"),
        ("policy: p-1", "policy: p-9", "homes[0].policy", "not defined"),
        ("steps: [{kinds: [family]}]", "steps: []", "policies[0].steps", "nobody would be called"),
        ("kinds: [family]", "kinds: []", "policies[0].steps[0].kinds", "at least one"),
        ("kinds: [family]", "kinds: [family, family]", "policies[0].steps[0].kinds", "twice"),
        ("kinds: [family]", "kinds: [son]", "policies[0].steps[0].kinds[0]", "expected one of"),
        ("kinds: [family]", "kinds: family", "policies[0].steps[0].kinds", "expected a list"),
        ("steps: [{kinds: [family]}]", "steps: [3]", "policies[0].steps[0]", "expected a mapping"),
        ("kinds: [family]", "kinds: [guard]", "homes[0].responders", "nobody is one"),
        ("    responders: [r-1]\n", "", "homes[0].responders", "at least one responder"),
        ("responders: [r-1]", "responders: [r-1, r-1]", "homes[0].responders", "twice"),
        ("responders: [r-1]", "responders: [7]", "homes[0].responders[0]", "expected text"),
        ("kind: family, phone: 010-0000-0102", "kind: family", "responders[0]", "nobody could reach"),
        ("010-0000-0102", "전화", "responders[0].phone", "phone number"),
        ("phone: 010-0000-0102", "phone: 1012345678", "responders[0].phone", "in quotes"),
        ("name: 한가온", "name: ' '", "responders[0].name", "blank"),
        ("name: 한가온", 'name: "한\\x07온"', "responders[0].name", "control"),
        ("sex: f", "sex: w", "homes[0].resident.sex", "f or m"),
        ("sex: f", "sex: f, shoe: 38", "homes[0].resident.shoe", "no such field"),
        ("address: 하늘로 12", "address: ", "homes[0].address", "expected text"),
        ("address: 하늘로 12", "address: a\n    timezone: Mars/Base", "homes[0].timezone", "no such time zone"),
        ("address: 하늘로 12", "address: a\n    watched: maybe", "homes[0].watched", "true or false"),
        ("address: 하늘로 12", "address: a\n    carrier: '하늘통신 '", "homes[0].carrier", "one line"),
        ("address: 하늘로 12", "address: a\n    vulnerability: 4", "homes[0].vulnerability", "0~3"),
        ("{id: button, kind: help_button}", "{id: b, kind: gas}, {id: b, kind: gas}", "homes[0].sensors", "2 times"),
        (
            "kind: help_button",
            "kind: gas, silent_after_seconds: 5",
            "homes[0].sensors[0].silent_after_seconds",
            "whole",
        ),
        ("phone: 010-0000-0102", "phone: '119', distance_km: far", "responders[0].distance_km", "expected a number"),
        ("phone: 010-0000-0102", "contacts: [{channel: fax, address: 1}]", "responders[0].contacts[0].channel", "fax"),
        (
            "phone: 010-0000-0102",
            "contacts: [{channel: webhook, address: 'ftp://x'}]",
            "responders[0].contacts[0].address",
            "https",
        ),
        (
            "address: 하늘로 12",
            "address: a\n    plan: {gateway_silent_seconds: 0}",
            "homes[0].plan.gateway_silent_seconds",
            "10",
        ),
        (
            "address: 하늘로 12",
            "address: a\n    plan: {inactivity_caution_seconds: 90000}",
            "homes[0].plan",
            "must not fall",
        ),
        (
            "address: 하늘로 12",
            "address: a\n    plan: {cold_caution_celsius: 17}",
            "homes[0].plan.cold_caution_celsius",
            "must not be above",
        ),
        (
            "address: 하늘로 12",
            "address: a\n    plan: {hot_caution_celsius: 40}",
            "homes[0].plan.hot_caution_celsius",
            "must not fall",
        ),
        (
            "address: 하늘로 12",
            "address: a\n    plan: {made: [{sensor_id: smoke, day: last year}]}",
            "homes[0].plan.made[0].day",
            "a day",
        ),
    ],
)
def test_a_fault_says_where_it_is_and_what_is_wrong(was: str, now: str, place: str, word: str) -> None:
    assert was in GOOD
    fault = next(fault for fault in faults_of(GOOD.replace(was, now)) if fault.place == place)
    assert word in fault.message
    assert str(fault).startswith(place)


@pytest.mark.parametrize(
    ("hold", "place", "word"),
    [
        ("{kind: away, from_at: 2026-11-20T00:00:00+09:00, until_at: 2026-12-20T00:00:00+09:00}", "until_at", "14"),
        ("{kind: away, from_at: 2026-11-20T00:00:00+09:00, until_at: 2026-11-19T00:00:00+09:00}", "until_at", "after"),
        ("{kind: away, from_at: 2026-11-20T00:00:00, until_at: 2026-11-21T00:00:00+09:00}", "from_at", "offset"),
        ("{kind: away, from_at: tomorrow, until_at: 2026-11-21T00:00:00+09:00}", "from_at", "expected a time"),
        ("{kind: nap, from_at: 2026-11-20T00:00:00+09:00, until_at: 2026-11-21T00:00:00+09:00}", "kind", "away"),
    ],
)
def test_a_hold_that_does_not_end_soon_is_a_fault(hold: str, place: str, word: str) -> None:
    (fault,) = faults_of(f"{GOOD}    holds: [{hold}]\n")
    assert fault.place == f"homes[0].holds[0].{place}" and word in fault.message


ROSTERED = """
rosters: [{id: night, name: 야간, rotations: [{responders: [r-1], from_day: 2026-11-02}]}]
"""


@pytest.mark.parametrize(
    ("was", "now", "place", "word"),
    [
        ("kinds: [family]", "rosters: [day]", "policies[0].steps[0].rosters[0]", "not defined"),
        ("kinds: [family]", "after_seconds: 5", "policies[0].steps[0].kinds", "at least one"),
        ("kinds: [family]", "kinds: [family], times: 0", "policies[0].steps[0].times", "1~20"),
        ("kinds: [family]", "kinds: [family], when: {shift: noon}", "policies[0].steps[0].when.shift", "day, night"),
        (
            "kinds: [family]",
            "kinds: [family], when: {hazards: []}",
            "policies[0].steps[0].when.hazards",
            "at least one",
        ),
        (
            "kinds: [family]",
            "kinds: [family], when: {districts: [d-9]}",
            "policies[0].steps[0].when.districts[0]",
            "not",
        ),
        ("kinds: [family]", "kinds: [family], wehn: {}", "policies[0].steps[0].wehn", "no such field"),
        ("name: 기본", "name: 기본, accepts: 0", "policies[0].accepts", "1~10"),
        ("kind: family", "kind: family, hours: [{from: 9am}]", "responders[0].hours[0].from", "09:00"),
        ("kind: family", "kind: family, hours: [{from: 24:00}]", "responders[0].hours[0].from", "00:00"),
        ("kind: family", "kind: family, hours: [{until: '00:00'}]", "responders[0].hours[0].until", "same"),
        ("kind: family", "kind: family, hours: [{days: [monday]}]", "responders[0].hours[0].days[0]", "mon, tue"),
        (
            "responders: [r-1]\n",
            "responders: [{id: r-1, consent: true}]\n",
            "homes[0].responders[0].consent",
            "no such",
        ),
        ("responders: [r-1]\n", "responders: [{id: r-2}]\n", "homes[0].responders[0].id", "not defined"),
        ("rotations: [{", "rotation: [{", "rosters[0].rotations", "nobody"),
        (
            "responders: [r-1], from_day",
            "responders: [], from_day",
            "rosters[0].rotations[0].responders",
            "at least one",
        ),
        ("responders: [r-1], from_day", "responders: [r-7], from_day", "rosters[0].rotations[0].responders[0]", "not"),
        ("from_day: 2026-11-02", "from_day: monday", "rosters[0].rotations[0].from_day", "a day"),
        ("from_day: 2026-11-02", "from_day: 2026-11-02, handover: 24:00", "rosters[0].rotations[0].handover", "00:00"),
        (
            "name: 야간",
            "name: 야간, overrides: [{from_at: 2026-11-20T00:00:00Z, until_at: 2026-11-19T00:00:00Z}]",
            "rosters[0].overrides[0].until_at",
            "after it begins",
        ),
        ("name: 야간", "name: 야간, overrides: [{from_at: now}]", "rosters[0].overrides[0].from_at", "a time"),
        ("name: 야간", "name: 야간, timezone: Mars/Base", "rosters[0].timezone", "no such time zone"),
    ],
)
def test_a_fault_of_who_is_called_says_where_it_is_and_what_to_do(was: str, now: str, place: str, word: str) -> None:
    text = GOOD + ROSTERED
    assert was in text
    told = {fault.place: fault.message for fault in faults_of(text.replace(was, now))}
    assert word in told[place]


def test_a_time_without_quotes_is_the_time_that_was_meant() -> None:
    street = parse(GOOD.replace("kind: family", "kind: family, hours: [{days: [sun, sat], from: 18:30, until: 6:05}]"))
    assert isinstance(street, Street)
    assert street.responders[0].hours == (Hours(days=(5, 6), from_minute=18 * 60 + 30, until_minute=365),)


def test_a_home_may_say_what_is_true_of_a_responder_for_it_alone() -> None:
    entry = "{id: r-1, consented: false, has_key: true, hours: [{from: '09:00'}]}"
    street = parse(GOOD.replace("responders: [r-1]\n", f"responders: [{entry}]\n"))
    assert isinstance(street, Street)
    (called,) = street.homes[0].responders
    assert not called.consented and called.has_key and called.hours == (Hours(from_minute=540),)
    assert street.responders[0].consented and not street.responders[0].has_key


def test_a_step_may_call_whoever_is_on_duty_and_nobody_else() -> None:
    street = parse(GOOD.replace("kinds: [family]", "rosters: [night]") + ROSTERED)
    assert isinstance(street, Street) and street.policies[0].steps[0].rosters == ("night",)


def test_a_home_that_names_no_policy_has_the_shipped_one_unless_the_file_has_its_own() -> None:
    without = GOOD.replace("    policy: p-1\n", "")
    street = parse(without)
    assert isinstance(street, Street) and street.homes[0].policy == DEFAULT
    assert parse(dump(street)) == street
    own = parse(without.replace("id: p-1", "id: default"))
    assert isinstance(own, Street) and own.homes[0].policy.name == "기본"


@pytest.mark.parametrize("name", ["districts", "policies", "responders", "homes"])
def test_an_id_that_is_there_twice_is_a_fault(name: str) -> None:
    lines = GOOD.strip("\n").split("\n")
    policy = "{id: p-1, name: a, steps: [{kinds: [family]}]}"
    responder = "{id: r-1, name: a, kind: family, phone: '119'}"
    twice = {
        "districts": "districts: [{id: d-1, city: a, gu: b, dong: c}, {id: d-1, city: a, gu: b, dong: c}]",
        "policies": f"policies: [{policy}, {policy}]",
        "responders": f"responders: [{responder}, {responder}]",
    }
    if name == "homes":
        text = GOOD + "\n".join(lines[4:])
    else:
        text = "\n".join(twice[name] if line.startswith(f"{name}:") else line for line in lines)
    (fault,) = faults_of(text)
    assert fault.place == name and "2 times" in fault.message


def test_a_name_that_is_there_twice_would_silently_lose_sensors_and_is_a_fault() -> None:
    (fault,) = faults_of(f"{GOOD}    sensors: []\n")
    assert "sensors" in fault.message and "line 13" in fault.place


def test_text_that_is_not_yaml_is_a_fault_with_its_line() -> None:
    (fault,) = faults_of("homes:\n  - id: [")
    assert "line 2" in fault.place
    assert faults_of("\x00") and faults_of("- a\n- b") and faults_of("at: 2026-99-99T00:00:00Z")


def test_a_misspelt_section_is_a_fault() -> None:
    (fault,) = faults_of(f"{GOOD}homse: []\n")
    assert fault.place == "homse"


def test_a_file_that_refers_to_itself_is_read() -> None:
    assert isinstance(parse("homes: &a [*a]"), list)


def test_a_name_of_the_services_own_test_is_no_home() -> None:
    """The board hides such homes, and no operator would ever see its alerts."""
    (fault,) = faults_of(GOOD.replace("id: h-0001", "id: synthetic-0001"))
    assert fault.place == "homes[0].id" and "tests itself" in fault.message
