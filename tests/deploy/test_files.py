"""The files for real servers, looked at as far as that goes without a container engine."""

import copy
import json
import re
from typing import Any

import pytest
import yaml

from deploy import checks
from deploy.embedded.stack import ROOT
from runtime.settings import load

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
RULES: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "prometheus" / "rules.yml").read_text())
BOARD: dict[str, Any] = json.loads((ROOT / "deploy" / "grafana" / "dolbom.json").read_text())
PROPERTIES = (ROOT / "deploy" / "kafka" / "server.properties").read_text()
KNOWN = checks.metrics_of(ROOT)


def test_the_files_for_real_servers_have_no_fault_that_can_be_seen_here() -> None:
    assert checks.faults(ROOT) == []


def test_every_service_of_ours_runs_in_the_compose_file() -> None:
    commands = {service["command"][2] for service in COMPOSE["services"].values() if "build" in service}
    assert commands == {"ingest", "detectors", "alerts", "history", "console", "homes", "deploy.roles"}


def test_what_the_compose_file_tells_a_service_can_be_used() -> None:
    for service in COMPOSE["services"].values():
        told = {name: str(value) for name, value in service.get("environment", {}).items()}
        # What comes from .env is that machine's; what stands after `:-` is ours, and may hold another.
        for _ in range(2):
            told = {name: _ASKED.sub(r"\1", value) for name, value in told.items()}
        load({name: value for name, value in told.items() if name.startswith("DOLBOM_")})


_ASKED = re.compile(r"\$\{\w+(?::-([^${}]*))?[^${}]*\}")


#: The package that brings each program that tests or the local servers look for.
PACKAGES = {
    "mosquitto": "mosquitto",
    "postgres": "postgresql",
    "node": "nodejs",
    "npm": "npm",
    "java": "default-jre-headless",
    "mvn": "maven",
    "openssl": "openssl",
    "promtool": "prometheus",
    "systemd-analyze": "systemd",
}


def test_ci_installs_every_program_that_a_test_would_be_skipped_without() -> None:
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "deploy" / "embedded").glob("*.py")]
    asked = {name for file in files for name in re.findall(r'shutil\.which\("([^"]+)"', file.read_text())}
    installed = re.search(r"needed=\((.*)\)", (ROOT / ".ci" / "run").read_text())
    assert installed
    assert {"node", "npm"} <= asked
    assert {PACKAGES[name] for name in asked} <= set(installed[1].split())


def test_only_gateways_and_panels_come_in_from_outside() -> None:
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]
    outside = [port for port in ports if not port.startswith("127.0.0.1:")]
    assert outside == ["8883:8883", "8884:8884", "10500:10500/tcp", "10500:10500/udp"]


@pytest.mark.parametrize(
    ("service", "change", "told"),
    [
        ("alerts", {"environment": {"DOLBOM_ALERTS_LINK_SECERT": "x"}}, "DOLBOM_ALERTS_LINK_SECERT is no setting"),
        ("kafka", {"image": "registry.example/kafka"}, "names a registry's host"),
        ("kafka", {"healthcheck": None}, "no healthcheck"),
        ("ingest", {"depends_on": {"zookeeper": {}}}, "depends on zookeeper"),
        ("postgres", {"volumes": ["data:/x"]}, "volume data is not declared"),
        ("grafana", {"volumes": ["./nowhere:/x"]}, "mounts ./nowhere"),
        ("mosquitto", {"volumes": ["./deploy/mosquitto/certs:/mosquitto/certs:ro"]}, "the authority's key"),
        ("mosquitto", {"volumes": ["./deploy/mosquitto:/mosquitto:ro"]}, "the authority's key"),
        ("console", {"volumes": ["./deploy/mosquitto/certs/authority:/authority:ro"]}, "the authority's key"),
    ],
)
def test_a_fault_of_the_compose_file_is_seen(service: str, change: dict[str, Any], told: str) -> None:
    broken = copy.deepcopy(COMPOSE)
    broken["services"][service] |= change
    broken["services"][service] = {
        key: value for key, value in broken["services"][service].items() if value is not None
    }
    assert any(told in fault for fault in checks.compose_faults(broken, ROOT))


