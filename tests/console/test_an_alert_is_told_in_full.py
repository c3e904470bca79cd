from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.model import LogLine
from alerts.reasons import Reason
from console.details import detail_of
from console.rendering import Page
from console.responder.offer import Stage, masked, offer_of, stage_of
from console.rows import Entry
from console.words import Language, Theme
from contracts import AlertChangeKind, AlertState
from homes.model import Responder, ResponderKind
from tests.console.building import (
    CARER,
    DAUGHTER,
    EN,
    KIM,
    KO,
    NOON,
    PARK,
    RENDERER,
    ACell,
    a_home,
    an_alert,
    an_entry,
)

MINE = replace(an_alert(), state=AlertState.ACKNOWLEDGED, owner=KIM.name)


def a_line(change: AlertChangeKind, version: int, *, by: str | None = None, text: str = "", call: str = "") -> LogLine:
    return LogLine(
        alert_id=MINE.alert_id,
        version=version,
        at=NOON + timedelta(seconds=version),
        change=change,
        reason=Reason.OPENED,
        by=by,
        text=text,
        notification_id=call or None,
    )


LOG = [
    a_line(AlertChangeKind.OPENED, 1),
    a_line(AlertChangeKind.NOTIFIED, 2, by=CARER.responder_id, call="n-1"),
    a_line(AlertChangeKind.DELIVERED, 3, by=CARER.responder_id, call="n-1"),
    a_line(AlertChangeKind.ACCEPTED, 4, by=CARER.responder_id),
    a_line(AlertChangeKind.NOTED, 5, by=KIM.name, text="전화함"),
]


def test_the_pane_tells_who_comes_and_what_was_done() -> None:
    detail = detail_of(an_entry(MINE), LOG, {"bathroom": [ACell()] * 96}, KIM, last_heard=NOON, now=NOON)
    assert [(line.text, line.by) for line in detail.timeline][:2] == [
        ("메모: 전화함", "김지현"),
        ("출동 수락", "오세라"),
    ]
    assert detail.contacts[0].state == ("전달 12:00:03", "출동 수락 12:00:04")
    assert detail.contacts[1].state == ("대기",)
    assert detail.contacts[1].about == "가족 · 3.2 km · 열쇠 있음"
    assert detail.day is not None and detail.day.rooms[0].room == "욕실"
    assert detail.last_heard == "마지막 신호 12:00:00"
    assert detail.owned == "담당: 김지현" and not detail.can_acknowledge


def test_how_to_get_in_is_for_whoever_has_the_case_in_hand() -> None:
    mine, other = (detail_of(an_entry(MINE), LOG, {}, viewer, now=NOON) for viewer in (KIM, PARK))
    assert any("#2580" in text for _, text in mine.facts)
    assert not any("#2580" in text for _, text in other.facts)
    assert any("Acknowledge to see" in text for _, text in other.facts)


def test_a_home_that_nobody_registered_still_has_a_pane() -> None:
    closed = replace(MINE, state=AlertState.RESOLVED)
    detail = detail_of(Entry(alert=closed), [], {}, KIM, now=NOON)
    keyless = replace(CARER, has_key=False, distance_km=None)
    bare = detail_of(Entry(alert=closed, home=replace(a_home(), responders=(keyless,))), [], {}, KIM, now=NOON)
    assert bare.contacts[0].about == "통합사례관리사"
    assert detail.facts == () and detail.contacts == () and detail.day is None and detail.resolved
    assert detail.owned == "종결"


def test_the_outcomes_are_grouped_and_complete() -> None:
    detail = detail_of(an_entry(MINE), [], {}, PARK, now=NOON)
    assert detail.choices.outcomes[0][0] == "Emergency"
    assert sum(len(choices) for _, choices in detail.choices.outcomes) == 33


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("stage", Stage)
def test_a_responders_page_can_be_written_at_every_stage(stage: Stage, language: Language) -> None:
    alert = {
        Stage.OFFER: an_alert(),
        Stage.GOING: replace(an_alert(), goes=CARER.responder_id),
        Stage.DECLINED: replace(an_alert(), declined=(CARER.responder_id,)),
        Stage.ANOTHER: replace(an_alert(), goes=DAUGHTER.responder_id),
        Stage.CLOSED: replace(an_alert(), state=AlertState.RESOLVED),
    }[stage]
    assert stage_of(alert, CARER.responder_id) is stage
    words = RENDERER.words(language)
    offer = offer_of(alert, a_home(), CARER, words, expires_at=NOON + timedelta(hours=6), now=NOON)
    assert offer.stage is stage
    html = RENDERER.page(
        "responder.j2", Page(language=language, theme=Theme.NIGHT, path="/r/t"), offer=offer, token="t"
    )
    private = ("이순자", "은하빌라", "2580", "인슐린", "고혈압")
    assert all(fact in html for fact in private) == (stage is Stage.GOING)
    assert any(fact in html for fact in private) == (stage is Stage.GOING)
    assert "<title>" in html and "이○자" not in html.split("</title>")[0]


def test_family_sees_the_name_before_they_go_and_others_do_not() -> None:
    for responder, seen in ((DAUGHTER, "이순자"), (CARER, "이○자")):
        offer = offer_of(an_alert(), a_home(), responder, KO, expires_at=NOON, now=NOON)
        assert offer.who == f"{seen} (82세, 여)"
    assert (masked("이순자"), masked("남궁민수"), masked("김수"), masked("김")) == ("이○자", "남○민수", "김○", "○")


def test_a_volunteer_who_goes_sees_the_dangers_but_neither_health_nor_the_way_in() -> None:
    for kind in ResponderKind:
        alert = replace(an_alert(), goes=CARER.responder_id)
        offer = offer_of(alert, a_home(), replace(CARER, kind=kind), KO, expires_at=NOON, now=NOON)
        assert "이순자" in offer.who and "은하빌라" in offer.where
        assert any("인슐린" in note for note in offer.notes) and any("개" in note for note in offer.notes)
        knows = kind is not ResponderKind.VOLUNTEER
        assert ("2580" in offer.entry) is knows
        assert any("고혈압" in note for note in offer.notes) is knows


def test_a_stranger_and_an_unknown_home_see_nothing() -> None:
    assert offer_of(an_alert(), None, CARER, KO, expires_at=NOON, now=NOON).stage is Stage.CLOSED
    assert offer_of(an_alert(), a_home(), None, EN, expires_at=NOON, now=NOON).stage is Stage.CLOSED
    near = Responder(responder_id=CARER.responder_id, name="박분례", kind=ResponderKind.VOLUNTEER)
    quiet = a_home()
    quiet = replace(quiet, resident=replace(quiet.resident, animals=""))
    offer = offer_of(an_alert(), quiet, near, EN, expires_at=NOON, now=NOON)
    assert (offer.distance, offer.notes, offer.headline) == ("", (), "Help button pressed")
    assert offer.second == "bedroom · raised 0 s ago"
