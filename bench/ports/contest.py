"""Throw at a listener, and see that it lives, stays small and still serves."""

import re
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.ports.cases import Case

_STATUS: Final = re.compile(rb"^HTTP/1\.[01] (\d{3})")
_ANSWER_SECONDS: Final = 0.5
#: Connections that say a part of a request and no more, while the right one is served.
_SLOW: Final = 50
#: Memory may breathe so much: one hash of a password alone takes 64 MB.
GROWS_MEGABYTES: Final = 128.0


@dataclass(frozen=True, kw_only=True)
class Listener:
    """Something that listens: where, in whose process, and a right request with how its answer begins."""

    name: str
    port: int
    pid: int
    log: Path
    right: bytes
    answer: bytes
    case: Callable[[], Case]
    datagrams: bool = False


@dataclass(frozen=True, kw_only=True)
class Thrown:
    """What came of it."""

    name: str
    cases: int
    answered: int
    faults: tuple[str, ...]
    megabytes: float
    served_seconds: float | None


def throw(listener: Listener, *, cases: int, within_seconds: float = 600.0) -> Thrown:
    """Throw so many, and then ask the right thing beside slow connections."""
    ends, before, made = time.monotonic() + within_seconds, _megabytes(listener.pid), 0
    answered, faults, logged = 0, [], len(listener.log.read_bytes())
    while made < cases and time.monotonic() < ends:
        case, made = listener.case(), made + 1
        status = _say(listener, case)
        answered += status is not None
        if status and status >= 500:
            faults.append(f"{status} to {case[:200]!r}")
    served = _served(listener)
    told = listener.log.read_bytes()[logged:]
    faults += [f"in the log: {line[:300].decode(errors='replace')}" for line in told.splitlines() if _is_fault(line)]
    grown = _megabytes(listener.pid) - before
    faults += [f"it grew by {grown:.0f} MB"] if grown > GROWS_MEGABYTES else []
    faults += ["it does not serve a right request any more"] if served is None else []
    return Thrown(
        name=listener.name,
        cases=made,
        answered=answered,
        faults=tuple(faults),
        megabytes=grown,
        served_seconds=served,
    )


def _is_fault(line: bytes) -> bool:
    return b"Traceback" in line or b"Unhandled" in line or b"never retrieved" in line or b'"level": "error"' in line


def _say(listener: Listener, case: Case) -> int | None:
    if listener.datagrams:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line, suppress(OSError):
            line.sendto(case[:9_000], ("127.0.0.1", listener.port))
        return None
    with suppress(OSError), socket.create_connection(("127.0.0.1", listener.port), timeout=_ANSWER_SECONDS) as line:
        with suppress(OSError):
            line.sendall(case)
            line.shutdown(socket.SHUT_WR)
        found = _STATUS.match(line.recv(4_096))
        return int(found[1]) if found else None
    return None


def _served(listener: Listener, within: float = 15.0) -> float | None:
    slow = [] if listener.datagrams else [socket.create_connection(("127.0.0.1", listener.port)) for _ in range(_SLOW)]
    try:
        for line in slow:
            with suppress(OSError):
                line.sendall(listener.right[:10])
        began = time.monotonic()
        while time.monotonic() - began < within:
            if _right(listener):
                return time.monotonic() - began
        return None
    finally:
        for line in slow:
            line.close()


def _right(listener: Listener) -> bool:
    kind = socket.SOCK_DGRAM if listener.datagrams else socket.SOCK_STREAM
    with suppress(OSError), socket.socket(socket.AF_INET, kind) as line:
        line.settimeout(_ANSWER_SECONDS)
        line.connect(("127.0.0.1", listener.port))
        line.sendall(listener.right)
        return line.recv(4_096).startswith(listener.answer)
    return False


def _megabytes(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0
