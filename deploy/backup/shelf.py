"""The folder of all backups: each in a folder named for its moment, thinned out with age."""

import re
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from deploy.backup import manifest
from deploy.backup.manifest import NoBackup, Tried

_MOMENT: Final = "%Y%m%dT%H%M%SZ"
_NAME: Final = re.compile(r"\d{8}T\d{6}Z")
_DRAFT: Final = ".unfinished"


def name_of(made_at: datetime) -> str:
    """Name a backup by its moment in UTC: the names sort as the moments do."""
    return made_at.strftime(_MOMENT)


def draft_of(shelf: Path, made_at: datetime) -> Path:
    """Make the folder that a backup grows in: nobody takes it for one before it is renamed."""
    shelf.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in shelf.glob(f"*{_DRAFT}"):
        shutil.rmtree(old)
    draft = shelf / (name_of(made_at) + _DRAFT)
    draft.mkdir(mode=0o700)
    return draft


def finished(draft: Path) -> Path:
    """Take a draft for a backup from now on."""
    return draft.rename(draft.with_name(draft.name.removesuffix(_DRAFT)))


def backups(shelf: Path) -> list[Path]:
    """List the finished ones, the oldest first; what a person named otherwise is theirs: it is never thinned out."""
    there = (path.parent for path in shelf.glob(f"*/{manifest.NAME}"))
    return sorted(folder for folder in there if _NAME.fullmatch(folder.name))


def chosen(folder: Path) -> Path:
    """Take this backup, or the newest of this shelf; raise NoBackup."""
    if (folder / manifest.NAME).exists():
        return folder
    there = backups(folder)
    if not there:
        raise NoBackup(f"there is no finished backup in {folder}")
    return there[-1]


def tried(backup: Path) -> Tried | None:
    """Tell when it was brought back last, to see whether it is good."""
    path = backup / manifest.TRIED
    return msgspec.json.decode(path.read_bytes(), type=Tried) if path.exists() else None


def note_tried(backup: Path, what: Tried) -> None:
    """Write down that it is good."""
    manifest.write_closed(backup / manifest.TRIED, msgspec.json.encode(what))


def over(names: Sequence[str], *, newest: int, weeks: int) -> list[str]:
    """Tell which may go: all but the newest ones, and the last one of each of so many weeks that have any."""
    names = sorted(names)
    kept = set(names[-max(1, newest) :])
    of_week: dict[tuple[int, int], str] = {}
    for name in names:
        year, week, _ = datetime.strptime(name, _MOMENT).isocalendar()  # noqa: DTZ007 - names are in UTC
        of_week[year, week] = name
    kept |= {of_week[week] for week in sorted(of_week)[-weeks:]} if weeks > 0 else set()
    return [name for name in names if name not in kept]


def thin_out(shelf: Path, *, newest: int, weeks: int) -> list[str]:
    """Remove what is over, and never the newest that was brought back once; answer their names."""
    there = backups(shelf)
    good = [backup.name for backup in there if tried(backup)][-1:]
    gone = [name for name in over([each.name for each in there], newest=newest, weeks=weeks) if name not in good]
    for name in gone:
        # First it is no backup any more, and then its files go.
        (shelf / name / manifest.NAME).unlink()
        shutil.rmtree(shelf / name)
    return gone
