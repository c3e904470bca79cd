"""What a gateway says of its own words is remembered, once, and no more of it than there is room for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import declarations
from ingest.declarations import Declaration, Declared, declared_with, fitting
from ingest.message import GatewayMessage
from tests.ingest.gateway import Gateway
from tests.ingest.messages import a_message

declared_words = st.builds(
    Declaration,
    dialect=st.sampled_from(["homeassistant", "sparkplug"]),
    name=st.sampled_from("abc"),
    meaning=st.binary(max_size=3),
    volatile=st.just(False),
)


def a_word(name: str = "a", meaning: bytes = b"{}", *, volatile: bool = False) -> Declaration:
    return Declaration(dialect="homeassistant", name=name, meaning=meaning, volatile=volatile)


def test_the_newest_word_wins_and_an_empty_one_takes_it_back() -> None:
    declared = declared_with({}, (a_word(meaning=b"1"), a_word(meaning=b"2"), a_word("b")))
    assert declared == {("homeassistant", "a"): a_word(meaning=b"2"), ("homeassistant", "b"): a_word("b")}
    assert declared_with(declared, (a_word(meaning=b""),)).keys() == {("homeassistant", "b")}


def test_what_was_known_is_not_disturbed_by_what_is_learned() -> None:
    before: Declared = {("homeassistant", "a"): a_word()}
    declared_with(before, (a_word(meaning=b""), a_word("b")))
    assert before == {("homeassistant", "a"): a_word()}


def test_what_comes_twice_is_news_once() -> None:
    declared = declared_with({}, (a_word(),))
    assert fitting(declared, (a_word(), a_word("b"), a_word("b"))) == ((a_word("b"),), "")
    assert fitting(declared, ()) == ((), "")


def test_what_was_never_said_cannot_be_taken_back() -> None:
    assert fitting({}, (a_word(meaning=b""),)) == ((), "")
    assert fitting({("homeassistant", "a"): a_word()}, (a_word(meaning=b""),)) == ((a_word(meaning=b""),), "")


@pytest.mark.parametrize("volatile", [False, True])
def test_a_home_declares_so_many_words_and_no_more(volatile: bool) -> None:
    most = declarations.MOST_VOLATILE if volatile else declarations.MOST_DECLARATIONS
    words = tuple(a_word(f"{n}", volatile=volatile) for n in range(most + 3))
    news, trouble = fitting({}, words)
    assert len(news) == most and f"at most {most} declarations" in trouble
    declared = declared_with({}, news)
    assert fitting(declared, (a_word("0", b"[]", volatile=volatile),))[0], "a word that is known may still change"
    assert fitting(declared, (a_word("0", b"", volatile=volatile), a_word("new", volatile=volatile)))[1] == ""


def test_a_home_declares_so_many_bytes_and_no_more() -> None:
    large = b"x" * (declarations.MOST_BYTES // 4)
    news, trouble = fitting({}, tuple(a_word(f"{n}", large) for n in range(5)))
    assert len(news) == 3 and "bytes" in trouble
    assert fitting(declared_with({}, news), (a_word("0", b"{}"),)) == ((a_word("0", b"{}"),), "")


@pytest.mark.parametrize("name", ["n" * 513, "a\x00", "\ud800"])
def test_a_name_that_no_store_can_keep_is_not_remembered(name: str) -> None:
    news, trouble = fitting({}, (a_word(name),))
    assert not news and "512 printable characters" in trouble


@given(before=st.lists(declared_words, max_size=6), said=st.lists(declared_words, max_size=6))
def test_the_news_of_a_message_have_the_effect_of_the_whole_message(
    before: list[Declaration], said: list[Declaration]
) -> None:
    declared = declared_with({}, before)
    news, trouble = fitting(declared, tuple(said))
    assert trouble == ""
    assert declared_with(declared, news) == declared_with(declared, said)
    assert fitting(declared_with(declared, news), tuple(said[-1:])) == ((), "")


def test_of_a_backlog_nothing_is_learned_and_nobody_is_asked() -> None:
    live = Gateway("homeassistant")
    live.says("homeassistant/binary_sensor/hall/config", {"stat_t": "hall", "dev_cla": "motion"})
    known = live.declared
    old = a_message("", "homeassistant/homeassistant/binary_sensor/hall/config")
    assert not live.hears(late(old)).declared and live.declared == known
    assert live.hears(late(a_message("ON", "homeassistant/hall"))).readings, "what was said live explains the backlog"
    strange = live.hears(late(a_message("ON", "homeassistant/elsewhere")))
    assert strange.refusals and not strange.commands and live.declared == known


def late(message: GatewayMessage) -> GatewayMessage:
    topic = message.topic.replace("home/", "late/", 1)
    return GatewayMessage(topic=topic, payload=message.payload, received_at=message.received_at)
