"""The pages lead somewhere: links find their page, named tests are there, and README leads to every page."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def linked(page: Path) -> set[Path]:
    found = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    return {(page.parent / link).resolve() for link in found}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_finds_its_page(page: Path) -> None:
    assert not {link for link in linked(page) if not link.exists()}


def test_readme_leads_to_every_page() -> None:
    led = linked(ROOT / "README.md")
    lost = {page for page in PAGES if page not in led and not led & set(page.parents)}
    assert not lost - {ROOT / "README.md", ROOT / "CHANGELOG.md"} - set((ROOT / "docs" / "decisions").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_test_that_a_page_names_is_there(page: Path) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page.read_text())
    assert not {(file, test) for file, test in named if not _holds(ROOT / file, test)}


def _holds(file: Path, test: str) -> bool:
    return file.exists() and (not test or f"def {test}(" in file.read_text())
