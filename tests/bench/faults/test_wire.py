"""The bytes with which a publish is sent again, read by the client library's own rules."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.faults.wire import acknowledged, connect, publish


@given(payload=st.binary(max_size=400), packet=st.integers(min_value=1, max_value=65_535), dup=st.booleans())
@settings(max_examples=50, deadline=None)
def test_a_publish_says_its_length_its_number_and_whether_it_is_said_again(
    payload: bytes, packet: int, dup: bool
) -> None:
    made = publish("home/00/h/native/readings", payload, packet=packet, dup=dup)
    assert made[0] == (0x3A if dup else 0x32)
    digits = 1 if made[1] < 128 else 2
    length = made[1] % 128 + (128 * made[2] if digits == 2 else 0)
    assert length == len(made) - 1 - digits
    topic_bytes = int.from_bytes(made[1 + digits : 3 + digits], "big")
    number = made[3 + digits + topic_bytes : 5 + digits + topic_bytes]
    assert int.from_bytes(number, "big") == packet
    assert made.endswith(payload)


@given(packets=st.lists(st.integers(min_value=1, max_value=65_535), max_size=5), cut=st.integers(0, 3))
@settings(max_examples=50, deadline=None)
def test_acknowledgements_are_read_from_a_stream_that_may_end_anywhere(packets: list[int], cut: int) -> None:
    stream = b"\x20\x02\x00\x00" + b"".join(b"\x40\x02" + number.to_bytes(2, "big") for number in packets)
    whole = packets if not cut else packets[:-1]
    assert acknowledged(stream[: len(stream) - cut] if packets else stream) == whole


def test_a_connect_carries_who_it_is_only_where_it_is_told() -> None:
    assert connect("c")[9] == 0x02
    assert connect("c", username="u", password="p")[9] == 0xC2
