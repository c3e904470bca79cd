"""The files of this repository that name what Dolbom is made of, and what the installed libraries say of themselves."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Final

from deploy.supply import reading
from deploy.supply.licences import READ, Told, licence_of
from deploy.supply.parts import Part, Source, Use, merged

ROOT: Final = Path(__file__).parents[2]
#: What runs, and what it is built and tested with.
LOCKS: Final = {"service": "deploy/requirements.lock", "everything": "requirements.lock"}
_Reader = Callable[[str, Source], Iterator[Part]]
#: Which file is read how, and what for. Scripts, styles and pictures of the console are all our own.
NAMED: Final[tuple[tuple[str, Use, _Reader], ...]] = (
    (LOCKS["service"], Use.REQUIRED, reading.requirements),
    (LOCKS["everything"], Use.EXCLUDED, reading.requirements),
    ("deploy/supply/requirements.txt", Use.EXCLUDED, reading.requirements),
    ("bench/*/requirements.txt", Use.EXCLUDED, reading.requirements),
    ("bench/**/package-lock.json", Use.EXCLUDED, reading.npm_lock),
    ("tests/**/package.json", Use.EXCLUDED, reading.npm_package),
    ("deploy/**/pom.xml", Use.EXCLUDED, reading.pom),
    ("deploy/kubernetes/building.py", Use.EXCLUDED, reading.tools),
    (".ci/run", Use.EXCLUDED, reading.debian),
    ("Dockerfile", Use.REQUIRED, reading.debian),
    ("Dockerfile", Use.REQUIRED, reading.images),
    ("compose.yaml", Use.OPTIONAL, reading.images),
    ("deploy/kubernetes/**/*.yaml", Use.OPTIONAL, reading.images),
)


def parts() -> tuple[Part, ...]:
    """Read everything that is named, with the licences of libraries that are installed here."""
    found = merged(part for pattern, use, reader in NAMED for part in _read(pattern, use, reader))
    told = licences(part.name for part in found if part.where.startswith("pkg:pypi/"))
    return tuple(replace(part, licence=told.get(part.name, part.licence)) for part in found)


def version() -> str:
    """Tell Dolbom's own version."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def locked(lock: str) -> Iterator[str]:
    """Name the libraries of a lock."""
    return (part.name for part in reading.requirements((ROOT / lock).read_text(), Source(lock, Use.REQUIRED)))


def licences(names: Iterator[str]) -> Mapping[str, str]:
    """Ask each library that is installed here, or known without, for its licence; one that is neither is left out."""
    told = {name: _told(name) for name in names}
    return {name: licence_of(name, said or Told()) for name, said in told.items() if said or name in READ}


def _told(name: str) -> Told | None:
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    expressions, licences_, all_ = (
        said.get_all(name) or [] for name in ("License-Expression", "License", "Classifier")
    )
    return Told(
        expression="".join(expressions),
        licence="".join(licences_),
        classifiers=[one.rpartition(" :: ")[2] for one in all_ if one.startswith("License ::")],
    )


def _read(pattern: str, use: Use, reader: _Reader) -> Iterator[Part]:
    for file in sorted(ROOT.glob(pattern)):
        yield from reader(file.read_text(), Source(str(file.relative_to(ROOT)), use))
