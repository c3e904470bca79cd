"""The units for one machine: systemd itself reads them, and says how much a service of ours could do."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from deploy.embedded.stack import ROOT
from runtime.settings import load

HERE = ROOT / "deploy" / "systemd"
UNITS = sorted((HERE / "system").glob("*.service"))
OURS = [unit for unit in UNITS if unit.name.startswith("dolbom-")]
#: What the machine has already: only their names matter here.
THERE = ("basic", "sysinit", "shutdown", "network", "network-online", "multi-user", "timers", "time-set", "time-sync")
#: `systemd-analyze security`: 0 may do nothing, 10 everything. A service without a line of hardening has 9.6.
MOST_EXPOSED = 2.0


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A machine's root with our units, and stubs of what they start."""
    root = tmp_path_factory.mktemp("root")
    system = root / "etc" / "systemd" / "system"
    shutil.copytree(HERE / "system", system)
    for name in THERE:
        (system / f"{name}.target").write_text("[Unit]\nDescription=stub\n")
    for program in ("opt/dolbom/.venv/bin/python", "opt/kafka/bin/kafka-server-start.sh", "usr/sbin/mosquitto"):
        (root / program).parent.mkdir(parents=True, exist_ok=True)
        (root / program).touch(mode=0o755)
    (system / "mosquitto.service").write_text("[Service]\nExecStart=/usr/sbin/mosquitto\n")
    return root


def asked(*words: str | Path) -> subprocess.CompletedProcess[str]:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("the units were not tried: systemd-analyze is not installed (Debian: systemd)")
    return subprocess.run([analyze, *words], capture_output=True, text=True, timeout=60)


def test_systemd_finds_no_fault_in_the_units(root: Path) -> None:
    names = [file.name for file in (HERE / "system").iterdir() if file.is_file()]
    done = asked("verify", "--man=no", f"--root={root}", *names, "mosquitto.service")
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("unit", OURS, ids=lambda unit: unit.stem)
def test_a_service_that_is_taken_over_can_do_little(root: Path, unit: Path) -> None:
    done = asked("security", "--offline=yes", f"--root={root}", "--no-pager", unit.name)
    exposed = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    assert exposed, done.stdout + done.stderr
    assert float(exposed[1]) <= MOST_EXPOSED


def written(unit: Path) -> dict[str, str]:
    return dict(re.findall(r"^(\w+)=(.*)", unit.read_text(), re.MULTILINE))


def test_every_service_of_the_compose_file_has_a_unit() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    ours = {" ".join(one["command"][2:4]) for one in compose.values() if "build" in one}
    here = {" ".join(written(unit)["ExecStart"].split()[2:4]) for unit in OURS}
    assert {word for word in ours if not word.startswith("deploy")} <= here


@pytest.mark.parametrize("unit", OURS, ids=lambda unit: unit.stem)
def test_a_unit_has_an_account_and_settings_that_can_be_used(unit: Path) -> None:
    told = written(unit)
    accounts = re.findall(r"^u (\S+)", (HERE / "sysusers.d" / "dolbom.conf").read_text(), re.MULTILINE)
    assert told["User"] in accounts
    files = [HERE / "env" / f"{name}.env.example" for name in ("all", Path(told["EnvironmentFile"]).stem)]
    for_all, own = (dict(re.findall(r"^(\w+)=(.*)", file.read_text(), re.MULTILINE)) for file in files)
    # systemd reads what is for all last: it would outrank what is a service's own.
    assert not for_all.keys() & own.keys()
    environment = for_all | own
    load(environment)
    secret = [name for name, value in environment.items() if value and name.endswith(("SECRET", "PASSWORD", "DSN"))]
    assert not secret


def test_whoever_is_probed_has_a_port_of_its_own() -> None:
    found = re.findall(r"PROBE_PORT=(\d+)", "".join(file.read_text() for file in (HERE / "env").iterdir()))
    assert len(found) == len(set(found)) == 8


def test_a_service_that_runs_is_started_again_and_ends_with_the_target() -> None:
    for unit in OURS:
        told, once = written(unit), "Type=oneshot" in unit.read_text()
        assert ("Restart" in told) is not once
        assert once or (told["Restart"], told["PartOf"], told["WantedBy"]) == (
            "always",
            "dolbom.target",
            "dolbom.target",
        )
        # We do not tell systemd that we live, so it must not wait for it; a stuck loop rings as LoopStuck.
        assert "WatchdogSec" not in told


def test_every_timer_has_its_service() -> None:
    timers = {file.stem for file in (HERE / "system").glob("*.timer")}
    assert timers == {"dolbom-retention", "dolbom-backup", "dolbom-trial"}
    assert timers <= {unit.stem for unit in OURS}


def test_backups_are_made_tried_and_told_of_in_one_place() -> None:
    told = [
        re.search(
            r"deploy\.backup backup .*?(/var/backups/\S+) --textfile (\S+)/dolbom\.prom$", written(unit)["ExecStart"]
        )
        for unit in OURS
        if unit.stem in ("dolbom-backup", "dolbom-trial")
    ]
    assert {found.groups() for found in told if found} == {("/var/backups/dolbom", "/var/lib/dolbom-backup")}
    assert len(told) == 2 and None not in told
