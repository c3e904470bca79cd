"""Names at the broker: those that no home may have, and the serial number by which a certificate is called."""

from typing import Final

#: Users of the broker that are services, and sessions that belong to them.
SERVICES: Final = frozenset({"bridge", "keeper", "simulator", "admin", "dolbom"})
_OURS: Final = "dolbom-"


def is_reserved(home_id: str) -> bool:
    """Tell whether a gateway of this name could take a service's user or session at the broker."""
    return home_id in SERVICES or home_id.startswith(_OURS)


def serial_of(typed: str) -> str:
    """Read a certificate's serial number as openssl and browsers print it; what is none matches none."""
    return typed.strip().replace(":", "").lower().lstrip("0")
