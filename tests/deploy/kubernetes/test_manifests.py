"""The manifests for Kubernetes, looked at as far as that goes without a cluster."""

import copy
from typing import Any

import pytest
import yaml

from contracts.topics import ALL_TOPICS, PARTITIONS
from deploy.embedded.stack import ROOT
from deploy.kubernetes.checks import faults
from deploy.kubernetes.objects import HERE, given, pods, shipped
from deploy.kubernetes.written import pages, topics, users

OBJECTS: list[Any] = shipped("base", "components/panels")
GIVEN = given()
OVERLAYS = {
    name: yaml.safe_load((HERE / "overlays" / name / "kustomization.yaml").read_text()) for name in ("small", "city")
}


def test_the_manifests_have_no_fault_that_can_be_seen_here() -> None:
    assert faults(OBJECTS, GIVEN) == []


def test_every_service_of_the_compose_file_runs_here_too() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    ours = {" ".join(one["command"][2:4]) for name, one in compose.items() if "build" in one and "profiles" not in one}
    here = {
        " ".join(container.get("command", ["", "", ""])[2:4]) for pod in pods(OBJECTS) for container in pod.containers
    }
    assert ours <= here


@pytest.mark.parametrize("file", sorted(pages()), ids=lambda file: file.name)
def test_what_is_written_from_code_says_what_the_code_says(file: Any) -> None:
    assert file.read_text() == pages()[file], "run `python -m deploy.kubernetes write`"


def test_every_topic_has_the_partitions_and_the_retention_of_the_contract() -> None:
    written = {one["metadata"]["name"]: one["spec"] for one in topics()}
    assert written.keys() == {topic.name for topic in ALL_TOPICS}
    assert all(one["replicas"] == 3 and one["config"]["min.insync.replicas"] == "2" for one in written.values())


def test_every_service_has_a_user_of_kafka_that_may_make_no_topic() -> None:
    written = {one["metadata"]["name"]: one["spec"]["authorization"]["acls"] for one in users()}
    assert {f"kafka-{name}" for name in written} == {name for name in GIVEN.secrets if name.startswith("kafka-")} - {
        "kafka-authority"
    }
    operations = {operation for acls in written.values() for acl in acls for operation in acl["operations"]}
    assert operations == {"Read", "Write", "Describe"}


def test_no_example_of_a_secret_holds_one() -> None:
    for file in (HERE / "secrets").iterdir():
        assert file.name.endswith((".env.example", ".env")), f"{file.name} would be in git"
    for keys in GIVEN.secrets.values():
        assert not [key for key, value in keys.items() if value and key.endswith(("SECRET", "PASSWORD", "DSN", "KEY"))]


def test_nobody_asks_for_more_workers_than_there_are_partitions() -> None:
    scaled = yaml.safe_load((HERE / "components" / "scaling" / "detectors.yaml").read_text())["spec"]
    assert scaled["maxReplicaCount"] == PARTITIONS == scaled["fallback"]["replicas"]
    for name, overlay in OVERLAYS.items():
        counts = {one["name"]: one["count"] for one in overlay["replicas"]}
        assert counts["ingest"] <= PARTITIONS
        assert counts.get("detectors", 0) <= PARTITIONS
        scales = "../../components/scaling" in overlay["components"]
        assert ("detectors" in counts) is not scales, f"{name}: two would say how many detectors run"


@pytest.mark.parametrize("name", OVERLAYS)
def test_an_overlay_speaks_of_what_is_there(name: str) -> None:
    names = {pod.name for pod in pods(OBJECTS)}
    assert {one["name"] for one in OVERLAYS[name]["replicas"]} <= names
    for patch in OVERLAYS[name].get("patches", ()):
        assert set(patch["target"]["name"].split("|")) <= names
        assert yaml.safe_load(patch["patch"])
    for folder in (*OVERLAYS[name]["resources"], *OVERLAYS[name]["components"]):
        assert (HERE / "overlays" / name / folder / "kustomization.yaml").exists()


@pytest.mark.parametrize("name", ("ingest", "detectors", "alerts", "history", "console", "dc09"))
def test_whoever_runs_several_times_is_never_taken_away_whole(name: str) -> None:
    budget = next(one for one in OBJECTS if one["kind"] == "PodDisruptionBudget" and one["metadata"]["name"] == name)
    assert budget["spec"]["maxUnavailable"] == 1


FIRST = "spec.template.spec.containers.0"


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        ("Service pages spec.selector", {"x": "y"}, "Service pages: selects nobody"),
        ("Service pages spec.ports.0.targetPort", "page", "nobody has a port page"),
        ("PodDisruptionBudget alerts spec.selector.matchLabels", {"x": "y"}, "selects nobody"),
        ("ConfigMap dolbom-kafka metadata.name", "kafka", "no config map dolbom-kafka"),
        ("ConfigMap dolbom-kafka data.DOLBOM_KAFKA_BOOTSTARP", "x", "DOLBOM_KAFKA_BOOTSTARP: no such setting"),
        ("ConfigMap dolbom-service data.DOLBOM_SERVICE_PROBE_PORT", "9101", "answered at 9101"),
        ("ConfigMap dolbom-service data.DOLBOM_SERVICE_STOP_SECONDS", "20", "before it could stop"),
        (f"Deployment alerts {FIRST}.envFrom.0", {"secretRef": {"name": "x"}}, "no secret x"),
        (f"Deployment alerts {FIRST}.livenessProbe.httpGet.path", "/health", "asks for /health"),
        (f"Deployment alerts {FIRST}.readinessProbe.httpGet.port", "pages", "asks at pages"),
        (f"Deployment alerts {FIRST}.volumeMounts", [], "nothing is mounted at /etc/dolbom/mqtt"),
        (f"Deployment alerts {FIRST}.volumeMounts", [{"name": "x", "mountPath": "/x"}], "no volume x"),
        (f"Deployment alerts {FIRST}.securityContext", {}, "may get more rights"),
        (f"Deployment alerts {FIRST}.resources.limits.cpu", "1", "throttled"),
        (f"Deployment alerts {FIRST}.resources.limits", {}, "no share of memory"),
        ("Deployment alerts spec.template.spec.automountServiceAccountToken", True, "holds a key to the cluster"),
        (
            f"StatefulSet mosquitto {FIRST}.volumeMounts",
            [{"name": "authority", "mountPath": "/x"}],
            "sees the authority's key",
        ),
    ],
)
def test_a_fault_of_the_manifests_is_seen(place: str, value: object, told: str) -> None:
    kind, name, path = place.split()
    broken = copy.deepcopy(OBJECTS)
    there: Any = next(one for one in broken if (one["kind"], one["metadata"]["name"]) == (kind, name))
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in way:
        there = there[step]
    there[last] = value
    found = faults(broken, GIVEN)
    assert any(told in fault for fault in found), found


def test_a_secret_among_the_manifests_is_seen() -> None:
    assert faults([{"kind": "Secret", "metadata": {"name": "x"}}], GIVEN) == ["Secret x: a secret in a file"]
