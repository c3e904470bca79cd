from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.model import Alert, DueFor, Timer, Visit, VisitStage
from console.duties import duty_span, is_pressing
from console.pages import board_of, rate_of
from console.people import with_rosters
from console.rows import Entry, Section, Viewer, row_of, section_of, sort_key
from contracts import AlertId, AlertStage, AlertState, Evidence, FollowUp, ResponderId, Sentence, Severity
from homes.model import Policy, PolicyStep
from tests.console.building import CARER, KIM, KO, NOON, PARK, RENDERER, a_finding, a_home, an_alert, an_entry

moments = st.integers(-9_000_000, 9_000_000).map(lambda seconds: NOON + timedelta(seconds=seconds))
alerts = st.builds(
    lambda severity, due, opened, name, state, owner: replace(
        an_alert(),
        alert_id=AlertId(name),
        severity=severity,
        due_at=due,
        opened_at=opened,
        state=state,
        owner=owner,
    ),
    st.sampled_from(Severity),
    st.none() | moments,
    moments,
    st.text("0123456789abcdef", min_size=4, max_size=8),
    st.sampled_from([AlertState.NEW, AlertState.ACKNOWLEDGED]),
    st.sampled_from([None, "김지현", "박도윤"]),
)


@given(st.lists(alerts, max_size=12, unique_by=lambda alert: alert.alert_id))
def test_every_alert_stands_in_exactly_one_section(some: list[Alert]) -> None:
    board = board_of([Entry(alert=alert) for alert in some], KIM, mark="e1.1", homes=3, now=NOON)
    shown = [row.id for section in board.sections for row in section.rows]
    assert sorted(shown) == sorted(alert.alert_id for alert in some)
    assert board.open == len(some) == sum(count.open for count in board.counts)
    assert all(row.section is section.key for section in board.sections for row in section.rows)


@given(st.lists(alerts, max_size=12, unique_by=lambda alert: alert.alert_id))
def test_a_section_is_sorted_whatever_the_order_of_arrival(some: list[Alert]) -> None:
    entries = [Entry(alert=alert) for alert in some]
    there = board_of(entries, KIM, mark="", homes=0, now=NOON)
    back = board_of(reversed(entries), KIM, mark="", homes=0, now=NOON)
    assert there == back
    for section in there.sections:
        ranks = [row.severity.rank for row in section.rows]
        assert ranks == sorted(ranks)


@given(alerts, alerts)
def test_worse_comes_first_then_what_is_due_first_then_the_older(one: Alert, other: Alert) -> None:
    far = NOON + timedelta(days=10_000)
    told = [(a.severity.rank, a.due_at or far, a.opened_at, a.alert_id) for a in (one, other)]
    assert (told[0] < told[1]) == (sort_key(one) < sort_key(other))


def test_an_acknowledged_emergency_stays_above_every_urgent_alert_of_its_section() -> None:
    mine = replace(an_alert(), state=AlertState.ACKNOWLEDGED, owner="김지현", due_at=NOON + timedelta(hours=9))
    urgent = replace(mine, alert_id=AlertId("b"), severity=Severity.URGENT, due_at=NOON)
    board = board_of([Entry(alert=urgent), Entry(alert=mine)], KIM, mark="", homes=1, now=NOON)
    assert [row.severity for row in board.sections[1].rows] == [Severity.EMERGENCY, Severity.URGENT]


def test_who_has_it_decides_the_section() -> None:
    alert = an_alert()
    assert section_of(alert, "김지현") is Section.NEW
    taken = replace(alert, state=AlertState.ACKNOWLEDGED, owner="김지현")
    assert section_of(taken, "김지현") is Section.MINE
    assert section_of(taken, "박도윤") is Section.OTHERS
    assert section_of(replace(alert, severity=Severity.DEVICE), "김지현") is Section.DEVICES


def test_a_row_says_who_what_and_why_in_the_readers_language() -> None:
    row, english = row_of(an_entry(), KIM, NOON), row_of(an_entry(), PARK, NOON)
    assert (row.name, row.about, row.place) == ("이순자", "82 여", "매화동 은하빌라 201호")
    assert (row.what, row.why) == ("도움 요청 버튼 누름", "안방")
    assert (english.about, english.what, english.why) == ("82 F", "Help button pressed", "bedroom")
    assert row.say == "긴급. 이순자. 도움 요청 버튼 누름"
    assert (row.due, row.due_sub, row.owner, row.owner_initial) == ("01:00", "다음 호출까지", "미지정", "·")


