"""Apache Kafka on the JVM as a child: the broker of production in KRaft mode, for tests and for trying."""

import fcntl
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from deploy.embedded.children import Child, NeverCameUp, answers, loopback_ports

_POM: Final = Path(__file__).parent.parent / "kafka" / "pom.xml"
_ASKED: Final = _POM.with_name("server.properties")
_CLUSTER: Final = "ZG9sYm9tLXRlc3RzLTAwMQ"
#: What it says goes to its standard error, which is its log; its everyday talk is long.
TALK: Final = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true")
_CONFIG: Final = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs={data}
num.partitions=1
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=2
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
"""


class NoApacheKafka(Exception):
    """Apache Kafka cannot run here; the message says what is missing."""


class LocalApacheKafka:
    """An Apache Kafka of our own, of one node, on free ports, with a small heap."""

    #: What runtime.settings.Kafka may use of it.
    idempotence: Final = True

    def __init__(self, folder: Path, jars: Path) -> None:
        """Prepare; fetch the broker with Maven into `jars` unless it is there, or raise NoApacheKafka."""
        java = shutil.which("java")
        if java is None:
            raise NoApacheKafka("there is no `java` on PATH; Apache Kafka 4 needs Java 17 or newer")
        fetch(jars)
        self.port, self._controller = loopback_ports(2)
        self.bootstrap = f"127.0.0.1:{self.port}"
        self._java = [java, "-Xmx512m", "-Xms128m", "-XX:+UseSerialGC", *TALK, "-cp", f"{jars.absolute()}/*"]
        self._folder = folder
        self.child: Child | None = None

    def start(self) -> None:
        """Format its storage if need be, start the broker and return once it listens."""
        self._folder.mkdir(parents=True, exist_ok=True)
        config, data = self._folder / "server.properties", self._folder / "data"
        ours = _CONFIG.format(port=self.port, controller=self._controller, data=data)
        config.write_text(_ASKED.read_text() + ours)
        done = subprocess.run(
            [*self._java, "kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(config), "--ignore-formatted"],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise NeverCameUp(f"formatting Kafka's storage ended with {done.returncode}\n{done.stdout}{done.stderr}")
        log = self._folder / "kafka.log"
        self.child = Child([*self._java, "kafka.Kafka", config], log=log, cwd=self._folder)
        self.child.wait_for(lambda: answers(self.port), within=60, what="Apache Kafka")

    def stop(self) -> None:
        """End the broker; twice is as good as once."""
        if self.child is not None:
            self.child.stop(within=10)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def fetch(jars: Path) -> None:
    """Fetch the broker named in deploy/kafka/pom.xml with Maven, once; raise NoApacheKafka where that cannot be."""
    jars.mkdir(parents=True, exist_ok=True)
    stamp = jars / "fetched-by.xml"
    with (jars / "lock").open("w") as lock:  # test workers ask for it at the same time
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == _POM.read_text():
            return
        maven = shutil.which("mvn")
        if maven is None:
            raise NoApacheKafka("there is no Maven to fetch Apache Kafka with")
        with tempfile.TemporaryDirectory(dir=jars.absolute().parent) as fresh:
            _run_maven(maven, Path(fresh))
            _take(Path(fresh), jars)
        stamp.write_text(_POM.read_text())


def _take(fresh: Path, jars: Path) -> None:
    """Bring in what is new and remove what is old; a broker that runs keeps the very files that it has open."""
    names = {new.name for new in fresh.glob("*.jar")}
    for new in fresh.glob("*.jar"):
        if not (jars / new.name).exists():
            new.rename(jars / new.name)
    for old in jars.glob("*.jar"):
        if old.name not in names:
            old.unlink()


def _run_maven(maven: str, jars: Path) -> None:
    command = [maven, "-q", "-B", "-f", str(_POM), "dependency:copy-dependencies"]
    options = [f"-DoutputDirectory={jars}", "-DincludeScope=runtime"]
    try:
        done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=240)
    except subprocess.TimeoutExpired:
        raise NoApacheKafka("Maven did not fetch Apache Kafka within 240 s") from None
    if done.returncode:
        raise NoApacheKafka(f"Maven could not fetch Apache Kafka: {done.stdout.strip()[:400]}")
