"""Who may speak to whom in the cluster: one table, from which the network policies come; all else is denied."""

from dataclasses import dataclass
from typing import Any, Final

#: What lies outside the namespace: how a policy recognises it. Namespaces of yours carry the label `dolbom/holds`.
OUTSIDE: Final[dict[str, dict[str, Any]]] = {
    "kafka": {"namespaceSelector": {"matchLabels": {"dolbom/holds": "kafka"}}},
    "postgres": {"namespaceSelector": {"matchLabels": {"dolbom/holds": "postgres"}}},
    "monitoring": {"namespaceSelector": {"matchLabels": {"dolbom/holds": "monitoring"}}},
    "entrance": {"namespaceSelector": {"matchLabels": {"dolbom/holds": "entrance"}}},
    "names": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}},
    "homes": {"ipBlock": {"cidr": "0.0.0.0/0"}},
    # Providers and push services, never what stands in private networks beside us.
    "world": {
        "ipBlock": {
            "cidr": "0.0.0.0/0",
            "except": ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
        }
    },
}


@dataclass(frozen=True, order=True)
class Edge:
    """One way that is open."""

    source: str
    target: str
    port: int
    protocol: str = "TCP"


def _to(target: str, port: int, *sources: str) -> tuple[Edge, ...]:
    return tuple(Edge(source, target, port) for source in sources)


EDGES: Final = (
    *_to("kafka", 9093, "ingest", "detectors", "alerts", "history", "console", "dc09"),
    *_to("postgres", 5432, "ingest", "alerts", "history", "console", "probe", "dc09", "mosquitto", "prepare"),
    # The bridges; sirens and speakers in homes; the prober's button; the sessions before the first start.
    *_to("mosquitto", 8885, "ingest", "alerts", "console", "probe", "prepare"),
    # The call that comes of a press that nobody made.
    Edge("alerts", "probe", 9180),
    # Mail, texts, calls, Web Push, webhooks, the dead-man's switch. A centre's receiver (DC-09) is one more line.
    Edge("alerts", "world", 443),
    Edge("alerts", "world", 587),
    Edge("console", "world", 443),
    Edge("entrance", "console", 8080),
    Edge("homes", "mosquitto", 8883),
    Edge("homes", "mosquitto", 8884),
    Edge("homes", "dc09", 10500),
    Edge("homes", "dc09", 10500, "UDP"),
    *(
        Edge("monitoring", target, 9100)
        for target in ("ingest", "detectors", "alerts", "history", "console", "probe", "dc09", "mosquitto")
    ),
)


def policies() -> list[dict[str, Any]]:
    """Write the table as network policies: nothing is open, then for each pod what comes in and what goes out."""
    pods = sorted({end for edge in EDGES for end in (edge.source, edge.target)} - OUTSIDE.keys())
    return [_policy("nobody", {}, [], []), *(_of(pod) for pod in pods)]


def _of(pod: str) -> dict[str, Any]:
    comes = [_rule("from", edge.source, edge) for edge in sorted(EDGES) if edge.target == pod]
    names = [{"port": 53, "protocol": protocol} for protocol in ("UDP", "TCP")]
    goes = [_rule("to", edge.target, edge) for edge in sorted(EDGES) if edge.source == pod]
    return _policy(pod, {"matchLabels": _label(pod)}, comes, [*goes, {"to": [OUTSIDE["names"]], "ports": names}])


def _rule(word: str, end: str, edge: Edge) -> dict[str, Any]:
    peer = OUTSIDE.get(end) or {"podSelector": {"matchLabels": _label(end)}}
    return {word: [peer], "ports": [{"port": edge.port, "protocol": edge.protocol}]}


def _label(pod: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": pod}


def _policy(name: str, pods: dict[str, Any], comes: list[Any], goes: list[Any]) -> dict[str, Any]:
    spec = {"podSelector": pods, "policyTypes": ["Ingress", "Egress"], "ingress": comes, "egress": goes}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "labels": {"app.kubernetes.io/part-of": "dolbom"}},
        "spec": spec,
    }
