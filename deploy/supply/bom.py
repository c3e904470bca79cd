"""Writes parts as a CycloneDX bill of materials: the same parts, the same bytes."""

import json
from collections.abc import Iterable
from typing import Any

from deploy.supply.parts import Part


def bom(parts: Iterable[Part], *, version: str) -> str:
    """Write the bill as JSON; no time and no serial number stands in it, so that two of them can be compared."""
    dolbom = {"type": "application", "name": "dolbom", "version": version, "bom-ref": "dolbom"}
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": dolbom | {"licenses": [{"expression": "Apache-2.0"}]}},
        "components": [_component(part) for part in parts],
    }
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _component(part: Part) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": "container" if part.where.startswith("pkg:docker/") else "library",
        "name": part.name,
        "purl": part.purl,
        "bom-ref": part.purl,
        "scope": str(part.use),
        "properties": [{"name": "dolbom:named-by", "value": file} for file in sorted(part.named_by)],
    }
    if part.version:
        told["version"] = part.version
    if part.licence:
        told["licenses"] = [{"expression": part.licence}]
    if part.digests:
        # Of each file that may be installed: a component's own `hashes` would mean one file that must be all of them.
        digests = [{"alg": kind, "content": digest} for kind, digest in sorted(part.digests)]
        told["externalReferences"] = [{"type": "distribution", "url": part.purl, "hashes": digests}]
    return told
