"""Where the rail leads, for whoever may go there."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Final

from console.roles import Act


@dataclass(frozen=True, kw_only=True)
class Place:
    """One entry of the rail."""

    #: Names the entry: `nav.<key>` is its word, and a page says by it where it stands.
    key: str
    path: str
    icon: str
    needs: Act
    #: There is something to count beside it, told by the feed.
    counts: bool = False
    #: The entry that leads there too: whoever has that one does not need both.
    within: str = ""


_PLACES: Final = (
    Place(key="board", path="/", icon="board", needs=Act.BOARD_READ),
    Place(key="homes", path="/homes", icon="house", needs=Act.HOMES_READ),
    Place(key="map", path="/map", icon="map", needs=Act.HOMES_READ),
    Place(key="search", path="/search", icon="search", needs=Act.HOMES_READ),
    Place(key="unprotected", path="/unprotected", icon="shield", needs=Act.DEVICES_READ),
    Place(key="left", path="/follow-ups", icon="done", needs=Act.BOARD_READ, counts=True),
    Place(key="shift", path="/shift", icon="people", needs=Act.SHIFT),
    Place(key="referrals", path="/referrals", icon="link", needs=Act.REFERRALS),
    Place(key="roster", path="/sup/roster", icon="calendar", needs=Act.ROSTER_READ, within="supervisor"),
    Place(key="engineer", path="/engineer", icon="tower", needs=Act.DEVICES_READ),
    Place(key="supervisor", path="/sup", icon="chart", needs=Act.REPORTS_READ),
    Place(key="tokens", path="/sup/tokens", icon="keys", needs=Act.TOKENS, within="supervisor"),
    Place(key="audit", path="/audit", icon="key", needs=Act.AUDIT_OWN, within="supervisor"),
    Place(key="admin", path="/admin", icon="people", needs=Act.ACCOUNTS),
)
_DEMO: Final = Place(key="demo", path="/demo", icon="stage", needs=Act.BOARD_ACT)


def places_for(acts: Set[Act], *, demo: bool) -> tuple[Place, ...]:
    """List the places that somebody may go to, in the order of the rail."""
    open_to = [place for place in (*_PLACES, *((_DEMO,) if demo else ())) if place.needs in acts]
    keys = {place.key for place in open_to}
    return tuple(place for place in open_to if place.within not in keys)
