"""Read rosters out of a street file: who takes turns, from which day on, and who stands in for once."""

from collections.abc import Container
from typing import Final

from contracts import ResponderId
from homes.fields import Node
from homes.forms import ID, ID_HINT, check_known, read_timezone
from homes.model import Override, Roster, Rotation
from homes.spans import read_hours

_NINE: Final = 540


def read_roster(node: Node, responders: Container[str]) -> Roster:
    """Read a roster; one on which nobody ever is on duty is a fault."""
    roster = Roster(
        roster_id=node.text("id", pattern=ID, hint=ID_HINT),
        name=node.text("name"),
        timezone=read_timezone(node),
        rotations=tuple(one for entry in node.nodes("rotations") if (one := _rotation(entry, responders))),
        overrides=tuple(each for entry in node.nodes("overrides") if (each := _override(entry, responders))),
    )
    if not node.has("rotations"):
        node.refuse("rotations", "순번이 없습니다; 아무도 당직이 아닙니다 (no rotation: nobody would be on duty)")
    node.end()
    return roster


def _rotation(node: Node, responders: Container[str]) -> Rotation | None:
    people, from_day = node.texts("responders"), node.day("from_day")
    check_known(node, "responders", people, responders)
    if not people:
        node.refuse("responders", "한 사람 이상 필요합니다 (at least one is needed)")
    handover = node.minute("handover", _NINE)
    if handover == 24 * 60:
        node.refuse("handover", '자정은 "00:00" 입니다 (midnight is "00:00")')
    days, hours = node.whole("days", 7, least=1, most=366), read_hours(node)
    node.end()
    if from_day is None:
        return None
    return Rotation(
        responders=tuple(ResponderId(key) for key in people),
        from_day=from_day,
        handover_minute=handover,
        days=days,
        hours=hours,
    )


def _override(node: Node, responders: Container[str]) -> Override | None:
    people, from_at, until_at = node.texts("responders"), node.moment("from_at"), node.moment("until_at")
    check_known(node, "responders", people, responders)
    node.end()
    if from_at is None or until_at is None:
        return None
    if until_at <= from_at:
        node.refuse("until_at", "from_at 보다 뒤여야 합니다 (an override must end after it begins)")
    return Override(from_at=from_at, until_at=until_at, responders=tuple(ResponderId(key) for key in people))
