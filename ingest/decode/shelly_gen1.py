"""Shelly, first generation: one topic for each field, its value plain."""

from typing import Final

from ingest.decode.devices import Fields, Part, Speech, plain, read, registrations
from ingest.learned import Known
from ingest.message import Address, Decoded, GatewayMessage

DIALECT: Final = "shelly"
_BASE: Final = "shellies"
#: What is sent to devices passes on the same tree.
_COMMANDS: Final = frozenset({"command", "set"})
#: What only the first channel says is said by the device itself.
_FIRST: Final = frozenset({"", "0"})


def decode(message: GatewayMessage, address: Address, known: Known) -> Decoded:
    """Read one field of a device."""
    path = address.path
    while len(path) > 1 and path[0] == _BASE:
        path = path[1:]
    device, *rest = path
    if not rest or rest[-1] in _COMMANDS:
        return Decoded()
    said = plain(message.payload)
    field = ".".join(rest)
    match said:
        case dict():  # input_event/0 and the movement sensor's status
            fields: Fields = {f"{field}.{name}": value for name, value in said.items()}
        case _:
            fields = {field: said}
    channel = next((part for part in rest if part.isdigit()), "")
    own = f"{device}/{rest[0]}:{channel}" if channel else f"{device}/{field.replace('.', '/')}"
    metered = rest[-1] in ("power", "energy", "total")
    part = Part(names=(own, device), name=device if channel in _FIRST or metered else own, fields=fields)
    table = known.profiles.table(DIALECT, device)
    if not any((found := table.find(name)) and found.rules for name in fields):
        return Decoded()
    return read(Speech(parts=(part,), table=table, registered=registrations(known.home)))
