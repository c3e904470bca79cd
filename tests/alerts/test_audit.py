"""What is wrong with the service, by the facts alone: each fault has its limit, its words and its page."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.audit.faults import FAULT_WORDS, Facts, Fault, Limits, Trouble, troubles_of
from alerts.audit.paging import Page, contacts_of, message_of
from homes.model import Channel
from tests.alerts.building import NOON

LIMITS = Limits()
SECOND = timedelta(seconds=1)
#: Each fault that is a wait: the fact that shows it, and its limit.
WAITS = {
    Fault.TIMER_LATE: ("timer_due_at", LIMITS.timer),
    Fault.CALL_UNCLAIMED: ("unclaimed_due_at", LIMITS.call),
    Fault.CALL_STUCK: ("stuck_due_at", LIMITS.call),
    Fault.CHANGES_LATE: ("change_told_at", LIMITS.changes),
    Fault.ALARM_MISSED: ("missed_at", LIMITS.alarm),
    Fault.PROBE_SILENT: ("pressed_at", LIMITS.probe),
    Fault.FOLLOW_UP_OVERDUE: ("follow_up_at", LIMITS.follow_up),
    Fault.SHIFT_UNSIGNED: ("shift_ended_at", LIMITS.shift),
}


def a_page(fault: Fault = Fault.CALL_STUCK, *, about: str = "", minutes: int = 3, over: bool = False) -> Page:
    return Page(
        fault_id=7,
        fault=fault,
        about=about,
        count=1,
        began_at=NOON,
        ended_at=NOON + timedelta(minutes=minutes) if over else None,
        pages=1,
        now=NOON + timedelta(minutes=minutes),
    )


def test_nothing_is_wrong_with_a_service_at_rest() -> None:
    assert troubles_of(Facts(now=NOON, loops={"timers": SECOND}), LIMITS) == ()


@pytest.mark.parametrize("fault", WAITS)
def test_what_waits_is_a_fault_from_just_after_its_limit_on(fault: Fault) -> None:
    name, limit = WAITS[fault]
    assert not troubles_of(Facts(now=NOON, **{name: NOON - limit}), LIMITS)  # type: ignore[arg-type]  # by name
    late = Facts(now=NOON, **{name: NOON - limit - SECOND})  # type: ignore[arg-type]  # by name
    assert troubles_of(late, LIMITS) == (Trouble(fault=fault),)


def test_what_is_counted_is_a_fault_with_its_count() -> None:
    assert troubles_of(Facts(now=NOON, without_timer=2, nobody_listed=3), LIMITS) == (
        Trouble(fault=Fault.ALERT_WITHOUT_TIMER, count=2),
        Trouble(fault=Fault.NOBODY_LISTED, count=3),
    )


def test_each_loop_that_stands_still_is_named() -> None:
    loops = {"timers": LIMITS.loop + SECOND, "relay": SECOND, "push": LIMITS.loop * 9}
    found = troubles_of(Facts(now=NOON, loops=loops), LIMITS)
    assert {one.about for one in found} == {"timers", "push"} and all(one.of_worker for one in found)


def test_findings_that_come_late_are_a_fault_of_the_worker() -> None:
    (found,) = troubles_of(Facts(now=NOON, findings_lag=LIMITS.findings + SECOND), LIMITS)
    assert found == Trouble(fault=Fault.FINDINGS_LATE) and found.of_worker


@given(st.sets(st.sampled_from(sorted(WAITS))), st.integers(0, 9))
def test_every_fault_is_told_whatever_else_is_wrong(late: set[Fault], without: int) -> None:
    waits = {WAITS[fault][0]: NOON - timedelta(days=2) for fault in late}
    found = troubles_of(Facts(now=NOON, without_timer=without, **waits), LIMITS)  # type: ignore[arg-type]  # by name
    assert {one.fault for one in found} == late | ({Fault.ALERT_WITHOUT_TIMER} if without else set())


def test_every_fault_says_what_it_is_and_what_mends_it() -> None:
    assert FAULT_WORDS.keys() == set(Fault)
    assert all(words.what.ko and words.what.en and words.mend.ko and words.mend.en for words in FAULT_WORDS.values())


def test_engineers_are_named_by_mail_webhook_and_any_other_url() -> None:
    contacts = contacts_of(" mailto:night@example.org  https://example.org/hook tgram://token/chat")
    assert [(one.channel, one.address) for one in contacts] == [
        (Channel.EMAIL, "night@example.org"),
        (Channel.WEBHOOK, "https://example.org/hook"),
        (Channel.APPRISE, "tgram://token/chat"),
    ]
    assert contacts_of("") == ()


def test_a_page_says_what_is_wrong_for_how_long_and_what_to_do_and_later_that_it_is_over() -> None:
    said = message_of(a_page(Fault.LOOP_SILENT, about="timers"), "http://127.0.0.1/")
    assert "(timers), for 3 min" in said.text.en and "restart that service" in said.text.en
    over = message_of(a_page(Fault.LOOP_SILENT, about="timers", over=True), "http://127.0.0.1/")
    assert over.title.en == "[Dolbom] mended: a loop stands still (timers)" and "3 min" in over.text.en
    assert said.notification_id != over.notification_id
