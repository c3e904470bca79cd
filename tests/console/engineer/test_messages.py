from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.engineer.homes import home_rows
from console.engineer.messages import mend_of, message_rows, ndjson, seconds_of, text_of_payload
from contracts import Became, HeardMessage, HomeId, Objection, RefusalReason
from history.messages.rings import Standing
from tests.console.building import EN, KO

NOON = datetime(2026, 11, 22, 3, 0, 0, 120_000, tzinfo=UTC)
NOT_JSON = Objection(reason=RefusalReason.NOT_JSON, detail="expected JSON, got 3 bytes")
DOUBT = Objection(reason=RefusalReason.TIME_TOO_OLD, detail="seen a day before", kept=True)


def a_heard(
    payload: bytes = b"{}",
    *,
    seen: datetime | None = None,
    refusals: tuple[Objection, ...] = (),
    size: int | None = None,
) -> HeardMessage:
    return HeardMessage(
        home_id="h-0001",
        topic="home/09/h-0001/native/readings",
        received_at=NOON,
        observed_at=seen,
        retained=True,
        payload=payload,
        payload_bytes=len(payload) if size is None else size,
        became=() if refusals else (Became(sensor_id="bath", kind="motion", value="active=true"),),
        readings=0 if refusals else 3,
        refusals=refusals,
    )


def test_a_message_is_told_with_its_times_and_what_it_became() -> None:
    (row,) = message_rows([a_heard(b'{"x":1}', seen=NOON - timedelta(seconds=90), size=700)], KO)
    assert (row.arrived, row.device_time, row.skew, row.skewed) == ("12:00:00.120", "11:58:30.120", "−90.0", True)
    assert row.became == (("bath", "motion", "active=true"),) and row.more == 2
    assert row.payload == '{"x":1}' and row.is_text and row.cut == 693
    assert row.flags == ("보관 메시지(retained)",) and not row.refused


def test_a_device_without_a_clock_has_no_skew() -> None:
    (row,) = message_rows([a_heard()], EN)
    assert (row.device_time, row.skew, row.skewed) == ("", "", False)


def test_a_clock_that_is_right_is_not_told_to_be_behind() -> None:
    assert [seconds_of(timedelta(milliseconds=-late)) for late in (0, 40, 60)] == ["+0.0", "+0.0", "−0.1"]


@pytest.mark.parametrize(("seconds", "skewed"), [(-59, False), (-61, True), (1, False), (3, True)])
def test_a_clock_that_is_ahead_is_pointed_at_sooner_than_one_that_is_behind(seconds: int, skewed: bool) -> None:
    (row,) = message_rows([a_heard(seen=NOON + timedelta(seconds=seconds))], EN)
    assert row.skewed is skewed


def test_a_refusal_is_told_with_its_mend_in_both_languages() -> None:
    (korean,) = message_rows([a_heard(b"{{x", refusals=(NOT_JSON, DOUBT))], KO)
    (english,) = message_rows([a_heard(b"{{x", refusals=(NOT_JSON, DOUBT))], EN)
    assert [reason.code for reason in korean.reasons] == [RefusalReason.NOT_JSON, RefusalReason.TIME_TOO_OLD]
    assert "JSON이 아닙니다" in korean.reasons[0].mend and "not JSON" in english.reasons[0].mend
    assert [reason.kept for reason in korean.reasons] == [False, True] and korean.refused


def test_only_what_was_refused_or_doubted_is_left_by_the_filter() -> None:
    heard = [a_heard(), a_heard(refusals=(NOT_JSON,)), a_heard(refusals=(DOUBT,))]
    rows = message_rows(heard, KO, refused_only=True)
    assert [row.refused for row in rows] == [True, False]


@pytest.mark.parametrize("reason", RefusalReason)
def test_every_refusal_is_mended_in_korean_too(reason: RefusalReason) -> None:
    assert mend_of(reason, KO) != mend_of(reason, EN)


def test_bytes_that_are_no_text_are_shown_as_numbers() -> None:
    (row,) = message_rows([a_heard(b"\xff\x00\xfe\x01")], KO)
    assert (row.payload, row.is_text) == ("ff00 fe01", False)


def test_a_text_that_was_cut_inside_a_letter_is_still_text() -> None:
    assert text_of_payload("거실".encode()[:5]) == "거"
    assert text_of_payload(b"\xea\xb1broken") is None
    assert text_of_payload(b"nul\x00") is None


@given(st.binary(max_size=64))
def test_any_payload_can_be_shown_and_exported(payload: bytes) -> None:
    heard = a_heard(payload)
    message_rows([heard], KO)
    (line,) = ndjson([heard]).splitlines()
    told = msgspec.json.decode(line, type=dict[str, object])
    assert msgspec.convert(told["payload_base64"], bytes, strict=False) == payload


def test_the_same_message_has_the_same_key() -> None:
    first, second = message_rows([a_heard(b"1"), a_heard(b"2")], KO)
    assert first.key != second.key and message_rows([a_heard(b"1")], EN)[0].key == first.key


def test_an_export_holds_one_message_a_line() -> None:
    lines = ndjson([a_heard(seen=NOON - timedelta(seconds=1.5)), a_heard(refusals=(NOT_JSON,))]).splitlines()
    good, bad = (msgspec.json.decode(line, type=dict[str, object]) for line in lines)
    assert good["skew_seconds"] == -1.5 and good["received_at"] == "2026-11-22T03:00:00.120000Z"
    assert bad["refusals"] == [
        {"reason": "not_json", "detail": NOT_JSON.detail, "kept": False, "mend": mend_of(RefusalReason.NOT_JSON, EN)}
    ]


def test_a_home_is_listed_with_its_silence_its_clock_and_its_refusals() -> None:
    home, other = HomeId("h-0001"), HomeId("h-0002")
    standing = Standing(refused=7, newest_at=NOON - timedelta(minutes=9), behind=timedelta(seconds=90.2))
    heard = {home: NOON - timedelta(minutes=4)}
    first, second = home_rows([home, other], {home: standing}, heard, KO, NOON)
    assert (first.heard, first.silent, first.clock, first.wrong_clock, first.refused) == (
        "4분 전",
        True,
        "−90.2",
        True,
        7,
    )
    assert (second.heard, second.silent, second.clock, second.refused) == ("30일 동안 없음", True, "", 0)


def test_a_gateway_whose_every_message_is_refused_is_heard_all_the_same() -> None:
    (row,) = home_rows([HomeId("h-1")], {HomeId("h-1"): Standing(newest_at=NOON - timedelta(seconds=9))}, {}, EN, NOON)
    assert (row.heard, row.silent) == ("9 s ago", False)
