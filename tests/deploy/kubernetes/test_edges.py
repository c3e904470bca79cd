"""Inside the cluster only those ways are open that the services' settings ask for."""

from collections.abc import Iterator
from typing import Any

from deploy.kubernetes.checks import environment
from deploy.kubernetes.edges import EDGES, OUTSIDE, Edge, policies
from deploy.kubernetes.objects import Pod, given, pods, shipped

OBJECTS: list[Any] = shipped("base", "components/panels")
GIVEN = given()
#: Whoever comes in from outside, and at which port of a container they may.
COMES_IN = {
    "pages": "entrance",
    "certificates": "homes",
    "gate-passwords": "homes",
    "panels": "homes",
    "panels-udp": "homes",
}
#: What a setting that names a provider asks of the world.
GOES_OUT = {"DOLBOM_ALERTS_SMTP_PORT": 587, "DOLBOM_ALERTS_DEAD_MAN_URL": 443, "DOLBOM_ALERTS_SMS_GATEWAY_URL": 443}


def asked_for(pod: Pod) -> Iterator[Edge]:
    for container in pod.containers:
        told = environment(pod, container, OBJECTS, GIVEN)
        if "DOLBOM_KAFKA_BOOTSTRAP" in told:
            yield Edge(pod.name, "kafka", int(told["DOLBOM_KAFKA_BOOTSTRAP"].rsplit(":", 1)[1]))
        if "DOLBOM_POSTGRES_DSN" in told:
            yield Edge(pod.name, "postgres", 5432)
        if told.get("DOLBOM_MQTT_HOST", "127.0.0.1") != "127.0.0.1":
            yield Edge(pod.name, told["DOLBOM_MQTT_HOST"], int(told["DOLBOM_MQTT_PORT"]))
        if "DOLBOM_ALERTS_SYNTHETIC_PORT" in told:  # the call that comes of a press is made by alerts
            yield Edge("alerts", pod.name, int(told["DOLBOM_ALERTS_SYNTHETIC_PORT"]))
        yield from (Edge(pod.name, "world", port) for name, port in GOES_OUT.items() if name in told)
        for port in container.get("ports", ()):
            source = "monitoring" if port["name"] == "probes" else COMES_IN.get(port["name"])
            if source:
                yield Edge(source, pod.name, port["containerPort"], port.get("protocol", "TCP"))


def test_every_way_that_a_setting_asks_for_is_open_and_no_other() -> None:
    assert {edge for pod in pods(OBJECTS) for edge in asked_for(pod)} == set(EDGES)


def test_every_pod_has_a_policy_and_whoever_has_none_is_denied_everything() -> None:
    written = {one["metadata"]["name"]: one["spec"] for one in policies()}
    assert written["nobody"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [], "egress": []}
    assert written.keys() == {"nobody"} | {pod.name for pod in pods(OBJECTS)}


def test_both_ends_of_a_way_inside_allow_it() -> None:
    written = {one["metadata"]["name"]: one["spec"] for one in policies()}
    for edge in EDGES:
        port = {"port": edge.port, "protocol": edge.protocol}
        if edge.source not in OUTSIDE:
            assert any(port in rule["ports"] for rule in written[edge.source]["egress"])
        if edge.target not in OUTSIDE:
            assert any(port in rule["ports"] for rule in written[edge.target]["ingress"])


def test_providers_are_reached_and_what_stands_beside_us_is_not() -> None:
    assert "10.0.0.0/8" in OUTSIDE["world"]["ipBlock"]["except"]
    assert "169.254.0.0/16" in OUTSIDE["world"]["ipBlock"]["except"]
