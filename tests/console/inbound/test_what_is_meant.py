"""What people answer, who may speak to us, and how much: the pure rooms of what comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.gateway.template import Proof
from alerts.model import Purpose
from console.inbound.answering import answer_to
from console.inbound.limits import Limits
from console.inbound.proof import Proved, proved, signed
from console.inbound.reading import Said, digest_of, fields_of, forms_of, key_of, said_of
from tests.alerts.building import NOON, opened

SECRET = "an-inbound-secret-of-the-tests-and-no-more"


@pytest.mark.parametrize("text", ["1", " 1 ", "1번", "예", "네!", "Yes", "Y", "OK.", "갑니다", "갑 니 다"])
def test_a_yes_is_heard_however_it_is_written(text: str) -> None:
    assert said_of(text) is Said.YES


@pytest.mark.parametrize("text", ["2", "2.", "아니오", "아니요", "no", "N", "못 갑니다"])
def test_a_no_is_heard_however_it_is_written(text: str) -> None:
    assert said_of(text) is Said.NO


@pytest.mark.parametrize("text", ["", "12", "1 2", "yes but later", "아마", "1이요 2요", "¹", "１２", "nope", "won't"])
def test_what_could_mean_anything_means_nothing(text: str) -> None:
    assert said_of(text) is Said.UNCLEAR


def test_a_code_is_no_answer() -> None:
    assert said_of("123 456") is Said.CODE and said_of("١٢٣٤٥٦") is Said.UNCLEAR


@pytest.mark.parametrize(
    ("pressed", "meant"),
    [("1", Said.YES), ("2#", Said.NO), ("", Said.UNCLEAR), ("12", Said.UNCLEAR), ("3", Said.UNCLEAR)],
)
def test_a_key_means_what_was_asked(pressed: str, meant: Said) -> None:
    assert key_of(pressed) is meant


@pytest.mark.parametrize("number", ["010-0000-1234", "+82 10 0000 1234", "82-10-0000-1234", "0082 10 0000 1234"])
def test_a_number_is_known_with_its_country_and_without(number: str) -> None:
    assert set(forms_of(number)) == {"01000001234", "821000001234"}


@pytest.mark.parametrize("number", ["", "12", "anonymous", "1" * 16])
def test_what_is_no_number_is_nobodys(number: str) -> None:
    assert forms_of(number) == ()


def test_a_short_number_is_itself() -> None:
    assert forms_of("1599") == ("1599",)


@given(body=st.binary(max_size=60), kind=st.sampled_from(["application/json", "application/x-www-form-urlencoded", ""]))
def test_whatever_comes_it_is_read_or_it_is_not(body: bytes, kind: str) -> None:
    fields_of(body, kind)
    assert said_of(body.decode("latin-1")) in Said and isinstance(forms_of(body.decode("latin-1")), tuple)


def test_fields_come_as_json_or_as_a_form() -> None:
    assert fields_of(b'{"from": "1"}', "application/json") == {"from": "1"}
    assert fields_of(b"from=%2B82&text=1", "application/x-www-form-urlencoded; charset=utf-8") == {
        "from": "+82",
        "text": "1",
    }
    assert fields_of(b"&".join([b"a=1"] * 200), "application/x-www-form-urlencoded") is None


def test_a_repeat_is_known_by_its_id_or_else_by_every_word() -> None:
    assert digest_of("reply", "7", b"a") == digest_of("reply", "7", b"b")
    assert digest_of("reply", "", b"a") != digest_of("reply", "", b"b")
    assert len({digest_of("reply", "7", b""), digest_of("keys", "7", b""), digest_of("reply", "", b"7")}) == 3


def headers(body: bytes, *, at: float = NOON.timestamp(), secret: str = SECRET) -> dict[str, str]:
    timestamp = str(int(at))
    return {"dolbom-timestamp": timestamp, "dolbom-signature": f"v1={signed(secret, timestamp, body)}"}


@given(body=st.binary(max_size=50), late=st.integers(-1000, 1000))
def test_a_signature_is_good_for_five_minutes_and_for_its_body(body: bytes, late: int) -> None:
    good = proved(Proof(), SECRET, headers(body, at=NOON.timestamp() + late), body, NOON)
    assert good is (Proved.GOOD if abs(late) <= 300 else Proved.OLD)
    assert proved(Proof(), SECRET, headers(body), body + b"x", NOON) is Proved.FORGED
    assert proved(Proof(), SECRET, headers(body, secret="another"), body, NOON) is Proved.FORGED


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"dolbom-signature": "v1="},
        {"dolbom-signature": "ab", "dolbom-timestamp": "1"},
        {"dolbom-signature": "v1=ab"},
        {"dolbom-signature": "v1=ab", "dolbom-timestamp": "²"},
    ],
)
def test_whoever_proves_nothing_is_nobody(sent: dict[str, str]) -> None:
    assert proved(Proof(), SECRET, sent, b"", NOON) is Proved.MISSING


def test_a_token_is_compared_whole() -> None:
    proof = Proof(kind="token", header="X-Token", prefix="Bearer ")
    assert proved(proof, SECRET, {"x-token": f"Bearer {SECRET}"}, b"", NOON) is Proved.GOOD
    assert proved(proof, SECRET, {"x-token": "Bearer ü"}, b"", NOON) is Proved.FORGED
    assert proved(proof, SECRET, {"x-token": SECRET}, b"", NOON) is Proved.MISSING


@given(st.lists(st.floats(0, 20), max_size=60))
def test_a_sender_gets_no_more_than_the_bucket_and_what_fills_it(waits: list[float]) -> None:
    limits, now, let = Limits(1.0, 5.0), 0.0, 0
    for wait in waits:
        now += wait
        let += limits.allows("who", now)
    assert let <= 5 + now
    assert limits.allows("another", now)


def test_full_buckets_are_forgotten() -> None:
    limits = Limits(1.0, 2.0)
    for number in range(10_100):
        assert limits.allows(str(number), number * 1.0)
    assert len(limits._buckets) < 10_002


def test_the_same_answer_is_answered_once() -> None:
    call = opened().notifications[0]
    once = answer_to(call, Purpose.HEARD, "True", NOON)
    assert once == answer_to(call, Purpose.HEARD, "True", NOON) and once.purpose is Purpose.HEARD
    assert once.notification_id != answer_to(call, Purpose.HEARD, "False", NOON).notification_id
