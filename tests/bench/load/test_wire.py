"""MQTT as the generator speaks it: packets that paho would make, and answers in any pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.load.wire import PACKET_IDS, Answers, publish, topic_bytes
from ingest.wire.packets import Cutter, Publish

#: Let in, with at most twenty under way; then three acknowledgements, the last with the word that nobody hears it.
LET_IN = bytes.fromhex("200600000321 0014")
TAKEN = bytes.fromhex("40020001 40020002 4003000310")


@pytest.mark.laws
@given(st.binary(max_size=300), st.integers(1, PACKET_IDS))
def test_what_is_published_is_heard_by_the_bridges_own_reader(payload: bytes, packet_id: int) -> None:
    packet = publish(topic_bytes("home/00/h-0001/native/readings"), payload, packet_id)
    (heard,) = Cutter().cut(packet)
    assert isinstance(heard, Publish)
    assert (heard.topic, heard.payload, heard.message_id, heard.qos) == (
        "home/00/h-0001/native/readings",
        payload,
        packet_id,
        1,
    )


@pytest.mark.parametrize("size", [1, 100, 20_000])
def test_a_long_message_has_a_long_length(size: int) -> None:
    (heard,) = Cutter().cut(publish(topic_bytes("t"), bytes(size), 1))
    assert isinstance(heard, Publish)
    assert len(heard.payload) == size


@given(st.integers(0, len(LET_IN + TAKEN)))
def test_answers_are_counted_however_they_are_cut(place: int) -> None:
    answers = Answers()
    said = LET_IN + TAKEN
    answers.take(said[:place])
    answers.take(said[place:])
    assert (answers.receive_maximum, answers.acknowledged, answers.refused) == (20, 3, 1)


def test_a_broker_that_names_no_bound_lets_all_numbers_be_under_way() -> None:
    answers = Answers()
    answers.take(bytes.fromhex("2003000000"))
    assert answers.receive_maximum == PACKET_IDS


def test_a_broker_that_does_not_let_us_in_is_seen() -> None:
    answers = Answers()
    answers.take(bytes.fromhex("2003008600"))
    assert not answers.receive_maximum
