"""The three brokers: Apache Kafka 4 in KRaft mode, each broker and controller at once, every line of theirs sealed."""

import base64
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deploy.cluster.certificates import Authority
from deploy.cluster.hosts import Host
from deploy.cluster.parts import Program, hears
from deploy.cluster.rights import ADMIN
from deploy.embedded.apache_kafka import TALK, NoApacheKafka, fetch
from deploy.embedded.children import NeverCameUp
from deploy.embedded.stack import ROOT

PORT: Final = 9092
_CONTROLLER: Final = 9093
BROKERS: Final = ("kafka-1", "kafka-2", "kafka-3")
#: What each broker is asked besides what it must be called; docs/how-to/run-a-cluster.md tells why.
_ASKED: Final = ROOT / "deploy" / "kafka" / "server.properties"
_THREE: Final = ROOT / "deploy" / "kafka" / "three-brokers.properties"
_CLUSTER: Final = "ZG9sYm9tLWNsdXN0ZXItMQ"
#: Small and quick to start: three of them share a machine with everything else.
_JAVA: Final = ("-Xms96m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")


class Brokers:
    """How the three brokers are started."""

    def __init__(self, folder: Path, hosts: Mapping[str, Host], authority: Authority) -> None:
        """Fetch the program once; raise NoApacheKafka where it cannot be had."""
        java, jars = shutil.which("java"), ROOT / ".dolbom" / "kafka-jars"
        if java is None:
            raise NoApacheKafka("there is no `java` on PATH; Apache Kafka 4 needs Java 17 or newer")
        fetch(jars)
        self._java = [java, *_JAVA, *TALK, "-cp", f"{jars}/*"]
        self._folder, self._hosts, self._authority = folder, hosts, authority

    @property
    def bootstrap(self) -> str:
        """The addresses of the brokers."""
        return ",".join(f"{self._hosts[name].address}:{PORT}" for name in BROKERS)

    def program(self, name: str, source: Path) -> Program:
        """Format a broker's disk if it is new, and word its start."""
        home = self._folder / name
        home.mkdir(parents=True, exist_ok=True)
        config = home / "server.properties"
        if not (home / "data" / "meta.properties").exists():
            config.write_text(self._config(name))
            self._format(config, home / "data")
        address = self._hosts[name].address
        return Program(words=[*self._java, "kafka.Kafka", config], folder=home, ready=lambda: hears(address, PORT))

    def _format(self, config: Path, data: Path) -> None:
        """Give a broker its disk: formatted once by Kafka's own tool, and for the others copied with another name."""
        first = self._folder / "formatted"
        if not (first / "meta.properties").exists():
            draft = config.with_name("draft.properties")
            draft.write_text(f"{config.read_text()}log.dirs={first}\n")
            words = ["kafka.tools.StorageTool", "format", "-t", _CLUSTER, "-c", str(draft), "--ignore-formatted"]
            done = subprocess.run([*self._java, *words], capture_output=True, text=True, check=False)
            if done.returncode:
                raise NeverCameUp(f"formatting Kafka's disk ended with {done.returncode}\n{done.stdout}{done.stderr}")
        data.mkdir(exist_ok=True)
        shutil.copy(first / "bootstrap.checkpoint", data)
        node = next(line for line in config.read_text().splitlines() if line.startswith("node.id="))
        own = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
        (data / "meta.properties").write_text(f"{node}\ndirectory.id={own}\nversion=1\ncluster.id={_CLUSTER}\n")

    def _config(self, name: str) -> str:
        address = self._hosts[name].address
        ours = self._authority.certify(name, [address])
        voters = ",".join(f"{place}@{self._hosts[each].address}:{_CONTROLLER}" for place, each in enumerate(BROKERS, 1))
        lines = {
            "process.roles": "broker,controller",
            "node.id": f"{BROKERS.index(name) + 1}",
            "controller.quorum.voters": voters,
            "listeners": f"SSL://{address}:{PORT},CONTROLLER://{address}:{_CONTROLLER}",
            "advertised.listeners": f"SSL://{address}:{PORT}",
            "log.dirs": f"{self._folder / name / 'data'}",
            "ssl.keystore.location": f"{ours.both}",
            "ssl.truststore.location": f"{ours.authority}",
            "super.users": ";".join(f"User:{each}" for each in (*BROKERS, ADMIN)),
        }
        told = "".join(f"{key}={value}\n" for key, value in lines.items())
        return f"{_ASKED.read_text()}\n{_THREE.read_text()}\n{told}"
