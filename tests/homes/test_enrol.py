"""The rules of enrolment: codes, guesses, signatures, lists, and what the broker is told."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts import HomeId
from homes.enrolment import codes, passwords, qr
from homes.enrolment.authority import (
    CLOCKS_DIFFER,
    LIST_LIVES,
    BadRequest,
    Revoked,
    make_authority,
    next_update_time,
    read_request,
    revocations,
    sign_gateway,
    sign_server,
)
from homes.enrolment.broker_files import Standing, passwords_text, rules_text, standing_of
from homes.enrolment.bundle import Broker, Bundle, bridge_snippet, forwarder_settings, native_settings, topics_of
from homes.enrolment.guesses import MOST_WRONG, SPAN, Guesses
from homes.enrolment.model import MENDS, Credential, Enrolment, Kind, Refused, State, state_of
from homes.enrolment.names import is_reserved, serial_of
from homes.enrolment.proofs import is_proved, prove
from homes.enrolment.table import MOST_ROWS, BadRow, BadTable, Row, cell, read_table
from runtime.settings import load

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
HOME = HomeId("h-0001")
KEY = ec.generate_private_key(ec.SECP256R1())
AUTHORITY = make_authority(KEY, serial=1, now=NOW)


def a_credential(number: int = 1, **differs: object) -> Credential:
    usual: dict[str, object] = {
        "credential_id": number,
        "home_id": HOME,
        "kind": Kind.CERTIFICATE,
        "serial": f"{number:x}",
        "made_at": NOW,
        "issued_at": NOW,
        "expires_at": NOW + timedelta(days=800),
    }
    return Credential(**{**usual, **differs})  # type: ignore[arg-type]  # each field is given as its own kind


def a_request() -> str:
    made = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(KEY, hashes.SHA256())
    return made.public_bytes(Encoding.PEM).decode()


@given(st.binary(min_size=10, max_size=10))
def test_a_code_is_read_back_however_it_was_typed(entropy: bytes) -> None:
    code = codes.code_of(entropy)
    typed = codes.shown(code).lower().replace("0", "o").replace("1", "l").replace("-", " ")
    assert codes.read_code(typed) == code and codes.is_code_of(code, codes.digest_of(code))
    assert not set(code) & set("ILOU") and code.startswith(codes.selector_of(code))


@given(st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
def test_two_codes_are_two(one: bytes, other: bytes) -> None:
    same = codes.code_of(one) == codes.code_of(other)
    assert same == (one == other) == codes.is_code_of(codes.code_of(one), codes.digest_of(codes.code_of(other)))


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_code_or_none(typed: str) -> None:
    code = codes.read_code(typed)
    assert code is None or (len(code) == 16 and set(code) <= set(codes.ALPHABET))


def test_a_code_needs_all_its_entropy() -> None:
    with pytest.raises(ValueError, match="10 bytes"):
        codes.code_of(b"short")


def test_a_source_guesses_ten_times_and_then_waits() -> None:
    guesses = Guesses()
    for number in range(MOST_WRONG):
        assert guesses.wait("192.0.2.1", NOW) is None
        guesses.note("192.0.2.1", NOW + timedelta(seconds=number))
    assert guesses.wait("192.0.2.1", NOW + timedelta(seconds=9)) == SPAN - timedelta(seconds=9)
    assert guesses.wait("192.0.2.2", NOW) is None
    assert guesses.wait("192.0.2.1", NOW + SPAN + timedelta(seconds=20)) is None


def test_the_addresses_of_one_house_are_one_source() -> None:
    guesses = Guesses()
    for number in range(MOST_WRONG):
        guesses.note(f"2001:db8::{number:x}", NOW)
    assert guesses.wait("2001:db8::ffff", NOW) is not None
    assert guesses.wait("2001:db8:0:1::1", NOW) is None
    for _ in range(MOST_WRONG):
        guesses.note("a name", NOW)
    assert guesses.wait("a name", NOW) is not None


def test_who_guesses_from_everywhere_fills_no_memory() -> None:
    guesses = Guesses()
    for number in range(10_050):
        guesses.note(f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", NOW)
    assert len(guesses._wrong) == 10_000


def test_a_serial_number_is_read_however_it_was_printed() -> None:
    assert serial_of(" 0A:BC:12") == "abc12" and serial_of("::") == ""


def test_the_authority_signs_no_name_of_a_service() -> None:
    request = read_request(a_request())
    assert sign_gateway(AUTHORITY, request, "h-0001", serial=2, now=NOW).serial_number == 2
    for name in ("bridge", "keeper", "dolbom-ingest-00"):
        assert is_reserved(name)
        with pytest.raises(BadRequest):
            sign_gateway(AUTHORITY, request, name, serial=3, now=NOW)


def test_a_certificate_does_not_outlive_its_authority() -> None:
    late = NOW + timedelta(days=3600)
    signed = sign_gateway(AUTHORITY, read_request(a_request()), "h-0001", serial=2, now=late)
    assert signed.not_valid_after_utc == AUTHORITY.certificate.not_valid_after_utc


def test_a_request_whose_signature_is_anothers_is_refused() -> None:
    der = bytearray(x509.load_pem_x509_csr(a_request().encode()).public_bytes(Encoding.DER))
    der[-1] ^= 1
    broken = x509.load_der_x509_csr(bytes(der)).public_bytes(Encoding.PEM).decode()
    with pytest.raises(BadRequest):
        read_request(broken)


@given(st.text(max_size=300))
def test_any_text_is_a_request_or_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        read_request(text)


@given(st.lists(st.timedeltas(min_value=timedelta(0), max_value=timedelta(hours=2)), max_size=20))
def test_each_list_is_dated_later_than_the_one_before_and_none_in_the_future(waits: list[timedelta]) -> None:
    previous, now = None, NOW
    for wait in waits:
        now += wait
        dated = next_update_time(previous, now)
        assert dated is not None
        assert previous is None or dated > previous
        assert dated <= now
        previous = dated


def test_a_list_that_would_be_of_the_future_waits_for_its_second() -> None:
    dated: datetime | None = None
    for _ in range(1_000):
        following = next_update_time(dated, NOW)
        if following is None:
            break
        assert following <= NOW
        dated = following
    assert dated == NOW and next_update_time(dated, NOW) is None
    assert next_update_time(dated, NOW + timedelta(seconds=1)) == NOW + timedelta(seconds=1)


def test_a_list_that_a_wrong_clock_dated_is_not_followed() -> None:
    assert next_update_time(NOW + timedelta(days=400), NOW) == NOW - CLOCKS_DIFFER


def test_a_list_says_what_is_revoked_until_its_end() -> None:
    text = revocations(AUTHORITY, [Revoked(serial=7, at=NOW)], number=3, this_update=NOW)
    read = x509.load_pem_x509_crl(text)
    assert read.is_signature_valid(KEY.public_key()) and [entry.serial_number for entry in read] == [7]
    assert read.next_update_utc == NOW + LIST_LIVES


def test_the_broker_is_told_of_what_ended_and_denied_homes_without_anything() -> None:
    other = HomeId("h-0002")
    standing = standing_of(
        [
            a_credential(1, revoked_at=NOW),
            a_credential(2),
            a_credential(3, home_id=other, revoked_at=NOW),
            a_credential(
                4, home_id=HomeId("h-3"), kind=Kind.PASSWORD, serial=None, expires_at=None, password_hash="$7$"
            ),
            a_credential(5, home_id=HomeId("h-4"), revoked_at=NOW, expires_at=NOW - timedelta(days=1)),
        ],
        NOW,
    )
    assert standing.revoked == {("1", NOW), ("3", NOW)} and standing.denied == {other, HomeId("h-4")}
    assert passwords_text(standing) == "h-3:$7$\n"
    assert "user h-0002\ntopic deny #" in rules_text("shipped\n", standing) and "h-0001" not in rules_text("", standing)
    assert {each.serial for each in standing.list()} == {1, 3}
    assert "$7$" not in repr(standing) and passwords_text(Standing()) == ""


@pytest.mark.parametrize(
    ("enrolment", "state"),
    [
        (Enrolment(home_id=HOME), State.NOT_ENROLLED),
        (Enrolment(home_id=HOME, claim_until=NOW + timedelta(minutes=1)), State.CLAIMED),
        (Enrolment(home_id=HOME, claim_until=NOW), State.NOT_ENROLLED),
        (Enrolment(home_id=HOME, credentials=(a_credential(),)), State.ENROLLED),
        (Enrolment(home_id=HOME, credentials=(a_credential(2), a_credential(1))), State.REPLACING),
        (Enrolment(home_id=HOME, credentials=(a_credential(issued_at=None),)), State.CLAIMED),
        (Enrolment(home_id=HOME, credentials=(a_credential(revoked_at=NOW),)), State.REVOKED),
        (Enrolment(home_id=HOME, credentials=(a_credential(expires_at=NOW),)), State.EXPIRED),
        (Enrolment(home_id=HOME, credentials=(a_credential(expires_at=NOW + timedelta(days=9)),)), State.EXPIRES_SOON),
    ],
)
def test_how_far_an_enrolment_is(enrolment: Enrolment, state: State) -> None:
    assert state_of(enrolment, NOW) is state


def test_every_refusal_names_its_mend() -> None:
    assert MENDS.keys() == set(Refused)


def test_a_password_is_proved_by_itself_and_a_certificate_by_its_key() -> None:
    hashed = passwords.hash_of("correct", salt=b"123456789012")
    with_password = a_credential(kind=Kind.PASSWORD, password_hash=hashed)
    assert is_proved(with_password, "correct") and not is_proved(with_password, "wrong")
    signed = sign_gateway(AUTHORITY, read_request(a_request()), "h-0001", serial=2, now=NOW)
    with_key = a_credential(9, certificate=signed.public_bytes(Encoding.PEM).decode())
    assert is_proved(with_key, prove(KEY, 9)) and not is_proved(with_key, prove(KEY, 8))
    assert not is_proved(with_key, "not base64") and not is_proved(a_credential(), prove(KEY, 1))


def a_bundle() -> Bundle:
    return Bundle(
        credential=1,
        home_id=HOME,
        client_id=HOME,
        username=HOME,
        authority="a",
        session_above=5,
        broker=Broker(host="b", port=8883),
        topics=topics_of(HOME),
        certificate="c",
    )


def test_what_a_gateway_is_set_up_with_holds_its_own_topics() -> None:
    bundle = a_bundle()
    assert f'topic zigbee2mqtt/# out 1 "" {bundle.topics.live}' in bridge_snippet(bundle, "/etc/x")
    assert "TOPIC_LATE=late/" in native_settings(bundle, "/etc/x") and "MQTT_KEY_FILE" in native_settings(bundle, "/x")
    simple = replace(bundle, certificate="", password="secret")
    assert "remote_password secret" in bridge_snippet(simple, "/x") and "secret" not in repr(simple)
    assert "secret" not in native_settings(simple, "/x")


def test_our_own_gateway_reads_its_settings_as_they_were_written() -> None:
    bundle = a_bundle()
    written = forwarder_settings(bundle, "/x")
    assert "SESSION_ABOVE=5\n" in written and f"HOME_ID={HOME}\n" in written
    mqtt = load(_environ(written)).mqtt
    assert (mqtt.host, mqtt.port, mqtt.client_id) == ("b", 8883, HOME)
    assert (mqtt.ca_file, mqtt.key_file) == ("/x/authority.crt", "/x/gateway.key")
    simple = replace(bundle, certificate="", password="secret")
    mqtt = load(_environ(forwarder_settings(simple, "/x"))).mqtt
    assert (mqtt.username, mqtt.password.reveal(), mqtt.key_file) == (HOME, "secret", "")


def _environ(written: str) -> dict[str, str]:
    lines = dict(line.split("=", 1) for line in written.splitlines())
    return {name: value for name, value in lines.items() if name.startswith("DOLBOM_")}


def test_a_table_is_read_row_by_row() -> None:
    table = read_table("\ufeffhome_id,installer\nh-1,Kim\nH_2,Lee\nh-1,Park\nbridge,Choi\nh-3\n,x\n")
    assert [type(row) for row in table.rows] == [Row, BadRow, BadRow, BadRow, BadRow, BadRow]
    assert [row.line for row in table.rows] == [2, 3, 4, 5, 6, 7]
    first, second = table.rows[0], table.rows[2]
    assert isinstance(first, Row) and first.others == {"installer": "Kim"}
    assert isinstance(second, BadRow) and "line 2" in second.why


@pytest.mark.parametrize("text", ["", "id\nh-1\n", "home_id,home_id\n", "home_id,code\n", 'home_id\n"h-1\n'])
def test_what_is_no_table_is_said(text: str) -> None:
    with pytest.raises(BadTable):
        read_table(text)


def test_no_cell_is_a_formula() -> None:
    assert [cell(text) for text in ("=1", "+1", "-1", "@x", "plain")] == ["'=1", "'+1", "'-1", "'@x", "plain"]


def _asked_by(key: CertificateIssuerPrivateKeyTypes) -> str:
    made = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([]))
        .sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()


def test_a_key_is_strong_enough_or_refused() -> None:
    strong = (rsa.generate_private_key(public_exponent=65537, key_size=2048), ec.generate_private_key(ec.SECP384R1()))
    for key in strong:
        assert sign_gateway(AUTHORITY, read_request(_asked_by(key)), "h-1", serial=4, now=NOW).issuer
    weak = (
        rsa.generate_private_key(public_exponent=65537, key_size=1024),
        ec.generate_private_key(ec.SECP224R1()),
        ed25519.Ed25519PrivateKey.generate(),
    )
    for other in weak:
        with pytest.raises(BadRequest, match="P-256"):
            read_request(_asked_by(other))
    with pytest.raises(BadRequest, match="at most"):
        read_request("x" * 9_000)


def test_a_key_of_rsa_proves_itself_too() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signed = sign_gateway(AUTHORITY, read_request(_asked_by(key)), "h-1", serial=4, now=NOW)
    credential = a_credential(4, certificate=signed.public_bytes(Encoding.PEM).decode())
    assert is_proved(credential, prove(key, 4)) and not is_proved(credential, prove(key, 5))


def test_the_broker_is_certified_for_its_names_and_for_nothing_else() -> None:
    signed = sign_server(AUTHORITY, KEY.public_key(), ["broker.example", "192.0.2.1"], serial=5, now=NOW)
    names = signed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["broker.example"]
    assert [f"{address}" for address in names.get_values_for_type(x509.IPAddress)] == ["192.0.2.1"]
    usage = signed.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_a_qr_holds_the_code_behind_a_hash_where_no_server_sees_it() -> None:
    address = qr.address_of("https://dolbom.example/", "ABCD")
    assert address == "https://dolbom.example/enrol/exchange#ABCD"
    assert qr.as_svg(address).startswith("<svg") and "#fff" in qr.as_svg(address)
    assert "█" in qr.on_terminal(address)


def test_a_password_has_no_look_alikes_and_all_its_entropy() -> None:
    made = passwords.password_of(bytes(range(passwords.PASSWORD_BYTES)))
    assert len(made) >= 26 and not set(made) & set("0189=")


def test_a_table_without_end_is_a_mistake() -> None:
    with pytest.raises(BadTable, match="more rows"):
        read_table("home_id\n" + "\n".join(f"h-{number}" for number in range(MOST_ROWS + 1)))
