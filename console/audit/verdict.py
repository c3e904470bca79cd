"""Whether the access log is whole, and how that is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.chain import START, AccessLine, follows


@dataclass(frozen=True, kw_only=True)
class Numbered:
    """A line of the log with its number and the district that it is about, where it is about a home."""

    line: int
    access: AccessLine
    dong: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What reading the whole chain found."""

    at: datetime
    lines: int = 0
    #: The digest of the last line that follows the one before it.
    digest: str = START
    #: The first line that does not; None: the chain is whole.
    broken: int | None = None


def read_on(verdict: Verdict, lines: Sequence[Numbered]) -> Verdict:
    """Read more lines of the chain; what comes after a break says nothing."""
    if verdict.broken is not None:
        return verdict
    digest, count = verdict.digest, verdict.lines
    for one in lines:
        if not follows(digest, one.access):
            return Verdict(at=verdict.at, lines=count, digest=digest, broken=one.line)
        digest, count = one.access.digest, count + 1
    return Verdict(at=verdict.at, lines=count, digest=digest)
