"""One thing that Dolbom is made of, tested with or measured beside, and what several files say of it together."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby


class Use(StrEnum):
    """What a part is for, in CycloneDX's words."""

    #: The services run with it.
    REQUIRED = "required"
    #: An installation may run it beside them, or something of its kind.
    OPTIONAL = "optional"
    #: Tests, builds, demonstrations and measurements alone.
    EXCLUDED = "excluded"


@dataclass(frozen=True)
class Source:
    """A file that names parts, and what for."""

    file: str
    use: Use


@dataclass(frozen=True, kw_only=True)
class Part:
    """A library, a package of a distribution or an image of a container."""

    #: The package URL without a version: `pkg:pypi/yarl`.
    where: str
    name: str
    #: Empty where whoever installs it gets what their distribution has.
    version: str = ""
    use: Use
    #: The files that name it.
    named_by: frozenset[str]
    #: Algorithm and hexadecimal digest of every file that may be installed for it.
    digests: frozenset[tuple[str, str]] = frozenset()
    licence: str = ""

    @property
    def purl(self) -> str:
        """The package URL, by which the world knows it."""
        return f"{self.where}@{self.version}" if self.version else self.where


def merged(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Make one part of all that are the same, in the order of their names; the gravest use counts."""
    by_name = sorted(parts, key=lambda part: part.purl)
    return tuple(_one(tuple(same)) for _, same in groupby(by_name, key=lambda part: part.purl))


def _one(same: tuple[Part, ...]) -> Part:
    return replace(
        same[0],
        use=min((part.use for part in same), key=list(Use).index),
        named_by=frozenset().union(*(part.named_by for part in same)),
        digests=frozenset().union(*(part.digests for part in same)),
        licence=max(part.licence for part in same),
    )
