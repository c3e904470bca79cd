from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.events import (
    Acknowledge,
    CallResult,
    CloseFile,
    Dispatch,
    EscalateNow,
    FollowedUp,
    HandOver,
    Lower,
    Note,
    PassOn,
    Phoned,
    Resolve,
    TakeBack,
    Watch,
)
from alerts.outcomes import OutcomeCode, ResolvedBy
from alerts.reasons import Reason
from alerts.transition import Transition
from console.answers import answer_of
from console.board.fields import LONGEST_NOTE
from console.board.forms import Action, ByAnOperator, read_action
from contracts import AlertId, ResponderId, Severity
from tests.console.building import EN, KO, NOON, an_alert

ALERT = AlertId("a-1")


def read(name: str, **fields: str) -> object:
    return read_action(Action(name), fields, ALERT, "김지현", NOON)


def test_a_form_is_read_as_an_event() -> None:
    assert read("ack", version="3") == Acknowledge(alert_id=ALERT, operator="김지현", version=3)
    assert read("note", text=" 전화함 ") == Note(alert_id=ALERT, operator="김지현", text="전화함")
    assert read("escalate", step="0") == EscalateNow(alert_id=ALERT, operator="김지현", step_seen=0)
    given = PassOn(alert_id=ALERT, operator="김지현", to="박도윤", version=2)
    assert read("pass-on", colleague="박도윤", version="2") == given
    worse = EscalateNow(alert_id=ALERT, operator="김지현", step_seen=1, why="worse")
    assert read("escalate", step="1", why="worse") == worse
    resolve = read("resolve", version="7", outcome="E2", resolved_by="family", minutes="12", rule_at_fault="1")
    assert resolve == Resolve(
        alert_id=ALERT,
        operator="김지현",
        version=7,
        outcome=OutcomeCode.FALL_INJURED,
        resolved_by=ResolvedBy.FAMILY,
        minutes=12,
        rule_at_fault=True,
    )


def test_everything_that_an_operator_does_in_the_life_of_an_alert_is_a_form() -> None:
    spoke = Phoned(alert_id=ALERT, operator="김지현", whom="resident", came_of_it=CallResult.SPOKE)
    assert read("call", whom="resident", result="spoke") == spoke
    sent = Dispatch(alert_id=ALERT, operator="김지현", responder_id=ResponderId("carer"), version=4)
    assert read("dispatch", responder="carer", version="4") == sent
    over = HandOver(alert_id=ALERT, operator="김지현", centre="야간 관제센터", version=4)
    assert read("hand-over", centre=" 야간 관제센터 ", version="4") == over
    assert read("take-back") == TakeBack(alert_id=ALERT, operator="김지현")
    assert read("take-back", version="7") == TakeBack(alert_id=ALERT, operator="김지현", version=7)
    assert read("close", version="7") == CloseFile(alert_id=ALERT, supervisor="김지현", version=7)
    assert read("close", version="a") == "answer.no_version"
    lower = Lower(alert_id=ALERT, operator="김지현", severity=Severity.CAUTION, version=4)
    assert read("lower", severity="caution", version="4") == lower
    done = FollowedUp(alert_id=ALERT, operator="김지현", text="딸과 통화")
    assert read("follow-up", text="딸과 통화") == done
    assert read("close") == CloseFile(alert_id=ALERT, supervisor="김지현")


def test_a_watch_ends_after_so_many_minutes_or_when_the_clock_on_the_wall_says_so() -> None:
    def ends(**fields: str) -> datetime:
        watch = read("watch", why="곧 온다고 함", version="4", **fields)
        assert isinstance(watch, Watch) and watch.why == "곧 온다고 함"
        return watch.until

    assert ends(minutes="30") == NOON + timedelta(minutes=30)
    assert ends(minutes="30", at="12:45") == NOON + timedelta(minutes=45)
    assert ends(at="11:30") == NOON + timedelta(hours=23, minutes=30)


