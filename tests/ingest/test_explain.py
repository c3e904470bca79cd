"""An engineer asks what a message becomes."""

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from ingest.__main__ import app
from runtime.settings import Mqtt
from tests.ingest.doors import a_gateway
from tests.ingest.street import topic_of


def asked(*arguments: str, status: int = 0, mqtt: Mqtt | None = None) -> Result:
    environ = {"DOLBOM_MQTT_HOST": mqtt.host, "DOLBOM_MQTT_PORT": str(mqtt.port)} if mqtt else {}
    result = CliRunner().invoke(app, ["explain", *arguments], env={"COLUMNS": "160", **environ})
    assert result.exit_code == status, result.output
    return result


def explained(folder: Path, payload: str, *arguments: str) -> str:
    file = folder / "payload"
    file.write_text(payload)
    return asked(str(file), *arguments).output


def test_a_press_is_explained_as_a_reading_with_the_line_that_says_so(tmp_path: Path) -> None:
    topic = topic_of("h-0001", "zigbee2mqtt/zigbee2mqtt/pendant")
    told = explained(tmp_path, '{"action":"single"}', "--topic", topic, "--registered", "pendant=help_button")
    assert "help_button" in told and "zigbee2mqtt.toml:" in told and "action" in told
    assert "not for us" in explained(tmp_path, '{"action":"single"}', "--topic", topic)


def test_a_fault_is_explained_with_its_mend_in_both_languages(tmp_path: Path) -> None:
    told = explained(tmp_path, "{", "--topic", topic_of("h-0001"))
    assert "not_json" in told and "템플릿" in told and "template" in told
    replay = '{"readings":[{"sensor":"a","value":{"kind":"motion","active":true}}]}'
    assert "retained_replay" in explained(tmp_path, replay, "--topic", topic_of("h-0001"), "--retained")


def test_a_wrong_topic_is_told_the_nearest_right_one(tmp_path: Path) -> None:
    right = topic_of("h-0001", "zigbee2mqtt/x")
    shard = right.split("/")[1]
    for wrong in (right.replace("zigbee2mqtt", "zigbe2mqtt"), right.replace(f"/{shard}/", "/0f/"), f"hom{right[4:]}"):
        assert wrong != right and right in explained(tmp_path, "{}", "--topic", wrong), wrong
    assert "/tasmota/tele/x/SENSOR" in explained(tmp_path, "{}", "--topic", "tele/x/SENSOR")
    assert "/shelly/attic/events/rpc" in explained(tmp_path, "{}", "--topic", "attic/events/rpc")
    assert "→" not in explained(tmp_path, "{}", "--topic", "what/is/this")


def test_a_capture_is_explained_line_by_line_for_people_and_machines(tmp_path: Path) -> None:
    file = tmp_path / "capture"
    file.write_text(
        "tele/x/LWT Online\n"
        '{"topic":"tele/x/SENSOR","payload":{"AM2301":{"Humidity":40}}}\n'
        '{"topic":"tele/x/SENSOR","payload":"eyJBIjp7Ikh1bWlkaXR5Ijo0MX19","payload_encoding":"base64"}\n'
        '{"topic":"tele/x/LWT","base64":"T25saW5l"}\n'
        '{"topic":"tele/x/LWT","base64":"?"}\n'
        "nonsense\n"
    )
    result = asked(str(file), "--dialect", "tasmota", "--json")
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["readings"][0]["value"] for each in told] == [
        "online=true",
        "percent=40 %",
        "percent=41 %",
        "online=true",
    ]
    assert "line 5: expected" in result.stderr and "line 6: expected" in result.stderr
    assert "device_status" in asked(str(file), "--dialect", "tasmota", "--count", "1").output


def test_a_word_that_is_declared_is_understood_in_the_next_message(tmp_path: Path) -> None:
    config = {"device_class": "motion", "state_topic": "x/state", "unique_id": "m1"}
    capture = [
        {"topic": "homeassistant/binary_sensor/x/config", "payload": config, "retain": True},
        {"topic": "x/state", "payload": "ON"},
    ]
    file = tmp_path / "capture.json"
    file.write_text(json.dumps(capture))
    last = json.loads(asked(str(file), "--dialect", "homeassistant", "--json").stdout.splitlines()[-1])
    assert [each["kind"] for each in last["readings"]] == ["motion"]
    assert "declared: " in asked(str(file), "--dialect", "homeassistant").output


def test_a_topic_is_listened_to_at_the_broker_and_explained_live(mqtt: Mqtt) -> None:
    topic = topic_of("h-live", "tasmota/tele/x/LWT")
    with a_gateway(mqtt) as gateway:
        gateway.say(topic, "Offline", retain=True)
        told = asked("home/+/h-live/#", "--count", "1", "--seconds", "20", "--json", mqtt=mqtt).stdout
        gateway.say(topic, "", retain=True)
    assert json.loads(told)["readings"][0]["value"] == "online=false"


def test_what_cannot_be_explained_says_what_was_expected(tmp_path: Path, mqtt: Mqtt) -> None:
    assert "there is no file nothing" in asked("nothing", status=1).stderr
    assert "tasmota" in asked("nothing", "--dialect", "tasmata", status=1).stderr
    assert "DOLBOM_MQTT_PORT" in asked("home/#", status=1, mqtt=Mqtt(port=1)).stderr
    assert "no message came" in asked("home/+/silent/#", "--seconds", "0.2", status=1, mqtt=mqtt).stderr


def test_a_profile_of_ones_own_is_tried_and_its_faults_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "profiles"
    folder.mkdir()
    profile = folder / "ours.toml"
    profile.write_text('dialect = "zigbee2mqtt"\n[fields]\nalarm_1 = { kind = "smoke" }\n')
    topic = topic_of("h-0001", "zigbee2mqtt/zigbee2mqtt/x")
    told = explained(tmp_path, '{"alarm_1":true}', "--topic", topic, "--profiles", str(folder))
    assert "smoke" in told and "ours.toml:3" in told
    profile.write_text('dialect = "zigbee2mqtt"\n[fields]\nalarm_1 = { kind = "smok" }\n')
    fault = asked(str(tmp_path / "payload"), "--topic", topic, "--profiles", str(folder), status=2).stderr
    assert 'did you mean "smoke"?' in fault and "ours.toml:3" in fault


def test_an_unknown_field_is_named_with_the_nearest_known_one(tmp_path: Path) -> None:
    topic = topic_of("h-0001", "zigbee2mqtt/zigbee2mqtt/x")
    told = explained(tmp_path, '{"ocupancy":true}', "--topic", topic, "--registered", "x=motion")
    assert "nothing_we_know" in told and "ocupancy (is it occupancy?)" in told
    stranger = explained(tmp_path, '{"ocupancy":true}', "--topic", topic)
    assert "not for us" in stranger and "is it occupancy?" in stranger
    assert "did you mean" in asked(str(tmp_path / "payload"), "--registered", "x=moton", status=1).stderr


def test_a_strangers_bytes_do_not_command_the_terminal(tmp_path: Path) -> None:
    told = explained(tmp_path, "\x1b[2J\x07", "--topic", topic_of("h-0001", "zigbee2mqtt/\x1b]0;x/y"))
    assert "\x1b" not in told and "\\x1b" in told
