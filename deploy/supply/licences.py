"""Under which licences the libraries come, and which of them may be in what we hand to others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

#: Who uses or hands on Dolbom owes these no more than their notices; MPL-2.0 asks for changes to its own files alone.
ALLOWED: Final = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-3-Clause-Modification", "ISC"}
    | {"MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "PSF-2.0"}
)
_LGPL: Final = "imported as it is; whoever has it may exchange it by pip, which is what the LGPL asks for"
#: Libraries whose licence is not allowed by itself, and why they are here all the same.
REASONS: Final[Mapping[str, str]] = {
    "psycopg": _LGPL,
    "psycopg-binary": _LGPL,
    "psycopg-pool": _LGPL,
    "pyphen": "taken under the MPL, which asks for changes to its files alone; of its dictionaries nothing is used",
}
#: What the library's own licence file says where its metadata do not, or say it in words of their own.
READ: Final[Mapping[str, str]] = {
    "atheris": "Apache-2.0",
    "axe-playwright-python": "MIT AND MPL-2.0",
    "brotlicffi": "MIT",
    "colorama": "BSD-3-Clause",
    "pyphen": "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",
    "python-dateutil": "Apache-2.0 AND BSD-3-Clause",
    "pytest-timeout": "MIT",
    "venusian": "BSD-3-Clause-Modification",
}
#: What old metadata say instead of an SPDX name.
_MEANT: Final[Mapping[str, str]] = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a library says of its licence, in the three places where it may."""

    expression: str = ""
    licence: str = ""
    #: The last words of its classifiers under `License`.
    classifiers: Sequence[str] = ()


def licence_of(name: str, told: Told) -> str:
    """Tell a library's licence as an SPDX expression; empty where nobody can tell."""
    if name in READ:
        return READ[name]
    if told.expression:
        return told.expression
    word = _MEANT.get(told.licence, told.licence)
    if word in ALLOWED:
        return word
    meant = {_MEANT.get(one, one) for one in told.classifiers} - {"OSI Approved", "DFSG approved"}
    return meant.pop() if len(meant) == 1 else ""


def allowed(licence: str) -> bool:
    """Tell whether all of one choice of an expression is allowed; brackets and `WITH` are a person's to read."""
    choices = (choice.split(" AND ") for choice in licence.split(" OR "))
    return any(all(name.strip() in ALLOWED for name in choice) for choice in choices)


def forbidden(licences: Mapping[str, str]) -> Mapping[str, str]:
    """Find the libraries that may not be here: of no allowed licence, or of an unknown one, and without a reason."""
    return {name: licence for name, licence in licences.items() if name not in REASONS and not allowed(licence)}