@pytest.mark.parametrize(
    ("name", "fields", "fault"),
    [
        ("call", {"result": "spoke"}, "answer.no_whom"),
        ("call", {"whom": "resident", "result": "sang"}, "answer.no_result"),
        ("dispatch", {"version": "4"}, "answer.no_whom"),
        ("dispatch", {"responder": "carer"}, "answer.no_version"),
        ("watch", {"version": "4", "minutes": "30"}, "answer.no_why"),
        ("watch", {"version": "4", "why": "곧 온다고 함"}, "answer.no_until"),
        ("watch", {"version": "4", "why": "곧 온다고 함", "at": "25 o'clock"}, "answer.no_until"),
        ("watch", {"why": "곧 온다고 함", "minutes": "30"}, "answer.no_version"),
        ("hand-over", {"version": "4", "centre": " "}, "answer.no_centre"),
        ("lower", {"version": "4", "severity": "harmless"}, "answer.no_severity"),
        ("follow-up", {}, "answer.nothing_written"),
        ("ack", {}, "answer.no_version"),
        ("ack", {"version": "-1"}, "answer.no_version"),
        ("escalate", {"step": "two"}, "answer.no_version"),
        ("escalate", {"step": "2", "why": "because"}, "answer.no_why"),
        ("pass-on", {"version": "4", "colleague": " "}, "answer.no_whom"),
        ("note", {"text": "  "}, "answer.nothing_written"),
        ("resolve", {"outcome": "E2", "resolved_by": "family"}, "answer.no_version"),
        ("resolve", {"version": "7", "resolved_by": "family"}, "answer.no_outcome"),
        ("resolve", {"version": "7", "outcome": "E2"}, "answer.no_resolver"),
        ("resolve", {"version": "7", "outcome": "E2", "resolved_by": "family", "minutes": "-3"}, "answer.no_minutes"),
        (
            "resolve",
            {"version": "7", "outcome": "E2", "resolved_by": "family", "minutes": "99999"},
            "answer.no_minutes",
        ),
    ],
)
def test_a_form_with_something_missing_says_what(name: str, fields: dict[str, str], fault: str) -> None:
    assert read(name, **fields) == fault
    assert fault in KO.texts and fault in EN.texts


@given(
    st.sampled_from(Action),
    st.dictionaries(
        st.sampled_from(
            ["version", "text", "step", "outcome", "resolved_by", "minutes", "at", "why", "whom", "responder", "centre"]
        ),
        st.text(max_size=20),
    ),
)
def test_no_form_breaks_the_reader(name: str, fields: dict[str, str]) -> None:
    event = read(name, **fields)
    assert isinstance(event, str | ByAnOperator)


def test_a_note_is_a_note_and_not_a_file() -> None:
    note = read("note", text="가" * 10_000)
    assert isinstance(note, Note) and len(note.text) == LONGEST_NOTE


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (Reason.ACKNOWLEDGED, HTTPStatus.NO_CONTENT),
        (Reason.LEASE_RENEWED, HTTPStatus.NO_CONTENT),
        (Reason.CALLED, HTTPStatus.NO_CONTENT),
        (Reason.SOMEBODY_HAS_IT, HTTPStatus.CONFLICT),
        (Reason.RANG_SINCE_SEEN, HTTPStatus.CONFLICT),
        (Reason.STEP_PASSED, HTTPStatus.CONFLICT),
        (Reason.RESOLVED_BEFORE, HTTPStatus.GONE),
        (Reason.NO_SUCH_ALERT, HTTPStatus.NOT_FOUND),
        (Reason.CALLS_NOBODY, HTTPStatus.UNPROCESSABLE_ENTITY),
    ],
)
def test_what_came_of_it_is_told_as_a_status(reason: Reason, status: HTTPStatus) -> None:
    answer = answer_of(Transition(reason=reason, alert=an_alert()), KO)
    assert answer.status is status
    assert bool(answer.text) == (status is not HTTPStatus.NO_CONTENT)


def test_whoever_was_quicker_is_named() -> None:
    taken = Transition(reason=Reason.SOMEBODY_HAS_IT, alert=replace(an_alert(), owner="박도윤"))
    assert answer_of(taken, KO).text == "박도윤 님이 먼저 접수했습니다"
    assert answer_of(Transition(reason=Reason.ANOTHER_GOES), EN).text == "Another responder goes"
