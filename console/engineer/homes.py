"""The engineers' list of homes: when each was heard, how its clock goes, what of it was refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from console.engineer.messages import seconds_of
from console.spans import ZONE, clock_time, span
from console.words import Words
from contracts import HomeId
from history.messages.rings import Standing

#: A clock that is further off is worth an engineer's look.
_WRONG_CLOCK: Final = timedelta(seconds=5)
#: A gateway that says nothing for so long counts as offline.
_OFFLINE: Final = timedelta(seconds=180)


@dataclass(frozen=True, kw_only=True)
class HomeRow:
    """One home of the list."""

    home_id: HomeId
    heard: str
    heard_at: str
    silent: bool
    clock: str
    wrong_clock: bool
    refused: int


def home_rows(
    home_ids: Sequence[HomeId],
    standings: Mapping[HomeId, Standing],
    heard: Mapping[HomeId, datetime],
    words: Words,
    now: datetime,
) -> list[HomeRow]:
    """Write one line for each home, in the order given."""
    return [_row(home_id, standings.get(home_id, Standing()), heard.get(home_id), words, now) for home_id in home_ids]


def _row(home_id: HomeId, standing: Standing, heard: datetime | None, words: Words, now: datetime) -> HomeRow:
    behind = standing.behind
    # A gateway whose every message is refused makes no reading, and is heard all the same.
    heard = max((at for at in (heard, standing.newest_at) if at), default=None)
    return HomeRow(
        home_id=home_id,
        heard=words("eng.ago", span=span(words, now - heard)) if heard else words("eng.never"),
        heard_at=clock_time(heard, now=now, zone=ZONE) if heard else "",
        silent=heard is None or now - heard > _OFFLINE,
        clock=seconds_of(-behind) if behind is not None else "",
        wrong_clock=behind is not None and abs(behind) > _WRONG_CLOCK,
        refused=standing.refused,
    )
