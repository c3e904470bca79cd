"""The broker's authority: it signs gateways and the broker itself, and says which certificates are worth nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from homes.enrolment.names import is_reserved

#: No certificate of a gateway or of the broker lives longer.
LONGEST_LIFE: Final = timedelta(days=825)
AUTHORITY_LIVES: Final = timedelta(days=3650)
#: A keeper that is away for a season still lets gateways in; it renews the list every day.
LIST_LIVES: Final = timedelta(days=90)
LIST_RENEWED_AFTER: Final = timedelta(days=1)
#: A gateway's clock may be wrong by minutes when it gets its certificate.
CLOCKS_DIFFER: Final = timedelta(minutes=5)
_SHORTEST_RSA: Final = 2048
_CURVES: Final = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_LARGEST_REQUEST: Final = 8_192

SigningKey = ec.EllipticCurvePrivateKey


class BadRequest(Exception):
    """A certificate signing request that we do not sign; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Authority:
    """The authority's certificate with its key, which its repr does not tell."""

    certificate: x509.Certificate
    key: SigningKey = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Revoked:
    """A certificate that is worth nothing any more."""

    serial: int
    at: datetime


def make_authority(key: SigningKey, *, serial: int, now: datetime) -> Authority:
    """Make the authority's own certificate: it signs gateways and lists, and no further authority."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dolbom authority")])
    usage = _usage(key_cert_sign=True, crl_sign=True)
    certificate = (
        _builder(name, serial=serial, now=now, until=now + AUTHORITY_LIVES)
        .issuer_name(name)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate=certificate, key=key)


def read_request(pem: str) -> bytes:
    """Check a signing request and answer it as DER; raise BadRequest. Its subject and its wishes are ignored."""
    if len(pem) > _LARGEST_REQUEST:
        raise BadRequest(f"at most {_LARGEST_REQUEST} characters")
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        key = request.public_key()
        valid = request.is_signature_valid
    except UnsupportedAlgorithm as error:
        raise BadRequest("a key of a kind that we do not know") from error
    except (ValueError, TypeError) as error:
        raise BadRequest("not a certificate signing request in PEM") from error
    if not valid:
        raise BadRequest("its signature is not by its own key")
    _refuse_weak(key)
    return request.public_bytes(serialization.Encoding.DER)


def _refuse_weak(key: object) -> None:
    match key:
        case ec.EllipticCurvePublicKey() if isinstance(key.curve, _CURVES):
            return
        case rsa.RSAPublicKey() if key.key_size >= _SHORTEST_RSA:
            return
    raise BadRequest("the key must be EC P-256, P-384 or P-521, or RSA of at least 2048 bits")


def sign_gateway(authority: Authority, request: bytes, home_id: str, *, serial: int, now: datetime) -> x509.Certificate:
    """Sign a checked request for a home: the broker takes the common name for the user."""
    if is_reserved(home_id):
        raise BadRequest(f"{home_id} is a name of our services")
    key = x509.load_der_x509_csr(request).public_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, home_id)])
    builder = _builder(name, serial=serial, now=now, until=_until(authority, now))
    return (
        _leaf(builder, authority, ExtendedKeyUsageOID.CLIENT_AUTH).public_key(key).sign(authority.key, hashes.SHA256())
    )


def sign_server(
    authority: Authority, key: ec.EllipticCurvePublicKey, hosts: Iterable[str], *, serial: int, now: datetime
) -> x509.Certificate:
    """Sign the broker's own certificate for the names and addresses that gateways connect to."""
    names = [_general(host) for host in hosts]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dolbom broker")])
    builder = _builder(name, serial=serial, now=now, until=_until(authority, now))
    return (
        _leaf(builder, authority, ExtendedKeyUsageOID.SERVER_AUTH)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .public_key(key)
        .sign(authority.key, hashes.SHA256())
    )


def revocations(authority: Authority, revoked: Iterable[Revoked], *, number: int, this_update: datetime) -> bytes:
    """Write the revocation list, be it empty, as PEM."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(this_update)
        .next_update(this_update + LIST_LIVES)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
    )
    for each in sorted(revoked, key=lambda one: one.serial):
        entry = x509.RevokedCertificateBuilder().serial_number(each.serial).revocation_date(each.at).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def next_update_time(previous: datetime | None, now: datetime) -> datetime | None:
    """Date a list so that each is later than the one before, and none lies in the future; None: not in this second.

    OpenSSL adds a reloaded list to those it has and believes the latest; of two with one second it believes the older.
    A list of the future lets nobody in, so one that was dated by a wrong clock is not followed: a list that counts now
    is believed before it.
    """
    early = (now - CLOCKS_DIFFER).replace(microsecond=0)
    if previous is None or previous < early or previous > now + CLOCKS_DIFFER:
        return early
    following = previous + timedelta(seconds=1)
    return following if following <= now else None


def _until(authority: Authority, now: datetime) -> datetime:
    # OpenSSL refuses a certificate that outlives the one that signed it.
    return min(now + LONGEST_LIFE - CLOCKS_DIFFER, authority.certificate.not_valid_after_utc)


def _builder(name: x509.Name, *, serial: int, now: datetime, until: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .serial_number(serial)
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(until)
    )


def _leaf(
    builder: x509.CertificateBuilder, authority: Authority, purpose: x509.ObjectIdentifier
) -> x509.CertificateBuilder:
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    return (
        builder.issuer_name(authority.certificate.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(identifier, critical=False)
    )


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
