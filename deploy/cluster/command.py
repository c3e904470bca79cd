"""`make cluster`: a whole cluster with an invented street on it, told step by step, until Ctrl-C."""

import asyncio
import logging
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import FrameType
from typing import Annotated, Final, NoReturn

import structlog
import typer
from rich.console import Console
from rich.table import Table

from deploy.cluster.mosquitto import GATEWAYS, SERVICES
from deploy.cluster.network import why_not
from deploy.cluster.postgres import NotInStep
from deploy.cluster.press import NobodyRang, a_block
from deploy.cluster.rights import ADMIN
from deploy.cluster.services import plain_environ
from deploy.cluster.whole import Cluster
from deploy.embedded.apache_kafka import NoApacheKafka
from deploy.embedded.children import Child, NeverCameUp
from deploy.embedded.mosquitto import NoMosquitto
from deploy.embedded.postgres_binaries import NoPostgres
from deploy.embedded.stack import ROOT
from homes.postgres import HomeStore
from homes.street import dump
from runtime.postgres import pooled
from simulator.neighbourhood import neighbourhood
from simulator.push import Telephone
from simulator.web import serving

_PRESSES: Final = 5
_CONTROL: Final = 8090


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What was asked for."""

    homes: int
    seed: int
    seconds: float
    once: bool


def cluster(
    homes: Annotated[int, typer.Option(min=1, max=500, help="How many homes the street has.")] = 30,
    seed: Annotated[int, typer.Option(help="The same seed invents the same street.")] = 7,
    seconds: Annotated[float, typer.Option(min=0, help="End by itself after so long; 0: at Ctrl-C.")] = 0,
    once: Annotated[bool, typer.Option("--once", help="Start, press from one end to the other, and end.")] = False,
) -> None:
    """Run three brokers, two databases and two of each service, sealed, each on an address of its own."""
    Show(Wish(homes=homes, seed=seed, seconds=seconds, once=once)).run()


class Show:
    """A running cluster and what it says on the screen."""

    def __init__(self, wish: Wish) -> None:
        """Choose a folder; nothing starts yet."""
        self._say = Console(highlight=False, soft_wrap=True)
        self._wish = wish
        self._began = time.monotonic()
        self._folder = Path(tempfile.mkdtemp(prefix="dolbom-cluster-"))

    def run(self) -> None:
        """Start everything, show it, and leave nothing behind but the logs."""
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
        signal.signal(signal.SIGTERM, _leave)
        signal.signal(signal.SIGINT, _leave)
        here = Cluster(self._folder, seed=self._wish.seed, tell=self._step)
        if reason := why_not():
            self._say.print(f"Hosts share this machine's network, nothing can be cut: {reason}.", style="yellow")
        try:
            with _uninterrupted(here):
                asyncio.run(self._press(here) if self._wish.once else self._live(here))
        except (NeverCameUp, NoApacheKafka, NoMosquitto, NoPostgres, NotInStep, NobodyRang) as error:
            self._say.print(str(error), style="red", markup=False)
            raise SystemExit(1) from error
        finally:
            self._step("everything ended")
            self._keep_logs()

    async def _press(self, here: Cluster) -> None:
        async with a_block(here, homes=_PRESSES + 1, seed=self._wish.seed) as block:
            await block.press(block.homes[0].home_id, within=60)
            took = [await block.press(home.home_id) for home in block.homes[1:]]
        shown = ", ".join(f"{1000 * each:.0f}" for each in took)
        self._step(f"a press becomes a push: median {1000 * median(took):.0f} ms ({shown})")

    async def _live(self, here: Cluster) -> None:
        async with self._street(here):
            self._show(here)
            ends = time.monotonic() + self._wish.seconds if self._wish.seconds else float("inf")
            while time.monotonic() < ends:
                await asyncio.sleep(0.5)
                for name, part in here.parts.items():
                    if not part.alive:
                        self._say.print(f"{name} ended with status {part.status}; starting it again", style="yellow")
                        await asyncio.to_thread(part.start)

    @asynccontextmanager
    async def _street(self, here: Cluster) -> AsyncIterator[None]:
        address = here.hosts["home"].address
        async with serving(Telephone().app(), port=0, host=address) as port:
            street = neighbourhood(self._wish.homes, seed=self._wish.seed, webhook=f"http://{address}:{port}/push")
            async with pooled(here.settings().postgres) as pool:
                await HomeStore(pool).save(street)
            file = self._folder / "street.yaml"
            file.write_text(dump(street))
            words = ["run", f"--street={file}", f"--control-port={_CONTROL}", "--stored-hours=0"]
            child = Child(
                [sys.executable, "-m", "simulator", *words],
                log=here.logs / "simulator.log",
                environ={**plain_environ(), **here.environ_for(ADMIN, "home"), "DOLBOM_SERVICE_PROBE_PORT": "0"},
                cwd=ROOT,
            )
            self._step(f"a street of {self._wish.homes} homes; its calls arrive at http://{address}:{port}/")
            try:
                yield
            finally:
                child.stop()

    def _show(self, here: Cluster) -> None:
        table = Table("part", "host", "address", "process", "log")
        for name, part in here.parts.items():
            table.add_row(name, part.host.name, part.host.address, f"{part.pid}", part.log_path.name)
        self._say.print(table)
        lines = {
            "Board": f"{here.console}/",
            "Operator": "operator",
            "Password": here.operator_password,
            "Make it happen": f".venv/bin/python -m simulator scene help_button --control http://127.0.0.1:{_CONTROL}",
            "MQTT": f"{here.hosts['mqtt'].address}, TLS: {GATEWAYS} certificates, {SERVICES} services",
            "Kafka": f"{here.settings().kafka.bootstrap}, mutual TLS",
            "PostgreSQL": f"{here.primary()} takes writes",
            "Logs": f"tail -F {here.logs}/*.log",
        }
        for name, value in lines.items():
            self._say.print(f"  {name:<17}{value}")
        self._say.print("Ctrl-C ends it." if not self._wish.seconds else f"It ends after {self._wish.seconds:g} s.")

    def _step(self, said: str) -> None:
        self._say.print(f"[green]✓[/green] {time.monotonic() - self._began:6.1f} s  {said}")

    def _keep_logs(self) -> None:
        kept = ROOT / ".dolbom" / "cluster-logs"
        shutil.rmtree(kept, ignore_errors=True)
        if (self._folder / "logs").is_dir():
            shutil.copytree(self._folder / "logs", kept)
            self._say.print(f"The logs are in {kept.relative_to(ROOT)}/.")
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def _uninterrupted(here: Cluster) -> Iterator[None]:
    """Run the cluster; a second Ctrl-C must not cut its end short and leave something behind."""
    try:
        here.start()
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        here.stop()


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
