"""The machines of a cluster: a network namespace each where root may make them, else an address of loopback each."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: The last number of each host's address, and of its hardware's; home is this machine's own side.
NUMBERS: Final[Mapping[str, int]] = {
    "home": 1,
    "kafka-1": 11,
    "kafka-2": 12,
    "kafka-3": 13,
    "mqtt": 21,
    "db-1": 31,
    "db-2": 32,
    "work-1": 41,
    "work-2": 42,
}
#: Where `ip netns` keeps its handles.
HANDLES: Final = Path("/run/netns")


@dataclass(frozen=True, kw_only=True)
class Host:
    """One machine."""

    name: str
    address: str
    #: The network namespace; empty: this machine's own network.
    namespace: str = ""
    #: What every program of this host is started with, such as another clock.
    environ: Mapping[str, str] | None = None

    @property
    def number(self) -> int:
        """The last number of its address."""
        return NUMBERS[self.name]

    def command(self, words: Sequence[str | Path]) -> list[str]:
        """Word a command so that it runs on this host; the process keeps its number."""
        plain = [str(word) for word in words]
        # Not `ip netns exec`: that makes a namespace of mounts too, which would hold our disks after we let go of them.
        return ["nsenter", f"--net={HANDLES / self.namespace}", *plain] if self.namespace else plain

    def run(self, words: Sequence[str | Path], *, within: float = 30) -> subprocess.CompletedProcess[str]:
        """Run a command on this host to its end."""
        return subprocess.run(self.command(words), capture_output=True, text=True, timeout=within, check=False)
