"""The reference page of the shipped device profiles, field by field."""

from collections.abc import Iterator, Mapping
from typing import Final

from ingest.files import load_profiles
from ingest.profiles import Dialect, Rule
from ingest.profiles.rules import REGISTERED, Rules

_HEAD: Final = """# Device profiles

What the shipped profiles make of vendors' fields: `#` stands for a number, `*` for the first part of a path, `~` for a
word in a name. [How to add one](../how-to/add-a-device-profile.md).
"""


def page() -> str:
    """Write the page."""
    parts = [_dialect(name, known) for name, known in sorted(load_profiles().dialects.items())]
    return "\n".join([_HEAD, *parts])


def _dialect(name: str, known: Dialect) -> str:
    silent = ", ".join(f"`{field}`" for field, rules in sorted(known.table.fields.items()) if not rules)
    told = f"## {name}\n\n{_table(known.table.fields)}\nKnown, and not for us: {silent}.\n"
    for device in known.devices:
        own = {field: rules for field, rules in device.table.fields.items() if known.table.fields.get(field) != rules}
        told += f"\n### {device.about}\n\n{_table(own)}"
    return told


def _table(fields: Mapping[str, Rules]) -> str:
    rows = [f"| `{field}` | {_meaning(rule)} |" for field, rules in sorted(fields.items()) for rule in rules]
    return "\n".join(["| field | means |", "|---|---|", *rows]) + "\n"


def _meaning(rule: Rule) -> str:
    what = "what the sensor is registered as" if rule.kind == REGISTERED else f"`{rule.kind}`"
    part = f" `{rule.part.name}`" if rule.part and rule.part.name else ""
    return "; ".join([what + part, *_marks(rule)])


def _marks(rule: Rule) -> Iterator[str]:
    if rule.inverted:
        yield "turned round"
    if rule.synthetic:
        yield "stillness is made up by the driver"
    if rule.synthetic_with:
        yield f"stillness is made up where `{rule.synthetic_with}` stands beside it"
    if rule.channel is None or rule.channel:
        yield "channel by its number" if rule.channel is None else f"channel {rule.channel}"
    if rule.registered:
        yield f"only of a registered {', '.join(sorted(rule.registered))}"
    if rule.unless:
        yield f"not where `{rule.unless}` stands beside it"
    if rule.unit_from:
        yield f"in the unit of `{rule.unit_from}`"
    if rule.bit is not None:
        yield f"bit {rule.bit}"
