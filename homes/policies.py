"""Read policies out of a street file: whom to call, when, on which conditions and how often."""

from collections.abc import Container
from typing import Final

from contracts import Hazard, Severity
from homes.fields import Node
from homes.forms import DAY_SECONDS, ID, ID_HINT, check_known
from homes.model import Policy, PolicyStep, ResponderKind, Shift, When
from homes.spans import read_hours

#: However often a step calls before the next has its turn.
_MOST_TIMES: Final = 20


def read_policy(node: Node, *, rosters: Container[str], districts: Container[str]) -> Policy:
    """Read a policy; one without steps is a fault."""
    policy = Policy(
        policy_id=node.text("id", pattern=ID, hint=ID_HINT),
        name=node.text("name"),
        repeat_every_seconds=node.whole("repeat_every_seconds", 180, least=10, most=DAY_SECONDS),
        accepts=node.whole("accepts", 1, least=1, most=10),
        steps=tuple(_step(each, rosters, districts) for each in node.nodes("steps")),
    )
    if not policy.steps:
        node.refuse("steps", "단계가 하나도 없습니다; 아무도 호출되지 않습니다 (no steps: nobody would be called)")
    node.end()
    return policy


def _step(node: Node, rosters: Container[str], districts: Container[str]) -> PolicyStep:
    named = node.texts("rosters")
    check_known(node, "rosters", named, rosters)
    step = PolicyStep(
        after_seconds=node.whole("after_seconds", 0, least=0, most=DAY_SECONDS),
        # A step that names a roster may do without kinds.
        kinds=node.choices("kinds", ResponderKind) if node.has("kinds") or not named else (),
        rosters=named,
        when=_when(node.node("when"), districts),
        times=node.whole("times", 1, least=1, most=_MOST_TIMES),
        again_after_seconds=node.whole("again_after_seconds", 60, least=10, most=DAY_SECONDS),
    )
    node.end()
    return step


def _when(node: Node, districts: Container[str]) -> When:
    named = node.texts("districts")
    check_known(node, "districts", named, districts)
    when = When(
        hazards=node.choices("hazards", Hazard) if node.has("hazards") else (),
        severities=node.choices("severities", Severity) if node.has("severities") else (),
        districts=named,
        shift=node.choice("shift", Shift) if node.has("shift") else None,
        hours=read_hours(node),
    )
    node.end()
    return when
