"""A small run of the fuzzer through every decoder; the large one is `python -m bench fuzz`."""

import pytest

from bench.fuzz import fuzz
from bench.fuzzing.law import Witness
from bench.fuzzing.mutations import Mutator
from bench.fuzzing.seeds import seeds_of
from ingest.decode import DIALECTS
from ingest.files import load_profiles

SHIPPED = load_profiles()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_any_bytes_become_readings_or_reasons(dialect: str) -> None:
    mutator, witness = Mutator(seeds_of(dialect), SHIPPED, 7), Witness(dialect=dialect, profiles=SHIPPED)
    for _ in range(2_000):
        witness.hear(*mutator.next())
    assert witness.readings and witness.refusals, "the seeds reach the decoder, and the mutations its faults"


def test_both_ways_of_fuzzing_run_and_are_counted() -> None:
    fuzzed = fuzz("esphome", runs=500, guided=500, within_seconds=30)
    assert not fuzzed.broken, fuzzed.broken
    assert (fuzzed.mutated, fuzzed.guided) == (500, 500)
    assert fuzzed.flat and fuzzed.readings


def test_the_same_seed_makes_the_same_payloads() -> None:
    first, again = (Mutator(seeds_of("tasmota"), SHIPPED, 3) for _ in range(2))
    assert [first.next() for _ in range(200)] == [again.next() for _ in range(200)]
