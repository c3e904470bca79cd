"""Whom a client of Kafka believes, and who it says that it is."""

import ssl
from pathlib import Path

from deploy.cluster.certificates import Authority
from runtime.kafka import security_of, tls_of
from runtime.settings import Kafka


def test_without_an_authority_nothing_is_sealed() -> None:
    assert security_of(Kafka(bootstrap="a:1")) == {"bootstrap_servers": "a:1"}


def test_with_an_authority_a_broker_by_another_name_is_refused(tmp_path: Path) -> None:
    made = Authority(tmp_path).certify("ingest")
    settings = Kafka(
        ca_file=str(made.authority), certificate_file=str(made.certificate), key_file=str(made.key), bootstrap="a:1"
    )
    context = tls_of(settings)
    assert context is not None
    assert context.check_hostname and context.verify_mode is ssl.CERT_REQUIRED
    assert security_of(settings)["security_protocol"] == "SSL"
    assert ["dolbom authority" in str(each["subject"]) for each in context.get_ca_certs()] == [True]


def test_only_its_owner_reads_a_key(tmp_path: Path) -> None:
    made = Authority(tmp_path).certify("kafka-1", ["127.0.0.1"])
    assert {path.stat().st_mode & 0o777 for path in (made.key, made.both)} == {0o600}
