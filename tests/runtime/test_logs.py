"""What libraries repeat is written seldom; what we say is written as it is."""

import json
import subprocess
import sys

from runtime.seldom import EVERY_SECONDS, Seldom
from tests.runtime.a_record import a_record


class Watch:
    def __init__(self) -> None:
        self.at = 100.0

    def ticks(self) -> float:
        return self.at


def test_what_is_said_a_thousand_times_is_written_once_and_then_with_how_often() -> None:
    watch = Watch()
    seldom = Seldom(ticks=watch.ticks)
    assert [seldom.filter(a_record("Unable connect to node %s", 1)) for _ in range(1_000)] == [True] + [False] * 999
    assert seldom.filter(a_record("Unable connect to node %s", 2))
    watch.at += EVERY_SECONDS
    again = a_record("Unable connect to node %s", 1)
    assert seldom.filter(again)
    assert again.getMessage() == "Unable connect to node 1 (and 999 times since it was written last)"


def test_sentences_that_never_repeat_fill_no_memory() -> None:
    seldom = Seldom(ticks=Watch().ticks)
    assert all(seldom.filter(a_record("offset %s", number)) for number in range(5_000))


def test_a_sentence_that_a_library_wrote_wrongly_is_let_through_and_does_not_end_who_said_it() -> None:
    seldom = Seldom(ticks=Watch().ticks)
    assert seldom.filter(a_record("offset %s of %s", 1))
    assert seldom.filter(a_record("offset %d", "none"))


_SAYS = """
import logging, structlog
from runtime.logs import configure
configure("ingest")
for _ in range(5):
    logging.getLogger("aiokafka.conn").error("Unable connect to node with id %s", 1)
    structlog.get_logger("ours").warning("kafka_not_reached")
"""


def test_a_service_writes_what_its_library_repeats_once_and_its_own_lines_each_time() -> None:
    done = subprocess.run([sys.executable, "-c", _SAYS], capture_output=True, text=True, check=True)
    events = [json.loads(line)["event"] for line in done.stdout.splitlines()]
    assert events.count("Unable connect to node with id 1") == 1
    assert events.count("kafka_not_reached") == 5
