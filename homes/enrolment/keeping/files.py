"""Files of the authority and of the broker: written whole or not at all, keys for their owner only."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from homes.enrolment.authority import Authority

#: Only its owner reads a key.
OWNER_ONLY: Final = 0o600
#: The broker's account reads these; nothing in them is secret.
PUBLIC: Final = 0o644
RULES: Final = "acl"
PASSWORDS: Final = "passwords"
REVOKED: Final = "revoked.pem"


class NoAuthority(Exception):
    """The authority's files cannot be used; the message says which and what to do."""


@dataclass(frozen=True, kw_only=True)
class OldList:
    """What the revocation list on disk says."""

    number: int
    this_update: datetime
    serials: frozenset[int]


def write(path: Path, content: bytes, *, mode: int = PUBLIC, owner: int | None = None) -> None:
    """Write a file beside its place and move it there, so that nobody reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        os.fchmod(file.fileno(), mode)
        if owner is not None:
            os.fchown(file.fileno(), owner, -1)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def read(path: Path) -> bytes | None:
    """Read a file; None when there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def load_authority(certificate: Path, key: Path, passphrase: str) -> Authority:
    """Read the authority; raise NoAuthority."""
    try:
        read_key = serialization.load_pem_private_key(key.read_bytes(), passphrase.encode() or None)
        authority = x509.load_pem_x509_certificate(certificate.read_bytes())
    except OSError as error:
        raise NoAuthority(f"{error.filename}: {error.strerror}; make one: python -m homes enrol authority") from error
    except (ValueError, TypeError) as error:
        raise NoAuthority(f"{key}: not readable; is DOLBOM_ENROLMENT_AUTHORITY_PASSPHRASE the right one?") from error
    if not isinstance(read_key, ec.EllipticCurvePrivateKey) or read_key.public_key() != authority.public_key():
        raise NoAuthority(f"{key}: not the key of {certificate}")
    return Authority(certificate=authority, key=read_key)


def key_bytes(key: ec.EllipticCurvePrivateKey, passphrase: str = "") -> bytes:
    """Write a private key as PEM, encrypted where there is a passphrase."""
    closed: serialization.KeySerializationEncryption = (
        serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, closed)


def old_list(folder: Path) -> OldList | None:
    """Read the revocation list that the broker has; None when there is none that can be read."""
    written = read(folder / REVOKED)
    if written is None:
        return None
    try:
        known = x509.load_pem_x509_crl(written)
        number = known.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except (ValueError, x509.ExtensionNotFound):
        return None
    return OldList(
        number=number,
        this_update=known.last_update_utc,
        serials=frozenset(entry.serial_number for entry in known),
    )
