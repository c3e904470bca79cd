"""The few forms of Home Assistant's templates that are read. No template is ever run: whoever sends it is not us."""

import re
from typing import Final

import msgspec

from ingest.decode.plain import number_in

LONGEST: Final = 512
_NAME: Final = r"[A-Za-z_][A-Za-z0-9_]{0,63}"
_STEP: Final = rf"\.{_NAME}|\[\s{{0,4}}(?:'[^'\\]{{0,64}}'|\"[^\"\\]{{0,64}}\"|\d{{1,4}})\s{{0,4}}\]"
_FILTER: Final = r"\|\s{0,4}(?:float|int|round)\s{0,4}(?:\(\s{0,4}-?[0-9.]{0,16}\s{0,4}\))?\s{0,4}"
_FORM: Final = re.compile(
    rf"\{{\{{-?\s{{0,4}}(?P<root>value_json|value)(?P<path>(?:{_STEP}){{0,16}})\s{{0,4}}"
    rf"(?P<filters>(?:{_FILTER}){{0,4}})-?\}}\}}"
)
_STEPS: Final = re.compile(_STEP)
_FILTERS: Final = re.compile(r"(float|int|round)\s*(?:\(\s*(-?[0-9.]*)\s*\))?")
#: What templates often hold beyond those forms, and how a refusal names it: never in the sender's words.
_BEYOND: Final = (
    ("{%", "a statement"),
    ("{#", "a comment"),
    ("default", "the filter default"),
    ("regex", "a regular expression"),
    ("replace", "the filter replace"),
    ("timestamp", "a filter of time"),
    (" if ", "a condition"),
    (" in ", "a test"),
    ("is_defined", "the filter is_defined"),
    ("lower", "the filter lower"),
    ("upper", "the filter upper"),
    ("from_json", "the filter from_json"),
    ("tojson", "the filter tojson"),
    ("states(", "a state of another entity"),
    ("topic", "the topic"),
)

Rendered = bool | int | float | str | None


class Template(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where in a payload the value stands, and how it is rounded."""

    #: None: the whole payload as it came.
    path: tuple[str | int, ...] | None = None
    #: Each with its argument, if it has one.
    filters: tuple[tuple[str, float | None], ...] = ()
    #: Why it is not read; then nothing is.
    trouble: str = ""


def parse(written: object) -> Template:
    """Read a template, or keep what of it is beyond us."""
    if written is None or written == "":
        return Template()
    if not isinstance(written, str) or len(written) > LONGEST:
        return Template(trouble=f"something that is no text of at most {LONGEST} characters")
    found = _FORM.fullmatch(written.strip())
    if found is None:
        return Template(trouble=next((name for word, name in _BEYOND if word in written), "an expression"))
    root, steps = found["root"], _STEPS.findall(found["path"])
    if root == "value" and steps:
        return Template(trouble="a part of the plain value")
    filters = tuple((name, number_in(said)) for name, said in _FILTERS.findall(found["filters"]))
    return Template(path=tuple(map(_step, steps)) if root == "value_json" else None, filters=filters)


def _step(written: str) -> str | int:
    if written.startswith("."):
        return written[1:]
    inner = written[1:-1].strip()
    return int(inner) if inner.isdigit() else inner[1:-1]


def rendered(template: Template, payload: str, said: object) -> Rendered:
    """Take the value out of a payload; `said` is the payload as JSON, where it is JSON. None: there is none."""
    value = payload if template.path is None else _at(said, template.path)
    for name, argument in template.filters:
        value = _filtered(value, name, argument)
    return value if isinstance(value, bool | int | float | str) else None


def _at(said: object, path: tuple[str | int, ...]) -> object:
    for step in path:
        if isinstance(said, dict):
            said = said.get(step)
        elif isinstance(said, list) and isinstance(step, int) and step < len(said):
            said = said[step]
        else:
            return None
    return said


def _filtered(value: object, name: str, argument: float | None) -> Rendered:
    number = number_in(value) if isinstance(value, str) else value
    if not isinstance(number, bool | int | float):
        return argument if name != "round" else None
    try:
        match name:
            case "int":
                return int(number)
            case "round":
                return round(float(number), max(-9, min(9, int(argument or 0))))
            case _:
                return float(number)
    except (OverflowError, ValueError):
        return None
