"""The street file: homes, responders, policies and districts as YAML that a person can write and keep."""

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

import yaml

from homes.contacts import read_responder
from homes.fields import Fault, Node
from homes.model import Street
from homes.parts import Known, read_district, read_home
from homes.policies import read_policy
from homes.rosters_file import read_roster
from homes.tree import tree_of
from homes.written import tree_of_street

__all__ = ["Fault", "Street", "dump", "parse"]

Shared = TypeVar("Shared")


def parse(text: str) -> Street | list[Fault]:
    """Read a street file; answer the street, or every fault that it has."""
    faults: list[Fault] = []
    tree = tree_of(text, faults)
    if faults:
        return faults
    top = Node({} if tree is None else tree, "", faults)
    districts = tuple(read_district(node) for node in top.nodes("districts"))
    responders = tuple(read_responder(node) for node in top.nodes("responders"))
    places = _by_id("districts", [(each.district_id, each) for each in districts], faults)
    people = _by_id("responders", [(f"{each.responder_id}", each) for each in responders], faults)
    rosters = tuple(read_roster(node, people) for node in top.nodes("rosters"))
    turns = _by_id("rosters", [(each.roster_id, each) for each in rosters], faults)
    policies = tuple(read_policy(node, rosters=turns, districts=places) for node in top.nodes("policies"))
    known = Known(
        districts=places,
        policies=_by_id("policies", [(each.policy_id, each) for each in policies], faults),
        responders=people,
    )
    homes = tuple(read_home(node, known) for node in top.nodes("homes"))
    _by_id("homes", [(each.home_id, each) for each in homes], faults)
    top.end()
    return faults or Street(districts=districts, policies=policies, responders=responders, homes=homes, rosters=rosters)


def dump(street: Street) -> str:
    """Write a street as a file that parses to the same street; what is usual is left out."""
    text: str = yaml.safe_dump(tree_of_street(street), allow_unicode=True, sort_keys=False, width=120)
    return text


def _by_id(name: str, pairs: Iterable[tuple[str, Shared]], faults: list[Fault]) -> dict[str, Shared]:
    pairs = list(pairs)
    for key, times in Counter(key for key, _ in pairs).items():
        if key and times > 1:
            faults.append(
                Fault(place=name, message=f"{key}: 같은 id 가 {times}번 있습니다 (the id is there {times} times)")
            )
    return dict(pairs)
