"""Faults of the files for real servers that can be seen without a container engine."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import yaml

from deploy.prometheus.runbook import runbook_of
from runtime.settings import Settings, name_of

#: The names that `${NAME...}` and `- NAME=` bring into compose.yaml.
_ASKED: Final = re.compile(r"\$\{([A-Z0-9_]+)")
#: What deploy/grafana/provisioning calls it.
_SOURCE: Final = {"type": "prometheus", "uid": "prometheus"}
_METRIC: Final = re.compile(r"\bdolbom_[a-z0-9_]+")
_DECLARED: Final = re.compile(r'"(dolbom_[a-z0-9_]+)"')
#: What a metric of the client library becomes on the wire.
_SUFFIXES: Final = ("", "_total", "_bucket", "_sum", "_count", "_created")
#: Each installation makes its own, by `python -m homes enrol authority`; only the keeper sees the authority's.
_OWN_CERTIFICATES: Final = "./deploy/mosquitto/certs"
_AUTHORITY: Final = "./deploy/mosquitto/certs/authority"

# A parsed YAML or JSON file has no type of its own; it is looked at here and goes no further.
Tree = Mapping[str, Any]


def faults(root: Path) -> list[str]:
    """Name every fault found in the files under this root."""
    deploy = root / "deploy"
    compose = yaml.safe_load((root / "compose.yaml").read_text())
    rules = yaml.safe_load((deploy / "prometheus" / "rules.yml").read_text())
    board = json.loads((deploy / "grafana" / "dolbom.json").read_text())
    known = metrics_of(root)
    return [
        *compose_faults(compose, root),
        *environment_faults((root / "compose.yaml").read_text(), (root / ".env.example").read_text()),
        *kafka_faults(compose, (deploy / "kafka" / "server.properties").read_text()),
        *dockerfile_faults((root / "Dockerfile").read_text(), root),
        *dockerignore_faults((root / ".dockerignore").read_text(), (root / ".gitignore").read_text()),
        *rule_faults(rules, known),
        *absence_faults(rules, yaml.safe_load((deploy / "prometheus" / "prometheus.yml").read_text())),
        *board_faults(board, known),
        *promtool_faults(deploy / "prometheus"),
    ]


def compose_faults(compose: Tree, root: Path) -> Iterator[str]:
    """Look at what each service of compose.yaml needs and names."""
    for name, service in compose["services"].items():
        found = (
            *_image_faults(service),
            *(f"depends on {other}, which is not there" for other in _needs(service) - compose["services"].keys()),
            *_mount_faults(service, compose["volumes"], root),
            *(f"{variable} is no setting" for variable in sorted(_told(service) - _settings())),
        )
        yield from (f"compose.yaml: {name}: {fault}" for fault in found)


def _image_faults(service: Tree) -> Iterator[str]:
    image = service.get("image", "")
    if not image:
        yield "no image"
    if "/" in image and "." in image.split("/")[0]:
        yield "the image names a registry's host"
    if service.get("restart") != "no" and "healthcheck" not in service and "build" not in service:
        yield "nobody would see that it is ill: no healthcheck"


def _mount_faults(service: Tree, volumes: Tree, root: Path) -> Iterator[str]:
    for mount in service.get("volumes", []):
        source = mount.split(":")[0]
        if not source.startswith(("./", "/")):
            if source not in volumes:
                yield f"the volume {source} is not declared"
        elif (root / _AUTHORITY).is_relative_to(root / source) and not _may_sign(service):
            yield f"mounts {source}, and with it the authority's key"
        # A folder of the machine itself is made by the engine where it is missing.
        elif source.startswith("./") and not (root / source).exists() and not source.startswith(_OWN_CERTIFICATES):
            yield f"mounts {source}, which is not there"


def _may_sign(service: Tree) -> bool:
    return bool({"keep", "authority"} & set(service.get("command", ())))


def _needs(service: Tree) -> set[str]:
    return set(service.get("depends_on", ()))


def _told(service: Tree) -> set[str]:
    return {name for name in service.get("environment", ()) if name.startswith("DOLBOM_")}


def _settings() -> set[str]:
    sections = ((section.name, getattr(Settings(), section.name)) for section in fields(Settings))
    return {name_of(name, setting.name) for name, section in sections for setting in fields(section)}


#: Its figures are absent then, and `BackupOld` rings: a ticket, for nobody has to get up for it.
_TOLD_OTHERWISE: Final = frozenset({"backups"})


def environment_faults(compose: str, example: str) -> Iterator[str]:
    """Compare what compose.yaml asks for with what .env.example offers; secrets must be empty there."""
    asked = set(_ASKED.findall(compose))
    offered = dict(line.split("=", 1) for line in example.splitlines() if re.match(r"[A-Z0-9_]+=", line))
    yield from (f".env.example: {name} is asked for in compose.yaml" for name in sorted(asked - offered.keys()))
    yield from (f".env.example: {name} is asked for nowhere" for name in sorted(offered.keys() - asked))
    for name, value in offered.items():
        if value and name.endswith(("PASSWORD", "SECRET", "PASSPHRASE")):
            yield f".env.example: {name} holds a secret"


def kafka_faults(compose: Tree, properties: str) -> Iterator[str]:
    """Compare compose.yaml's Kafka with what deploy/kafka/server.properties asks of any."""
    environment = compose["services"]["kafka"]["environment"]
    for line in properties.splitlines():
        if not line or line.startswith("#"):
            continue
        key, value = line.split("=", 1)
        name = "KAFKA_" + key.upper().replace(".", "_")
        if environment.get(name) != value:
            yield f"compose.yaml: kafka: {name} should be {value}, as server.properties has it"