def test_a_home_that_nobody_registered_is_still_a_row() -> None:
    row = row_of(Entry(alert=replace(an_alert(), due_at=None)), KIM, NOON)
    assert (row.name, row.about, row.place, row.strip, row.due, row.due_sub) == ("h-0001", "", "", None, "—", "")


def test_what_stands_behind_it_is_told_even_by_a_terse_detector() -> None:
    evidence = Evidence(
        rule="x/1",
        sentence=Sentence(ko="움직임 없음", en="no movement"),
        values={"still_seconds": 30_000.0},
        limit=28_800.0,
        baseline=Sentence(ko="평소 3시간", en="usually 3 h"),
        room="bathroom",
    )
    alert = replace(an_alert(), evidence=evidence, late=True, repeats=2, restored_at=NOON, since=NOON)
    row = row_of(Entry(alert=alert), KIM, NOON + timedelta(minutes=5))
    assert row.why == "욕실 · 한계 8시간 · 5분 전 신호가 늦게 도착 · 평소 3시간 · 반복 2회 · 신호 회복 12:00:00"
    bare = replace(alert, evidence=replace_limit(evidence), late=False, repeats=0, restored_at=None)
    assert row_of(Entry(alert=bare), PARK, NOON).why == "limit 12.5 · usually 3 h"
    nothing = replace(bare, evidence=Evidence(rule="x/1", sentence=Sentence(ko="움직임 없음", en="no movement")))
    assert row_of(Entry(alert=nothing), KIM, NOON).why == "시작 12:00:00"


def replace_limit(evidence: Evidence) -> Evidence:
    return Evidence(rule="x/1", sentence=evidence.sentence, limit=12.5, baseline=evidence.baseline)


def test_the_room_is_told_in_our_words_and_not_as_it_was_registered() -> None:
    alert = an_alert(a_finding(ko="낙상 감지 · bathroom", en="fall seen · bathroom", room="bathroom"))
    assert row_of(Entry(alert=alert), KIM, NOON).why == "욕실"
    unknown = an_alert(a_finding(ko="낙상 감지 · 다용도실", en="fall seen · 다용도실", room="다용도실"))
    assert row_of(Entry(alert=unknown), PARK, NOON).why == "다용도실"


def test_a_test_says_that_it_is_one() -> None:
    alert = an_alert(a_finding(test=True))
    assert row_of(Entry(alert=alert), KIM, NOON).what == "시험 · 도움 요청 버튼 누름"


def test_a_test_never_stands_above_a_true_case_of_its_severity() -> None:
    later = replace(an_alert(), due_at=NOON + timedelta(hours=1))
    tested = replace(an_alert(a_finding(test=True)), due_at=NOON)
    assert sort_key(later) < sort_key(tested)
    assert sort_key(tested) < sort_key(replace(later, severity=Severity.URGENT))


@pytest.mark.parametrize(
    ("change", "steps", "progress"),
    [
        ({}, ("", "", "", ""), ""),
        ({"step": 2}, ("", "", "", ""), "2단계 호출함"),
        ({"rounds": 1, "step": 2}, ("", "", "", ""), "1회 호출 무응답"),
        ({"state": AlertState.ACKNOWLEDGED, "owner": "김지현"}, ("dn", "cu", "", ""), "확인 중"),
        (
            {"state": AlertState.ACKNOWLEDGED, "goes": CARER.responder_id},
            ("dn", "dn", "cu", ""),
            "오세라 출동",
        ),
        ({"state": AlertState.RESOLVED}, ("dn",) * 4, "종결"),
    ],
)
def test_progress_is_a_bar_and_a_word(change: dict[str, object], steps: tuple[str, ...], progress: str) -> None:
    entry = an_entry(replace(an_alert(), **change))  # type: ignore[arg-type]  # each case names fields of Alert
    row = row_of(entry, KIM, NOON)
    assert (row.steps, row.progress) == (steps, progress)


WAY = Visit(responder_id=CARER.responder_id, accepted_at=NOON, expected_at=NOON + timedelta(minutes=12))
IN_HAND = {"state": AlertState.ACKNOWLEDGED, "owner": "김지현"}


