"""A batch of records."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts import Finding, Phase, Reading, Severity
from history.recording.batch import Fate, Place, Source, batch_of, dead
from history.recording.fields import finding_fields, letter_fields
from tests.history.things import NOON, a_batch, a_change, a_finding, a_reading, a_record

READINGS = [a_reading(number=number, at=NOON + timedelta(seconds=number % 3)) for number in range(6)]


@given(st.permutations(READINGS * 2))
def test_readings_in_any_order_and_however_often_are_the_same_rows(readings: list[Reading]) -> None:
    once = batch_of([a_record(a_batch(*READINGS))])
    again = batch_of([a_record(a_batch(*readings))])
    assert again.readings == once.readings


@given(st.permutations([a_finding(told_at=NOON + timedelta(minutes=minute)) for minute in range(4)] * 2))
def test_a_finding_told_every_minute_is_one_row(findings: list[Finding]) -> None:
    batch = batch_of(a_record(finding, offset) for offset, finding in enumerate(findings))
    (told,) = batch.findings.values()
    assert (told.first_told_at, told.last_told_at) == (NOON, NOON + timedelta(minutes=3))
    assert told.finding.told_at == NOON + timedelta(minutes=3)


def test_each_phase_and_severity_of_a_finding_is_a_row_of_its_own() -> None:
    findings = [
        a_finding(phase=Phase.BEGAN),
        a_finding(),
        a_finding(severity=Severity.URGENT),
        a_finding(phase=Phase.ENDED, severity=Severity.URGENT),
    ]
    batch = batch_of(a_record(finding, offset) for offset, finding in enumerate(findings))
    assert len(batch.findings) == 4
    assert finding_fields(next(iter(batch.findings.values())))["phase"] == "began"


def test_a_batch_knows_how_far_it_reaches_in_each_place() -> None:
    batch = batch_of([a_record(a_batch(), 7), a_record(a_batch(), 8), a_record(a_change(), 3)])
    assert batch.ends == {Place(Source.READINGS, 0): 9, Place(Source.ALERTS, 0): 4}
    assert batch.size == 3 and batch.batched_at == NOON


def test_a_record_that_nobody_can_read_becomes_a_dead_letter_and_the_next_ones_are_read() -> None:
    batch = batch_of([a_record(b"\xff\x00not json", 0), a_record(a_batch(a_reading()), 1)])
    (letter,) = batch.letters
    assert letter.fate is Fate.UNDECODABLE and letter.record.offset == 0
    assert len(batch.readings) == 1 and batch.ends[Place(Source.READINGS, 0)] == 2


def test_a_dead_letter_shows_the_beginning_of_what_came() -> None:
    batch = dead(a_record(b"x" * 9_000, 5), "no")
    fields = letter_fields(batch.letters[0])
    assert fields["payload"] == b"x" * 4096 and fields["fate"] == "unstorable"
    assert batch.ends == {Place(Source.READINGS, 0): 6}
