"""`python -m bench.fuzzing DIALECT RUNS SEED`: one decoder in a process of its own; one JSON line tells what came."""

import json
import sys
from pathlib import Path

from bench.fuzzing.law import Witness
from bench.fuzzing.mutations import Mutator
from bench.fuzzing.seeds import seeds_of
from ingest.files import load_profiles
from runtime import clock


def resident_megabytes() -> float:
    """Tell how much memory this process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def main(dialect: str, runs: int, seed: int, within_seconds: float) -> None:
    """Let so many payloads in, or as many as there is time for."""
    profiles = load_profiles()
    mutator, witness = Mutator(seeds_of(dialect), profiles, seed), Witness(dialect=dialect, profiles=profiles)
    began, before, done = clock.ticks(), 0.0, 0
    topic, payload = "", b""
    try:
        while done < runs and clock.ticks() - began < within_seconds:
            topic, payload = mutator.next()
            witness.hear(topic, payload)
            done += 1
            if done == max(1, runs // 10):  # caches are warm
                before = resident_megabytes()
    finally:
        if sys.exc_info()[0]:
            sys.stderr.write(f"run {done} of seed {seed}: {dialect} {topic!r} {payload[:2_000]!r}\n")
    told = {
        "runs": done,
        "readings": witness.readings,
        "ignored": witness.ignored,
        "refusals": dict(witness.refusals),
        "seconds": clock.ticks() - began,
        "megabytes_before": before,
        "megabytes_after": resident_megabytes(),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