@pytest.mark.parametrize(
    ("change", "steps", "progress"),
    [
        ({"state": AlertState.CHECKING}, "", "집의 응답을 기다림"),
        ({**IN_HAND, "stage": AlertStage.ON_THE_PHONE}, "dn cu", "통화 중"),
        ({**IN_HAND, "stage": AlertStage.DISPATCHED}, "dn dn cu", "출동 요청함"),
        ({**IN_HAND, "visits": (WAY,)}, "dn cu", "오세라 수락 ~12:12"),
        ({**IN_HAND, "stage": AlertStage.DISPATCHED, "visits": (WAY,)}, "dn dn cu", "오세라 수락 ~12:12"),
        (
            {
                **IN_HAND,
                "stage": AlertStage.ARRIVED,
                "visits": (replace(WAY, stage=VisitStage.ARRIVED, arrived_at=NOON),),
            },
            "dn dn dn cu",
            "오세라 도착 12:00",
        ),
        (
            {**IN_HAND, "stage": AlertStage.ENTERED, "visits": (WAY, replace(WAY, stage=VisitStage.ENTERED))},
            "dn dn dn cu",
            "오세라 집 안 12:12",
        ),
        ({**IN_HAND, "visits": (replace(WAY, stage=VisitStage.LEFT, left_at=NOON),)}, "dn cu", "오세라 나옴 12:00"),
        ({"state": AlertState.WATCHING, "due_at": NOON + timedelta(days=1)}, "dn cu", "11.23 12:00까지 지켜봄"),
        ({"state": AlertState.HANDED_OVER, "due_for": DueFor.HAND_OVER}, "dn cu", "넘겨받음 확인을 기다림"),
        ({"state": AlertState.HANDED_OVER, "due_for": DueFor.LEASE}, "dn cu", "다른 기관이 맡음"),
        ({"state": AlertState.RESOLVED, "follow_up": FollowUp.DUE}, "dn dn dn dn", "후속 조치 필요"),
    ],
)
def test_the_whole_life_is_told_in_a_word(change: dict[str, object], steps: str, progress: str) -> None:
    entry = an_entry(replace(an_alert(), **change))  # type: ignore[arg-type]  # each case names fields of Alert
    row = row_of(entry, KIM, NOON)
    assert (" ".join(row.steps).strip(), row.progress) == (steps, progress)


def test_a_timer_of_a_visit_in_front_hides_no_watch() -> None:
    timers = (Timer(due_for=DueFor.WATCH, at=NOON + timedelta(hours=1)),)
    alert = replace(an_alert(), state=AlertState.WATCHING, due_for=DueFor.TRAVEL, timers=timers)
    assert row_of(an_entry(alert), KIM, NOON).progress == "13:00까지 지켜봄"


def test_what_must_be_seen_at_one_look_is_a_mark() -> None:
    alert = an_alert()
    assert row_of(an_entry(alert), KIM, NOON).marks == ("미접수",)
    again = replace(alert, again=2, restored_at=NOON, proposed=Severity.URGENT)
    assert row_of(an_entry(again), KIM, NOON).marks == ("다시 울림 2", "신호 회복", "하향 제안")
    assert row_of(an_entry(replace(alert, state=AlertState.CHECKING)), KIM, NOON).marks == ("확인 중",)


def test_what_the_home_is_asked_about_is_new_and_does_not_ring() -> None:
    asked = replace(an_alert(), state=AlertState.CHECKING)
    assert section_of(asked, "김지현") is Section.NEW and not row_of(an_entry(asked), KIM, NOON).new
    watched = replace(an_alert(), state=AlertState.WATCHING, owner="김지현")
    assert section_of(watched, "김지현") is section_of(watched, "박도윤") is Section.WATCHING
    away = replace(an_alert(), state=AlertState.HANDED_OVER, centre="야간 관제센터")
    assert section_of(away, "김지현") is Section.OTHERS
    assert row_of(an_entry(away), KIM, NOON).owner == "야간 관제센터"


def test_every_duty_has_its_span() -> None:
    alert = replace(an_alert(), due_at=NOON + timedelta(seconds=30))
    spans = {due_for: duty_span(replace(alert, due_for=due_for), 600) for due_for in DueFor}
    assert spans[DueFor.CHECK] == 30 and duty_span(replace(alert, due_for=DueFor.CHECK, due_at=None), 600) == 0
    assert spans[DueFor.VISIT] == 3600 and spans[DueFor.TRAVEL] == 1800
    soon = replace(alert, due_for=DueFor.TRAVEL, visits=(WAY,), due_at=WAY.expected_at)
    assert duty_span(soon, 600) == 720
    # Seconds matter there: what is not confirmed within a minute comes back.
    assert spans[DueFor.HAND_OVER] == 60


