"""What a process uses: time of the processors, memory of its own, and what it has written to the disk."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
#: Places in /proc/PID/stat behind the name: parent, then own time (user, system), then that of ended children.
_PARENT: Final = 1
_OWN: Final = slice(11, 13)
_ENDED: Final = slice(13, 15)


@dataclass(frozen=True, kw_only=True)
class Used:
    """Since the process began; its children are counted in."""

    cpu_seconds: float
    megabytes: float
    written_bytes: int


def used(pid: int, *, children: bool = True) -> Used:
    """Look at a process and its children (PostgreSQL is one for each connection)."""
    family = [pid, *(_children(pid) if children else ())]
    return Used(
        cpu_seconds=sum(_cpu(member) for member in family) + (_ended(pid) if children else 0.0),
        megabytes=sum(_megabytes(member) for member in family),
        written_bytes=sum(_written(member) for member in family),
    )


def folder_bytes(folder: Path, begins: str) -> int:
    """Add up the files of Kafka's partitions whose names begin so."""
    return sum(_size(file) for part in folder.glob(f"{begins}-[0-9]*") for file in part.glob("*.log"))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # Kafka has just put another in its place
        return 0


def _children(pid: int) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))) and int(fields[_PARENT]) == pid:
            yield int(entry.name)


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended meanwhile
        return []


def _cpu(pid: int) -> float:
    return sum(int(word) for word in _stat(pid)[_OWN]) / _TICKS


def _ended(pid: int) -> float:
    return sum(int(word) for word in _stat(pid)[_ENDED]) / _TICKS


def _megabytes(pid: int) -> float:
    """What is its own, and its share of what it has together with others."""
    return _number(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") / 1024


def _written(pid: int) -> int:
    return _number(Path(f"/proc/{pid}/io"), "write_bytes:")


def _number(file: Path, name: str) -> int:
    try:
        lines = file.read_text().splitlines()
    except OSError:  # ended, or somebody else's
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)
