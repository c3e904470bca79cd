"""The MQTT broker as it is shipped, on its own host: certificates for gateways, passwords for services, TLS for all."""

import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from deploy.cluster.hosts import Host
from deploy.cluster.parts import Program, hears
from deploy.embedded.mosquitto import NoMosquitto
from deploy.embedded.stack import ROOT
from homes.enrolment import authority as rules
from homes.enrolment.broker_files import Standing
from homes.enrolment.keeping import files
from homes.enrolment.keeping.files import Beside, BrokerFiles
from homes.enrolment.passwords import SALT_BYTES, hash_of
from runtime import clock
from runtime.settings import Mqtt, Secret

#: Gateways with a certificate, gateways with a password, and services.
GATEWAYS: Final = 8883
PASSWORDS: Final = 8884
SERVICES: Final = 8885
_FILES: Final = ROOT / "deploy" / "mosquitto"
#: Nobody's in production: one line for a whole invented street, in place of a certificate for each of its homes.
STREET: Final = "street"
_STREETS_RULES: Final = f"""
# The invented street of this cluster, which speaks for all of its homes; production has no such user.
user {STREET}
topic write home/#
topic write late/#
topic read cmd/#
topic read ack/#
"""


@dataclass(frozen=True, kw_only=True)
class Credential:
    """A gateway's certificate and key."""

    certificate: Path
    key: Path


class Broker:
    """How the broker is started, and who gets in."""

    def __init__(self, folder: Path, host: Host, passwords: Mapping[str, str]) -> None:
        """Make the gateways' authority and everything that the broker reads; raise NoMosquitto."""
        found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
        if found is None:
            raise NoMosquitto(str(NoMosquitto.__doc__))
        self._program, self._folder, self._host = found, folder, host
        self.kept, self.pid_file = folder / "kept", folder / "mosquitto.pid"
        self.authority_file, self.authority_key = folder / "authority" / "ca.crt", folder / "authority" / "ca.key"
        self._passwords = passwords
        self._authority = self._furnish()

    def program(self, source: Path) -> Program:
        """Word its start."""
        return Program(
            words=[self._program, "-c", self._folder / "mosquitto.conf"],
            folder=self._folder,
            ready=lambda: hears(self._host.address, SERVICES),
        )

    def enrol(self, home_id: str) -> Credential:
        """Give a home's gateway a certificate, as the keeper does."""
        key = ec.generate_private_key(ec.SECP256R1())
        asked = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
        request = rules.read_request(asked.public_bytes(Encoding.PEM).decode())
        serial = x509.random_serial_number()
        signed = rules.sign_gateway(self._authority, request, home_id, serial=serial, now=clock.now())
        at = self._folder / "gateways" / f"{home_id}-{serial:x}"
        made = Credential(certificate=at.with_suffix(".crt"), key=at.with_suffix(".key"))
        files.write(made.certificate, signed.public_bytes(Encoding.PEM))
        files.write(made.key, files.key_bytes(key), mode=files.OWNER_ONLY)
        return made

    def settings(self, user: str) -> Mqtt:
        """Tell how a service reaches it."""
        return Mqtt(
            host=self._host.address,
            port=SERVICES,
            username=user,
            password=Secret(self._passwords[user]),
            ca_file=str(self.kept / "ca.crt"),
        )

    def settings_of(self, home_id: str) -> Mqtt:
        """Enrol a home's gateway, and tell how it reaches the broker."""
        credential = self.enrol(home_id)
        return Mqtt(
            host=self._host.address,
            port=GATEWAYS,
            ca_file=str(self.kept / "ca.crt"),
            certificate_file=str(credential.certificate),
            key_file=str(credential.key),
        )

    def _furnish(self) -> rules.Authority:
        now, key, its = clock.now(), ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        authority = rules.make_authority(key, serial=x509.random_serial_number(), now=now)
        public = authority.certificate.public_bytes(Encoding.PEM)
        signed = rules.sign_server(
            authority, its.public_key(), [self._host.address], serial=x509.random_serial_number(), now=now
        )
        files.write(self.authority_key, files.key_bytes(key), mode=files.OWNER_ONLY)
        files.write(self.authority_file, public)
        files.write(self.kept / "ca.crt", public)
        files.write(self.kept / "server.crt", signed.public_bytes(Encoding.PEM))
        files.write(self.kept / "server.key", files.key_bytes(its), mode=files.OWNER_ONLY)
        BrokerFiles(Beside(folder=self.kept, shipped_rules=_FILES / "acl", pid_file=None)).write(
            authority, Standing(), now
        )
        known = "".join(
            f"{user}:{hash_of(word, salt=secrets.token_bytes(SALT_BYTES))}\n" for user, word in self._passwords.items()
        )
        files.write(self._folder / "passwords", known.encode(), mode=files.OWNER_ONLY)
        files.write(self._folder / "acl-services", (_FILES / "acl-services").read_bytes() + _STREETS_RULES.encode())
        files.write(self._folder / "mosquitto.conf", self._config().encode())
        return authority

    def _config(self) -> str:
        """Take the shipped configuration with this host's places, and seal the services' listener too."""
        text = (_FILES / "mosquitto.conf").read_text()
        moved = {
            "/mosquitto/config/acl-services": f"{self._folder}/acl-services",
            "/mosquitto/config/": f"{_FILES}/",
            "/mosquitto/kept/": f"{self.kept}/",
            "/mosquitto/secrets/": f"{self._folder}/",
            "/mosquitto/data/": f"{self._folder}/",
            "listener 8883": f"listener {GATEWAYS} {self._host.address}",
            "listener 8884": f"listener {PASSWORDS} {self._host.address}",
            "listener 1883": f"listener {SERVICES} {self._host.address}",
        }
        for there, here in moved.items():
            text = text.replace(there, here)
        sealed = "".join(
            f"{word} {self.kept}/{name}\n"
            for word, name in (("cafile", "ca.crt"), ("certfile", "server.crt"), ("keyfile", "server.key"))
        )
        return f"user root\n{text}\n{sealed}tls_version tlsv1.2\n"