def test_the_owner_is_the_operator_or_the_responder_who_goes() -> None:
    going = replace(an_alert(), state=AlertState.ACKNOWLEDGED, goes=CARER.responder_id)
    assert row_of(an_entry(going), KIM, NOON).owner == "오세라"
    stranger = replace(going, goes=ResponderId("gone"))
    assert row_of(an_entry(stranger), KIM, NOON).owner == "gone"
    assert row_of(Entry(alert=stranger), KIM, NOON).owner == "gone"
    mine = replace(going, owner="김지현")
    assert row_of(an_entry(mine), KIM, NOON).owner_class == "me"
    assert row_of(an_entry(mine), Viewer(name="박도윤", words=KO), NOON).owner_class == ""


def test_a_duty_presses_in_its_last_quarter() -> None:
    alert = an_alert()
    assert duty_span(alert, 600) == 60
    assert not is_pressing(alert, 600, NOON + timedelta(seconds=44))
    assert is_pressing(alert, 600, NOON + timedelta(seconds=46))
    assert not is_pressing(alert, 600, NOON + timedelta(seconds=61))
    assert not is_pressing(replace(alert, due_at=None), 600, NOON)
    board = board_of([Entry(alert=alert)], KIM, mark="", homes=1, now=NOON + timedelta(seconds=61))
    assert (board.soon, board.over, board.sections[0].rows[0].due) == (0, 1, "+00:01")
    assert duty_span(replace(alert, step=2), 600) == 180
    assert duty_span(replace(alert, due_for=DueFor.LEASE), 900) == 900
    assert duty_span(replace(alert, due_for=DueFor.LEASE, goes=CARER.responder_id), 900) == 1800
    assert duty_span(replace(alert, due_for=DueFor.LOOK), 600) == 3600


def test_an_address_that_repeats_its_dong_keeps_the_lot_number() -> None:
    places = {"매화동 12-3 매화동빌라": "매화동 12-3 매화동빌라", "은하빌라 201호": "매화동 은하빌라 201호"}
    for address, told in places.items():
        assert row_of(an_entry(home=a_home(address=address)), KIM, NOON).place == told


def test_the_date_is_the_centres_and_not_the_servers() -> None:
    board = board_of([], PARK, mark="e1.1", homes=0, now=NOON.replace(hour=20))
    assert (board.date, board.clock) == ("Mon 23 Nov", "05:00:00")


def test_more_than_ten_alerts_in_ten_minutes_for_each_on_duty_are_a_flood() -> None:
    assert not rate_of([0] * 9 + [10], KO, on_duty=1, flooded=False).flood
    rate = rate_of([1] * 9 + [20], KO, on_duty=2, flooded=False)
    assert rate.flood and rate.total == 29 and rate.bars[-1] == 26 and min(rate.bars) >= 2
    assert "29건" in rate.text and "2명" in rate.text
    calm = rate_of([1] * 9 + [20], KO, on_duty=3, flooded=False)
    assert not calm.flood and calm.text == ""
    # What was noted as a flood goes on until it is noted as over.
    assert rate_of([0] * 10, KO, on_duty=3, flooded=True).flood


def test_a_name_can_hold_no_markup() -> None:
    row = row_of(an_entry(home=a_home(name="<script>alert(1)</script>")), KIM, NOON)
    html = RENDERER.row(row, KO)
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_whoever_is_on_duty_for_the_policy_or_on_the_way_is_named_beside_the_homes_own_list() -> None:
    team = replace(CARER, responder_id=ResponderId("team"), name="야간 출동팀")
    night = replace(CARER, responder_id=ResponderId("night"), name="어제 근무")
    policy = Policy(policy_id="p", name="p", steps=(PolicyStep(after_seconds=0, rosters=("teams", "gone")),))
    alert = replace(an_alert(), policy=policy, visits=(replace(WAY, responder_id=night.responder_id),))
    on_duty = {"teams": (team, CARER), "others": (replace(team, responder_id=ResponderId("other")),)}
    home = with_rosters(a_home(), alert, on_duty, (team, night))
    assert [one.responder_id for one in home.responders] == ["carer", "daughter", "team", "night"]
    alert = replace(alert, state=AlertState.ACKNOWLEDGED)
    assert row_of(Entry(alert=alert, home=home), KIM, NOON).progress.startswith("어제 근무 수락")
    assert with_rosters(a_home(), an_alert(), on_duty, (team,)) == a_home()