def test_a_secret_in_the_example_is_seen() -> None:
    compose, example = "x: ${DOLBOM_MQTT_PASSWORD:?} ${NEW}", "DOLBOM_MQTT_PASSWORD=hunter\nOLD=1\n"
    told = "\n".join(checks.environment_faults(compose, example))
    assert "NEW is asked for" in told
    assert "OLD is asked for nowhere" in told
    assert "DOLBOM_MQTT_PASSWORD holds a secret" in told


def test_a_secret_that_would_go_into_the_image_is_seen() -> None:
    told = list(checks.dockerignore_faults("**/__pycache__\n.venv", "__pycache__/\n.venv/\n.env\n"))
    assert told == [".dockerignore: .env is kept from git but not from the image"]


def test_a_kafka_that_differs_from_what_the_tests_ran_with_is_seen() -> None:
    broken = copy.deepcopy(COMPOSE)
    broken["services"]["kafka"]["environment"]["KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE"] = "true"
    assert any("UNCLEAN" in fault for fault in checks.kafka_faults(broken, PROPERTIES))


def test_a_rule_about_a_metric_that_is_not_there_is_seen() -> None:
    broken = copy.deepcopy(RULES)
    broken["groups"][0]["rules"][0] |= {"expr": "dolbom_ingest_raedings_total > 0", "labels": {}, "annotations": {}}
    told = "\n".join(checks.rule_faults(broken, KNOWN))
    assert "dolbom_ingest_raedings_total is no metric of ours" in told
    assert "neither page nor ticket" in told
    assert "no sentence under action" in told


def test_what_homes_lose_together_rings_and_is_drawn() -> None:
    rules = "\n".join(rule["expr"] for group in RULES["groups"] for rule in group["rules"])
    drawn = "\n".join(target["expr"] for panel in BOARD["panels"] for target in panel.get("targets", []))
    for metric in ("dolbom_alerts_homes_not_protected", "dolbom_alerts_incidents_open"):
        assert metric in rules and metric in drawn
    assert "dolbom_ingest_lost_total" in rules


def test_a_service_that_may_vanish_unseen_is_seen() -> None:
    jobs = {"scrape_configs": [{"job_name": "ingest"}, {"job_name": "history"}]}
    rules = {"groups": [{"rules": [{"expr": 'up == 0 or absent(up{job="ingest"})'}]}]}
    assert list(checks.absence_faults(rules, jobs)) == ["rules.yml: nobody is told when history is gone"]


def test_two_panels_with_one_id_are_seen() -> None:
    broken = copy.deepcopy(BOARD)
    broken["panels"][2]["id"] = broken["panels"][1]["id"]
    broken["panels"][1]["gridPos"]["w"] = 40
    told = "\n".join(checks.board_faults(broken, KNOWN))
    assert "is taken" in told
    assert "wider than the board" in told


def test_panels_that_lie_over_each_other_or_show_figures_without_a_unit_are_seen() -> None:
    broken = copy.deepcopy(BOARD)
    first, second = (panel for panel in broken["panels"] if panel["type"] == "stat" and panel["id"] in (2, 3))
    second["gridPos"]["x"] = first["gridPos"]["x"]
    first["fieldConfig"]["defaults"].pop("unit")
    first["targets"][0]["datasource"] = {"type": "loki", "uid": "loki"}
    told = "\n".join(checks.board_faults(broken, KNOWN))
    assert f"it lies over {first['title']}" in told
    assert f"{first['title']}: its figures have no unit" in told
    assert f"{first['title']}: it asks somebody else than Prometheus" in told


def test_prometheus_asks_services_that_the_compose_file_has_and_hears_of_backups() -> None:
    config = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text())
    asked = {name for job in config["scrape_configs"] for sd in job["dns_sd_configs"] for name in sd["names"]}
    assert asked <= COMPOSE["services"].keys()
    shown = {volume.split(":")[0] for volume in COMPOSE["services"]["backups"]["volumes"]}
    page = (ROOT / "docs" / "how-to" / "back-up-and-restore.md").read_text()
    assert shown == {"/var/lib/dolbom-backup"} and "--textfile /var/lib/dolbom-backup/" in page
