"""An engineer asks what a payload becomes."""

from pathlib import Path

from typer.testing import CliRunner

from ingest.__main__ import app
from tests.ingest.street import topic_of


def explained(folder: Path, payload: str, *arguments: str) -> str:
    file = folder / "payload"
    file.write_text(payload)
    result = CliRunner().invoke(app, ["explain", str(file), *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_press_is_explained_as_a_reading(tmp_path: Path) -> None:
    topic = topic_of("h-0001", "zigbee2mqtt/zigbee2mqtt/pendant")
    assert "help_button" in explained(
        tmp_path, '{"action":"single"}', "--topic", topic, "--registered", "pendant=help_button"
    )
    assert "not for us" in explained(tmp_path, '{"action":"single"}', "--topic", topic)


def test_a_fault_is_explained_as_a_refusal(tmp_path: Path) -> None:
    assert "not_json" in explained(tmp_path, "{", "--topic", topic_of("h-0001"))
    assert "bad_topic" in explained(tmp_path, "{", "--topic", "hello")
    replay = '{"readings":[{"sensor":"a","value":{"kind":"motion","active":true}}]}'
    assert "retained_replay" in explained(tmp_path, replay, "--topic", topic_of("h-0001"), "--retained")
