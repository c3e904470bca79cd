"""A frame is believed only when its checksum and its length both fit; whatever comes, there is a frame or a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import RefusalReason
from ingest.dc09.cipher import open_sealed, seal
from ingest.dc09.cutter import Cutter
from ingest.dc09.frame import LARGEST_FRAME, Content, Frame, parse, wrap, write
from ingest.message import Malformed
from simulator.panel import Panel

CAPTURED = [
    b'99820040"ADM-CID"1937R15L1#21401[#21401|1602 00 000]_20:59:59,02-20-2024',
    b'B0970029"NULL"0000L000#0809[]_21:00:01,02-20-2024',
    b'3F60003C"SIA-DCS"0001L0#51449[#51449|Nri0000/LR]_21:26:19,12-20-2023',
]
HEX = st.text("0123456789ABCDEF", min_size=1, max_size=6)
WORDS = st.text(st.characters(max_codepoint=255, exclude_characters="[]\r\n_"), max_size=40)
CONTENTS = st.builds(
    Content, data=WORDS, extra=st.lists(WORDS, max_size=3).map(tuple), said=st.sampled_from(["", "20:59:59,02-20-2024"])
)
FRAMES = st.builds(
    Frame,
    token=st.sampled_from(["SIA-DCS", "ADM-CID", "NULL", "ACK", "NAK", "DUH"]),
    seq=st.integers(0, 9999),
    receiver=st.one_of(st.just(""), HEX),
    line=HEX,
    account=st.one_of(st.just(""), st.text("0123456789ABCDEF", min_size=3, max_size=16)),
    content=st.one_of(CONTENTS, st.binary(min_size=1, max_size=64)),
)
KEYS = st.sampled_from([16, 24, 32]).flatmap(lambda size: st.binary(min_size=size, max_size=size))


@pytest.mark.parametrize("body", CAPTURED)
def test_what_real_panels_sent_is_read_and_written_again_as_it_was(body: bytes) -> None:
    frame = parse(body)
    assert isinstance(frame, Frame)
    assert write(frame) == b"\n" + body + b"\r"


def test_the_parts_of_a_frame_are_told_apart() -> None:
    frame = parse(CAPTURED[0])
    assert isinstance(frame, Frame) and isinstance(frame.content, Content)
    assert (frame.token, frame.seq, frame.receiver, frame.line, frame.account) == ("ADM-CID", 1937, "15", "1", "21401")
    assert frame.content.data == "#21401|1602 00 000"
    assert "1602" not in repr(frame), "free text may stand there"
    assert frame.content.said_at is not None and frame.content.said_at.isoformat() == "2024-02-20T20:59:59+00:00"


@given(FRAMES)
def test_what_is_written_is_read_again(frame: Frame) -> None:
    assert parse(write(frame)[1:-1]) == frame


@given(st.binary(max_size=300))
def test_any_bytes_are_a_frame_or_a_reason(body: bytes) -> None:
    assert isinstance(parse(body), Frame | Malformed)
    assert isinstance(parse(wrap(body)[1:-1]), Frame | Malformed)


@given(FRAMES, st.data())
def test_one_changed_bit_is_seen(frame: Frame, data: st.DataObject) -> None:
    body = bytearray(write(frame)[1:-1])
    place = data.draw(st.integers(8, len(body) - 1))
    body[place] ^= 1 << data.draw(st.integers(0, 7))
    fault = parse(bytes(body))
    assert isinstance(fault, Malformed) and fault.reason in (RefusalReason.WRONG_CHECKSUM, RefusalReason.NO_FRAME)


def test_neither_the_length_is_believed_over_the_checksum_nor_the_other_way_round() -> None:
    wrong_length = CAPTURED[0].replace(b"0040", b"0041", 1)
    wrong_sum = CAPTURED[0].replace(b"9982", b"9983", 1)
    faults = [parse(wrong_length), parse(wrong_sum)]
    assert [fault.reason for fault in faults if isinstance(fault, Malformed)] == [
        RefusalReason.WRONG_LENGTH,
        RefusalReason.WRONG_CHECKSUM,
    ]


@pytest.mark.parametrize(
    "span",
    [b'"NULL"', b'"NULL"000[]', b'"NULL"0000L0#0809[', b'"*NULL"0000L0#0809[xyz', b'""0000[]', b'"NULL"0000L0#ZZ[]'],
)
def test_a_frame_that_fits_its_checksum_and_is_none_has_a_reason(span: bytes) -> None:
    fault = parse(wrap(span)[1:-1])
    assert isinstance(fault, Malformed) and fault.reason is RefusalReason.WRONG_SHAPE


def test_a_time_that_nobody_can_read_takes_nothing_from_the_message() -> None:
    frame = parse(wrap(b'"NULL"0000L0#0809[]_99:00:01,02-20-2024')[1:-1])
    assert isinstance(frame, Frame) and isinstance(frame.content, Content)
    assert frame.content.said and frame.content.said_at is None


@given(CONTENTS, KEYS, st.binary(min_size=16, max_size=16))
def test_what_is_sealed_opens_with_its_key(content: Content, key: bytes, noise: bytes) -> None:
    sealed = seal(content, key, noise)
    assert len(sealed) % 16 == 0
    assert open_sealed(sealed, key) == content


@given(CONTENTS, KEYS, st.binary(max_size=80))
def test_what_is_not_sealed_by_the_key_is_content_or_a_reason(content: Content, key: bytes, other: bytes) -> None:
    assert isinstance(open_sealed(other, key), Content | Malformed)
    assert open_sealed(seal(content, key, bytes(16)), bytes(16)) != content or key == bytes(16)


def test_another_hand_writes_the_same_frames() -> None:
    panel = Panel(account="21401", receiver="15", line="1")
    clear = Frame(token="ADM-CID", seq=1937, receiver="15", line="1", account="21401")
    said = Content(data="#21401|1602 00 000", said="")
    frame = parse(panel.says("ADM-CID", "1602 00 000", seq=1937, at=None)[1:-1])
    assert frame == Frame(token="ADM-CID", seq=1937, receiver="15", line="1", account="21401", content=said)
    assert isinstance(frame, Frame) and frame.token == clear.token
    assert panel.hears(write(Frame(token="ACK", seq=1937, line="1", account="21401"))) == "ACK"


def cut(*chunks: bytes) -> tuple[list[bytes], list[RefusalReason]]:
    cutter = Cutter()
    pieces = [piece for chunk in chunks for piece in cutter.feed(chunk)]
    return [piece for piece in pieces if isinstance(piece, bytes)], [
        piece.reason for piece in pieces if isinstance(piece, Malformed)
    ]


def test_several_frames_come_at_once_and_in_halves() -> None:
    flow = b"".join(b"\n" + body + b"\r" for body in CAPTURED)
    assert cut(flow) == (CAPTURED, [])
    assert cut(flow[:30], flow[30:95], flow[95:]) == (CAPTURED, [])


def test_rubbish_between_frames_is_left_out_and_told() -> None:
    flow = b"GET / HTTP/1.1\r\n\r\n\n" + CAPTURED[0] + b"\rxx\n" + CAPTURED[1][:20] + b"\n" + CAPTURED[2] + b"\r"
    frames, faults = cut(flow)
    assert frames == [CAPTURED[0], CAPTURED[2]]
    assert set(faults) == {RefusalReason.NO_FRAME}


@given(st.lists(st.one_of(st.sampled_from(CAPTURED).map(lambda body: b"\n" + body + b"\r"), st.binary(max_size=40))))
def test_however_the_bytes_are_parted_the_same_frames_come_out(parts: list[bytes]) -> None:
    flow = b"".join(parts)
    assert cut(flow)[0] == cut(*(flow[place : place + 1] for place in range(len(flow))))[0]


def test_a_frame_without_end_is_not_held_for_ever() -> None:
    cutter = Cutter()
    told = [piece for _ in range(100) for piece in cutter.feed(b"\n" + b"x" * 1000)]
    told += [piece for _ in range(100) for piece in cutter.feed(b"x" * 1000)]
    assert {piece.reason for piece in told if isinstance(piece, Malformed)} == {
        RefusalReason.NO_FRAME,
        RefusalReason.TOO_LARGE,
    }
    assert not cutter.waits
    assert len(cutter._held) <= LARGEST_FRAME + 1
    assert cutter.feed(b"\r\n" + CAPTURED[0] + b"\r")[-1] == CAPTURED[0]


def test_a_frame_that_is_too_long_is_refused() -> None:
    assert cut(b"\n" + b"x" * (LARGEST_FRAME + 1) + b"\r") == ([], [RefusalReason.TOO_LARGE])
