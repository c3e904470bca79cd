"""Where the page of each alert is."""

from pathlib import Path
from typing import Final

RULES_FILE: Final = Path(__file__).parent / "rules.yml"
