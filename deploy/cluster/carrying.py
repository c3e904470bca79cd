"""Who carries what two hosts say to each other while their line is slow: a small program on the switch for each way."""

import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.cluster.hosts import HANDLES
from deploy.embedded.children import Child
from deploy.embedded.stack import ROOT


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How slow a way is; 0 is as fast as can be."""

    delay_ms: float = 0
    kbit: float = 0


class Carriers:
    """The carriers of one switch, one for each way that is slow."""

    def __init__(self, folder: Path, switch: str) -> None:
        """Prepare; nobody carries yet."""
        self._folder, self._switch = folder, switch
        self._running: dict[tuple[str, str], Child] = {}

    def towards(self, one: str, other: str, pace: Pace) -> str:
        """Let a carrier bring what `one` says to `other`; answer the address at which it is reached."""
        self.leave(one, other)
        name = f"c{one[-2:]}{other[-2:]}"
        ours = f"02:77:00:01:{one[-2:]}:{other[-2:]}"
        words = [sys.executable, "-m", "deploy.cluster.carrier", name, ours, other, str(pace.delay_ms), str(pace.kbit)]
        log = self._folder / "logs" / f"carrier-{name}.log"
        log.unlink(missing_ok=True)
        child = Child(["nsenter", f"--net={HANDLES / self._switch}", *words], log=log, cwd=ROOT)
        child.wait_for(lambda: "carries" in log.read_text(), within=10, what="the carrier")
        self._running[one, other] = child
        return ours

    def leave(self, one: str, other: str) -> None:
        """End the carrier of a way, if there is one; what it still holds is lost."""
        if child := self._running.pop((one, other), None):
            child.kill()

    def stop(self) -> None:
        """End all carriers."""
        for one, other in list(self._running):
            self.leave(one, other)
