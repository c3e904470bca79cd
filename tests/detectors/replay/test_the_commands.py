"""The commands on files: what they print, and what they say of what they cannot use."""

from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from contracts import encode
from detectors.__main__ import app
from tests.detectors.replay.days import DAWN, HOUR, a_day

LIMITS = "inactivity_caution_seconds: 7200\ninactivity_urgent_seconds: 7200\ninactivity_emergency_seconds: 7200\n"


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("replay") / "day.ndjson"
    file.write_bytes(b"".join(encode(reading) + b"\n" for reading in a_day()))
    return file


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, words)
    return done.exit_code, done.stdout, done.stderr


def test_a_replay_tells_each_finding_in_korean_and_in_english(day: Path) -> None:
    status, korean, figures = run("replay", str(day))
    assert status == 0
    assert "도움 요청 버튼 누름" in korean
    assert "측정값" in figures
    _, english, figures = run("replay", str(day), "--language", "en")
    assert "help button pressed" in english
    assert "a second" in figures


def test_a_replay_tells_findings_to_programs(day: Path) -> None:
    _, told, _ = run("replay", str(day), "--json")
    lines = [msgspec.json.decode(line) for line in told.splitlines()]
    assert {line["turn"] for line in lines} >= {"began", "ended"}
    assert {line["finding"]["kind"] for line in lines} >= {"help_button", "inactivity"}


def test_another_plan_finds_otherwise(day: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("gateway_silent_seconds: 7200\n")
    _, told, _ = run("replay", str(day), "--json", "--plan", str(plan))
    assert "gateway_silent" not in told
    assert "help_button" in told


def test_a_plan_with_faults_is_told_with_each_of_them(day: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("inactivty: 3\ngateway_silent_seconds: soon\n")
    status, _, told = run("replay", str(day), "--plan", str(plan))
    assert status == 2
    assert "inactivty" in told
    assert "gateway_silent_seconds" in told


def test_what_cannot_be_used_is_said_with_its_mend(day: Path, tmp_path: Path) -> None:
    assert run("replay")[0] == 2
    assert run("replay", str(day), "--home", "h-0001")[0] == 2
    assert run("replay", str(tmp_path / "none"))[0] == 2
    empty = tmp_path / "empty"
    empty.write_text("\n" + "{}\n" * 7)
    status, _, told = run("replay", str(empty))
    assert status == 1
    assert "empty:2:" in told
    assert "2 줄 더" in told
    assert run("explain", "h-0001", "yesterday", "--file", str(day))[0] == 2
    assert run("explain", "h-0009", "now", "--file", str(day))[0] == 2


def test_explain_shows_every_detector_and_tells_programs_both_languages(day: Path) -> None:
    at = (DAWN + 5 * HOUR).isoformat()
    status, shown, _ = run("explain", "h-0002", at, "--file", str(day), "--language", "en")
    assert status == 0
    assert "inactivity" in shown
    _, told, _ = run("explain", "h-0002", at, "--file", str(day), "--json")
    thoughts = {each["detector"]: each for each in msgspec.json.decode(told)["detectors"]}
    assert thoughts["inactivity"]["looks"][0]["value"] > 3600
    assert thoughts["smoke"]["reason"]["ko"]
