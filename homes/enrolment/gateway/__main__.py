"""`enrol exchange`: on the gateway, make a key, exchange the code for a certificate, and print how to be set up."""

from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import typer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from rich.markup import escape

from homes.command.service import FAULTY, UNUSABLE, err, give_up, out
from homes.enrolment import codes
from homes.enrolment.bundle import (
    Bundle,
    Confirmation,
    Exchange,
    bridge_snippet,
    forwarder_settings,
    native_settings,
)
from homes.enrolment.gateway import mqtt, web
from homes.enrolment.keeping.files import OWNER_ONLY, key_bytes, read, write
from homes.enrolment.proofs import prove

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_KEY: Final = "gateway.key"
_REQUEST: Final = "gateway.csr"
_CERTIFICATE: Final = "gateway.crt"


def exchange(
    code: Annotated[str, typer.Argument(help="What the QR code holds, or the code with --url.")],
    url: Annotated[str, typer.Option(help="Address of Dolbom, where only the code was typed.")] = "",
    folder: Annotated[Path, typer.Option(help="Where key, certificate and settings are written.")] = Path("enrolled"),
    password: Annotated[bool, typer.Option("--password", help="Take a password instead of a certificate.")] = False,
    try_out: Annotated[bool, typer.Option("--try/--no-try", help="Connect once, and say that it works.")] = True,
) -> None:
    """Exchange a claim code on the gateway; the key is made here and never leaves it."""
    address, read_code = _read(code, url)
    try:
        key, request = (None, "") if password else _own_request(folder)
        asked = Exchange(code=read_code, csr=request, password=password)
        bundle = web.exchange(address, asked)
        _keep(bundle, folder)
    except web.NotExchanged as error:
        give_up(str(error), FAULTY)
    except OSError as error:
        give_up(f"{error.filename}: 쓸 수 없습니다 (cannot be written: {error.strerror})", UNUSABLE)
    out.print(native_settings(bundle, str(folder)), highlight=False, markup=False, soft_wrap=True)
    err.print(f"{escape(str(folder))}/mosquitto.conf: Mosquitto 브리지 설정 (for a Mosquitto on the gateway)")
    if try_out:
        _confirm(address, bundle, folder, key)


def _read(code: str, url: str) -> tuple[str, str]:
    address, _, typed = code.rpartition("#")
    address = (address or url).removesuffix("/enrol/exchange").rstrip("/")
    read_code = codes.read_code(typed)
    if read_code is None:
        give_up("코드가 아닙니다 (not a code: 16 letters and digits in four groups)", UNUSABLE)
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        give_up("https:// 주소가 필요합니다 (an https:// address is needed: --url)", UNUSABLE)
    return address, read_code


def _own_request(folder: Path) -> tuple[ec.EllipticCurvePrivateKey, str]:
    """Make a key and its request, or take those of an exchange whose answer was lost: they may come again."""
    key, request = read(folder / _KEY), read(folder / _REQUEST)
    if key is not None and request is not None and not (folder / _CERTIFICATE).exists():
        kept = load_pem_private_key(key, None)
        if isinstance(kept, ec.EllipticCurvePrivateKey):
            return kept, request.decode()
    if key is not None:
        give_up(f"{folder / _KEY}: 이미 있습니다 (is there already); choose another --folder", UNUSABLE)
    made = ec.generate_private_key(ec.SECP256R1())
    # The subject is not ours to choose: the authority writes the home's id there.
    asked = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(made, hashes.SHA256())
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    write(folder / _KEY, key_bytes(made), mode=OWNER_ONLY)
    write(folder / _REQUEST, asked.public_bytes(Encoding.PEM), mode=OWNER_ONLY)
    return made, asked.public_bytes(Encoding.PEM).decode()


def _keep(bundle: Bundle, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    write(folder / "authority.crt", bundle.authority.encode())
    if bundle.certificate:
        write(folder / _CERTIFICATE, bundle.certificate.encode(), mode=OWNER_ONLY)
    else:
        write(folder / "gateway.password", bundle.password.encode(), mode=OWNER_ONLY)
    write(folder / "mosquitto.conf", bridge_snippet(bundle, str(folder.resolve())).encode(), mode=OWNER_ONLY)
    write(folder / "forwarder.env", forwarder_settings(bundle, str(folder.resolve())).encode(), mode=OWNER_ONLY)
    write(folder / "gateway.env", native_settings(bundle, str(folder.resolve())).encode(), mode=OWNER_ONLY)


def _confirm(address: str, bundle: Bundle, folder: Path, key: ec.EllipticCurvePrivateKey | None) -> None:
    if not mqtt.try_out(bundle, folder):
        err.print("브로커에 아직 접속할 수 없습니다 (the broker does not let it in yet; look at its address and port)")
        return
    proof = prove(key, bundle.credential) if key else bundle.password
    try:
        web.confirm(address, Confirmation(credential=bundle.credential, proof=proof))
    except web.NotExchanged as error:
        err.print(escape(str(error)), style="yellow")
        return
    err.print("접속을 확인했습니다 (the credential works; one before it is worth nothing now)", style="green")
