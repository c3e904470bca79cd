"""The named fields of a device: by the vendor's profile where there is one, else by what their names say."""

from collections.abc import Iterator, Mapping

from contracts import Value
from ingest.decode.plain import plain
from ingest.message import Malformed
from ingest.profiles import Meant, Profiles, values_of


def meanings(
    said: Mapping[str, object],
    profiles: Profiles,
    *,
    dialect: str,
    device: str,
    kind: str,
    unit: str = "",
    own: bool = False,
) -> Iterator[tuple[Value | Malformed, str]]:
    """Read each field that means something to us, with the line of the profile that says so, if one does.

    `kind` is what the sensor is registered as; `own` says that the sensor is this very field of its device.
    """
    table = profiles.table(dialect, device)
    ruled = {name: value for name, value in said.items() if table.find(name) is not None}
    for each in values_of(ruled, table, kind) if ruled else ():
        yield (each.value, each.because) if isinstance(each, Meant) else (each, "")
    for name, value in said.items():
        if name not in ruled and (found := plain(name, value, kind, unit, own=own)) is not None:
            yield found, ""
