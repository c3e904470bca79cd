from datetime import timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.entry import totp
from console.entry.gate import is_for_scripts, is_stepped_up, led_to
from console.entry.passwords import Weakness, is_pin, weakness_of
from console.sessions import Operator
from tests.console.building import NOON

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = int(NOON.timestamp()) // totp.STEP_SECONDS


@given(st.integers(-5, 5), st.integers(-5, 5))
def test_a_code_is_good_for_its_half_minute_and_its_neighbours_and_never_after_a_later_one(of: int, used: int) -> None:
    code = pyotp.TOTP(SECRET).generate_otp(STEP + of)
    step = totp.accepted_step(SECRET, code, NOON, after=STEP + used)
    assert step == (STEP + of if abs(of) <= 1 and of > used else None)


def test_a_code_may_be_typed_with_a_gap_and_must_be_whole() -> None:
    code = pyotp.TOTP(SECRET).generate_otp(STEP)
    assert totp.accepted_step(SECRET, f"{code[:3]} {code[3:]}", NOON, after=0) == STEP
    for wrong in ("", code[:5], code + "0", "가나다라마바"):
        assert totp.accepted_step(SECRET, wrong, NOON, after=0) is None


@given(st.text(max_size=40), st.text(max_size=40), st.binary(min_size=12, max_size=12))
def test_a_sealed_secret_opens_with_its_own_key_and_account_only(key: str, name: str, nonce: bytes) -> None:
    kept = totp.sealed(key, name, SECRET, nonce)
    assert totp.opened(key, name, kept) == SECRET and SECRET.encode() not in kept
    assert totp.opened(key + "x", name, kept) is None
    assert totp.opened(key, name + "x", kept) is None
    assert totp.opened(key, name, kept[:8]) is None


@given(st.binary(min_size=12, max_size=12))
def test_a_paper_code_is_read_however_it_was_typed(chance: bytes) -> None:
    code = totp.paper_code(chance)
    assert len(code) == 14 and totp.digest_of(code) == totp.digest_of(code.lower().replace("-", " "))
    assert totp.looks_like_paper(code) or code.replace("-", "").isdigit()
    assert not totp.looks_like_paper("123 456")


def test_the_qr_code_names_the_house_and_the_account() -> None:
    address = totp.address_of(SECRET, "김지현")
    assert address.startswith("otpauth://totp/Dolbom:") and f"secret={SECRET}" in address
    assert totp.in_groups(SECRET).replace(" ", "") == SECRET


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", Weakness.TOO_SHORT),
        ("password1234", Weakness.COMMON),
        ("P@ssw0rdP@ssw0rd", Weakness.COMMON),
        ("qwertyuiop1234", Weakness.COMMON),
        ("1q2w3e4r5t1q2w3e4r", Weakness.COMMON),
        ("aaaaaaaaaaaaaaaa", Weakness.COMMON),
        ("비밀번호비밀번호1234", Weakness.COMMON),
        ("안녕 김지현 입니다 열두자", Weakness.HOLDS_NAME),
        ("고요한 바다에 뜬 배 하나", None),
        ("correct horse battery", None),
    ],
)
def test_a_password_is_long_its_own_and_without_the_name(password: str, why: Weakness | None) -> None:
    assert weakness_of(password, "김지현") is why


@pytest.mark.parametrize(
    ("pin", "good"),
    [("2580", True), ("1234", False), ("9876", False), ("1111", False), ("258", False), ("25a0", False)],
)
def test_a_pin_is_figures_that_are_no_row(pin: str, good: bool) -> None:
    assert is_pin(pin) is good


def test_whoever_only_gave_a_password_is_led_to_the_code_and_a_locked_one_to_the_lock() -> None:
    new = Operator(name="김지현", session="s", proved=False)
    known = Operator(name="김지현", session="s", proved=False, enrolled=True)
    locked = Operator(name="김지현", session="s", locked=True)
    assert led_to(new, "/") == "/second-factor/enrol" and led_to(new, "/second-factor/enrol") is None
    assert led_to(known, "/alerts/1") == "/second-factor" and led_to(known, "/second-factor") is None
    assert led_to(locked, "/console/feed") == "/locked" and led_to(locked, "/locked/state") is None
    assert led_to(Operator(name="김지현", session="s"), "/") is None
    assert is_for_scripts("/console/feed") and not is_for_scripts("/alerts/1")


def test_a_step_up_is_remembered_for_ten_minutes() -> None:
    def asked(minutes: float) -> bool:
        at = NOON - timedelta(minutes=minutes)
        return is_stepped_up(Operator(name="김지현", session="s", stepped_up_at=at), NOON)

    assert asked(9.9) and not asked(10) and not is_stepped_up(Operator(name="김지현", session="s"), NOON)
