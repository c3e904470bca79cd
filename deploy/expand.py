"""A schema file must be safe while the release before it still runs: it adds, and takes nothing away."""

import re
from typing import Final

#: Files up to this one were applied before the rule was written down.
BEFORE_THE_RULE: Final = 43
#: A file that takes something away must say which releases it leaves behind; they then refuse to start.
_DECLARED: Final = re.compile(r"\binsert\s+into\s+schema_needs\b")
_NAME: Final = r"(?:only\s+)?(?:if\s+exists\s+)?(?:public\.)?\"?(\w+)\"?"
_CREATED: Final = re.compile(r"\bcreate\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?(?:public\.)?\"?(\w+)")
_ALTERED: Final = re.compile(rf"\balter\s+table\s+{_NAME}(.*)", re.DOTALL)
_UNIQUE: Final = re.compile(r"\bcreate\s+unique\s+index\b.*?\bon\s+(?:public\.)?\"?(\w+)", re.DOTALL)

#: What no statement may say.
_NEVER: Final = {
    r"\bdrop\s+(table|view|materialized\s+view|schema|type|sequence|function)\b": "drops a {0}",
    r"\bdrop\s+column\b": "drops a column",
    r"\brename\b": "renames",
    r"\btruncate\b": "empties a table",
}
#: What a change of a table that is already there may not say.
_NEVER_OF_OLD: Final = {
    r"\balter\s+(?:column\s+)?\w+\s+(?:set\s+data\s+)?type\b": "gives a column another type",
    r"\bset\s+not\s+null\b": "makes a column obligatory: old code leaves it empty",
    r"\bdrop\s+default\b": "takes a default away: old code relies on it",
    r"\badd\s+(?:constraint\s+\w+\s+)?(?:unique|primary\s+key|exclude|foreign\s+key)\b": (
        "adds a constraint that what old code writes may break"
    ),
}
_ADDED: Final = re.compile(r"\badd\s+column\s+(?:if\s+not\s+exists\s+)?\"?(\w+)\"?\s+([^,;]*(?:\([^)]*\)[^,;]*)*)")


def faults(name: str, text: str) -> list[str]:
    """Name what old code would not survive."""
    plain = _plain(text)
    if int(name.split("_")[0]) <= BEFORE_THE_RULE or _DECLARED.search(plain):
        return []
    created = set(_CREATED.findall(plain))
    found = [fault for statement in plain.split(";") for fault in _of(statement, created)]
    return [f"{name}: {fault}" for fault in dict.fromkeys(found)]


def _of(statement: str, created: set[str]) -> list[str]:
    found = [
        words.format(*match.groups(), "") for rule, words in _NEVER.items() if (match := re.search(rule, statement))
    ]
    unique = _UNIQUE.search(statement)
    if unique and unique[1] not in created:
        found.append(f"makes {unique[1]} unique in what old code may write twice")
    altered = _ALTERED.search(statement)
    if altered is None or altered[1] in created:
        return found
    found += [f"{altered[1]}: {words}" for rule, words in _NEVER_OF_OLD.items() if re.search(rule, altered[2])]
    return found + [
        f"{altered[1]}.{column}: is obligatory and has no default: old code leaves it empty"
        for column, rest in _ADDED.findall(altered[2])
        if "not null" in rest and "default" not in rest and "generated" not in rest
    ]


def _plain(text: str) -> str:
    """Leave out comments, what is quoted, and the bodies of functions: those do nothing when they are made."""
    text = re.sub(r"--[^\n]*", " ", text)
    text = re.sub(r"\$(\w*)\$.*?\$\1\$", " ", text, flags=re.DOTALL)
    return re.sub(r"'[^']*'", "''", text).lower()
