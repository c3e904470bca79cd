"""Read the limits of a home out of a street file."""

from typing import Final

import msgspec

from contracts import Made, Profile, SensorId, WatchPlan
from contracts.profiles import usual_plan
from homes.fields import Node
from homes.forms import DAY_SECONDS

#: What a plan may leave out altogether, by 0.
_MAY_BE_OFF: Final = frozenset({"test_missing_seconds", "first_test_seconds"})


def read_plan(node: Node) -> WatchPlan:
    """Read the limits of a home; what is left out is usual, and limits that contradict each other are a fault."""
    profile = node.choice("profile", Profile, Profile.LIVING_ALONE) or Profile.LIVING_ALONE
    usual = msgspec.structs.asdict(usual_plan(profile))
    # Whether there are pets is a whole number to Python, and no limit.
    limits = {name: _limit(node, name, each) for name, each in usual.items() if type(each) is int}
    plan = WatchPlan(
        **limits,
        profile=profile,
        pets=node.truth("pets", False),
        stoves=tuple(SensorId(key) for key in node.texts("stoves")),
        made=tuple(one for each in node.nodes("made") if (one := _made(each))),
    )
    _check_limits(node, plan)
    node.end()
    return plan


def _limit(node: Node, name: str, usual: int) -> int:
    if name == "residents":
        return node.whole(name, usual, least=1, most=20)
    if name.endswith("_percent"):
        return node.whole(name, usual, least=1, most=100)
    if name.endswith("_a_month"):
        return node.whole(name, usual, least=0, most=1_000)
    if name.endswith("_celsius"):
        return node.whole(name, usual, least=1, most=100)
    return node.whole(name, usual, least=0 if name in _MAY_BE_OFF else 10, most=30 * DAY_SECONDS)


def _made(node: Node) -> Made | None:
    sensor, day = node.text("sensor_id"), node.day("day")
    node.end()
    return Made(sensor_id=SensorId(sensor), day=day) if day else None


def _check_limits(node: Node, plan: WatchPlan) -> None:
    steps = (plan.inactivity_caution_seconds, plan.inactivity_urgent_seconds, plan.inactivity_emergency_seconds)
    if list(steps) != sorted(steps):
        node.refuse("", "caution ≤ urgent ≤ emergency 순서여야 합니다 (inactivity limits must not fall)")
    if plan.cold_caution_celsius > plan.cold_notice_celsius:
        node.refuse("cold_caution_celsius", "첫 한계보다 높습니다 (must not be above cold_notice_celsius)")
    heat = (plan.hot_notice_celsius, plan.hot_caution_celsius, plan.hot_urgent_celsius, plan.fire_celsius)
    if list(heat) != sorted(heat):
        node.refuse("hot_caution_celsius", "더위 한계는 점점 높아져야 합니다 (limits of heat must not fall)")
