"""What the load says is what homes say, and the bridge takes every word of it."""

from datetime import UTC, datetime, timedelta

from bench.load import words
from contracts.values import HelpButton
from homes.model import watched_home
from ingest.files import load_profiles
from ingest.intake import Intake, Limits, take_in
from ingest.learned import Learned
from ingest.message import GatewayMessage
from runtime.settings import Ingest

WATCHED = {str(one.home_id): watched_home(one) for one in words.city(3, webhook="").homes}
LEARNED = Learned(profiles=load_profiles())
NOW = datetime(2026, 3, 9, 7, 30, tzinfo=UTC)
LIMITS = Limits(largest_payload_bytes=Ingest().largest_payload_bytes, late_after=timedelta(minutes=5))


def heard(word: bytes, *, home: int = 0, seq: int = 1) -> Intake:
    """Let the bridge take in one message."""
    topic, head = words.heads(words.names(home + 1))[home]
    message = GatewayMessage(topic=topic[2:].decode(), payload=words.payload(head, seq, word), received_at=NOW)
    return take_in(message, WATCHED, LIMITS, LEARNED)


def test_the_names_are_those_of_the_homes_that_are_invented() -> None:
    assert words.names(3) == [home.home_id for home in words.city(3, webhook="").homes]


def test_every_word_is_one_reading_of_its_home() -> None:
    for word in {word for said in words.words() for word in said[:300]}:
        intake = heard(word)
        assert not intake.refusals
        assert [one.home_id for one in intake.readings] == ["h-0001"]


def test_a_number_makes_each_message_a_reading_of_its_own() -> None:
    word = words.words()[0][0]
    assert heard(word, seq=1).readings[0].reading_id != heard(word, seq=2).readings[0].reading_id


def test_a_press_is_a_press_of_a_button_that_every_home_has() -> None:
    (reading,) = heard(words.press(), home=2).readings
    assert isinstance(reading.value, HelpButton)
    for home in words.city(30, webhook="").homes:
        assert reading.sensor_id in {sensor.sensor_id for sensor in home.sensors}


def test_a_home_says_some_two_thousand_readings_a_day() -> None:
    assert 1_500 < words.readings_a_day() < 3_000
