"""`enrol authority` makes what the broker needs before its first start; `enrol keep` keeps it true."""

import os
from pathlib import Path
from typing import Annotated, Final

import typer
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from rich.markup import escape

from homes.command.service import FAULTY, UNUSABLE, give_up, known_settings, out
from homes.enrolment import authority as rules
from homes.enrolment.broker_files import Standing, rules_text
from homes.enrolment.keeping import files
from homes.enrolment.keeping.files import Beside
from homes.enrolment.service import check, main_of
from runtime import clock
from runtime.start import start

#: The rules as they are shipped.
SHIPPED: Final = Path(__file__).parents[3] / "deploy" / "mosquitto" / "acl"
#: Names that the broker's configuration uses.
AUTHORITY_FILE: Final = "ca.crt"


def authority(
    hosts: Annotated[list[str], typer.Argument(help="Names and addresses at which gateways reach the broker.")],
    folder: Annotated[Path, typer.Option(help="Where the broker reads; a folder for it alone.")],
    owner: Annotated[int | None, typer.Option(help="Account that runs the broker and the keeper (1883).")] = None,
    rules_file: Annotated[Path, typer.Option("--rules", help="The access rules as they are shipped.")] = SHIPPED,
) -> None:
    """Make the authority if there is none, the broker's certificate, and an empty list of revoked certificates.

    Run again it makes a new certificate for the broker and keeps the authority: gateways notice nothing.
    """
    settings = known_settings().enrolment
    certificate, key = Path(settings.authority_file), Path(settings.authority_key_file)
    try:
        if not key.exists():
            _make(certificate, key, settings.authority_passphrase.reveal(), owner)
        ours = files.load_authority(certificate, key, settings.authority_passphrase.reveal())
        _furnish(ours, hosts, folder, rules_file, owner)
    except files.NoAuthority as error:
        give_up(str(error), FAULTY)
    except OSError as error:
        give_up(f"{error.filename}: 쓸 수 없습니다 (cannot be written: {error.strerror})", UNUSABLE)
    out.print(f"{escape(str(key))}: 브로커의 인증 기관; 백업을 따로 두십시오 (the authority; keep a copy elsewhere)")
    out.print(f"{escape(str(folder))}: 브로커가 읽습니다 (the broker reads this)")


def _make(certificate: Path, key: Path, passphrase: str, owner: int | None) -> None:
    made = ec.generate_private_key(ec.SECP256R1())
    ours = rules.make_authority(made, serial=x509.random_serial_number(), now=clock.now())
    files.write(key, files.key_bytes(made, passphrase), mode=files.OWNER_ONLY, owner=owner)
    key.parent.chmod(0o700)
    if owner is not None:
        os.chown(key.parent, owner, -1)
    files.write(certificate, ours.certificate.public_bytes(Encoding.PEM), owner=owner)


def _furnish(ours: rules.Authority, hosts: list[str], folder: Path, rules_file: Path, owner: int | None) -> None:
    made, now = ec.generate_private_key(ec.SECP256R1()), clock.now()
    server = rules.sign_server(ours, made.public_key(), hosts, serial=x509.random_serial_number(), now=now)
    files.write(folder / files.SERVER_KEY, files.key_bytes(made), mode=files.OWNER_ONLY, owner=owner)
    files.write(folder / files.SERVER, server.public_bytes(Encoding.PEM), owner=owner)
    files.write(folder / AUTHORITY_FILE, ours.certificate.public_bytes(Encoding.PEM), owner=owner)
    old = files.old_list(folder, ours)
    if old is None or not old.ours:
        # The broker refuses to start without it, and lets nobody in by another's; the keeper writes what is true.
        empty = rules.revocations(ours, [], number=1, this_update=now - rules.CLOCKS_DIFFER)
        files.write(folder / files.REVOKED, empty, owner=owner)
    if not (folder / files.RULES).exists():
        files.write(folder / files.PASSWORDS, b"", mode=files.OWNER_ONLY, owner=owner)
        files.write(folder / files.RULES, rules_text(rules_file.read_text(), Standing()).encode(), owner=owner)
    if owner is not None:
        os.chown(folder, owner, -1)


def keep(
    folder: Annotated[Path, typer.Option(help="Where the broker reads its rules, passwords and revocation list.")],
    pid_file: Annotated[Path | None, typer.Option(help="Where the broker writes its process id.")] = None,
    rules_file: Annotated[Path, typer.Option("--rules", help="The access rules as they are shipped.")] = SHIPPED,
    once: Annotated[bool, typer.Option("--once", help="Write the files and end.")] = False,
) -> None:
    """Keep the broker true to the database: sign, write its files, tell it, and cut whom it must not hear."""
    beside = Beside(folder=folder, shipped_rules=rules_file, pid_file=pid_file)
    start("keeper", os.environ, main_of(beside, once=once), check=check)
