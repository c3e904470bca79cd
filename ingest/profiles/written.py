"""From profile files to tables; every fault is told with its line and its mend."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import translate
from typing import Final

from ingest.profiles.rules import Device, Dialect, Profiles, Rules, Table
from ingest.profiles.ruling import Faulty, near, ruled

_FILE: Final = ("dialect", "about", "silent", "fields", "devices")
_DEVICE: Final = ("name", "model", "about", "silent", "fields")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Source:
    """One file, and where its parts stand in it."""

    name: str
    text: str

    def place(self, path: tuple[str, ...]) -> str:
        """Name a part of the file with its line, as well as that can be told."""
        return f"{self.name}:{self._line(path)} {'.'.join(path)}".rstrip()

    def _line(self, path: tuple[str, ...]) -> int:
        lines = self.text.splitlines()
        at = 0
        for part in path:
            word = re.compile(rf"(?<![\w#*~:.]){re.escape(part)}(?![\w#*~:])(?!\.[\w#*])")
            at = next((number for number in range(at, len(lines)) if word.search(lines[number])), at)
        return at + 1


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """What one file says."""

    dialect: str
    fields: Mapping[str, Rules]
    devices: tuple[Device, ...]


def compiled(files: Mapping[str, str], dialects: frozenset[str]) -> Profiles | tuple[str, ...]:
    """Make one lookup of all files, a later file outranking an earlier one; or answer every fault."""
    faults: list[str] = []
    read = [each for name, text in files.items() if (each := _file(_Source(name=name, text=text), dialects, faults))]
    if faults:
        return tuple(faults)
    made: dict[str, Dialect] = {}
    for each in read:
        known = made.get(each.dialect, Dialect())
        made[each.dialect] = Dialect(table=Table(fields={**known.table.fields, **each.fields}), devices=known.devices)
    for each in read:
        known = made[each.dialect]
        own = tuple(
            replace(device, table=Table(fields={**known.table.fields, **device.table.fields}))
            for device in each.devices
        )
        made[each.dialect] = replace(known, devices=(*own, *known.devices))
    return Profiles(dialects=made)


def _file(source: _Source, dialects: frozenset[str], faults: list[str]) -> _Read | None:
    try:
        said = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{source.name}: not TOML: {error}")
        return None
    before = len(faults)
    faults.extend(_strangers(source, (), said, _FILE))
    dialect = said.get("dialect")
    if not isinstance(dialect, str) or dialect not in dialects:
        wanted = f"expected one of {', '.join(sorted(dialects))}"
        faults.append(f"{source.place(('dialect',))}: {wanted}{near(str(dialect), tuple(sorted(dialects)))}")
    fields = dict(_fields(source, (), said, faults))
    devices = said.get("devices", [])
    if not isinstance(devices, list):
        faults.append(f"{source.place(('devices',))}: expected [[devices]]")
        devices = []
    found = tuple(_device(source, number, each, faults) for number, each in enumerate(devices))
    if len(faults) > before:
        return None
    return _Read(dialect=str(dialect), fields=fields, devices=found)


def _strangers(
    source: _Source, path: tuple[str, ...], said: Mapping[str, object], known: tuple[str, ...]
) -> Iterator[str]:
    for name in said:
        if name not in known:
            hint = near(name, known) or f"; expected {', '.join(known)}"
            yield f"{source.place((*path, name))}: no such entry{hint}"


def _fields(
    source: _Source, path: tuple[str, ...], said: Mapping[str, object], faults: list[str]
) -> Iterator[tuple[str, Rules]]:
    silent, fields = said.get("silent", []), said.get("fields", {})
    if not isinstance(silent, list) or not all(isinstance(name, str) for name in silent):
        faults.append(f"{source.place((*path, 'silent'))}: expected a list of field names")
        silent = []
    if not isinstance(fields, dict):
        faults.append(f"{source.place((*path, 'fields'))}: expected a table of fields")
        fields = {}
    yield from ((name, ()) for name in silent)
    for name, written in fields.items():
        place = source.place((*path, "fields", name))
        rules = [
            ruled(each, f"{place.partition(' ')[0]} {name}")
            for each in (written if isinstance(written, list) else [written])
        ]
        faults.extend(f"{place}: {fault}" for each in rules if isinstance(each, Faulty) for fault in each.faults)
        yield name, tuple(each for each in rules if not isinstance(each, Faulty))


def _device(source: _Source, number: int, said: object, faults: list[str]) -> Device:
    """Read a device that differs; its table holds its own fields alone, until those of its dialect are known."""
    if not isinstance(said, dict):
        faults.append(f"{source.place(('devices',))}: expected [[devices]]")
        return Device(names=None, models=None, table=Table())
    path = ("devices", str(said.get("about", number + 1)))
    faults.extend(_strangers(source, path, said, _DEVICE))
    names, models = (_globs(source, path, said, what, faults) for what in ("name", "model"))
    if names is None and models is None:
        faults.append(f"{source.place(path)}: expected name or model, a word with * or a list of them")
    fields = dict(_fields(source, path, said, faults))
    return Device(names=names, models=models, table=Table(fields=fields), about=path[1])


def _globs(
    source: _Source, path: tuple[str, ...], said: Mapping[str, object], what: str, faults: list[str]
) -> re.Pattern[str] | None:
    written = said.get(what)
    if written is None:
        return None
    words = written if isinstance(written, list) else [written]
    if not words or not all(isinstance(word, str) and word for word in words):
        faults.append(f"{source.place((*path, what))}: expected a word, * in it where anything may stand, or a list")
        return re.compile("")
    return re.compile("|".join(translate(str(word).lower()) for word in words))
