"""What is read out of manifests: objects, the pods among them, and what others must give."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

HERE: Final = Path(__file__).parent
_WORKLOADS: Final = ("Deployment", "StatefulSet", "Job")

# A parsed YAML file has no type of its own; it is looked at here and goes no further.
Tree = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Given:
    """What is not in git: each secret and config map that others make, with its keys."""

    secrets: Mapping[str, Mapping[str, str]]
    maps: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Pod:
    """The pods of one workload."""

    name: str
    owner: Tree

    @property
    def spec(self) -> Tree:
        """Give what the pods are."""
        spec: Tree = self.owner["spec"]["template"]["spec"]
        return spec

    @property
    def containers(self) -> list[Tree]:
        """Give all containers, those that run before the others first."""
        return [*self.spec.get("initContainers", ()), *self.spec["containers"]]

    @property
    def claims(self) -> set[str]:
        """Name the volumes that are kept."""
        return {claim["metadata"]["name"] for claim in self.owner["spec"].get("volumeClaimTemplates", ())}

    def fits(self, labels: Mapping[str, str]) -> bool:
        """Tell whether a selector finds them."""
        own: Mapping[str, str] = self.owner["spec"]["template"]["metadata"]["labels"]
        return labels.items() <= own.items()

    def ports(self) -> set[str]:
        """Name their ports."""
        return {port["name"] for one in self.containers for port in one.get("ports", ())}

    def secret_of(self, volume: str) -> str | None:
        """Name the secret that a volume shows whole."""
        for one in self.spec.get("volumes", ()):
            if one["name"] == volume and "secret" in one:
                return str(one["secret"]["secretName"])
        return None

    def named(self, kind: str) -> set[str]:
        """Name every `secret` or `configMap` that they ask for."""
        return {name for name, _ in _references(self.spec, kind)}

    def keys(self, kind: str) -> set[tuple[str, str]]:
        """Name every key that they ask for one by one, with its secret or config map."""
        return {(name, key) for name, key in _references(self.spec, kind) if key}


def _references(tree: Any, kind: str) -> Iterator[tuple[str, str]]:
    """Walk a pod for what it refers to, in whatever place."""
    if isinstance(tree, list):
        for one in tree:
            yield from _references(one, kind)
    if not isinstance(tree, dict):
        return
    for word, value in tree.items():
        if word in (f"{kind}Ref", f"{kind}KeyRef"):
            yield value["name"], value.get("key", "")
        elif word == kind:
            name = value.get("name") or value.get("secretName")
            yield name, ""
            yield from ((name, item["key"]) for item in value.get("items", ()))
        else:
            yield from _references(value, kind)


def name_of(one: Tree) -> str:
    """Name an object for people."""
    return f"{one['kind']} {one['metadata']['name']}"


def pods(objects: Sequence[Tree]) -> Iterator[Pod]:
    """Give the pods among these objects."""
    for one in objects:
        if one["kind"] in _WORKLOADS:
            yield Pod(one["metadata"]["name"], one)


def read(text: str) -> list[Tree]:
    """Read every object of a file."""
    return [one for one in yaml.safe_load_all(text) if one]


def shipped(*folders: str) -> list[Tree]:
    """Read what these folders' kustomizations name, and the config maps that they make, before any overlay."""
    found: list[Tree] = []
    for folder in folders:
        kustomization = yaml.safe_load((HERE / folder / "kustomization.yaml").read_text())
        for made in kustomization.get("configMapGenerator", ()):
            found.append({"kind": "ConfigMap", "metadata": {"name": made["name"]}, "data": {}})
        for resource in kustomization.get("resources", ()):
            at = HERE / folder / resource
            found += shipped(str(at)) if at.is_dir() else read(at.read_text())
    return found


def given() -> Given:
    """Read what others must make: `secrets/*.env.example` for settings, and the files of certificates."""
    secrets: dict[str, Mapping[str, str]] = {
        file.name.removesuffix(".env.example"): _example(file.read_text())
        for file in (HERE / "secrets").glob("*.env.example")
    }
    secrets["dolbom-authority"] = {"ca.crt": "", "ca.key": ""}
    secrets["kafka-authority"] = {"ca.crt": ""}
    for service in ("ingest", "detectors", "alerts", "history", "console", "dc09"):
        secrets[f"kafka-{service}"] = {"user.crt": "", "user.key": ""}
    return Given(secrets=secrets, maps={"broker-authority": {"ca.crt": ""}})


def _example(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))
