"""The description of the API (OpenAPI 3.1), made from the table and the types, so that it and the code cannot part."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

import msgspec

from console.api.problems import MEDIA_TYPE, STATUS, WORDS, Kind, Problem
from console.api.scopes import SCOPE_WORDS, Scope
from console.api.table import JSON, OPERATIONS, PARTS, Operation

Json = dict[str, Any]

#: Every path behind a token can be refused for these.
_GUARDED: Final = (Kind.UNREADABLE, Kind.NO_TOKEN, Kind.NOT_IN_SCOPE, Kind.TOO_MANY, Kind.AWAY)
_OPEN: Final = (Kind.UNREADABLE, Kind.AWAY)
_WITH_BODY: Final = (Kind.TOO_LARGE, Kind.NOT_JSON)
_REF: Final = "#/components/schemas/{name}"
#: What a version is named by: the ETag of an alert, with its quotes.
VERSION_PATTERN: Final = '^"[0-9]{1,9}"$'
KEY_PATTERN: Final = "^[A-Za-z0-9_.:-]{1,128}$"


def description() -> Json:
    """Describe every path."""
    paths: Json = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Dolbom",
            "version": "1",
            "description": "Homes, alerts and readings for other systems. Times are RFC 3339 in UTC. Sentences follow"
            " Accept-Language (ko, en). Within version 1 fields are only added.",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "`dlb_<id>_<secret>`; scopes: "
                    + ", ".join(f"`{scope}` ({SCOPE_WORDS[scope][1]})" for scope in Scope),
                }
            },
        },
    }


def refusals(one: Operation) -> tuple[Kind, ...]:
    """List why an operation can be refused."""
    always = _OPEN if one.scope is None else _GUARDED
    return (*always, *(_WITH_BODY if one.changes else ()), *one.problems)


def _operation(one: Operation) -> Json:
    said: Json = {
        "operationId": one.name,
        "summary": one.about,
        "parameters": [*_parts(one), *_query(one), *_headers(one)],
        "responses": _responses(one),
    }
    said["security"] = [] if one.scope is None else [{"token": []}]
    if one.scope is not None:
        said["x-scope"] = one.scope.value
    if one.body is not None:
        said["requestBody"] = {"required": True, "content": {JSON: {"schema": _reference(one.body)}}}
    return said


def _responses(one: Operation) -> Json:
    schema = _reference(one.answer) if one.answer else {}
    good: Json = {"description": "Done.", "content": {media: {"schema": schema} for media in one.media}}
    if one.status is HTTPStatus.NO_CONTENT:
        good = {"description": "Done."}
    said: Json = {f"{one.status.value}": good}
    if one.tagged:
        good["headers"] = {"ETag": {"schema": {"type": "string"}}}
        said["304"] = {"description": "What If-None-Match names is still so."}
    for status, kinds in _by_status(refusals(one)):
        said[f"{status.value}"] = {
            "description": " / ".join(WORDS[kind][0].en for kind in kinds),
            "content": {MEDIA_TYPE: {"schema": _reference(Problem)}},
        }
    return said


def _by_status(kinds: Iterable[Kind]) -> Iterable[tuple[HTTPStatus, tuple[Kind, ...]]]:
    several: dict[HTTPStatus, tuple[Kind, ...]] = {}
    for kind in kinds:
        several[STATUS[kind]] = (*several.get(STATUS[kind], ()), kind)
    return sorted(several.items())


def _parts(one: Operation) -> Iterable[Json]:
    for name in re.findall(r"\{(\w+)\}", one.path):
        yield {"name": name, "in": "path", "required": True, "schema": msgspec.json.schema(PARTS[name])}


def _query(one: Operation) -> Iterable[Json]:
    (_, schemas) = msgspec.json.schema_components([one.query], ref_template=_REF)
    shape = schemas[one.query.__name__]
    for name, schema in shape["properties"].items():
        # One way to write an empty list: not to write it.
        about = {key: value for key, value in schema.items() if key not in ("default", "description")}
        said: Json = {"name": name, "in": "query", "required": name in shape.get("required", ()), "schema": about}
        if "description" in schema:
            said["description"] = schema["description"]
        if schema.get("default"):
            said["schema"]["default"] = schema["default"]
        yield said


def _headers(one: Operation) -> Iterable[Json]:
    if one.versioned:
        yield _header("If-Match", "The ETag of the alert that was seen.", VERSION_PATTERN, required=True)
    if one.changes:
        yield _header("Idempotency-Key", "The same key within a day: the same answer, and nothing twice.", KEY_PATTERN)
    if one.tagged:
        yield _header("If-None-Match", "The ETag that is known already.", "")


def _header(name: str, about: str, pattern: str, *, required: bool = False) -> Json:
    schema = {"type": "string"} | ({"pattern": pattern} if pattern else {})
    return {"name": name, "in": "header", "required": required, "description": about, "schema": schema}


def _reference(kind: type[msgspec.Struct]) -> Json:
    return {"$ref": _REF.format(name=kind.__name__)}


def _schemas() -> Json:
    answers = [one.answer for one in OPERATIONS if one.answer]
    bodies = [one.body for one in OPERATIONS if one.body]
    queries = [one.query for one in OPERATIONS]
    (_, schemas) = msgspec.json.schema_components([*answers, *bodies, *queries, Problem], ref_template=_REF)
    asked = {kind.__name__ for kind in queries}
    return {name: schema for name, schema in schemas.items() if name not in asked}
