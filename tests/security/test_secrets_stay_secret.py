"""No secret and no person is told in a log, a metric, a command line, an error or a row, whatever goes wrong."""

import asyncio
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from deploy.embedded.children import Child, loopback_port
from deploy.embedded.stack import ROOT, Running
from runtime.settings import BadSettings, load
from tests.security.canaries import SECRETS, Told, canary, environ

SERVICES = (
    ("ingest",),
    ("ingest", "dc09"),
    ("detectors",),
    ("alerts",),
    ("alerts", "probe"),
    ("history",),
    ("console",),
)
#: Passwords that move into another place of an address when they are not written as they must be.
AWKWARD = ("{}/rest", "rest/{}", "{}@rest", "rest@{}", "{}?rest", "{}#rest", "{}%rest", "{}:rest")


def test_every_secret_setting_has_a_canary() -> None:
    assert len(SECRETS) >= 15
    assert tuple(dict.fromkeys(SECRETS)) == SECRETS
    assert {"DOLBOM_POSTGRES_DSN", "DOLBOM_MQTT_PASSWORD", "DOLBOM_ALERTS_LINK_SECRET"} <= set(SECRETS)


def test_settings_show_no_secret_in_any_form() -> None:
    settings = load(environ())
    told = Told()
    told.hear("settings", f"{settings} {settings!r} {settings.postgres} {settings.alerts.link_secret:>80}")
    assert told.found(map(canary, SECRETS)) == {}


@pytest.mark.parametrize("password", AWKWARD)
def test_a_password_that_breaks_its_address_is_refused_without_a_word_of_it(password: str) -> None:
    secret = canary("DOLBOM_POSTGRES_DSN")
    written = password.format(secret)
    try:
        load({"DOLBOM_POSTGRES_DSN": f"postgresql://dolbom:{written}@127.0.0.1:1/dolbom"})
    except BadSettings as fault:
        assert "DOLBOM_POSTGRES_DSN: expected" in str(fault)
        assert secret[:12] not in str(fault)
    for broken in (f"host=h password=it is {written}", f"host=h password='{written}"):
        with pytest.raises(BadSettings) as raised:
            load({"DOLBOM_POSTGRES_DSN": broken})
        assert secret[:12] not in str(raised.value)


@pytest.mark.door
@pytest.mark.timeout(240)
async def test_services_that_reach_nobody_tell_no_secret(tmp_path: Path) -> None:
    nobody = {
        "DOLBOM_MQTT_HOST": "127.0.0.1",
        "DOLBOM_MQTT_PORT": "1",
        "DOLBOM_MQTT_USERNAME": "bridge",
        "DOLBOM_KAFKA_BOOTSTRAP": "127.0.0.1:1",
        "DOLBOM_ALERTS_PUBLIC_URL": "http://127.0.0.1:1",
        "DOLBOM_DC09_TCP_PORT": "0",
        "DOLBOM_DC09_UDP_PORT": "0",
        "DOLBOM_CONSOLE_OPERATOR_NAME": "operator",
        "DOLBOM_DETECTORS_DATA_DIR": str(tmp_path / "faust"),
    }
    told = Told()
    each = (asyncio.to_thread(_in_trouble, service, {**environ(), **nobody}, tmp_path, told) for service in SERVICES)
    await asyncio.gather(*each)
    assert told.found(map(canary, SECRETS)) == {}
    assert len([text for where, text in told.places.items() if "log" in where and text]) == len(SERVICES)


def _in_trouble(service: tuple[str, ...], told_it: Mapping[str, str], folder: Path, told: Told) -> None:
    port, name = loopback_port(), "-".join(service)
    log = folder / f"{name}.log"
    extra = {"PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1", "DOLBOM_SERVICE_PROBE_PORT": str(port)}
    child = Child([sys.executable, "-m", *service], log=log, environ={**extra, **told_it}, cwd=ROOT)
    running = Running(name, child, port)
    try:
        running.wait_for(lambda: _trouble(log), within=60)
        told.process(name, running.pid)
        told.hear(f"{name}: metrics", running.metrics())
    finally:
        running.send(signal.SIGTERM)
        running.stop(5)
        told.hear(f"{name}: log", log.read_text())


def _trouble(log: Path) -> bool:
    """Tell whether it has met its trouble: nobody answers at its addresses, and it says so."""
    return any(word in log.read_text() for word in ("not_reached", "_lost", "trouble", "Unable", "warning"))