def dockerfile_faults(dockerfile: str, root: Path) -> Iterator[str]:
    """Look whether the image gets every service, and only what is there."""
    copied = re.findall(r"^COPY (\S+) ", dockerfile, re.MULTILINE)
    yield from (f"Dockerfile: copies {source}, which is not there" for source in copied if not (root / source).exists())
    for package in ("contracts", "runtime", "homes", "ingest", "detectors", "alerts", "history", "console"):
        if package not in copied:
            yield f"Dockerfile: does not copy {package}"


def dockerignore_faults(dockerignore: str, gitignore: str) -> Iterator[str]:
    """Look whether all that is kept from git, secrets among it, is kept from the image's builder too."""
    kept = {line.removeprefix("**/").strip("/") for line in dockerignore.splitlines()}
    for line in gitignore.splitlines():
        if line.strip("/") not in kept:
            yield f".dockerignore: {line} is kept from git but not from the image"


def metrics_of(root: Path) -> frozenset[str]:
    """Read the names of all metrics out of the packages' metrics.py."""
    files = (*root.glob("[a-z]*/metrics.py"), *root.glob("[a-z]*/*/metrics.py"))
    declared = frozenset(name for file in files for name in _DECLARED.findall(file.read_text()))
    return declared | {name.removesuffix("_total") + suffix for name in declared for suffix in _SUFFIXES}


def rule_faults(rules: Tree, known: frozenset[str]) -> Iterator[str]:
    """Look whether each rule can fire and says what to do then."""
    for group in rules["groups"]:
        for rule in group["rules"]:
            where = f"rules.yml: {rule.get('alert', '?')}"
            if rule.get("labels", {}).get("severity") not in ("page", "ticket"):
                yield f"{where}: severity is neither page nor ticket"
            if rule.get("annotations", {}).get("runbook_url") != runbook_of(rule.get("alert", "?")):
                yield f"{where}: no page under runbook_url"
            for word in ("summary", "action"):
                if not rule.get("annotations", {}).get(word, "").endswith("."):
                    yield f"{where}: no sentence under {word}"
            yield from _unknown_metrics(where, rule["expr"], known)


def absence_faults(rules: Tree, prometheus: Tree) -> Iterator[str]:
    """Look whether somebody is told of each job that has no target at all."""
    told = "\n".join(rule["expr"] for group in rules["groups"] for rule in group["rules"])
    for job in prometheus["scrape_configs"]:
        if job["job_name"] not in _TOLD_OTHERWISE and f'absent(up{{job="{job["job_name"]}"}})' not in told:
            yield f"rules.yml: nobody is told when {job['job_name']} is gone"


def board_faults(board: Tree, known: frozenset[str]) -> Iterator[str]:
    """Look whether each panel of the dashboard has a place, an id of its own and metrics that exist."""
    ids: set[int] = set()
    for panel in board["panels"]:
        where = f"dolbom.json: {panel['title']}"
        if panel["id"] in ids:
            yield f"{where}: its id {panel['id']} is taken"
        ids.add(panel["id"])
        if panel["gridPos"]["x"] + panel["gridPos"]["w"] > 24:
            yield f"{where}: it is wider than the board"
        for other in (other for other in board["panels"] if other["id"] < panel["id"] and _overlap(panel, other)):
            yield f"{where}: it lies over {other['title']}"
        if panel["type"] != "row":
            yield from (f"{where}: {fault}" for fault in _panel_faults(panel))
        for target in panel.get("targets", []):
            yield from _unknown_metrics(where, target["expr"], known)


def _overlap(one: Tree, other: Tree) -> bool:
    here, there = one["gridPos"], other["gridPos"]
    across = here["x"] < there["x"] + there["w"] and there["x"] < here["x"] + here["w"]
    return bool(across and here["y"] < there["y"] + there["h"] and there["y"] < here["y"] + here["h"])


def _panel_faults(panel: Tree) -> Iterator[str]:
    targets = panel.get("targets", [])
    if not targets or len({target["refId"] for target in targets}) < len(targets):
        yield "its questions have no names of their own"
    if any(asked.get("datasource") != _SOURCE for asked in (panel, *targets)):
        yield "it asks somebody else than Prometheus"
    if not panel.get("fieldConfig", {}).get("defaults", {}).get("unit"):
        yield "its figures have no unit"
    if not panel.get("description", "").endswith("."):
        yield "no sentence says what it shows"


def _unknown_metrics(where: str, expression: str, known: frozenset[str]) -> Iterator[str]:
    for name in _METRIC.findall(expression):
        if name not in known:
            yield f"{where}: {name} is no metric of ours"


def promtool_faults(folder: Path) -> Iterator[str]:
    """Ask Prometheus's own tool, where it is installed."""
    promtool = shutil.which("promtool")
    if promtool is None:
        return
    done = subprocess.run([promtool, "check", "config", folder / "prometheus.yml"], capture_output=True, text=True)
    if done.returncode:
        yield f"promtool: {done.stdout}{done.stderr}"
