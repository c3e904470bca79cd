"""Manifests that are written from code, so that they cannot say anything else than it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from contracts.topics import ALL_TOPICS
from deploy.cluster.rights import DESCRIBE, GROUP, READ, TOPIC, WRITE, rights
from deploy.kubernetes.edges import policies
from deploy.prometheus.runbook import RULES_FILE

HERE: Final = Path(__file__).parent
_RESOURCES: Final = {TOPIC: "topic", GROUP: "group"}
_OPERATIONS: Final = {READ: "Read", WRITE: "Write", DESCRIBE: "Describe"}
_HEAD: Final = "# Written by `python -m deploy.kubernetes write`. Do not edit.\n"


class _Plain(yaml.SafeDumper):
    """Anchors would say "the same as there" where people look for what stands here."""

    def ignore_aliases(self, data: object) -> bool:
        """Write everything out."""
        return True


def pages() -> Mapping[Path, str]:
    """Give each file that is written and what must stand in it."""
    return {
        HERE / "base" / "network-policies.yaml": _text(policies()),
        HERE / "components" / "strimzi" / "topics.yaml": _text(topics()),
        HERE / "components" / "strimzi" / "users.yaml": _text(users()),
        HERE / "components" / "monitoring" / "rules.yaml": _text([rules()]),
    }


def topics() -> Iterable[dict[str, Any]]:
    """Write our topics as Strimzi has them, with three copies of which two must have a record."""
    for topic in ALL_TOPICS:
        yield {
            "apiVersion": "kafka.strimzi.io/v1beta2",
            "kind": "KafkaTopic",
            "metadata": {"name": topic.name, "labels": {"strimzi.io/cluster": "dolbom"}},
            "spec": {
                "partitions": topic.partitions,
                "replicas": 3,
                "config": {**topic.config, "min.insync.replicas": "2"},
            },
        }


def users() -> Iterable[dict[str, Any]]:
    """Write a user for each service by deploy/cluster/rights.py; the panels' receiver has the bridge's rights."""
    found: dict[str, list[dict[str, Any]]] = {}
    for right in rights():
        resource = {"type": _RESOURCES[right.resource], "name": right.name, "patternType": "literal"}
        found.setdefault(right.service, []).append({"resource": resource, "operations": [_OPERATIONS[right.operation]]})
    for service, acls in {**found, "dc09": found["ingest"]}.items():
        yield {
            "apiVersion": "kafka.strimzi.io/v1beta2",
            "kind": "KafkaUser",
            "metadata": {"name": service, "labels": {"strimzi.io/cluster": "dolbom"}},
            "spec": {"authentication": {"type": "tls"}, "authorization": {"type": "simple", "acls": acls}},
        }


def rules() -> dict[str, Any]:
    """Write the rules of Prometheus as its operator has them."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "dolbom", "labels": {"app.kubernetes.io/part-of": "dolbom"}},
        "spec": yaml.safe_load(RULES_FILE.read_text()),
    }


def _text(objects: Iterable[Mapping[str, Any]]) -> str:
    return _HEAD + yaml.dump_all(list(objects), Dumper=_Plain, sort_keys=False, width=116, allow_unicode=True)
