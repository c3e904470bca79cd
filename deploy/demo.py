"""The demo: a street of pretend homes and the whole service on one machine, from nothing, until Ctrl-C."""

import asyncio
import logging
import os
import shlex
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

import structlog
from rich.console import Console

from deploy.embedded.children import NeverCameUp, answers, loopback_port
from deploy.embedded.kafka import NoKafka
from deploy.embedded.postgres import InUse
from deploy.embedded.postgres_binaries import NoPostgres
from deploy.embedded.stack import ROOT, Running, Stack
from runtime.kafka import create_topics
from runtime.postgres import migrate
from runtime.settings import BadSettings, load

#: What a command such as `python -m homes list` has to know; no key, no operator's password.
ADDRESSES: Final = ("DOLBOM_MQTT_", "DOLBOM_KAFKA_", "DOLBOM_POSTGRES_")
SERVICES: Final = ("ingest", "detectors", "alerts", "history", "console")
GAPS: Final = (
    "The embedded brokers keep everything in memory and know no access rules: this shows Dolbom, it protects nobody."
)


@dataclass(frozen=True, kw_only=True)
class Street:
    """What the demo invents."""

    homes: int
    seed: int
    stored_hours: float


class Demo:
    """A running demo and what it says on the screen."""

    def __init__(self, folder: Path, street: Street) -> None:
        """Choose ports; nothing starts yet."""
        self._say = Console(highlight=False)
        self._street = street
        self._control, self._push = _port_near(8090), _port_near(8091)
        given = {name: value for name, value in os.environ.items() if name.startswith("DOLBOM_")}
        given.setdefault("DOLBOM_CONSOLE_PORT", str(_port_near(8080)))
        given.setdefault("DOLBOM_CONSOLE_DEMO_CONTROL_URL", f"http://127.0.0.1:{self._control}")
        self._stack = Stack(folder, given, durable=False)
        self._services: dict[str, Running] = {}
        self._restarts: Counter[str] = Counter()
        self._wrote_addresses = False
        self._began = time.monotonic()

    def run(self) -> None:
        """Start everything, say where it is, and keep it running until the process is told to stop."""
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        signal.signal(signal.SIGTERM, _leave)
        signal.signal(signal.SIGINT, _leave)
        try:
            self._start()
            self._tell()
            self._keep_running()
        except (NeverCameUp, InUse, NoKafka, NoPostgres, BadSettings) as error:
            self._say.print(str(error), style="red", markup=False, soft_wrap=True)
            raise SystemExit(1) from error
        finally:
            # A second Ctrl-C must not cut the stop short and leave something behind.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            with self._step("Stopped", doing="Stopping"):
                # Another demo in this folder has its own, and refused us before we wrote.
                if self._wrote_addresses:
                    self._addresses_file.unlink(missing_ok=True)
                self._stack.stop()

    def _start(self) -> None:
        with self._step("Brokers and database", doing="Starting brokers and a database from Python packages"):
            # Kafka forgot the last demo; a database that remembers it would not fit.
            self._stack.forget()
            self._stack.start()
            self._write_addresses()
        with self._step("Schema and topics"):
            asyncio.run(self._prepare())
        with self._step(f"A street of {self._street.homes} homes"):
            self._import_street()
        with self._step("Services", doing=f"Starting {', '.join(SERVICES)}"):
            for name in SERVICES:
                self._services[name] = self._stack.service(name)
            for running in self._services.values():
                running.wait_ready(within=60)
        with self._step("Life in the homes", doing="The gateways come online"):
            self._services["simulator"] = self._start_simulator()
            self._services["simulator"].wait_for(lambda: answers(self._control), within=30)

    async def _prepare(self) -> None:
        settings = load(self._stack.environ)
        await migrate(settings.postgres)
        await create_topics(settings.kafka)

    def _import_street(self) -> None:
        file = self._street_file
        webhook = f"http://127.0.0.1:{self._push}/push"
        street = self._street
        invent = [f"--homes={street.homes}", f"--seed={street.seed}", f"--webhook={webhook}", f"--out={file}"]
        self._do("simulator", "street", *invent)
        self._do("homes", "import", str(file))

    def _do(self, module: str, *words: str) -> None:
        environ = {**os.environ, **self._stack.environ}
        command = [sys.executable, "-m", module, *words]
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
        if done.returncode:
            told = f"{done.stdout}{done.stderr}".strip()
            raise NeverCameUp(f"python -m {module} {words[0]}: it ended with status {done.returncode}\n{told}")

    def _start_simulator(self) -> Running:
        return self._stack.service(
            "simulator",
            arguments=[
                "run",
                f"--street={self._street_file}",
                f"--control-port={self._control}",
                f"--push-port={self._push}",
                f"--stored-hours={self._street.stored_hours}",
            ],
        )

    def _write_addresses(self) -> None:
        """Write where brokers and database are, for commands in another terminal; a password is among it."""
        named = {name: value for name, value in self._stack.environ.items() if name.startswith(ADDRESSES)}
        self._addresses_file.unlink(missing_ok=True)
        self._wrote_addresses = True
        with os.fdopen(os.open(self._addresses_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(named.items()))

    @property
    def _addresses_file(self) -> Path:
        return self._stack.folder / "commands.env"

    @property
    def _street_file(self) -> Path:
        return self._stack.folder / "street.yaml"

    def _tell(self) -> None:
        environ = self._stack.environ
        board = environ["DOLBOM_ALERTS_PUBLIC_URL"]
        control = "" if self._control == 8090 else f" --control http://127.0.0.1:{self._control}"
        lines = {
            "Board": board,
            "Operator": environ["DOLBOM_CONSOLE_OPERATOR_NAME"],
            "Password": environ["DOLBOM_CONSOLE_OPERATOR_PASSWORD"],
            "Make it happen": f"{board}/demo  or  .venv/bin/python -m simulator scene help_button{control}",
            "Pushes arrive at": f"http://127.0.0.1:{self._push}/",
            "Look inside": f"source {_short(self._addresses_file)} && .venv/bin/python -m homes list",
            "Logs": str(self._stack.logs),
        }
        self._say.print(f"\n[bold]Ready after {time.monotonic() - self._began:.0f} s.[/bold]")
        for name, value in lines.items():
            self._say.print(f"  {name:<17}{value}", soft_wrap=True)
        self._say.print(f"\n{GAPS}\nCtrl-C stops it.", soft_wrap=True)

    def _keep_running(self) -> None:
        while True:
            time.sleep(0.5)
            for name, running in self._services.items():
                if not running.alive:
                    self._start_again(name, running)
            self._stack.check_brokers()

    def _start_again(self, name: str, ended: Running) -> None:
        log = ended.log_path
        # One that dies at once each time must neither flood the screen nor take a core.
        pause = min(30.0, 0.5 * 2 ** self._restarts[name] - 0.5)
        self._restarts[name] += 1
        self._say.print(
            f"{name} ended with status {ended.status}; starting it again in {pause:g} s (log: {log})", soft_wrap=True
        )
        time.sleep(pause)
        self._services[name] = self._start_simulator() if name == "simulator" else self._stack.service(name)

    @contextmanager
    def _step(self, done: str, *, doing: str = "") -> Iterator[None]:
        began = time.monotonic()
        with self._say.status(doing or done):
            yield
        self._say.print(f"[green]✓[/green] {done:<24}{time.monotonic() - began:6.1f} s")


def _short(path: Path) -> str:
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))


def _port_near(wish: int) -> int:
    return loopback_port() if answers(wish) else wish


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
