"""A part of a cluster: a server or a service as one process on its host, which can be ended and frozen."""

import os
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.cluster.hosts import Host
from deploy.embedded.children import Child, NeverCameUp

_STOP_SECONDS: Final = 12.0


@dataclass(frozen=True, kw_only=True)
class Program:
    """What a part runs."""

    words: Sequence[str | Path]
    folder: Path
    #: Whether it does its work, asked from home.
    ready: Callable[[], bool]
    environ: Mapping[str, str] | None = None
    #: The signal that asks it to stop.
    stop: signal.Signals = signal.SIGTERM


#: Prepares what the program needs and words it, for the sources at this place.
Make = Callable[[Path], Program]


class Part:
    """One process of the cluster, from start to start."""

    def __init__(self, name: str, host: Host, log: Path, make: Make, source: Path) -> None:
        """Prepare; nothing runs yet."""
        self.name, self.host, self.log_path = name, host, log
        #: Where the code comes from that it was started with last.
        self.source = source
        self._make = make
        self._child: Child | None = None
        self._program: Program | None = None

    @property
    def pid(self) -> int:
        """The process id; 0 before the first start."""
        return self._child.pid if self._child else 0

    @property
    def alive(self) -> bool:
        """Whether it runs; frozen counts."""
        return self._child is not None and self._child.alive

    @property
    def status(self) -> int | None:
        """How it ended; None while it runs."""
        return self._child.status if self._child else None

    def start(self, source: Path | None = None) -> None:
        """Start it, from the sources of another checkout if named; it may not be ready yet."""
        if self.alive:
            return
        self.source = source or self.source
        self._program = program = self._make(self.source)
        self._child = Child(
            self.host.command(program.words),
            log=self.log_path,
            environ={**(program.environ or os.environ), **(self.host.environ or {})},
            cwd=program.folder,
            last_will=signal.SIGKILL,
        )

    def wait_ready(self, within: float = 60.0) -> None:
        """Return once it does its work; raise NeverCameUp with the end of its log otherwise."""
        if self._child is None or self._program is None:
            raise NeverCameUp(f"{self.name} was never started")
        self._child.wait_for(self._program.ready, within=within, what=self.name)

    def ready(self) -> bool:
        """Ask once whether it does its work."""
        return self.alive and self._program is not None and self._program.ready()

    def ask_to_stop(self) -> None:
        """Ask it to stop, and do not wait for it."""
        if self._child is not None and self._program is not None:
            self.resume()
            self._child.send(self._program.stop)

    def stop(self, within: float = _STOP_SECONDS) -> float:
        """Ask it to stop; after the bound end it anyway. Answer the seconds it took."""
        if self._child is None or self._program is None:
            return 0.0
        self.resume()
        return self._child.stop(self._program.stop, within=within)

    def kill(self) -> None:
        """End it, and every process that it started, as a crash does."""
        if self._child is None:
            return
        _signal(family(self.pid) if self.alive else (), signal.SIGKILL)
        self._child.kill()

    def pause(self) -> None:
        """Freeze it and every process that it started."""
        if self.alive:
            _signal(family(self.pid), signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        if self.alive:
            _signal(family(self.pid)[::-1], signal.SIGCONT)

    def log_tail(self, lines: int = 15) -> str:
        """Read the last lines of its log."""
        return self._child.log_tail(lines) if self._child else ""


def family(pid: int) -> list[int]:
    """Name a process and its descendants, the eldest first: PostgreSQL's are in groups of their own."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            with suppress(OSError):
                found += [int(word) for word in task.read_text().split()]
    return found


def hears(address: str, port: int) -> bool:
    """Tell whether something accepts connections there."""
    try:
        with socket.create_connection((address, port), timeout=1):
            return True
    except OSError:
        return False


def _signal(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
