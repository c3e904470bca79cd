"""A short campaign on the real cluster: a few faults, and nothing lost."""

import os
from pathlib import Path

import pytest

from bench.faults.asked import Asked
from bench.faults.plan import Kind
from bench.faults.report import kept_the_promise, problem_lines
from bench.faults.run import run
from deploy.cluster.network import why_not

pytestmark = [
    pytest.mark.real,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not os.environ.get("DOLBOM_RUN_LONG"), reason="takes minutes: DOLBOM_RUN_LONG=1 runs it"),
    pytest.mark.skipif(bool(why_not()), reason=f"no cluster with lines to cut here: {why_not()}"),
]


def test_four_kinds_of_faults_lose_and_double_nothing(server_folder: Path) -> None:
    asked = Asked(
        seed=3, faults=8, kinds=(Kind.KILL, Kind.CUT, Kind.POISON, Kind.DOUBLED), homes=120, patience=120, minutes=10
    )
    outcome = run(asked, server_folder / "faults", lambda said: None, lambda done, presses: None)
    assert kept_the_promise(asked, outcome), [
        *problem_lines(outcome),
        *(each.failed for each in outcome.done if each.failed),
    ]
