"""Names that no home may have: on the broker a home's id is a user and a session."""

from typing import Final

#: Users of the broker that are services, and sessions that belong to them.
SERVICES: Final = frozenset({"bridge", "keeper", "simulator", "admin", "dolbom"})
_OURS: Final = "dolbom-"


def is_reserved(home_id: str) -> bool:
    """Tell whether a gateway of this name could take a service's user or session at the broker."""
    return home_id in SERVICES or home_id.startswith(_OURS)
