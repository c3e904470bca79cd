"""The processes of a contestant: started, killed as by a crash, started again, and what they cost."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from deploy.embedded.children import Child

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_NONE: Final[Mapping[Any, Any]] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Program:
    """One process of a contestant, and how it is started."""

    name: str
    command: Sequence[str | Path]
    cwd: Path
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    #: Asked until it is true; without it, whoever waits waits for its work.
    ready: Callable[[], bool] | None = None


class Team:
    """All processes of a contestant; `servers` are counted but never killed: they are no workers of its own."""

    def __init__(self, programs: Sequence[Program], *, logs: Path, servers: Mapping[str, int] = _NONE) -> None:
        """Take the programs; nothing is started yet."""
        self._programs, self._logs, self._servers = programs, logs, servers
        self._children: list[Child] = []

    @property
    def alive(self) -> bool:
        """Whether all of them run."""
        return bool(self._children) and all(child.alive for child in self._children)

    def start(self) -> None:
        """Start every program, in its order."""
        self._children = []
        for program in self._programs:
            log = self._logs / f"{program.name}.log"
            child = Child(program.command, log=log, environ=program.environ, cwd=program.cwd)
            self._children.append(child)

    def revive(self) -> None:
        """Start again what has ended, as a supervisor does."""
        for place, (program, child) in enumerate(zip(self._programs, self._children, strict=True)):
            if not child.alive:
                log = self._logs / f"{program.name}.log"
                self._children[place] = Child(program.command, log=log, environ=program.environ, cwd=program.cwd)

    def ready(self) -> bool:
        """Whether all that can be asked say so."""
        return all(program.ready is None or program.ready() for program in self._programs)

    def kill(self) -> None:
        """End all of them as a crash would, and their children with them."""
        pids = set(tree_of([child.pid for child in self._children if child.alive]))
        for child in self._children:
            child.kill()
        for pid in pids - {child.pid for child in self._children}:
            _kill(pid)

    def processor_seconds(self) -> dict[str, float]:
        """Tell what each of them has used of all processors, its ended children counted in."""
        known = dict(_processes())
        return {
            name: sum(each.seconds for each in tree_of([pid], known).values()) for name, pid in self._roots().items()
        }

    def megabytes(self) -> float:
        """Tell the memory that all of them hold now."""
        return sum(_megabytes(pid) for pid in tree_of(self._roots().values()))

    def tail(self, lines: int = 4) -> str:
        """Read the last lines of every log."""
        return "\n".join(f"{child.log_path.name}: {child.log_tail(lines)}" for child in self._children)

    def _roots(self) -> dict[str, int]:
        pairs = zip(self._programs, self._children, strict=True)
        return {program.name: child.pid for program, child in pairs if child.alive} | dict(self._servers)


@dataclass(frozen=True, kw_only=True)
class Used:
    """What a process has used."""

    parent: int
    seconds: float


def tree_of(roots: Iterable[int], known: Mapping[int, Used] = _NONE) -> dict[int, Used]:
    """Find the processes of some trees and what each has used, among those that are known already or now."""
    known = known or dict(_processes())
    found = {pid for pid in roots if pid in known}
    while more := {pid for pid, used in known.items() if used.parent in found} - found:
        found |= more
    return {pid: known[pid] for pid in found}


def _processes() -> Iterable[tuple[int, Used]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        seconds = sum(int(ticks) for ticks in fields[11:15]) / _TICKS
        yield int(folder.name), Used(parent=int(fields[1]), seconds=seconds)


def _megabytes(pid: int) -> float:
    """Tell what a process holds; what it shares counts by its share."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has just ended
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000


def _kill(pid: int) -> None:
    try:
        os.kill(pid, 9)
    except ProcessLookupError:
        pass  # it went with its parent
