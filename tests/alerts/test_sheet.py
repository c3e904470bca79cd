"""What 119 is told of a case: where, how to get in, who, what and since when; and who else must never see it."""

from dataclasses import replace

import pytest

from alerts.model import Visit, VisitStage
from alerts.sheet import is_for_119, sheet_of
from alerts.sheet_lines import lines_of
from contracts import ResponderId, Sentence
from homes.model import Channel, Contact, Home, Responder, ResponderKind
from tests.alerts.building import DAUGHTER, GUARD, MINUTE, NOON, a_home, a_responder, an_alert

HOOK = Contact(channel=Channel.WEBHOOK, address="https://119.example/in")
FIRE_SERVICE = a_responder("119", ResponderKind.EMERGENCY_SERVICE)


def a_full_home(*, hazards: str = "", animals: str = "", phone: str = "") -> Home:
    home = a_home(responders=(replace(DAUGHTER, has_key=True, phone="010-0000-0102"), GUARD))
    return replace(home, entry="*1234#", resident=replace(home.resident, hazards=hazards, animals=animals, phone=phone))


def test_the_sheet_says_where_how_who_what_and_since() -> None:
    home = a_full_home(hazards="인슐린", animals="개 한 마리", phone="010-0000-0201")
    sheet = sheet_of(an_alert(), home, NOON + MINUTE)
    assert sheet.address == "서울특별시 새빛구 맑은로 1" and sheet.entry == "*1234#"
    assert (sheet.resident, sheet.age, sheet.hazards) == ("김하늘", 86, "인슐린")
    assert sheet.what == Sentence(ko="도움 요청 단추", en="Help button") and sheet.since == NOON
    assert [one.phone for one in sheet.key_holders] == ["010-0000-0102"]


def test_whoever_did_not_consent_is_not_named_as_keyholder() -> None:
    home = a_full_home()
    refused = replace(home, responders=(replace(home.responders[0], consented=False),))
    assert sheet_of(an_alert(), refused, NOON).key_holders == ()


def test_the_sheet_says_who_of_ours_is_there() -> None:
    stages = (VisitStage.EN_ROUTE, VisitStage.ARRIVED, VisitStage.ENTERED, VisitStage.LEFT)
    visits = tuple(
        Visit(responder_id=ResponderId(f"r-{place}"), stage=stage, accepted_at=NOON, expected_at=NOON)
        for place, stage in enumerate(stages)
    )
    sheet = sheet_of(replace(an_alert(), visits=visits), a_full_home(), NOON)
    assert (sheet.on_the_way, sheet.at_the_door, sheet.inside) == (1, 1, 1)
    assert lines_of(sheet)[-1][1].en == "on the way 1, at the door 1, inside 1"


def test_it_is_read_out_with_the_address_first_and_without_what_is_unknown() -> None:
    lines = {label.en: text for label, text in lines_of(sheet_of(an_alert(), a_full_home(), NOON))}
    assert next(iter(lines)) == "address" and "맑은동" in lines["address"].ko
    assert lines["what"].ko == "긴급 · 도움 요청: 도움 요청 단추"
    assert lines["since"].ko == "2026-11-22 12:00 +0900"
    assert lines["resident"].en == "김하늘, 86, female"
    assert lines["on site"].en == "nobody of ours is on the way"
    assert "animals" not in lines and "room" not in lines


@pytest.mark.parametrize(
    ("responder", "contact", "allowed"),
    [
        (FIRE_SERVICE, HOOK, True),
        (FIRE_SERVICE, replace(HOOK, address="http://119.example/in"), False),
        (FIRE_SERVICE, Contact(channel=Channel.SMS, address="119"), False),
        (DAUGHTER, HOOK, False),
        (GUARD, HOOK, False),
    ],
)
def test_only_a_signed_and_encrypted_line_of_119_may_carry_it(
    responder: Responder, contact: Contact, allowed: bool
) -> None:
    assert is_for_119(responder, contact) is allowed


def test_a_sheet_that_is_printed_by_mistake_tells_nothing() -> None:
    sheet = sheet_of(an_alert(), a_full_home(), NOON)
    assert "김하늘" not in repr(sheet) and "맑은로" not in repr(sheet)
    assert "010" not in repr(sheet.key_holders)
