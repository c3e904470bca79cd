"""Whose frame it is, under which name its sensors stand, and that its key opens only for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import HomeId
from ingest.dc09.accounts import Account, Accounts, BadAccount, BadKey, Place, key_of, lock, place_of, unlock
from ingest.dc09.frame import Frame

SECRET = "s" * 32


def an_account(account: str = "1234", receiver: str = "", line: str = "", home: str = "h-0001") -> Account:
    return Account(place=place_of(account, receiver, line), home_id=HomeId(home))


def test_the_account_that_names_its_receiver_and_line_is_meant_before_one_that_does_not() -> None:
    accounts = Accounts(
        [an_account(home="any"), an_account(line="2", home="line"), an_account(receiver="A", line="2", home="both")]
    )

    def found(account: str, receiver: str, line: str) -> str | None:
        found = accounts.find(Frame(token="NULL", seq=1, account=account, receiver=receiver, line=line))
        return found.home_id if found else None

    assert [found("1234", "A", "2"), found("1234", "B", "2"), found("1234", "", "7")] == ["both", "line", "any"]
    assert found("9999", "A", "2") is None
    assert len(accounts) == 3


def test_a_zone_is_a_sensor_and_the_panel_is_the_gateway() -> None:
    account = Account(place=Place(account="1234"), home_id=HomeId("h-0001"), sensors=frozenset({"zone-7", "zone-A"}))
    names = ["", "0", "000", "3", "003", "7", "007", "00A", "012"]
    assert [account.sensor_of(zone) for zone in names] == [
        "gateway", "gateway", "gateway", "zone-003", "zone-003", "zone-7", "zone-7", "zone-A", "zone-012",
    ]  # fmt: skip


def test_what_an_installer_typed_is_checked() -> None:
    assert place_of("#12ab", "r1"[1:]) == Place(account="12AB", receiver="1")
    for account, receiver in (("12", ""), ("1" * 17, ""), ("12xy", ""), ("1234", "R1"), ("1234", "1234567")):
        with pytest.raises(BadAccount):
            place_of(account, receiver)


@pytest.mark.parametrize("size", [16, 24, 32])
def test_a_key_is_hex_or_text(size: int) -> None:
    assert key_of("AB" * size + "\n") == b"\xab" * size
    assert key_of("text:" + "k" * size) == b"k" * size


@pytest.mark.parametrize("typed", ["", "AB" * 15, "text:short", "zz" * 16, "text:" + "가" * 16])
def test_what_is_no_key_is_refused(typed: str) -> None:
    with pytest.raises(BadKey):
        key_of(typed)


@given(st.binary(min_size=16, max_size=32), st.binary(min_size=12, max_size=12))
def test_a_locked_key_opens_only_for_its_account_and_by_our_secret(key: bytes, nonce: bytes) -> None:
    place = Place(account="1234")
    locked = lock(key, place, secret=SECRET, nonce=nonce)
    assert key not in locked
    assert unlock(locked, place, secret=SECRET) == key
    for other, secret in ((Place(account="1235"), SECRET), (place, "t" * 32)):
        with pytest.raises(BadKey):
            unlock(locked, other, secret=secret)
    with pytest.raises(BadKey):
        unlock(b"short", place, secret=SECRET)


def test_an_account_shows_no_key() -> None:
    account = Account(place=Place(account="1234"), home_id=HomeId("h-0001"), key=b"k" * 16)
    assert "kkkk" not in repr(account)
