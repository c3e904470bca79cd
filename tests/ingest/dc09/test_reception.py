"""What becomes of a panel's call: readings, dead letters, and the answer that it gets."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import HomeId, RefusalReason, Value
from contracts.values import GatewayStatus, Heartbeat, HelpButton, Stillness, TestPressed
from ingest.dc09.accounts import Account, Place
from ingest.dc09.files import load_profiles
from ingest.dc09.frame import Content, Frame, parse
from ingest.dc09.reception import (
    Answer,
    Call,
    Reception,
    Rules,
    mark_of,
    place_call,
    receive,
    refusal,
    reply,
    sameness,
)
from ingest.dc09.repeats import MOST, STORED_SECONDS, WAITING_SECONDS, Repeats, Sent
from ingest.message import Malformed
from simulator.panel import Panel

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEY = b"0123456789abcdef"
HOME = HomeId("h-0001")
CLEAR = Account(place=Place(account="1234"), home_id=HOME)
SEALED = Account(place=Place(account="1234"), home_id=HOME, key=KEY)
RULES = Rules(
    profiles=load_profiles(""),
    behind=timedelta(seconds=40),
    ahead=timedelta(seconds=20),
    late_after=timedelta(seconds=300),
)


def a_frame(token: str, data: str, *, key: bytes = b"", at: datetime | None = NOW, seq: int = 7) -> Frame:
    frame = parse(Panel(account="1234", key=key).says(token, data, seq=seq, at=at)[1:-1])
    assert isinstance(frame, Frame)
    return frame


def placed(frame: Frame, account: Account | None) -> Call | Malformed | None:
    return place_call(frame, account, received_at=NOW, body=b"")


def received(frame: Frame, account: Account = CLEAR) -> Reception:
    call = placed(frame, account)
    assert isinstance(call, Call)
    return receive(call, RULES, mark=mark_of(account, frame, call.content, NOW))


def told(reception: Reception) -> list[tuple[str, Value]]:
    return [(each.sensor_id, each.value) for each in reception.intake.readings]


def reasons(reception: Reception) -> list[tuple[RefusalReason, bool]]:
    return [(each.reason, each.kept) for each in reception.intake.refusals]


@pytest.mark.parametrize("key", [b"", KEY])
def test_a_press_becomes_a_reading_of_its_zone_and_is_acknowledged(key: bytes) -> None:
    account = SEALED if key else CLEAR
    for token, data in (("ADM-CID", "1101 00 003"), ("SIA-DCS", "Nri1/QA003")):
        reception = received(a_frame(token, data, key=key), account)
        assert told(reception) == [("zone-003", HelpButton())]
        assert (reception.answer, reasons(reception)) == (Answer.ACK, [])
        (reading,) = reception.intake.readings
        assert (reading.home_id, reading.observed_at, reading.clock_doubted) == (HOME, NOW, False)


def test_supervision_is_a_sign_of_life_and_a_test_call_too() -> None:
    assert told(received(a_frame("NULL", ""))) == [("gateway", Heartbeat())]
    assert told(received(a_frame("ADM-CID", "1602 00 000"))) == [("gateway", TestPressed())]


def test_a_known_code_that_means_nothing_is_acknowledged_counted_and_still_a_sign_of_life() -> None:
    reception = received(a_frame("ADM-CID", "1401 00 001"))
    assert (told(reception), reception.answer, reception.ignored) == ([("gateway", Heartbeat())], Answer.ACK, 1)


def test_an_unknown_code_is_no_ones_and_leaves_a_dead_letter() -> None:
    for token, data in (("ADM-CID", "1130 00 001"), ("SIA-DCS", "NBA001"), ("VENDOR-X", "1101 00 003")):
        reception = received(a_frame(token, data))
        assert told(reception) == [("gateway", Heartbeat())]
        assert (reception.answer, reasons(reception)) == (Answer.DUH, [(RefusalReason.UNKNOWN_CODE, False)])


def test_what_is_understood_beside_an_unknown_code_is_taken_and_acknowledged() -> None:
    reception = received(a_frame("SIA-DCS", "Nri1/BA001/NA/AT"))
    assert told(reception) == [("gateway", Stillness(active=True)), ("gateway", GatewayStatus(mains=False))]
    assert (reception.answer, reasons(reception)) == (Answer.ACK, [(RefusalReason.UNKNOWN_CODE, False)])
    assert len({each.reading_id for each in reception.intake.readings}) == 2


@pytest.mark.parametrize(
    ("seconds", "answer"), [(-20, Answer.ACK), (40, Answer.ACK), (-21, Answer.NAK), (41, Answer.NAK)]
)
def test_an_encrypted_message_outside_the_window_is_taken_at_its_arrival_and_told_our_time(
    seconds: int, answer: Answer
) -> None:
    frame = a_frame("ADM-CID", "1101 00 003", key=KEY, at=NOW - timedelta(seconds=seconds))
    reception = received(frame, SEALED)
    doubted = answer is Answer.NAK
    assert reception.answer is answer
    (reading,) = reception.intake.readings
    assert (reading.value, reading.clock_doubted) == (HelpButton(), doubted)
    assert reading.observed_at == (NOW if doubted else NOW - timedelta(seconds=seconds))
    assert reasons(reception) == ([(RefusalReason.CLOCK_OFF, True)] if doubted else [])


def test_an_encrypted_message_without_a_time_is_taken_and_told_our_time() -> None:
    reception = received(a_frame("ADM-CID", "1101 00 003", key=KEY, at=None), SEALED)
    assert (told(reception), reception.answer) == ([("zone-003", HelpButton())], Answer.NAK)
    assert reasons(reception) == [(RefusalReason.TIME_UNREADABLE, True)]


def test_a_message_in_clear_needs_no_time_and_is_never_told_ours() -> None:
    assert received(a_frame("ADM-CID", "1101 00 003", at=None)).answer is Answer.ACK
    early = received(a_frame("ADM-CID", "1101 00 003", at=NOW + timedelta(hours=9)))
    assert (early.answer, reasons(early)) == (Answer.ACK, [(RefusalReason.TIME_IN_FUTURE, True)])
    (reading,) = early.intake.readings
    assert reading.observed_at == NOW and reading.clock_doubted
    late = received(a_frame("ADM-CID", "1101 00 003", at=NOW - timedelta(hours=1)))
    assert late.intake.readings[0].late and not late.intake.refusals


def test_the_field_h_tells_when_it_happened() -> None:
    panel = Panel(account="1234")
    frame = parse(panel.says("ADM-CID", "1101 00 003][H11:50:00,11-22-2026", seq=7, at=NOW)[1:-1])
    assert isinstance(frame, Frame)
    assert received(frame).intake.readings[0].observed_at == NOW - timedelta(minutes=10)


def test_a_message_that_cannot_be_believed_has_a_reason() -> None:
    clear, sealed = a_frame("ADM-CID", "1101 00 003"), a_frame("ADM-CID", "1101 00 003", key=KEY)
    locked = Account(place=Place(account="1234"), home_id=HOME, locked=True)
    another = Account(place=Place(account="1234"), home_id=HOME, key=b"fedcba9876543210")
    mixed = parse(Panel(account="1234").says("ADM-CID", "", seq=1, at=None)[1:-1])
    assert isinstance(mixed, Frame)
    mixed = Frame(token="ADM-CID", seq=1, account="1234", content=Content(data="#9999|1101 00 003"))
    expected = [
        (clear, None, RefusalReason.UNKNOWN_ACCOUNT),
        (clear, SEALED, RefusalReason.NOT_ENCRYPTED),
        (clear, locked, RefusalReason.NOT_ENCRYPTED),
        (sealed, CLEAR, RefusalReason.UNDECIPHERABLE),
        (sealed, locked, RefusalReason.UNDECIPHERABLE),
        (sealed, another, RefusalReason.UNDECIPHERABLE),
        (mixed, CLEAR, RefusalReason.ANOTHER_HOME),
    ]
    for frame, account, reason in expected:
        fault = placed(frame, account)
        assert isinstance(fault, Malformed) and fault.reason is reason
        assert refusal(fault, NOW, b"x" * 2000, account).payload_bytes == 2000


def test_a_receivers_own_words_are_not_answered() -> None:
    for token in ("ACK", "NAK", "DUH"):
        assert placed(Frame(token=token, seq=1, account="1234"), CLEAR) is None


def test_the_answer_echoes_the_number_and_is_sealed_when_the_question_was() -> None:
    panel = Panel(account="1234", key=KEY, receiver="A", line="5")
    question = parse(panel.says("NULL", "", seq=42, at=NOW)[1:-1])
    assert isinstance(question, Frame)
    for answer in (Answer.ACK, Answer.DUH):
        said = reply(answer, question, KEY, now=NOW, noise=bytes(range(16)))
        assert said is not None and panel.hears(said) == f"*{answer}"
        assert b'"0042RAL5#1234[' in said
    clear = reply(Answer.ACK, a_frame("NULL", ""), None, now=NOW, noise=bytes(16))
    assert clear is not None and b'"ACK"0007L0#1234[]\r' in clear
    nak = reply(Answer.NAK, question, KEY, now=NOW, noise=bytes(16))
    assert nak is not None and b'"NAK"0000R0L0A0[]_12:00:00,11-22-2026\r' in nak
    assert reply(Answer.NOTHING, question, KEY, now=NOW, noise=bytes(16)) is None


def test_the_same_message_gets_the_same_name_and_another_number_another() -> None:
    def names(frame: Frame, later: float = 0) -> str:
        call = placed(frame, CLEAR)
        assert isinstance(call, Call)
        mark = mark_of(CLEAR, frame, call.content, NOW + timedelta(seconds=later))
        return receive(call, RULES, mark=mark).intake.readings[0].reading_id

    press = a_frame("ADM-CID", "1101 00 003")
    assert names(press) == names(press, later=30)
    assert names(press) != names(a_frame("ADM-CID", "1101 00 003", seq=8))
    assert names(press) != names(a_frame("ADM-CID", "1101 00 004"))
    assert names(press) != names(a_frame("ADM-CID", "1101 00 003", at=NOW + timedelta(seconds=9)))
    timeless = a_frame("ADM-CID", "1101 00 003", at=None)
    assert names(timeless) == names(timeless) != names(timeless, later=30)
    assert sameness(CLEAR, press, Content(data="x", said="1")) == sameness(CLEAR, press, Content(data="x", said="2"))


def a_sent(said: str = "", *, stored_at: float | None = None, answered: bool = False) -> Sent[None]:
    return Sent(mark=1, said=said, heard_at=0.0, stored_at=stored_at, answered=answered)


def test_a_message_that_waits_is_known_again_whatever_its_time_says() -> None:
    repeats: Repeats[None] = Repeats()
    repeats.keep(1, a_sent("12:00:00,11-22-2026"))
    assert repeats.find(1, said="12:10:00,11-22-2026", now=600) is not None
    assert repeats.find(1, said="12:10:00,11-22-2026", now=WAITING_SECONDS + 1) is None
    assert repeats.find(2, said="12:10:00,11-22-2026", now=600) is None


def test_a_panel_that_set_its_clock_or_left_before_the_answer_is_known_again_for_a_minute_only() -> None:
    repeats: Repeats[None] = Repeats()
    repeats.keep(1, a_sent("12:00:00,11-22-2026", stored_at=5.0))
    assert repeats.find(1, said="12:00:30,11-22-2026", now=30) is not None
    assert repeats.find(1, said="12:02:00,11-22-2026", now=5 + STORED_SECONDS + 1) is None


def test_an_answered_message_is_known_again_by_its_very_time_only_so_that_no_second_press_is_swallowed() -> None:
    repeats: Repeats[None] = Repeats()
    repeats.keep(1, a_sent("12:00:00,11-22-2026", stored_at=1.0, answered=True))
    repeats.keep(2, a_sent("", stored_at=1.0, answered=True))
    assert repeats.find(1, said="12:00:00,11-22-2026", now=30) is not None
    assert repeats.find(1, said="12:00:30,11-22-2026", now=30) is None
    assert repeats.find(2, said="", now=30) is not None
    assert repeats.find(2, said="", now=1 + STORED_SECONDS + 1) is None


def test_the_memory_of_repeats_is_bounded() -> None:
    repeats: Repeats[None] = Repeats()
    for number in range(MOST + 10):
        repeats.keep(number, a_sent())
    assert len(repeats) == MOST
    assert repeats.find(0, said="", now=1) is None


@given(
    st.sampled_from(["SIA-DCS", "ADM-CID", "NULL", "HELLO"]),
    st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60),
    st.sampled_from([b"", KEY]),
)
def test_whatever_a_known_panel_says_there_is_an_answer_and_a_sign_of_life(token: str, data: str, key: bytes) -> None:
    frame = parse(Panel(account="1234", key=key).says(token, data, seq=1, at=NOW)[1:-1])
    if isinstance(frame, Malformed):
        return
    account = SEALED if key else CLEAR
    call = placed(frame, account)
    if isinstance(call, Call):
        reception = receive(call, RULES, mark=1)
        assert reception.intake.readings
        assert reception.answer in (Answer.ACK, Answer.DUH, Answer.NAK)
