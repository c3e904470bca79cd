"""Messages cut out of the stream of a connection, however the network chops it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.wire.packets import BrokenPacket, Cutter, Packet, Publish


def length(value: int) -> bytes:
    written = bytearray()
    while True:
        value, low = divmod(value, 128)
        written.append(low | (0x80 if value else 0))
        if not value:
            return bytes(written)


def on_the_wire(packet: Publish | Packet, properties: bytes = b"") -> bytes:
    if isinstance(packet, Packet):
        return bytes([packet.head]) + length(len(packet.body)) + packet.body
    head = 0x30 | packet.duplicate << 3 | packet.qos << 1 | packet.retained
    topic = packet.topic.encode()
    message_id = packet.message_id.to_bytes(2, "big") if packet.qos else b""
    body = len(topic).to_bytes(2, "big") + topic + message_id + length(len(properties)) + properties + packet.payload
    return bytes([head]) + length(len(body)) + body


@st.composite
def publishes(draw: st.DrawFn) -> Publish:
    qos = draw(st.integers(0, 1))
    return Publish(
        draw(st.text(max_size=20)),
        draw(st.binary(max_size=300)),
        draw(st.integers(1, 65_535)) if qos else 0,
        qos,
        draw(st.booleans()),
        draw(st.booleans()),
    )


# CONNACK, SUBACK, PINGRESP, DISCONNECT, and a PUBLISH at QoS 2, which is not read here.
OTHERS = st.builds(Packet, st.sampled_from([0x20, 0x90, 0xD0, 0xE0, 0x34]), st.binary(max_size=200))


@given(st.lists(publishes() | OTHERS, max_size=6), st.data())
def test_packets_are_the_same_wherever_the_network_cuts(packets: list[Publish | Packet], data: st.DataObject) -> None:
    stream = b"".join(on_the_wire(packet, data.draw(st.binary(max_size=200))) for packet in packets)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    cutter = Cutter()
    found = [each for a, b in pairwise([0, *cuts, len(stream)]) for each in cutter.cut(stream[a:b])]
    assert found == packets


@given(st.lists(st.binary(max_size=40), max_size=6))
def test_noise_is_packets_or_a_broken_connection_and_nothing_else(pieces: list[bytes]) -> None:
    cutter = Cutter()
    try:
        for piece in pieces:
            cutter.cut(piece)
    except BrokenPacket:
        return


@pytest.mark.parametrize(
    "stream",
    [
        b"\x30\x80\x80\x80\x80\x01",  # a length of five bytes
        b"\x30\x01\x00",  # ends within the length of its topic
        b"\x32\x05\x00\x01a\x00\x01",  # ends before its properties
        b"\x30\x06\x00\x01a\xff\xff\xff",  # properties whose length does not end
        b"\x30\x04\x00\x01a\xff",  # properties whose length is cut off
        b"\x30\x05\x00\x01a\x7fx",  # properties longer than the message
        b"\x30\x08\x00\x01a\xff\xff\xff\xff\xff",  # properties of too long a length
    ],
)
def test_a_packet_that_contradicts_itself_breaks_the_connection(stream: bytes) -> None:
    with pytest.raises(BrokenPacket):
        Cutter().cut(stream)


def test_a_large_message_is_joined_once() -> None:
    message = Publish("t", bytes(1 << 20), 7, 1, False, False)
    stream = on_the_wire(message)
    cutter = Cutter()
    found = [each for at in range(0, len(stream), 65_536) for each in cutter.cut(stream[at : at + 65_536])]
    assert found == [message]
