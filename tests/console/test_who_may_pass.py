from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.chain import START, AccessLine, first_break, line_after
from console.sessions import (
    FREE_FAILURES,
    LONGEST_WAIT,
    is_ours,
    is_post_token,
    is_too_large,
    post_token,
    safe_path,
    seal,
    stored,
    unseal,
    wait_until,
)
from tests.console.building import NOON

SECRET = "a secret of at least thirty-two characters"


def test_a_cookie_that_we_did_not_write_opens_nothing() -> None:
    cookie = seal(SECRET, "session-1")
    assert unseal(SECRET, cookie) == "session-1"
    for made_up in ("", "session-1", "session-1.", ".x", cookie[:-1] + "x", cookie.replace("1", "2", 1)):
        assert unseal(SECRET, made_up) is None
    assert unseal("another", cookie) is None
    assert stored("session-1") != stored("session-2")


def test_a_form_of_another_session_is_refused() -> None:
    assert is_post_token(SECRET, "one", post_token(SECRET, "one"))
    assert not is_post_token(SECRET, "two", post_token(SECRET, "one"))
    assert not is_post_token(SECRET, "one", "")


@pytest.mark.parametrize(
    ("site", "origin", "ours"),
    [
        ("same-origin", None, True),
        ("cross-site", None, False),
        ("same-site", "http://board", False),
        ("none", None, False),
        (None, "http://board", True),
        (None, "http://evil", False),
        (None, "null", True),
        (None, None, True),
    ],
)
def test_a_post_must_come_from_our_own_page(site: str | None, origin: str | None, ours: bool) -> None:
    assert is_ours(fetch_site=site, origin=origin, host="board") is ours


@pytest.mark.parametrize(
    ("length", "refused"), [("0", False), ("65536", False), ("65537", True), (None, True), ("x", True)]
)
def test_a_post_is_no_larger_than_a_form(length: str | None, refused: bool) -> None:
    assert is_too_large(length) is refused


@given(st.integers(0, 10_000))
def test_a_wrong_password_makes_one_wait_but_never_for_good(failures: int) -> None:
    until = wait_until(failures, NOON)
    if failures < FREE_FAILURES:
        assert until is None
    else:
        assert until is not None and timedelta() < until - NOON <= LONGEST_WAIT
        following = wait_until(failures + 1, NOON)
        assert following is not None and following >= until
    assert wait_until(failures, None) is None


@pytest.mark.parametrize("elsewhere", ["//evil", "/\\evil", "https://evil", "evil", "", "/a\nb"])
def test_a_sign_in_never_leads_elsewhere(elsewhere: str) -> None:
    assert safe_path(elsewhere) == "/"
    assert safe_path("/alerts/1") == "/alerts/1"


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), min_size=1, max_size=6), st.data())
def test_an_edit_of_the_access_log_shows(looks: list[tuple[str, str]], data: st.DataObject) -> None:
    lines: list[AccessLine] = []
    for account, subject in looks:
        previous = lines[-1].digest if lines else START
        lines.append(line_after(previous, at=NOON, account=account, subject=subject, what="alert_opened"))
    assert first_break(lines) is None
    place = data.draw(st.integers(0, len(lines) - 1))
    edited = line_after(lines[place].previous, at=NOON, account="somebody else", subject="", what="")
    forged = AccessLine(
        at=NOON,
        account="somebody else",
        subject="",
        what="",
        previous=lines[place].previous,
        digest=lines[place].digest,
    )
    assert first_break([*lines[:place], forged, *lines[place + 1 :]]) == place
    if place + 1 < len(lines):
        assert first_break([*lines[:place], edited, *lines[place + 1 :]]) == place + 1
        assert first_break([*lines[:place], *lines[place + 1 :]]) == place
