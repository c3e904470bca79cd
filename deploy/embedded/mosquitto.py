"""Mosquitto as a child: the broker of production, with our delivery settings, for tests and for trying."""

import shutil
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from deploy.embedded.children import Child, answers, loopback_port

_DELIVERY: Final = Path(__file__).parent.parent / "mosquitto" / "conf.d" / "delivery.conf"


class NoMosquitto(Exception):
    """There is no `mosquitto` program on this machine; Debian's package of that name brings it."""


class LocalMosquitto:
    """A Mosquitto of our own on a free port, without access rules, that keeps its sessions in the folder."""

    host: Final = "127.0.0.1"

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        """Prepare; raise NoMosquitto at once where there is none."""
        found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
        if found is None:
            raise NoMosquitto(str(NoMosquitto.__doc__))
        self.port = port or loopback_port()
        self._program = found
        self._folder = folder
        self.child: Child | None = None

    def start(self) -> None:
        """Start the broker and return once it listens."""
        self._folder.mkdir(parents=True, exist_ok=True)
        config = self._folder / "mosquitto.conf"
        ours = f"listener {self.port} {self.host}\nallow_anonymous true\npersistence_location {self._folder}/\n"
        # It would drop to an account of its own, which cannot write into our folder.
        config.write_text(f"user root\n{ours}{_DELIVERY.read_text()}")
        self.child = Child([self._program, "-c", config], log=self._folder / "mosquitto.log", cwd=self._folder)
        self.child.wait_for(lambda: answers(self.port), within=10, what="Mosquitto")

    def stop(self) -> None:
        """End the broker, which writes its sessions down; twice is as good as once."""
        if self.child is not None:
            self.child.stop(within=5)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
