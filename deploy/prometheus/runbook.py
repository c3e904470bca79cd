"""Where the section of each alert is, and what it must tell."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

RULES_FILE: Final = Path(__file__).parent / "rules.yml"
PAGE: Final = "docs/how-to/runbook.md"
#: What whoever is woken asks, in this order.
WORDS: Final = ("For homes", "Look first", "Mend", "Over when")


def runbook_of(alert: str) -> str:
    """Say where the section of an alert is, from the root of the repository."""
    return f"{PAGE}#{alert.lower()}"


def sections(page: str) -> dict[str, str]:
    """Read the runbook: the text of each alert's section."""
    parts = re.split(r"^#{2,3} ", page, flags=re.MULTILINE)[1:]
    read = (part.split("\n", 1) for part in parts)
    return {title: text for title, text in read if re.fullmatch(r"[A-Z]\w*[a-z][A-Z]\w*|Flood", title)}


def unanswered(section: str) -> Iterator[str]:
    """Name what a section does not tell."""
    for word in WORDS:
        told = re.search(rf"^\* \*\*{word}\*\*: (.+)", section, re.MULTILINE)
        if told is None or len(told[1]) < 5:
            yield word
