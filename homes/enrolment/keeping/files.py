"""Files of the authority and of the broker: written whole or not at all, keys for their owner only."""

import os
import signal
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from homes import metrics
from homes.enrolment import authority as rules
from homes.enrolment.authority import Authority
from homes.enrolment.broker_files import Standing, passwords_text, rules_text

log = structlog.get_logger()

#: Only its owner reads a key.
OWNER_ONLY: Final = 0o600
#: The broker's account reads these; nothing in them is secret.
PUBLIC: Final = 0o644
RULES: Final = "acl"
PASSWORDS: Final = "passwords"
REVOKED: Final = "revoked.pem"
SERVER: Final = "server.crt"
SERVER_KEY: Final = "server.key"
_BROKER: Final = b"mosquitto"


class NoAuthority(Exception):
    """The authority's files cannot be used; the message says which and what to do."""


@dataclass(frozen=True, kw_only=True)
class OldList:
    """What the revocation list on disk says."""

    number: int
    this_update: datetime
    serials: frozenset[int]
    #: This authority signed it: of another's the broker believes nothing.
    ours: bool


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


def old_list(folder: Path, authority: Authority) -> OldList | None:
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
        ours=known.is_signature_valid(authority.key.public_key()),
    )


def server_certificate(folder: Path) -> x509.Certificate | None:
    """Read the broker's own certificate; None while it is not there or does not fit the key beside it."""
    certificate, key = read(folder / SERVER), read(folder / SERVER_KEY)
    if certificate is None or key is None:
        return None
    try:
        known = x509.load_pem_x509_certificate(certificate)
        fits = serialization.load_pem_private_key(key, None).public_key() == known.public_key()
    except (ValueError, TypeError):
        return None
    return known if fits else None


@dataclass(frozen=True, kw_only=True)
class Beside:
    """The broker that is kept."""

    #: Where it reads the rules, the passwords and the revocation list.
    folder: Path
    #: The rules as they are shipped, to which denials are added.
    shipped_rules: Path
    #: Where it writes its process id; None: nobody is told.
    pid_file: Path | None


class BrokerFiles:
    """What one broker reads, and how far it was told."""

    def __init__(self, beside: Beside) -> None:
        self._beside = beside
        # A keeper that died between writing and telling left the broker with old news.
        self._untold = True
        self._unwritten = False
        self._serial: int | None = None

    @property
    def behind(self) -> bool:
        """Tell whether the broker has files that it was not told of, or has to wait for its list."""
        return self._unwritten or (self._untold and self._beside.pid_file is not None)

    @property
    def broker_knows(self) -> bool:
        """Tell whether a running broker has read what was written."""
        return not self._untold and not self._unwritten and self._beside.pid_file is not None

    def write(self, authority: Authority, standing: Standing, now: datetime) -> None:
        """Write the files that differ from what is known, each whole."""
        folder = self._beside.folder
        shipped = self._beside.shipped_rules.read_text()
        changed = [
            name
            for name, text, mode in (
                (RULES, rules_text(shipped, standing), PUBLIC),
                (PASSWORDS, passwords_text(standing), OWNER_ONLY),
            )
            if _put(folder / name, text.encode(), mode)
        ]
        if self._write_list(authority, standing, now):
            changed.append(REVOKED)
        if self._replaced():
            changed.append(SERVER)
        for name in changed:
            metrics.keeper_changes.labels(what=name).inc()
        if changed:
            log.info("broker_files_written", files=changed, revoked=len(standing.revoked), denied=len(standing.denied))
        metrics.denied.set(len(standing.denied))
        self._untold = self._untold or bool(changed)

    def _replaced(self) -> bool:
        """Tell whether the broker's own certificate is another than before; a half that is written alone is not."""
        served = server_certificate(self._beside.folder)
        if served is None:
            return False
        metrics.certificate_until.set(served.not_valid_after_utc.timestamp())
        before, self._serial = self._serial, served.serial_number
        return before not in (None, served.serial_number)

    def _write_list(self, authority: Authority, standing: Standing, now: datetime) -> bool:
        old, revoked = old_list(self._beside.folder, authority), standing.list()
        serials = frozenset(each.serial for each in revoked)
        self._unwritten = False
        if old and old.ours and old.serials == serials and _is_fresh(old, now):
            metrics.list_until.set((old.this_update + rules.LIST_LIVES).timestamp())
            return False
        this_update = rules.next_update_time(old.this_update if old and old.ours else None, now)
        if this_update is None:  # many were revoked at once: the next look writes the list
            self._unwritten = True
            return False
        number = old.number + 1 if old else 1
        text = rules.revocations(authority, revoked, number=number, this_update=this_update)
        write(self._beside.folder / REVOKED, text)
        metrics.list_until.set((this_update + rules.LIST_LIVES).timestamp())
        return True

    def tell_broker(self) -> None:
        """Let the broker read its files again; a broker that is away reads them when it starts."""
        if not self._untold or self._beside.pid_file is None:
            return
        written = read(self._beside.pid_file)
        if written is None or not written.strip().isdigit():
            log.warning("broker_not_told", reason="no process id")
            return
        # A file that outlived its broker may name anybody by now, whom the signal would end.
        name = read(Path(f"/proc/{int(written)}/comm"))
        if name is None or name.strip() != _BROKER:
            log.warning("broker_not_told", reason="no such process")
            return
        os.kill(int(written), signal.SIGHUP)
        self._untold = False
        log.info("broker_told")


def _is_fresh(old: OldList, now: datetime) -> bool:
    return -rules.CLOCKS_DIFFER <= now - old.this_update < rules.LIST_RENEWED_AFTER


def _put(path: Path, content: bytes, mode: int) -> bool:
    if read(path) == content:
        return False
    write(path, content, mode=mode)
    return True
