"""The reference page of the API, made from the same table as its description."""

from collections.abc import Iterable

from console.api.openapi import description, refusals
from console.api.problems import STATUS, WORDS, Kind, type_of
from console.api.scopes import SCOPE_WORDS, Scope
from console.api.table import OPERATIONS, Operation
from console.api.webhooks.addresses import wait_after
from contracts import AlertChangeKind

_HEAD = """# The API for other systems

Everything is below `/api/v1`, behind `Authorization: Bearer dlb_<id>_<secret>`; a session's cookie opens nothing here.
The machine's description is `/api/v1/openapi.json` (OpenAPI 3.1); this page and it are made from one table.
[How to connect](../how-to/connect-another-system.md).

Times are RFC 3339 in UTC. Sentences follow `Accept-Language` (`ko`, `en`). Within version 1 fields are only added.
Lists answer `items` and `next`; send `next` as `cursor` for the next page: it stays good while things are added.
`Idempotency-Key` is remembered for 24 h. A field of a query or a body that does not exist is refused, so that a
misspelt filter does not answer everything.
"""


def page() -> str:
    """Write the page."""
    described = description()
    parts = [_HEAD, _scopes(), "## Paths\n", *(_operation(one, described) for one in OPERATIONS), _types(described)]
    return "\n".join([*parts, _problems(), _events()])


def _scopes() -> str:
    rows = ((f"`{scope}`", *SCOPE_WORDS[scope]) for scope in Scope)
    return "## Scopes\n\n" + _table(("scope", "우리말", "English"), rows)


def _operation(one: Operation, described: dict[str, object]) -> str:
    paths = described["paths"]
    said = paths[one.path][one.method.lower()] if isinstance(paths, dict) else {}
    rows = (
        (f"`{each['name']}`", each["in"], "yes" if each["required"] else "", _shape(each["schema"]))
        for each in said["parameters"]
    )
    scope = f"scope `{one.scope}`" if one.scope else "no token"
    body = f" Body: `{one.body.__name__}`." if one.body else ""
    answer = f"`{one.answer.__name__}`" if one.answer else ", ".join(f"`{media}`" for media in one.media)
    told = "nothing" if one.status.value == 204 else answer
    kinds = ", ".join(f"`{kind}`" for kind in refusals(one))
    table = _table(("parameter", "in", "required", "what"), rows) if said["parameters"] else ""
    return (
        f"### {one.method} {one.path}\n\n{one.about} ({scope}){body} Answers {one.status.value}: {told}."
        f" Refused as {kinds}.\n\n{table}"
    )


def _types(described: dict[str, object]) -> str:
    components = described["components"]
    schemas = components["schemas"] if isinstance(components, dict) else {}
    parts = ["## Types\n"]
    for name, schema in sorted(schemas.items()):
        if "properties" not in schema:
            parts.append(f"- `{name}`: " + ", ".join(f"`{each}`" for each in schema.get("enum", ())))
            continue
        fields = "; ".join(f"`{field}` {_shape(each)}" for field, each in schema["properties"].items())
        parts.append(f"- `{name}`: {fields}")
    return "\n".join(parts) + "\n"


def _problems() -> str:
    rows = ((f"`{type_of(kind)}`", f"{STATUS[kind].value}", WORDS[kind][0].en, WORDS[kind][1].en) for kind in Kind)
    head = "## Problems\n\n`application/problem+json` (RFC 9457), with `mend`: what to do.\n\n"
    return head + _table(("type", "status", "what", "what mends it"), rows)


def _events() -> str:
    waits = ", ".join(f"{wait_after(attempt):g}" for attempt in range(1, 8))
    kinds = ", ".join(f"`{kind}`" for kind in AlertChangeKind)
    return (
        "## Webhooks\n\nA POST of `EventOut`: `id` (the same in every try; also the `Idempotency-Key`), `kind`"
        " (`alert_changed`, `test`), `at` and `change`.\nNot taken with a 2xx within 10 s, it comes again after"
        f" {waits} s, and so on; what comes after it waits.\nAfter three days, or a 410, the subscription is switched"
        " off. `Dolbom-Signature: v1=<hex>` is HMAC-SHA256\nof `Dolbom-Timestamp`, a dot and the body by the"
        f" subscription's key. Changes: {kinds}.\n"
    )


def _shape(schema: dict[str, object]) -> str:
    """Say in a few words what a schema allows."""
    if "$ref" in schema:
        return f"{schema['$ref']}".rsplit("/", 1)[-1]
    several = schema.get("anyOf")
    if isinstance(several, list):
        return " or ".join(_shape(each) for each in several)
    items = schema.get("items")
    if schema.get("type") == "array" and isinstance(items, dict):
        return f"list of {_shape(items)}"
    words = [f"{schema.get('format') or schema.get('type', 'any')}"]
    words += [f"{name} {schema[name]}" for name in ("minimum", "maximum", "default") if name in schema]
    words += [f"`{schema['pattern']}`"] if "pattern" in schema else []
    enum = schema.get("enum")
    words += [", ".join(f"`{each}`" for each in enum)] if isinstance(enum, list) else []
    return " ".join(words)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
