"""Which rows stand on the board under a choice: emergencies and urgent alerts always do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from console.rows import BoardRow, Section

#: No choice hides these.
NEVER_HIDDEN: Final = frozenset({"1", "2"})
LONGEST_DONG: Final = 40


class Show(StrEnum):
    """A section that is shown alone."""

    NEW = "new"
    MINE = "mine"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the reader chose; nothing chosen shows everything."""

    show: Show | None = None
    dong: str = ""

    @property
    def made(self) -> bool:
        """Tell whether anything was chosen."""
        return self.show is not None or bool(self.dong)

    def fits(self, row: BoardRow) -> bool:
        """Tell whether a row is shown."""
        if row.p in NEVER_HIDDEN:
            return True
        return (not self.show or row.section is Section(self.show)) and (not self.dong or row.dong == self.dong)


EVERYTHING: Final = Choice()


def read_choice(fields: Mapping[str, str]) -> Choice:
    """Read a choice from an address; what is no choice chooses nothing."""
    show = fields.get("show", "")
    dong = fields.get("dong", "").strip()[:LONGEST_DONG]
    return Choice(show=Show(show) if show in set(Show) else None, dong=dong)


def dongs_of(rows: Iterable[BoardRow], choice: Choice) -> tuple[str, ...]:
    """Name the dongs that can be chosen: those with a row, and the one that is chosen."""
    return tuple(sorted({row.dong for row in rows if row.dong} | ({choice.dong} if choice.dong else set())))
