from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.model import DueFor, LogLine, Timer, Visit, VisitStage
from alerts.outcomes import OutcomeCode
from alerts.reasons import Reason
from console.choices import choices_of
from console.details import detail_of
from console.rendering import Page
from console.roles import Role, acts_of
from console.rows import Entry, Viewer
from console.standing import to_close
from console.steps.scripts import script_for
from console.steps.view import steps_view
from console.steps.walk import walk
from console.words import Language, Theme
from contracts import AlertChangeKind, AlertState, FollowUp, Severity
from tests.console.building import (
    CARER,
    DAUGHTER,
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
    assert detail.standing.owned == "담당: 김지현" and not detail.standing.can_acknowledge


def test_how_to_get_in_is_in_no_pane_before_it_is_asked_for() -> None:
    for viewer in (KIM, PARK):
        detail = detail_of(an_entry(MINE), LOG, {}, viewer, now=NOON)
        assert detail.has_entry and "2580" not in repr(detail)


def test_a_home_that_nobody_registered_still_has_a_pane() -> None:
    closed = replace(MINE, state=AlertState.RESOLVED)
    detail = detail_of(Entry(alert=closed), [], {}, KIM, now=NOON)
    keyless = replace(CARER, has_key=False, distance_km=None)
    bare = detail_of(Entry(alert=closed, home=replace(a_home(), responders=(keyless,))), [], {}, KIM, now=NOON)
    assert bare.contacts[0].about == "통합사례관리사"
    assert detail.facts == () and detail.contacts == () and detail.day is None and detail.standing.resolved
    assert detail.standing.owned == "종결"


def test_the_outcomes_are_grouped_and_complete() -> None:
    detail = detail_of(an_entry(MINE), [], {}, PARK, now=NOON)
    assert detail.choices.outcomes[0][0] == "Emergency"
    assert sum(len(choices) for _, choices in detail.choices.outcomes) == len(OutcomeCode)


def test_the_pane_tells_who_is_on_the_way_and_what_happens_by_itself() -> None:
    soon, later = NOON + timedelta(minutes=12), NOON + timedelta(minutes=40)
    visits = (
        Visit(responder_id=CARER.responder_id, stage=VisitStage.EN_ROUTE, accepted_at=NOON, expected_at=soon),
        Visit(
            responder_id=DAUGHTER.responder_id,
            stage=VisitStage.ENTERED,
            accepted_at=NOON,
            expected_at=NOON,
            arrived_at=NOON,
            entered_at=NOON,
        ),
    )
    timers = (
        Timer(due_for=DueFor.TRAVEL, at=later, responder_id=CARER.responder_id),
        Timer(due_for=DueFor.LEASE, at=soon),
    )
    alert = replace(MINE, visits=visits, timers=timers, due_at=NOON)
    detail = detail_of(an_entry(alert), LOG, {}, KIM, now=NOON)
    assert [visit.text for visit in detail.standing.visits] == [
        "오세라 이동 중 · 12:12 도착 예정",
        "이정민 집 안 12:00",
    ]
    assert [(timer.text, timer.time) for timer in detail.standing.timers] == [
        ("다시 울리기까지", "12:12:00"),
        ("도착 예정까지 · 오세라", "12:40:00"),
    ]
    overdue = detail_of(an_entry(alert), LOG, {}, KIM, now=soon + timedelta(seconds=1))
    assert [visit.past for visit in overdue.standing.visits] == [True, False]


def test_what_the_rules_write_in_their_own_words_is_read_in_the_viewers() -> None:
    log = [
        a_line(AlertChangeKind.CHECK_ANSWERED, 1, by="resident", text="help"),
        a_line(AlertChangeKind.PHONED, 2, by=KIM.name, text="carer no_answer"),
        a_line(AlertChangeKind.DISPATCHED, 3, by=KIM.name, text="carer"),
        a_line(AlertChangeKind.NOTED, 4, by="carer", text="helped\n앉아 계심"),
        a_line(AlertChangeKind.LOWERED, 5, by=KIM.name, text="caution"),
        a_line(AlertChangeKind.WATCHED, 6, by=KIM.name, text="딸이 오는 중"),
    ]
    detail = detail_of(an_entry(MINE), log, {}, KIM, now=NOON)
    assert [(line.text, line.by) for line in reversed(detail.timeline)] == [
        ("집에서 응답함: 도와 달라고 함", "대상자 본인"),
        ("전화: 오세라 · 무응답", "김지현"),
        ("출동 요청: 오세라", "김지현"),
        ("메모: 도움 줌 · 앉아 계심", "오세라"),
        ("등급 하향: 주의", "김지현"),
        ("지켜봄 시작: 딸이 오는 중", "김지현"),
    ]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("state", AlertState)
def test_the_pane_can_be_drawn_in_every_state(state: AlertState, language: Language) -> None:
    viewer = Viewer(name=KIM.name, words=RENDERER.words(language))
    alert = replace(
        MINE,
        state=state,
        proposed=Severity.URGENT,
        centre="야간 관제센터",
        follow_up=FollowUp.DUE if state is AlertState.RESOLVED else FollowUp.NONE,
    )
    detail = detail_of(an_entry(alert), LOG, {}, viewer, now=NOON)
    script = script_for(alert.hazard)
    steps = (
        None if state is AlertState.RESOLVED else steps_view(alert, None, script, walk(script, []), viewer.words, NOON)
    )
    look = Page(language=language, theme=Theme.DAY, path="/", acts=acts_of(Role))
    html = RENDERER.page("detail.j2", look, detail=detail, steps=steps)
    away = state in (AlertState.WATCHING, AlertState.HANDED_OVER)
    over = state is AlertState.RESOLVED
    assert ('data-act="take-back"' in html) is away
    assert ('data-act="resolve"' in html) is not over
    assert ('data-act="follow-up"' in html) is over
    assert 'data-act="call"' in html and 'data-act="note"' in html
    # An emergency is never only watched: there is no form for it.
    assert 'data-act="watch"' not in html


def test_only_the_file_of_an_emergency_waits_for_a_supervisor() -> None:
    resolved = replace(MINE, state=AlertState.RESOLVED)
    assert to_close(resolved)
    assert not to_close(replace(resolved, follow_up=FollowUp.DUE))
    assert not to_close(replace(resolved, closed_at=NOON))
    assert not to_close(replace(resolved, severity=Severity.URGENT))
    assert to_close(replace(resolved, severity=Severity.URGENT, worst=Severity.EMERGENCY))
    assert not to_close(replace(resolved, test=True)) and not to_close(MINE)


def test_a_case_may_be_watched_for_as_long_as_its_severity_allows() -> None:
    longest = {
        severity: [minutes for minutes, _ in choices_of(a_home(), severity, KO).watches] for severity in Severity
    }
    assert longest[Severity.EMERGENCY] == []
    assert longest[Severity.URGENT][-1] == "60" and longest[Severity.CAUTION][-1] == "240"
    assert [whom for whom, _, _ in choices_of(a_home(), Severity.URGENT, KO).whom] == [
        "resident",
        "carer",
        "daughter",
        "119",
    ]
    assert choices_of(None, Severity.URGENT, KO).senders == ()


def test_whoever_only_reads_is_offered_nothing_to_do() -> None:
    detail = detail_of(an_entry(MINE), LOG, {}, KIM, now=NOON)
    look = Page(language=Language.KO, theme=Theme.DAY, path="/", acts=acts_of([Role.AUDITOR]))
    html = RENDERER.page("detail.j2", look, detail=detail, steps=None)
    assert 'action="/alerts/' not in html and 'data-part="timeline"' in html
