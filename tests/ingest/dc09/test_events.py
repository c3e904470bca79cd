"""What a panel's data names, and what it means by its vendor's profile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import RefusalReason, Value
from contracts.values import (
    Battery,
    ButtonAction,
    CarbonMonoxide,
    DeviceStatus,
    Fall,
    GatewayStatus,
    HelpButton,
    SelfTest,
    Smoke,
    Stillness,
    Tamper,
    TestPressed,
)
from ingest.dc09.events import MOST_EVENTS, Event, Scheme, account_in, contact_id, sia
from ingest.dc09.files import load_profiles
from ingest.dc09.meanings import BadProfile, Meaning, Profile, read_profiles, understand
from ingest.message import Malformed

SHIPPED = load_profiles("")


def meant(told: str, profile: str = "default") -> list[Value | str | None]:
    read = contact_id(told) if told[:1] in "136" else sia(told)
    known: list[Value | str | None] = []
    for event in read:
        if isinstance(event, Malformed):
            known.append(event.reason)
            continue
        found = understand(event, SHIPPED[profile])
        known.append("unknown" if found is None else found.value)
    return known


def test_contact_id_names_qualifier_code_area_and_zone() -> None:
    assert contact_id("1101 00 003") == (Event(scheme=Scheme.CONTACT_ID, code="101", zone="003", area="00"),)
    assert contact_id("3384 01 012")[0] == Event(scheme=Scheme.CONTACT_ID, code="384", over=True, zone="012", area="01")


@pytest.mark.parametrize("told", ["", "2101 00 003", "1101", "1101 00 0034", "hello"])
def test_what_is_no_contact_id_has_a_reason(told: str) -> None:
    (fault,) = contact_id(told)
    assert isinstance(fault, Malformed) and fault.reason is RefusalReason.WRONG_SHAPE


def test_sia_blocks_name_several_events_with_their_area() -> None:
    assert sia("Nri0000/LR") == (Event(scheme=Scheme.SIA, code="LR", area="0000"),)
    assert sia("Nri1QA003") == (Event(scheme=Scheme.SIA, code="QA", zone="003", area="1"),)
    assert sia("Nti10:23/id7/ri2/QA3^Bad 1/2^/XT04|AA note|Ori3/RP") == (
        Event(scheme=Scheme.SIA, code="QA", zone="3", area="2"),
        Event(scheme=Scheme.SIA, code="XT", zone="04", area="2"),
        Event(scheme=Scheme.SIA, code="RP", area="3"),
    )


def test_one_strange_event_does_not_silence_its_neighbours() -> None:
    read = sia("N?!x/QA003/12/RP")
    assert [event.code for event in read if isinstance(event, Event)] == ["QA", "RP"]
    assert sum(isinstance(event, Malformed) for event in read) == 2


def test_a_small_frame_is_no_flood() -> None:
    (fault,) = sia("N" + "QA1/" * (MOST_EVENTS + 1))
    assert isinstance(fault, Malformed) and fault.reason is RefusalReason.TOO_LARGE


@given(st.text(st.characters(max_codepoint=255)))
def test_any_text_is_events_or_reasons(told: str) -> None:
    account, rest = account_in(told)
    assert isinstance(account, str)
    for read in (contact_id(rest), sia(rest), sia(f"N{rest}")):
        assert read and all(isinstance(each, Event | Malformed) for each in read)


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ("1101 00 003", HelpButton()),
        ("6101 00 003", HelpButton()),
        ("3101 00 003", HelpButton(action=ButtonAction.RELEASED)),
        ("1120 00 003", HelpButton()),
        ("1111 00 003", Smoke(active=True)),
        ("3111 00 003", Smoke(active=False)),
        ("1162 00 003", CarbonMonoxide(active=True)),
        ("1301 00 000", GatewayStatus(mains=False)),
        ("3301 00 000", GatewayStatus(mains=True)),
        ("1302 00 000", Battery(low=True)),
        ("3384 00 004", Battery(low=False)),
        ("1383 00 004", Tamper(active=True)),
        ("1144 00 004", Tamper(active=True)),
        ("1381 00 004", DeviceStatus(online=False)),
        ("3147 00 004", DeviceStatus(online=True)),
        ("1641 00 072", Stillness(active=True)),
        ("3641 00 072", Stillness(active=False)),
        ("1602 00 000", TestPressed()),
        ("1389 01 003", SelfTest(passed=False)),
        ("3389 01 003", SelfTest(passed=True)),
        ("1307 00 000", SelfTest(passed=False)),
        ("3602 00 000", None),
        ("1401 00 001", None),
        ("1406 00 001", HelpButton(action=ButtonAction.RELEASED)),
        ("3406 00 001", None),
        ("1130 00 001", "unknown"),
        ("NQA003", HelpButton()),
        ("NQR003", HelpButton(action=ButtonAction.RELEASED)),
        ("NNA", Stillness(active=True)),
        ("NNS", Stillness(active=False)),
        ("NAT", GatewayStatus(mains=False)),
        ("NAR", GatewayStatus(mains=True)),
        ("NRP", TestPressed()),
        ("NLR", None),
        ("NBA001", "unknown"),
    ],
)
def test_a_code_means_what_the_profile_says(told: str, value: Value | str | None) -> None:
    assert meant(told) == [value]


def test_a_climax_unit_says_fall_where_others_say_panic() -> None:
    assert meant("1120 00 001", "climax") == meant("1102 00 001", "climax") == [Fall(active=True)]
    assert meant("1641 00 072", "climax") == [Stillness(active=True)]
    assert meant("1661 00 001", "climax") == meant("1663 00 001", "climax") == [None]
    assert meant("1662 00 001", "climax") == [HelpButton()]
    assert meant("1111 00 001", "climax") == [Smoke(active=True)], "the rest is the default's"


def test_an_installers_profile_outranks_and_may_turn_a_code_round() -> None:
    profiles = read_profiles(
        {
            "default": '[sia_begins]\nhelp = ["QA"]\n[sia_ends]\nhelp = ["QR"]',
            "odd": '[sia_begins]\nfall = ["QR"]\n[sia_ends]\nfall = ["QA"]',
        }
    )
    event = Event(scheme=Scheme.SIA, code="QR")
    found = understand(event, profiles["odd"])
    assert found is not None and found.value == Fall(active=True)
    over = understand(Event(scheme=Scheme.SIA, code="QA"), profiles["odd"])
    assert over is not None and over.value == Fall(active=False)
    assert read_profiles({"alone": ""}) == {"alone": Profile(name="alone")}


@pytest.mark.parametrize(
    "text", ["[", "[other]", '[contact_id]\nhunger = ["101"]', '[contact_id]\nhelp = "101"', "contact_id = 3"]
)
def test_a_profile_that_cannot_be_used_says_which_it_is(text: str) -> None:
    with pytest.raises(BadProfile, match="mine"):
        read_profiles({"mine": text})


def test_every_shipped_code_has_one_meaning() -> None:
    default = SHIPPED["default"]
    assert not default.begins.keys() & default.ends.keys()
    assert {*default.contact_id.values(), *default.begins.values()} | {Meaning.FALL, Meaning.MOTION} == set(Meaning)
