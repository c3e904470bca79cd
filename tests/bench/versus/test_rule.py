"""The peers' rule is no straw man: it hears the same cries and the same stillness, and keeps one case open."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from bench.versus.install import HERE
from bench.versus.nodered import flow_of
from bench.versus.python import SCRIPTS
from bench.versus.street import Cast, Gateways, street_for

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_ASK = """
import json, sys
sys.path.insert(0, sys.argv[1])
from rule import judge
homes, told = {}, []
for line in sys.stdin:
    said = json.loads(line)
    told += [[said["home"], hazard] for hazard in judge(said, homes.setdefault(said["home"], {}), float(sys.argv[2]))]
print(json.dumps(told))
"""


def test_the_peers_hear_what_we_hear_and_call_once() -> None:
    cast, gateways = Cast(street_for(1, 6, webhook=""), 1), Gateways()
    cries = [*cast.cries(3), *cast.stillnesses(1)]
    said = [message.payload.decode() for cry in cries for message in gateways.cry(cry, NOW)]
    quiet = gateways.moved(cast.background[0], NOW, active=True).payload.decode()
    asked = "\n".join([*said, quiet, *said])
    command = [sys.executable, "-c", _ASK, str(SCRIPTS), str(NOW.timestamp())]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    assert [tuple(case) for case in json.loads(done.stdout)] == [cry.case for cry in cries]


def test_the_flow_is_wired_from_end_to_end() -> None:
    flow = {str(node["id"]): node for node in flow_of(mqtt_port=1, bootstrap="127.0.0.1:2", url="http://127.0.0.1:3")}
    for node in flow.values():
        wires = node.get("wires", [])
        assert isinstance(wires, list)
        assert {name for output in wires for name in output} <= flow.keys()
    assert flow["rule"]["func"] == (HERE / "node_red" / "rule.js").read_text()


@pytest.mark.parametrize("name", ["package.json", "package-lock.json"])
def test_what_npm_is_asked_for_names_versions_and_no_address(name: str) -> None:
    asked = json.loads((HERE / "node_red" / name).read_text())
    locked = asked.get("packages", {})
    assert not [path for path, package in locked.items() if "resolved" in package]
    assert all(version[0].isdigit() for version in asked.get("dependencies", {}).values())
