"""The cluster's own authority: one certificate for each server and service, whose common name is who it is.

It is not the authority of the gateways: what a home's gateway holds opens nothing behind the MQTT broker.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.embedded.postgres_binaries import make_passable
from homes.enrolment import authority as rules
from homes.enrolment.keeping import files
from runtime import clock

_LIVES: Final = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """The files of one certificate, and of the authority that signed it."""

    authority: Path
    certificate: Path
    key: Path
    #: Certificate and key in one file, as Kafka reads them.
    both: Path


class Authority:
    """An authority that lives as long as the cluster; its key never touches a disk."""

    def __init__(self, folder: Path) -> None:
        """Make it, and write its certificate."""
        self._folder = folder
        key = ec.generate_private_key(ec.SECP256R1())
        self._ours = rules.make_authority(key, serial=x509.random_serial_number(), now=clock.now())
        self.file = folder / "ca.crt"
        make_passable(folder)
        files.write(self.file, self._ours.certificate.public_bytes(Encoding.PEM))

    def certify(self, name: str, addresses: Sequence[str] = ()) -> Certificate:
        """Sign a new key for this name, to be found at these addresses; written again, it is another."""
        key = ec.generate_private_key(ec.SECP256R1())
        pem = self._signed(name, addresses, key.public_key()).public_bytes(Encoding.PEM)
        made = Certificate(
            authority=self.file,
            certificate=self._folder / f"{name}.crt",
            key=self._folder / f"{name}.key",
            both=self._folder / f"{name}.pem",
        )
        files.write(made.key, files.key_bytes(key), mode=files.OWNER_ONLY)
        files.write(made.certificate, pem)
        files.write(made.both, files.key_bytes(key) + pem, mode=files.OWNER_ONLY)
        return made

    def _signed(self, name: str, addresses: Sequence[str], key: ec.EllipticCurvePublicKey) -> x509.Certificate:
        now = clock.now()
        purposes = [ExtendedKeyUsageOID.CLIENT_AUTH, *([ExtendedKeyUsageOID.SERVER_AUTH] if addresses else [])]
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self._ours.certificate.subject)
            .serial_number(x509.random_serial_number())
            # A host's clock may be wrong by minutes, and the campaign makes it so.
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + _LIVES)
            .public_key(key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        )
        if addresses:
            names = [x509.IPAddress(ip_address(each)) for each in addresses]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self._ours.key, hashes.SHA256())
