"""Homes that were read before: one that has not changed since is not read again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from contracts import HomeId
from homes.model import Home

#: A home is some kilobytes; whoever has not been asked for longest makes room.
MOST: Final = 4_096


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A home, and the mark that the database gave it when it was read: another mark is another home."""

    mark: str
    home: Home


class KeptHomes:
    """The homes that were read last, each with its mark."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: dict[HomeId, Kept] = {}

    def of(self, home_ids: Iterable[HomeId]) -> dict[HomeId, Kept]:
        """Name those of these homes that are kept."""
        return {home_id: self._kept[home_id] for home_id in home_ids if home_id in self._kept}

    def keep(self, read: Mapping[HomeId, Kept]) -> None:
        """Keep what was read now, as the newest."""
        for home_id, kept in read.items():
            self._kept.pop(home_id, None)
            self._kept[home_id] = kept
        while len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]
