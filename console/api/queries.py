"""Queries and bodies of other systems as values, or as a problem that says what cannot be used and where."""

import re
from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

import msgspec
from msgspec import inspect

from console.api.problems import Fault, Kind, Refused

Asked = TypeVar("Asked", bound=msgspec.Struct)

_WHOLE: Final = re.compile(r"-?[0-9]{1,15}")
_BOOLEANS: Final[Mapping[str, bool]] = {"true": True, "false": False}


def read_query(pairs: Iterable[tuple[str, str]], kind: type[Asked]) -> Asked:
    """Read a query; raise Refused."""
    shapes = {field.encode_name: field.type for field in _fields(kind)}
    said: dict[str, object] = {}
    for name, text in pairs:
        shape = shapes.get(name)
        if _is_list(shape):
            said.setdefault(name, [])
            several = said[name]
            if isinstance(several, list):
                several.append(text)
        elif name in said:
            raise Refused(Kind.UNREADABLE, faults=(Fault(where=f"query.{name}", what="said more than once"),))
        else:
            said[name] = _natural(text, shape)
    try:
        return msgspec.convert(said, kind)
    except msgspec.ValidationError as error:
        raise Refused(Kind.UNREADABLE, faults=(_fault("query", error),)) from error


def read_body(body: bytes, kind: type[Asked]) -> Asked:
    """Read a JSON body; raise Refused."""
    try:
        return msgspec.convert(_whole(msgspec.json.decode(body)), kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(Kind.UNREADABLE, faults=(_fault("body", error),)) from error


def _whole(said: object) -> object:
    """Read 4.0 as 4: JSON knows one kind of number."""
    match said:
        case float() if said.is_integer() and abs(said) < 2**53:
            return int(said)
        case dict():
            return {name: _whole(each) for name, each in said.items()}
        case list():
            return [_whole(each) for each in said]
        case _:
            return said


def read_part(name: str, text: str, kind: object) -> None:
    """See that a part of the path can be an id at all; raise Refused."""
    try:
        msgspec.convert(text, kind)
    except msgspec.ValidationError as error:
        raise Refused(Kind.NOT_FOUND, faults=(_fault(f"path.{name}", error),)) from error


def _fields(kind: type[msgspec.Struct]) -> tuple[inspect.Field, ...]:
    shape = inspect.type_info(kind)
    return shape.fields if isinstance(shape, inspect.StructType) else ()


def _is_list(shape: inspect.Type | None) -> bool:
    return isinstance(shape, inspect.VarTupleType | inspect.ListType)


def _natural(text: str, shape: inspect.Type | None) -> object:
    """Read a text as the number or the truth that stands there; everything else stays text."""
    match shape:
        case inspect.UnionType(types=types):
            return next((value for each in types if (value := _natural(text, each)) != text), text)
        case inspect.Metadata(type=inner):
            return _natural(text, inner)
        case inspect.IntType():
            return int(text) if _WHOLE.fullmatch(text) else text
        case inspect.BoolType():
            return _BOOLEANS.get(text, text)
        case _:
            return text


def _fault(where: str, error: Exception) -> Fault:
    """Say where it is; what came is not repeated, it may be a person's."""
    what, _, place = f"{error}".partition(" - at `$")
    return Fault(where=f"{where}{place.rstrip('`')}", what=what)
