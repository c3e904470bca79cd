"""Until when others will know us is measured, so that somebody is told in time."""

from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from prometheus_client import REGISTRY

from homes.enrolment import authority as rules
from runtime.settings import Kafka, Mqtt, Settings
from runtime.start import measure_certificates

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
METRIC = "dolbom_runtime_certificate_until_timestamp_seconds"


def test_the_end_of_our_certificate_is_measured_and_an_unreadable_one_is_not(tmp_path: Path) -> None:
    made = rules.make_authority(ec.generate_private_key(ec.SECP256R1()), serial=1, now=NOON).certificate
    (tmp_path / "ours.crt").write_bytes(made.public_bytes(Encoding.PEM))
    kafka, mqtt = Kafka(certificate_file=f"{tmp_path}/ours.crt"), Mqtt(certificate_file=f"{tmp_path}/nowhere.crt")
    measure_certificates(Settings(kafka=kafka, mqtt=mqtt))
    assert REGISTRY.get_sample_value(METRIC, {"at": "kafka"}) == made.not_valid_after_utc.timestamp()
    assert REGISTRY.get_sample_value(METRIC, {"at": "mqtt"}) is None
