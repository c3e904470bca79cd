"""So many generated payloads through one decoder, each way in a process of its own, bounded in count and time."""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.fuzzing.seeds import seeds_of

ROOT: Final = Path(__file__).parents[1]
#: Memory may breathe so much; what leaks by the message grows far beyond.
FLAT_MEGABYTES: Final = 16.0
_DONE: Final = re.compile(rb"Done (\d+) runs")


@dataclass(frozen=True, kw_only=True)
class Fuzzed:
    """What came of one decoder's payloads."""

    decoder: str
    mutated: int
    guided: int
    readings: int = 0
    ignored: int = 0
    refusals: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    megabytes_before: float = 0.0
    megabytes_after: float = 0.0
    #: What was raised, with the payload that did it; there must be none.
    broken: tuple[str, ...] = ()

    @property
    def flat(self) -> bool:
        """Tell whether memory did not grow with the count of payloads."""
        return self.megabytes_after - self.megabytes_before < FLAT_MEGABYTES


def fuzz(decoder: str, *, runs: int, guided: int, seed: int = 1, within_seconds: float = 3600.0) -> Fuzzed:
    """Fuzz one decoder."""
    mutated = _child([sys.executable, "-m", "bench.fuzzing", decoder, str(runs), str(seed), str(within_seconds)])
    told = json.loads(mutated.stdout.splitlines()[-1]) if mutated.returncode == 0 else {"runs": 0}
    broken = [mutated.stderr.decode(errors="replace")[-4_000:]] if mutated.returncode else []
    followed = _guided(decoder, guided, seed, within_seconds) if guided else None
    done = _DONE.search(followed.stderr) if followed else None
    if followed and (followed.returncode or not done):
        broken.append(followed.stderr.decode(errors="replace")[-4_000:])
    return Fuzzed(
        decoder=decoder,
        mutated=told.pop("runs"),
        guided=int(done[1]) if done else 0,
        broken=tuple(broken),
        **told,
    )


def _guided(decoder: str, runs: int, seed: int, within_seconds: float) -> subprocess.CompletedProcess[bytes]:
    with tempfile.TemporaryDirectory(prefix="dolbom-fuzz-") as folder:
        corpus = Path(folder)
        topics = sorted({topic for topic, _ in seeds_of(decoder)})
        for number, (topic, payload) in enumerate(seeds_of(decoder)):
            (corpus / f"seed-{number}").write_bytes(bytes([topics.index(topic)]) + payload)
        options = [f"-runs={runs}", f"-seed={seed}", f"-max_total_time={int(within_seconds)}", "-max_len=4096"]
        options += ["-rss_limit_mb=1024", f"-artifact_prefix={folder}/", str(corpus)]
        return _child([sys.executable, "-m", "bench.fuzzing.guided", decoder, *options])


def _child(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False)


def fuzzed_line(done: Fuzzed) -> str:
    """Say in one line what came of a decoder's payloads."""
    reasons = ", ".join(
        f"{reason} {count}" for reason, count in sorted(done.refusals.items(), key=lambda each: -each[1])
    )
    broken = f"[red]{len(done.broken)} raised[/]" if done.broken else "0 raised"
    grown = done.megabytes_after - done.megabytes_before
    memory = f"{done.megabytes_before:.1f} MB → {done.megabytes_after:.1f} MB ({grown:+.1f})"
    return (
        f"[bold]{done.decoder}[/]: {done.mutated} mutated and {done.guided} guided payloads, {broken};"
        f" {done.readings} readings, {done.ignored} passed over; memory {memory}; {done.seconds:.0f} s\n"
        f"  refused: {reasons}" + "".join(f"\n{each}" for each in done.broken)
    )
