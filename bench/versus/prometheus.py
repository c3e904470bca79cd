"""Prometheus and Alertmanager as the alert path, behind a small exporter: as quick as sensible, and as delivered."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from bench.versus import install
from bench.versus.contestants import Able, Contestant, Does
from bench.versus.dolbom import asks
from bench.versus.ground import Ground
from bench.versus.python import SCRIPTS
from bench.versus.team import Program, Team
from deploy.embedded.children import loopback_ports

_PROMETHEUS: Final = """\
global: {{scrape_interval: {interval}, scrape_timeout: 1s, evaluation_interval: {interval}}}
rule_files: [rules.yml]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{alerts}"]}}]}}]}}
scrape_configs: [{{job_name: homes, static_configs: [{{targets: ["127.0.0.1:{exporter}"]}}]}}]
"""
#: A cry stays an alert for as long as a case of the others stays open; `increase` would miss a home's first.
_RULES: Final = """\
groups:
  - name: homes
    rules:
      - {alert: Cry, expr: "time() - home_cried_timestamp_seconds < 600"}
      - alert: Stillness
        expr: home_heard_timestamp_seconds - home_moved_timestamp_seconds >= 43200
        labels: {hazard: stillness}
"""
_ALERTS: Final = """\
route: {{receiver: us, {grouping}, repeat_interval: 4h}}
receivers: [{{name: us, webhook_configs: [{{url: "{url}", send_resolved: false}}]}}]
"""
#: Each home and hazard by itself, at once; and what Debian's files say.
_QUICK: Final = "group_by: [home, hazard], group_wait: 0s, group_interval: 1s"
_DELIVERED: Final = "group_by: [alertname, cluster, service], group_wait: 30s, group_interval: 5m"


def _with(interval: str, grouping: str) -> Callable[[Ground], AbstractContextManager[Team]]:
    @contextmanager
    def team(ground: Ground) -> Iterator[Team]:
        exporter, metrics, alerts = loopback_ports(3)
        folder = ground.folder
        settings = _PROMETHEUS.format(interval=interval, alerts=alerts, exporter=exporter)
        (folder / "prometheus.yml").write_text(settings)
        (folder / "rules.yml").write_text(_RULES)
        (folder / "alertmanager.yml").write_text(_ALERTS.format(grouping=grouping, url=ground.receiver.url))
        programs = (
            _exporter(ground, exporter),
            _alertmanager(folder, alerts),
            _prometheus(folder, metrics),
        )
        held = Team(programs, logs=folder)
        try:
            yield held
        finally:
            held.kill()

    return team


def _exporter(ground: Ground, port: int) -> Program:
    words = (ground.mqtt.port, port, ground.folder)
    command = [str(install.python()), str(SCRIPTS / "exporter.py"), *(str(word) for word in words)]
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    ready = asks(f"http://127.0.0.1:{port}/metrics")
    return Program(name="exporter", command=command, cwd=ground.folder, environ=environ, ready=ready)


def _prometheus(folder: Path, port: int) -> Program:
    command: list[str | Path] = [
        *install.debian("prometheus", "prometheus"),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    return Program(name="prometheus", command=command, cwd=folder, ready=asks(f"http://127.0.0.1:{port}/-/ready"))


def _alertmanager(folder: Path, port: int) -> Program:
    command: list[str | Path] = [
        *install.debian("prometheus-alertmanager", "prometheus-alertmanager"),
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'alerts'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        "--log.level=warn",
    ]
    return Program(name="alertmanager", command=command, cwd=folder, ready=asks(f"http://127.0.0.1:{port}/-/ready"))


def _install() -> None:
    install.python()
    install.debian("prometheus", "prometheus")
    install.debian("prometheus-alertmanager", "prometheus-alertmanager")


_ABLE: Final = Able(
    escalates=Does(by_itself=False, why="repeats to the same route; who is next is a product behind it"),
    answered=Does(by_itself=False, why="a silence hides an alert; nobody is known to go"),
    silence=Does(by_itself=True, why="by the age of a series, if its rule allows for our own scrape failing"),
    durable=Does(by_itself=False, why="a gauge holds the last value only; this exporter writes cries down itself"),
)
PROMETHEUS: Final = Contestant(
    name="Prometheus 2.42 + Alertmanager 0.25",
    about="exporter; 1 s scrape and rules, group_wait 0 s",
    able=_ABLE,
    install=_install,
    team=_with("1s", _QUICK),
)
AS_DELIVERED: Final = Contestant(
    name="the same, as Debian delivers",
    about="15 s scrape and rules, group_wait 30 s, group_interval 5 min",
    able=_ABLE,
    install=_install,
    team=_with("15s", _DELIVERED),
    only_latency=True,
    patience_seconds=75.0,
)
