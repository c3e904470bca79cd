"""What an audit has shown: a library that nobody could ask about is not a clean one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

CLEAN: Final = 0
WEAK: Final = 1
#: The source of known weaknesses did not answer for some library: nothing is known of it.
NOT_ASKED: Final = 3


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of an audit."""

    asked: int
    skipped: tuple[str, ...]
    weak: tuple[str, ...]

    @property
    def status(self) -> int:
        """The exit status: a weakness before a gap, and a gap is never clean."""
        if self.weak:
            return WEAK
        return NOT_ASKED if self.skipped or not self.asked else CLEAN


def verdict_of(told: Mapping[str, Any]) -> Verdict:
    """Read what pip-audit wrote as JSON; it calls a run clean in which it skipped everything."""
    all_: Sequence[Mapping[str, Any]] = told["dependencies"]
    return Verdict(
        asked=sum("skip_reason" not in one for one in all_),
        skipped=tuple(str(one["name"]) for one in all_ if "skip_reason" in one),
        weak=tuple(_told(one, weakness) for one in all_ for weakness in one.get("vulns", ())),
    )


def _told(one: Mapping[str, Any], weakness: Mapping[str, Any]) -> str:
    mended = ", ".join(weakness.get("fix_versions", ())) or "nothing yet"
    return f"{one['name']} {one['version']}: {weakness['id']}, mended by {mended}"
