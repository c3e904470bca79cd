"""What a responder sees: facts unlock by stage, and nobody who does not go learns who lives where."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.events import Answered, Moved, Note, StillWell
from alerts.model import Alert, DueFor, Visit, VisitStage
from console.people import masked
from console.rendering import Page
from console.responder.forms import LONGEST_MEMO, Ending, Press, WhyNot, read_press
from console.responder.offer import offer_of
from console.responder.stages import AT_THE_DOOR, COMING, Stage, parts_of, stage_of
from console.words import Language, Theme
from contracts import AlertId, AlertState, ResponderId
from homes.model import Responder, ResponderKind
from tests.console.building import CARER, DAUGHTER, EN, KO, NOON, RENDERER, a_home, an_alert

WAY = timedelta(minutes=30)
#: What the page is drawn with beside the offer.
BESIDE = {"why_not": tuple(WhyNot), "centre_phone": "02-000-0000", "pushes": True}
ALERT = AlertId("a-1")


def visited(who: Responder, stage: VisitStage, **change: object) -> Alert:
    visit = Visit(
        responder_id=who.responder_id,
        stage=stage,
        accepted_at=NOON,
        expected_at=NOON + WAY,
        arrived_at=NOON if stage in (VisitStage.ARRIVED, VisitStage.ENTERED, VisitStage.LEFT) else None,
    )
    goes = who.responder_id if stage not in (VisitStage.SENT, VisitStage.LEFT) else None
    alert = replace(an_alert(), state=AlertState.ACKNOWLEDGED, visits=(visit,), goes=goes)
    return replace(alert, **change)  # type: ignore[arg-type]  # each case names fields of Alert


AT = {
    Stage.OFFER: an_alert(),
    Stage.DECLINED: replace(an_alert(), declined=(CARER.responder_id,)),
    Stage.GOING: visited(CARER, VisitStage.ACCEPTED),
    Stage.EN_ROUTE: visited(CARER, VisitStage.EN_ROUTE),
    Stage.ARRIVED: visited(CARER, VisitStage.ARRIVED),
    Stage.ENTERED: visited(CARER, VisitStage.ENTERED),
    Stage.LEFT: visited(CARER, VisitStage.LEFT),
    Stage.ANOTHER: visited(DAUGHTER, VisitStage.EN_ROUTE),
    Stage.CLOSED: replace(an_alert(), state=AlertState.RESOLVED),
}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.OTHER_PHONE])
def test_facts_unlock_by_stage(stage: Stage, language: Language) -> None:
    alert = AT[stage]
    assert stage_of(alert, CARER.responder_id, NOON) is stage
    words = RENDERER.words(language)
    offer = offer_of(alert, a_home(), CARER, words, expires_at=NOON + timedelta(hours=6), now=NOON)
    assert offer.stage is stage
    page = Page(language=language, theme=Theme.NIGHT, path="/r/t")
    html = RENDERER.page("responder.j2", page, offer=offer, token="t", told="", **BESIDE)
    for fact in ("이순자", "은하빌라", "인슐린", "고혈압"):
        assert (fact in html) is (stage in COMING), fact
    # The way in is for those who stand before it.
    assert ("2580" in html) is (stage in AT_THE_DOOR)
    assert "<title>" in html and "이○자" not in html.split("</title>")[0]


@pytest.mark.parametrize("kind", ResponderKind)
def test_a_volunteer_sees_the_dangers_but_neither_health_nor_the_way_in(kind: ResponderKind) -> None:
    for stage in AT_THE_DOOR:
        offer = offer_of(AT[stage], a_home(), replace(CARER, kind=kind), KO, expires_at=NOON, now=NOON)
        assert "이순자" in offer.who and "은하빌라" in offer.where
        assert any("인슐린" in note for note in offer.notes) and any("개" in note for note in offer.notes)
        knows = kind is not ResponderKind.VOLUNTEER
        assert ("2580" in offer.entry) is knows
        assert any("고혈압" in note for note in offer.notes) is knows


def test_family_sees_the_name_before_they_go_and_others_do_not() -> None:
    for responder, seen in ((DAUGHTER, "이순자"), (CARER, "이○자")):
        offer = offer_of(an_alert(), a_home(), responder, KO, expires_at=NOON, now=NOON)
        assert offer.who == f"{seen} (82세, 여)"
    assert (masked("이순자"), masked("남궁민수"), masked("김수"), masked("김")) == ("이○자", "남○민수", "김○", "○")


def test_a_stranger_and_an_unknown_home_see_nothing() -> None:
    assert offer_of(an_alert(), None, CARER, KO, expires_at=NOON, now=NOON).stage is Stage.CLOSED
    assert offer_of(an_alert(), a_home(), None, EN, expires_at=NOON, now=NOON).stage is Stage.CLOSED
    near = Responder(responder_id=CARER.responder_id, name="박분례", kind=ResponderKind.VOLUNTEER)
    quiet = a_home()
    quiet = replace(quiet, resident=replace(quiet.resident, animals=""))
    offer = offer_of(an_alert(), quiet, near, EN, expires_at=NOON, now=NOON)
    assert (offer.way, offer.notes, offer.headline) == ("", (), "Help button pressed")
    assert offer.second == "bedroom · raised 0 s ago"


def test_whoever_is_called_learns_until_when_an_answer_is_waited_for() -> None:
    offer = offer_of(an_alert(), a_home(), CARER, KO, expires_at=NOON, now=NOON)
    assert offer.answer_by == "12:01:00까지 답해 주세요 — 이후 다음 사람을 부릅니다"
    later = offer_of(an_alert(), a_home(), CARER, KO, expires_at=NOON, now=NOON + WAY)
    assert later.answer_by == ""
    looked = replace(an_alert(), due_for=DueFor.LOOK)
    assert offer_of(looked, a_home(), CARER, KO, expires_at=NOON, now=NOON).answer_by == ""


def test_whoever_goes_sees_when_they_are_expected_and_who_goes_too() -> None:
    alert = visited(CARER, VisitStage.EN_ROUTE)
    other = Visit(responder_id=DAUGHTER.responder_id, accepted_at=NOON, expected_at=NOON)
    offer = offer_of(replace(alert, visits=(*alert.visits, other)), a_home(), CARER, KO, expires_at=NOON, now=NOON)
    assert (offer.way, offer.others) == ("1.1 km · 12:30 도착 예정", "이정민")
    assert offer.map.startswith("geo:0,0?q=") and "은하빌라" not in offer.map
    there = offer_of(AT[Stage.ARRIVED], a_home(), CARER, KO, expires_at=NOON, now=NOON)
    assert there.way == "1.1 km"


def test_while_it_rings_everybody_is_asked_even_who_left_or_did_not_come_in_time() -> None:
    late = NOON + WAY
    assert stage_of(visited(CARER, VisitStage.ACCEPTED, state=AlertState.NEW), CARER.responder_id, late) is Stage.OFFER
    assert stage_of(visited(CARER, VisitStage.EN_ROUTE), CARER.responder_id, late) is Stage.EN_ROUTE
    assert stage_of(visited(CARER, VisitStage.LEFT, state=AlertState.NEW), CARER.responder_id, late) is Stage.OFFER
    assert (
        stage_of(visited(DAUGHTER, VisitStage.EN_ROUTE, state=AlertState.NEW), CARER.responder_id, NOON) is Stage.OFFER
    )
    assert stage_of(visited(CARER, VisitStage.SENT), CARER.responder_id, NOON) is Stage.OFFER
    for quiet in (AlertState.WATCHING, AlertState.HANDED_OVER):
        assert stage_of(replace(an_alert(), state=quiet), CARER.responder_id, NOON) is Stage.ANOTHER


def test_the_parts_of_a_visit_follow_its_stage() -> None:
    assert parts_of(Stage.OFFER) == () == parts_of(Stage.CLOSED)
    assert parts_of(Stage.GOING) == ("c", "", "", "")
    assert parts_of(Stage.ARRIVED) == ("d", "d", "c", "")
    assert parts_of(Stage.LEFT) == ("d",) * 4


def pressed(press: Press, at: VisitStage | None = None, **fields: str) -> object:
    return read_press(press, fields, ALERT, CARER.responder_id, at, NOON)


def test_a_press_is_read_as_what_the_rules_know() -> None:
    who = CARER.responder_id
    assert pressed(Press.ACCEPT) == (Answered(alert_id=ALERT, responder_id=who, accepted=True),)
    assert pressed(Press.DECLINE) == (Answered(alert_id=ALERT, responder_id=who, accepted=False),)
    way = Moved(alert_id=ALERT, responder_id=who, stage=VisitStage.EN_ROUTE, expected_at=NOON + timedelta(minutes=20))
    assert pressed(Press.EN_ROUTE, minutes="20") == (way,)
    assert pressed(Press.EN_ROUTE, minutes="1000") == (replace(way, expected_at=None),)
    assert pressed(Press.ARRIVED) == (Moved(alert_id=ALERT, responder_id=who, stage=VisitStage.ARRIVED),)
    assert pressed(Press.WELL, VisitStage.ARRIVED) == (StillWell(alert_id=ALERT, responder_id=who),)


def test_an_outcome_is_written_down_and_the_visit_ends() -> None:
    left = Moved(alert_id=ALERT, responder_id=CARER.responder_id, stage=VisitStage.LEFT)
    note = Note(alert_id=ALERT, operator=CARER.responder_id, text="helped\n앉아 계심")
    assert pressed(Press.OUTCOME, VisitStage.ENTERED, ending="helped", memo=" 앉아 계심 ") == (note, left)
    assert pressed(Press.OUTCOME, VisitStage.ENTERED, ending="safe") == (replace(note, text="safe"), left)
    # Sent twice, it is written once.
    assert pressed(Press.OUTCOME, VisitStage.LEFT, ending="helped") == (left,)
    assert pressed(Press.OUTCOME, VisitStage.ENTERED, memo="앉아 계심") == "answer.no_ending"


@given(
    st.sampled_from(Press),
    st.sampled_from([None, *VisitStage]),
    st.dictionaries(st.sampled_from(["minutes", "ending", "memo"]), st.text(max_size=900) | st.sampled_from(Ending)),
)
def test_no_form_of_a_responder_breaks_the_reader(press: Press, at: VisitStage | None, fields: dict[str, str]) -> None:
    events = read_press(press, fields, ALERT, ResponderId("x"), at, NOON)
    if isinstance(events, str):
        assert events in KO.texts
        return
    assert all(not isinstance(event, Note) or len(event.text) <= LONGEST_MEMO + 20 for event in events)
