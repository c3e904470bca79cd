"""Reads what files of this repository name: libraries, packages of distributions, images."""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import quote
from xml.etree import ElementTree

from deploy.supply.parts import Part, Source

_PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_DIGEST: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_MAVEN: Final = "{http://maven.apache.org/POM/4.0.0}"
_NEEDED: Final = re.compile(r"^needed=\(([^)]*)\)", re.MULTILINE)
_APT: Final = re.compile(r"apt-get install((?:\\\n|[^&\n])*)")
_IMAGE: Final = re.compile(r"^\s*(?:-\s*)?(?:image:|FROM)\s+([a-z0-9./_-]+):([\w.-]+)", re.MULTILINE)

_GO: Final = re.compile(r'"((?:[\w.-]+/)+[\w.-]+)@(v[\w.-]+)"')
_QUOTED_PIN: Final = re.compile(r'"([\w-]+==[\w.]+)"')


def requirements(text: str, source: Source) -> Iterator[Part]:
    """Read pinned requirements of pip, with the digests of all files that pip may choose."""
    for line in text.replace("\\\n", " ").splitlines():
        if pin := _PIN.match(line):
            name = re.sub(r"[-_.]+", "-", pin[1]).lower()
            digests = [("SHA-256", digest) for digest in _DIGEST.findall(line)]
            yield _part(f"pkg:pypi/{name}", name, pin[2], source, digests)


def pom(text: str, source: Source) -> Iterator[Part]:
    """Read the dependencies and plugins of a Maven project; what those need in turn is Maven's to say."""
    # The file is ours and lies in the repository: nobody's XML is read here.
    project = ElementTree.fromstring(text)
    for one in (*project.iter(f"{_MAVEN}dependency"), *project.iter(f"{_MAVEN}plugin")):
        group = one.findtext(f"{_MAVEN}groupId", "org.apache.maven.plugins")
        name, version = (one.findtext(f"{_MAVEN}{word}", "") for word in ("artifactId", "version"))
        yield _part(f"pkg:maven/{group}/{name}", name, version, source)


def npm_lock(text: str, source: Source) -> Iterator[Part]:
    """Read a lock of npm: every package, at whatever depth, with its digest."""
    for path, told in json.loads(text)["packages"].items():
        if path:
            name = told.get("name", path.rpartition("node_modules/")[2])
            part = _part(_npm(name), name, told["version"], source, _integrity(told.get("integrity", "")))
            yield replace(part, licence=told.get("license", ""))


def npm_package(text: str, source: Source) -> Iterator[Part]:
    """Read what an npm package without a lock names by version."""
    for name, version in json.loads(text)["dependencies"].items():
        yield _part(_npm(name), name, version, source)


def debian(text: str, source: Source) -> Iterator[Part]:
    """Read the Debian packages that a script or a Dockerfile installs; Debian says which version."""
    for found in (*_NEEDED.findall(text), *_APT.findall(text)):
        names = [word for word in found.replace("\\\n", " ").split() if re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", word)]
        yield from (_part(f"pkg:deb/debian/{name}", name, "", source) for name in names)


def images(text: str, source: Source) -> Iterator[Part]:
    """Read the images that a file of a container engine names by tag; ours has none."""
    for name, tag in _IMAGE.findall(text):
        yield _part(f"pkg:docker/{name}", name, tag, source)


def tools(text: str, source: Source) -> Iterator[Part]:
    """Read the tools that a module of ours fetches by a constant: commands of Go, and of PyPI."""
    yield from (_part(f"pkg:golang/{name}", name, version, source) for name, version in _GO.findall(text))
    yield from requirements("\n".join(_QUOTED_PIN.findall(text)), source)


def _part(where: str, name: str, version: str, source: Source, digests: Iterable[tuple[str, str]] = ()) -> Part:
    named, digests = frozenset({source.file}), frozenset(digests)
    return Part(where=where, name=name, version=version, use=source.use, named_by=named, digests=digests)


def _npm(name: str) -> str:
    return f"pkg:npm/{quote(name, safe='/')}"


def _integrity(told: str) -> Iterator[tuple[str, str]]:
    for word in told.split():
        kind, _, digest = word.partition("-")
        yield f"SHA-{kind.removeprefix('sha')}", base64.b64decode(digest).hex()
