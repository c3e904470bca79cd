"""Every test that the threat model names is there, and every boundary has one."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "threat-model.md").read_text()
BOUNDARIES = (
    "home ↔ broker",
    "broker ↔ bridge",
    "Kafka",
    "database",
    "console",
    "responders' links",
    "providers' webhooks",
    "enrolment",
    "keeper",
    "DC-09",
    "prober",
    "backup",
)


def test_every_test_that_is_named_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert len(named) >= 30
    assert [f"{file}::{name}" for file, name in named if name not in names_of(ROOT / file)] == []


def test_every_boundary_has_a_threat_with_a_mend_and_a_test() -> None:
    rows = re.findall(r"^\| ([^|`-][^|]*) \| [STRIDE][^|]*: [^|]+ \| [^|]+ \| `tests/", PAGE, re.MULTILINE)
    assert set(BOUNDARIES) <= set(rows)


def test_every_file_that_holds_a_limit_is_there() -> None:
    limits = PAGE.split("## How much may come in")[1].split("## What is accepted")[0]
    named = re.findall(r"`([a-z][\w/]+(?:\.\w+)?)`", limits)
    assert [name for name in named if "/" in name and not (ROOT / name).exists()] == []


def names_of(file: Path) -> set[str]:
    """Name the tests of a file; of none when it is not there."""
    if not file.exists():
        return set()
    tree = ast.parse(file.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
