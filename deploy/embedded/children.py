"""Start a process that dies with us, writes to one log file and is ended by its own id."""

import ctypes
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
#: Loaded here and not in the child: between fork and exec a child must not take the loader's lock.
_LIBC: Final = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PORTS: Final = range(15_000, 32_000)


class NeverCameUp(Exception):
    """A child ended or stayed deaf while it was being started; the message shows the end of its log."""


def loopback_port() -> int:
    """Find a TCP port of 127.0.0.1 that nobody listens on now."""
    return loopback_ports(1)[0]


def loopback_ports(count: int) -> list[int]:
    """Find so many different TCP ports of 127.0.0.1 that nobody listens on now."""
    # Below the range from which the system draws for whoever asks for any port: between this answer and the
    # child's own bind, a connection or another server would now and then have taken it.
    free: list[int] = []
    for port in random.sample(_PORTS, 200):
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            free.append(port)
        if len(free) == count:
            return free
    raise NeverCameUp("200 ports of 127.0.0.1 are taken, drawn by lot")


def answers(port: int) -> bool:
    """Tell whether something accepts connections on this port of 127.0.0.1."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.5):
            return True
    except OSError:
        return False


class Child:
    """A process of ours, in a session of its own, so that Ctrl-C reaches only its parent."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        environ: Mapping[str, str] | None = None,
        account: tuple[int, int] | None = None,
        cwd: Path | None = None,
        last_will: signal.Signals = signal.SIGKILL,
    ) -> None:
        """Start it; `last_will` is the signal that the kernel sends it when we die (Linux only)."""
        user, group = account or (None, None)
        log.parent.mkdir(parents=True, exist_ok=True)
        self.log_path = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environ) if environ is not None else None,
                cwd=cwd,
                user=user,
                group=group,
                extra_groups=[] if account else None,
                start_new_session=True,
                preexec_fn=_with_last_will(last_will, os.getpid()),
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs; a zombie does not."""
        return self._process.poll() is None

    @property
    def status(self) -> int | None:
        """The exit status, once it has ended."""
        return self._process.poll()

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if it is still there."""
        if self.alive:
            self._process.send_signal(number)

    def kill(self) -> None:
        """End it as a crash would, and wait until it is gone."""
        self.send(signal.SIGKILL)
        self._process.wait()

    def stop(self, number: signal.Signals = signal.SIGTERM, *, within: float = 5.0) -> float:
        """Ask it to stop; after the bound end it anyway. Answer the seconds it took."""
        began = time.monotonic()
        self.send(number)
        try:
            self._process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
        return time.monotonic() - began

    def wait_for(self, fact: Callable[[], bool], *, within: float, what: str) -> None:
        """Wait for a fact while the child lives; raise NeverCameUp with the end of its log."""
        deadline = time.monotonic() + within
        while not fact():
            if not self.alive:
                raise NeverCameUp(f"{what}: it ended with status {self.status}\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise NeverCameUp(f"{what}: not within {within:g} s\n{self.log_tail()}")
            time.sleep(0.02)

    def log_tail(self, lines: int = 15) -> str:
        """Read the last lines of its log, the tracebacks inside them as people read them."""
        tail = self.log_path.read_text(errors="replace").splitlines()[-lines:]
        return "\n".join(tail).replace("\\n", "\n")


def _with_last_will(number: signal.Signals, parent: int) -> Callable[[], None]:
    def bequeath() -> None:
        if _LIBC is None:
            return
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # we died before the will was written
            os._exit(1)

    return bequeath
