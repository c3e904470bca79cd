"""What a wrong environment says."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.settings import BadSettings, Secret, Settings, load, name_of

_NUMBERS = [
    name_of(section.name, setting.name)
    for section in fields(Settings)
    for setting in fields(getattr(Settings(), section.name))
    if isinstance(setting.default, int | float) and not isinstance(setting.default, bool)
]


def test_nothing_set_is_the_demo_on_loopback() -> None:
    assert load({}) == Settings()


def test_a_setting_reaches_its_section_in_its_own_kind() -> None:
    settings = load(
        {
            "DOLBOM_MQTT_PORT": "8883",
            "DOLBOM_KAFKA_IDEMPOTENCE": "yes",
            "DOLBOM_CONSOLE_SECURE_COOKIES": "off",
            "DOLBOM_DETECTORS_CHECKPOINT_SECONDS": "2.5",
        }
    )
    assert settings.mqtt.port == 8883
    assert settings.kafka.idempotence is True
    assert settings.console.secure_cookies is False
    assert settings.detectors.checkpoint_seconds == 2.5


def test_all_faults_are_told_at_once() -> None:
    environ = {
        "DOLBOM_MQTT_PORT": "eighteen",
        "DOLBOM_KAFKA_IDEMPOTENCE": "perhaps",
        "DOLBOM_ALERTS_ACKNOWLEDGEMENT_SECONDS": "-1",
        "DOLBOM_CONSOLE_PROT": "8080",
    }
    with pytest.raises(BadSettings) as told:
        load(environ)
    for name in environ:
        assert name in str(told.value)
    assert "expected a number, got 'eighteen'" in str(told.value)
    assert "expected yes or no, got 'perhaps'" in str(told.value)
    assert "no such setting" in str(told.value)


def test_what_others_put_into_the_environment_is_not_ours() -> None:
    assert load({"PATH": "/bin", "DOLBOM_RUN_PG_BIN": "/somewhere", "KAFKA_HOME": "x"}) == Settings()


def test_a_secret_is_masked_wherever_settings_are_printed() -> None:
    environ = {
        name: "swordfish-swordfish-swordfish-swordfish"
        for section in fields(Settings)
        for setting in fields(getattr(Settings(), section.name))
        if isinstance(setting.default, Secret)
        for name in [name_of(section.name, setting.name)]
    }
    assert len(environ) >= 7
    environ["DOLBOM_POSTGRES_DSN"] = "postgresql://dolbom:swordfish@127.0.0.1/dolbom"
    settings = load(environ)
    assert "swordfish" not in repr(settings)
    assert "swordfish" not in f"{settings} {settings.alerts.link_secret} {settings.postgres.dsn!s:>9}"
    assert settings.alerts.link_secret.reveal().startswith("swordfish")
    assert type(settings.alerts.link_secret.reveal()) is str
    assert len(settings.alerts.link_secret) == len("swordfish") * 4 + 3


def test_what_sounds_secret_is_a_secret() -> None:
    for section in fields(Settings):
        for setting in fields(getattr(Settings(), section.name)):
            if setting.name.endswith(("password", "secret", "dsn")):
                assert isinstance(setting.default, Secret), setting.name


def test_every_setting_has_a_sentence() -> None:
    for section in fields(Settings):
        for setting in fields(getattr(Settings(), section.name)):
            assert setting.metadata["about"].endswith("."), setting.name


@given(name=st.sampled_from(_NUMBERS), text=st.text(max_size=8))
def test_whatever_stands_in_a_number_is_a_number_or_a_told_fault(name: str, text: str) -> None:
    try:
        load({name: text})
    except BadSettings as told:
        assert name in str(told)


@pytest.mark.parametrize("text", ["nan", "inf", "1e999"])
def test_a_bound_is_never_endless_or_nothing(text: str) -> None:
    with pytest.raises(BadSettings):
        load({"DOLBOM_SERVICE_STOP_SECONDS": text})
