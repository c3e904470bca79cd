"""What a push says, what its link proves, and how a webhook is signed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.credible import Incredible, doubt
from alerts.delivery import LEASES, TIMEOUTS, WAITS, wait_after
from alerts.links import LinkClaim, LinkFault, make_token, read_token
from alerts.model import Notification, Purpose
from alerts.signing import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign, verify
from alerts.wording import HAZARD_WORDS, SEVERITY_WORDS, in_language, message, span
from contracts import AlertId, FindingId, Hazard, HomeId, ResponderId, Severity
from tests.alerts.building import NOON, a_finding, opened

SECRET = "a-secret-of-the-tests-and-of-nothing-else"
ALERT, DAUGHTER = AlertId("a-1"), ResponderId("daughter")
LATER = NOON + timedelta(hours=1)


def a_call() -> Notification:
    return opened().notifications[0]


def said(call: Notification, dong: str = "맑은동") -> str:
    text = message(call, dong=dong, language="ko", link="https://x/r/t").text
    return f"{text.ko} | {text.en}"


def test_a_push_says_how_bad_what_and_which_quarter() -> None:
    text = said(a_call())
    assert "[긴급] 도움 요청 · 맑은동. 확인하고 응답해 주세요." in text
    assert "[Emergency] Help requested · 맑은동. Please look and answer." in text


def test_a_push_without_a_quarter_is_whole() -> None:
    assert said(a_call(), dong="").startswith("[긴급] 도움 요청. ")


def test_a_late_signal_says_how_old_it_is() -> None:
    old = replace(a_call(), late=True, since=NOON - timedelta(hours=3, minutes=20))
    assert "3시간 20분 전 신호입니다" in said(old) and "The signal is 3 h 20 min old" in said(old)


def test_stillness_is_old_by_its_nature_and_does_not_say_so() -> None:
    still = replace(a_call(), hazard=Hazard.STILLNESS, since=NOON - timedelta(hours=12))
    assert "old" not in said(still)
    assert "old" in said(replace(still, late=True))


def test_a_supervisor_hears_that_nobody_has_answered() -> None:
    assert "Nobody who was called has answered" in said(replace(a_call(), purpose=Purpose.NOBODY_ANSWERED))


def test_every_severity_and_hazard_has_its_words() -> None:
    assert set(SEVERITY_WORDS) == set(Severity) and set(HAZARD_WORDS) == set(Hazard)


def test_a_responder_is_spoken_to_in_their_language() -> None:
    words = HAZARD_WORDS[Hazard.FIRE]
    assert in_language(words, "ko") == words.ko and in_language(words, "vi") == words.en


@pytest.mark.parametrize(
    ("minutes", "en"), [(0, "1 min"), (59, "59 min"), (60, "1 h"), (125, "2 h 5 min"), (2880, "48 h")]
)
def test_a_span_is_said_in_hours_and_minutes(minutes: int, en: str) -> None:
    assert span(timedelta(minutes=minutes)).en == en


def test_a_link_is_good_for_one_alert_and_one_responder_until_it_expires() -> None:
    token = make_token(SECRET, ALERT, DAUGHTER, LATER)
    assert read_token(SECRET, token, NOON) == LinkClaim(alert_id=ALERT, responder_id=DAUGHTER, expires_at=LATER)
    assert read_token(SECRET, token, LATER) is LinkFault.EXPIRED
    assert read_token("another" + SECRET, token, NOON) is LinkFault.FORGED
    assert "a-1" not in token and "daughter" not in token


@given(place=st.integers(0, 60), letter=st.sampled_from("abcXYZ019-_"))
def test_a_link_that_was_changed_anywhere_is_turned_away(place: int, letter: str) -> None:
    token = make_token(SECRET, ALERT, DAUGHTER, LATER)
    place %= len(token) - 1
    changed = token[:place] + letter + token[place + 1 :]
    assert changed == token or isinstance(read_token(SECRET, changed, NOON), LinkFault)


@given(st.text())
def test_any_text_that_is_no_link_is_turned_away(text: str) -> None:
    assert isinstance(read_token(SECRET, text, NOON), LinkFault)


@given(st.binary(), st.binary(min_size=1))
def test_a_signature_proves_the_body_and_the_time(body: bytes, more: bytes) -> None:
    headers = sign(SECRET, body, NOON)
    timestamp, signature = headers[TIMESTAMP_HEADER], headers[SIGNATURE_HEADER]
    assert verify(SECRET, body, timestamp=timestamp, signature=signature, now=NOON)
    assert not verify(SECRET, body + more, timestamp=timestamp, signature=signature, now=NOON)
    assert not verify(SECRET, body, timestamp=timestamp, signature=signature, now=LATER)
    assert not verify(SECRET, body, timestamp=f"{int(timestamp) + 1}", signature=signature, now=NOON)
    assert not verify(SECRET, body, timestamp="soon", signature=signature, now=NOON)


def test_a_contact_is_tried_a_few_times_and_a_lease_outlives_a_try() -> None:
    assert [wait_after(attempt) for attempt in range(1, 4)] == [*WAITS, None]
    assert all(LEASES[channel] >= 2 * seconds for channel, seconds in TIMEOUTS.items())


@pytest.mark.parametrize(
    ("finding", "doubted"),
    [
        (a_finding(), None),
        (a_finding(since=NOON.replace(tzinfo=None)), Incredible.TIME_WITHOUT_OFFSET),
        (a_finding(told_at=NOON.replace(year=9999)), Incredible.IMPOSSIBLE_TIME),
        (a_finding(home=HomeId("")), Incredible.EMPTY_NAME),
        (a_finding(kind="k" * 201), Incredible.NAME_TOO_LONG),
    ],
)
def test_a_finding_that_could_not_be_stored_is_put_aside(finding: object, doubted: Incredible | None) -> None:
    assert isinstance(finding, type(a_finding())) and finding.finding_id != FindingId("")
    assert doubt(finding) is doubted
