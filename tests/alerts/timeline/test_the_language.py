"""The language of stories itself: what it reads, and that no message comes by unnoticed."""

from datetime import timedelta

import psycopg
import pytest

from alerts.model import Purpose
from contracts import Phase, Severity
from homes.model import Channel
from runtime import clock
from runtime.settings import Postgres
from tests.alerts.timeline.cast import a_cast
from tests.alerts.timeline.deeds import NoSuchSentence, span_of
from tests.alerts.timeline.moved import moved_time
from tests.alerts.timeline.play import TUESDAY, play
from tests.alerts.timeline.sentences import Finding, Line, Message, read


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("0:00 finding smoke", Finding(kind="smoke")),
        ("0:00 finding smoke ended, a test", Finding(kind="smoke", phase=Phase.ENDED, test=True)),
        (
            "0:00 finding inactivity holds as emergency",
            Finding(kind="inactivity", phase=Phase.HOLDS, severity=Severity.EMERGENCY),
        ),
        ("1:00 call carer by sms", Message(whom="carer", channel=Channel.SMS)),
        ("1:00 call carer, in vain", Message(whom="carer", in_vain=True)),
        ("1:00 tell boss that nobody answers", Message(whom="boss", purpose=Purpose.NOBODY_ANSWERED)),
        ("1:00 carer's line is dead", Line(whose="carer", state="is dead")),
    ],
)
def test_a_sentence_says_one_thing(sentence: str, said: object) -> None:
    assert read(sentence).said == said


@pytest.mark.parametrize("sentence", ["", "0:00", "0:00 call", "soon call carer", "0:00 carer dances", "1 nothing"])
def test_what_nobody_understands_is_said(sentence: str) -> None:
    with pytest.raises(NoSuchSentence):
        read(sentence)


def test_a_moment_is_minutes_and_seconds_or_hours_too() -> None:
    assert span_of("1:30") == timedelta(seconds=90)
    assert span_of("2:05:00") == timedelta(hours=2, minutes=5)


@pytest.mark.door
async def test_a_message_that_nobody_expected_fails_the_story(postgres: Postgres) -> None:
    with pytest.raises(AssertionError, match=r"nobody expected.*1:00 help: carer by webhook"):
        await play(postgres, a_cast(), "0:00 finding help_button", "0:00 call daughter", "1:00 nothing")


@pytest.mark.door
async def test_a_message_that_does_not_come_in_its_moment_fails_the_story(postgres: Postgres) -> None:
    with pytest.raises(AssertionError, match=r"did not come.*0:59 help: carer by webhook"):
        await play(postgres, a_cast(), "0:00 finding help_button", "0:00 call daughter", "0:59 call carer")


@pytest.mark.door
def test_the_database_of_a_story_has_its_own_time_and_no_other_has(any_postgres: Postgres) -> None:
    time = moved_time(any_postgres, TUESDAY)
    assert time.now() == TUESDAY
    time.stand_at(TUESDAY + timedelta(days=40))
    assert time.now() == TUESDAY + timedelta(days=40)
    name = psycopg.conninfo.conninfo_to_dict(any_postgres.dsn.reveal())["dbname"]
    other = any_postgres.dsn.reveal().replace(f"{name}", "postgres")
    with psycopg.connect(other) as connection:
        row = connection.execute("select clock_timestamp()").fetchone()
    assert row and abs(row[0] - clock.now()) < timedelta(minutes=1)
