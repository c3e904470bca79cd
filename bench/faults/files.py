"""What stays of a campaign: its plan, its ledger, its whole history and the logs, and a plan to be done again."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.faults.asked import Asked, Outcome
from bench.faults.plan import Fault


def keep(asked: Asked, outcome: Outcome, *, at: Path, logs: Path) -> None:
    """Write everything that is needed to look for the cause, and to do it again."""
    at.mkdir(parents=True, exist_ok=True)
    for name, thing in (
        ("asked.json", asked),
        ("plan.json", outcome.plan),
        ("done.json", outcome.done),
        ("history.json", outcome.history),
        ("ledger.json", outcome.verdict.lines),
        ("problems.json", outcome.verdict.problems),
        ("restarts.json", outcome.restarts),
    ):
        (at / name).write_bytes(msgspec.json.format(msgspec.json.encode(thing, enc_hook=_plainly), indent=1))
    if logs.is_dir():
        shutil.copytree(logs, at / "logs", dirs_exist_ok=True)


def planned_before(at: Path) -> tuple[Fault, ...]:
    """Read the plan of an earlier campaign."""
    return tuple(msgspec.json.decode((at / "plan.json").read_bytes(), type=Sequence[Fault]))


def _plainly(thing: object) -> object:
    if isinstance(thing, frozenset):
        return sorted(thing)
    raise NotImplementedError(f"{type(thing)}")
