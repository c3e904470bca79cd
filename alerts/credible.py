"""Whether a finding can be believed to come from a detector: what cannot be stored would stop the stream."""

from enum import StrEnum
from typing import Final

from contracts import Finding

_LONGEST_NAME: Final = 200
_YEARS: Final = range(2000, 2200)


class Incredible(StrEnum):
    """Why a record on `findings` is put aside."""

    UNREADABLE = "unreadable"
    TIME_WITHOUT_OFFSET = "time_without_offset"
    IMPOSSIBLE_TIME = "impossible_time"
    NAME_TOO_LONG = "name_too_long"
    EMPTY_NAME = "empty_name"
    #: The database does not take one of its texts.
    UNSTORABLE = "unstorable"


def doubt(finding: Finding) -> Incredible | None:
    """Say why a finding cannot be believed, or None."""
    times = (finding.since, finding.told_at)
    if any(at.tzinfo is None for at in times):
        return Incredible.TIME_WITHOUT_OFFSET
    if any(at.year not in _YEARS for at in times):
        return Incredible.IMPOSSIBLE_TIME
    names = (finding.home_id, finding.finding_id, finding.kind)
    if not all(names):
        return Incredible.EMPTY_NAME
    if any(len(name) > _LONGEST_NAME for name in names):
        return Incredible.NAME_TOO_LONG
    return None
