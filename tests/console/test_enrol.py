"""A gateway comes with its code, an engineer with a session; the keeper signs beside the broker."""

import asyncio
import base64
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from typer.testing import CliRunner

from console.chain import first_break
from console.postgres import ConsoleStore
from contracts import HomeId
from deploy.embedded.children import Child
from deploy.embedded.stack import ROOT
from homes.__main__ import app
from homes.enrolment import codes
from homes.enrolment.bundle import Bundle
from homes.enrolment.model import Claim, State, state_of
from homes.enrolment.postgres import EnrolmentStore
from homes.enrolment.proofs import prove
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.alerts.running import environ_of
from tests.console.running import Centre, browser_of, centre, signed_in, token_of, with_street
from tests.until import until

pytestmark = [pytest.mark.door]

HOME = HomeId("h-0001")
TABLES = ("enrolment_claim", "enrolment_credential", "enrolment_event", "enrolment_authority", "access_log")


@dataclass(kw_only=True)
class Office:
    """The console with a keeper beside no broker."""

    centre: Centre
    keeper: Child
    folder: Path
    dsn: str
    environ: dict[str, str]

    @property
    def store(self) -> EnrolmentStore:
        return EnrolmentStore(self.centre.pool)

    async def code(self, home: HomeId = HOME, *, replaces: bool = False) -> str:
        made = codes.code_of(len(self.folder.as_posix()).to_bytes(2) + clock.now().isoformat().encode()[-14:-6])
        claimed = (
            await self.store.replace(home, code=made, account="tests", now=clock.now())
            if replaces
            else await self.store.claim(home, code=made, account="tests", now=clock.now())
        )
        assert isinstance(claimed, Claim)
        return made


@contextmanager
def a_keeper(folder: Path, postgres: Postgres, kafka: Kafka) -> Iterator[tuple[Child, dict[str, str]]]:
    environ = {
        **environ_of(postgres, kafka),
        "DOLBOM_ENROLMENT_AUTHORITY_FILE": str(folder / "authority" / "ca.crt"),
        "DOLBOM_ENROLMENT_AUTHORITY_KEY_FILE": str(folder / "authority" / "ca.key"),
        "DOLBOM_ENROLMENT_AUTHORITY_PASSPHRASE": "a-passphrase-of-the-tests",
    }
    made = CliRunner().invoke(app, ["enrol", "authority", "127.0.0.1", "--folder", str(folder / "kept")], env=environ)
    assert made.exit_code == 0, made.output
    words = [sys.executable, "-m", "homes", "enrol", "keep", "--folder", str(folder / "kept")]
    child = Child(words, log=folder / "keeper.log", environ=environ, cwd=ROOT)
    try:
        yield child, environ
    finally:
        child.stop()


@pytest.fixture
async def office(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Office]:
    await with_street(postgres)
    with a_keeper(tmp_path, postgres, kafka) as (keeper, environ):
        async with centre(tmp_path, postgres, kafka) as running:
            store = EnrolmentStore(running.pool)
            await until(store.authority, within=20, what="the keeper tells its authority")
            yield Office(centre=running, keeper=keeper, folder=tmp_path, dsn=postgres.dsn.reveal(), environ=environ)


@asynccontextmanager
async def a_gateway(office: Office) -> AsyncIterator[httpx.AsyncClient]:
    """A client that is no browser."""
    async with httpx.AsyncClient(base_url=office.centre.url, trust_env=False, timeout=20) as client:
        yield client


def a_request(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, name: str = "h-9999") -> str:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM).decode()


async def test_a_code_becomes_a_certificate_of_the_home_whatever_the_request_says(office: Office) -> None:
    key, code = ec.generate_private_key(ec.SECP256R1()), await office.code()
    asked = {"code": codes.shown(code).lower(), "csr": a_request(key, "bridge")}
    async with a_gateway(office) as gateway:
        answer = await gateway.post("/enrol/exchange", json=asked)
        assert answer.status_code == 200, answer.text
        bundle = msgspec.json.decode(answer.content, type=Bundle)
        again = await gateway.post("/enrol/exchange", json=asked)
        other = await gateway.post("/enrol/exchange", json={**asked, "csr": a_request(key)})
    certificate = x509.load_pem_x509_certificate(bundle.certificate.encode())
    authority = x509.load_pem_x509_certificate(bundle.authority.encode())
    certificate.verify_directly_issued_by(authority)
    assert [each.value for each in certificate.subject] == ["h-0001"]
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days <= 825
    assert certificate.public_key() == key.public_key()
    # An answer can be lost: the same request gets the same certificate, another gets nothing.
    assert msgspec.json.decode(again.content, type=Bundle).certificate == bundle.certificate
    assert other.status_code == 410 and other.json()["reason"] == "code_used"
    assert bundle.topics.live.endswith("/h-0001/") and bundle.client_id == "h-0001"
    assert f"{certificate.serial_number:x}" == bundle.serial


async def test_a_password_is_shown_once_and_kept_as_the_brokers_hash(office: Office) -> None:
    code = await office.code()
    async with a_gateway(office) as gateway:
        answer = await gateway.post("/enrol/exchange", json={"code": code, "password": True})
        bundle = msgspec.json.decode(answer.content, type=Bundle)
        again = await gateway.post("/enrol/exchange", json={"code": code, "password": True})
    assert len(bundle.password) >= 26 and bundle.broker.port == 8884 and again.status_code == 410
    written = office.folder / "kept" / "passwords"
    await until(lambda: "h-0001:$7$" in written.read_text(), what="the keeper writes the password's hash")
    assert written.stat().st_mode & 0o077 == 0
    for secret in (bundle.password, code, codes.shown(code)):
        assert secret not in written.read_text()
        assert secret not in office.keeper.log_path.read_text()
        assert secret not in (office.folder / "console.log").read_text()
        assert secret not in await _whole_database(office)


async def _whole_database(office: Office) -> str:
    texts: list[str] = []
    async with office.centre.pool.connection() as connection:
        for table in (
            "enrolment_claim",
            "enrolment_credential",
            "enrolment_event",
            "enrolment_authority",
            "access_log",
        ):
            cursor = await connection.execute(f"select t::text from {table} t")
            texts += [str(row[0]) for row in await cursor.fetchall()]
    return "\n".join(texts)


async def test_guessing_is_bounded_for_each_code_and_each_source(office: Office) -> None:
    code = await office.code()
    wrong = [codes.selector_of(code) + f"{number:012d}" for number in range(5)]
    csr = a_request(ec.generate_private_key(ec.SECP256R1()))
    async with a_gateway(office) as gateway:
        statuses = [
            (await gateway.post("/enrol/exchange", json={"code": guess, "csr": csr})).status_code for guess in wrong
        ]
        assert statuses == [404] * 5
        # Five guessed at this very claim: its right code is worth nothing now.
        right = await gateway.post("/enrol/exchange", json={"code": code, "csr": csr})
        assert right.status_code == 429
        more = [
            (await gateway.post("/enrol/exchange", json={"code": f"{number:016d}", "csr": csr})).status_code
            for number in range(8)
        ]
        assert more == [404] * 5 + [429] * 3
        assert (await gateway.post("/enrol/exchange", json={"code": "x", "csr": csr})).headers["retry-after"] == "600"
    log = (office.folder / "console.log").read_text()
    assert log.count("exchange_refused") >= 13 and code not in log


async def test_what_cannot_be_signed_is_refused_and_leaves_the_code_unspent(office: Office) -> None:
    code = await office.code()
    weak = [
        a_request(rsa.generate_private_key(public_exponent=65537, key_size=1024)),
        a_request(ec.generate_private_key(ec.SECP192R1())),
        "no request",
        "",
        "x" * 9_000,
    ]
    async with a_gateway(office) as gateway:
        for csr in weak:
            answer = await gateway.post("/enrol/exchange", json={"code": code, "csr": csr})
            assert answer.status_code == 422, answer.text
        form = await gateway.post("/enrol/exchange", data={"code": code, "password": "true"})
        assert form.status_code == 415
        good = a_request(rsa.generate_private_key(public_exponent=65537, key_size=2048))
        assert (await gateway.post("/enrol/exchange", json={"code": code, "csr": good})).status_code == 200


async def test_a_code_that_was_made_again_or_ran_out_is_worth_nothing(office: Office) -> None:
    old = await office.code()
    new = codes.code_of(b"0123456789")
    assert isinstance(await office.store.claim(HOME, code=new, account="tests", now=clock.now()), Claim)
    csr = a_request(ec.generate_private_key(ec.SECP256R1()))
    async with a_gateway(office) as gateway:
        assert (await gateway.post("/enrol/exchange", json={"code": old, "csr": csr})).status_code == 404
        late = await office.store.exchange(
            new, request=b"x", password_hash=None, source="tests", now=clock.now() + codes.LIVES
        )
        assert late == "code_expired"
        assert (await gateway.post("/enrol/exchange", json={"code": new, "csr": csr})).status_code == 200


async def test_a_broken_gateway_is_replaced_and_its_credential_ends_with_the_first_use_of_the_new(
    office: Office,
) -> None:
    old_key, new_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    async with a_gateway(office) as gateway:
        first = await gateway.post("/enrol/exchange", json={"code": await office.code(), "csr": a_request(old_key)})
        old = msgspec.json.decode(first.content, type=Bundle)
        code = await office.code(replaces=True)
        second = await gateway.post("/enrol/exchange", json={"code": code, "csr": a_request(new_key)})
        new = msgspec.json.decode(second.content, type=Bundle)
        assert new.session_above > old.session_above
        (before,) = await office.store.enrolments([HOME])
        assert state_of(before, clock.now()) is State.REPLACING and before.credentials[1].revoked_at is None
        forged = await gateway.post(
            "/enrol/confirm", json={"credential": new.credential, "proof": base64.b64encode(b"no").decode()}
        )
        assert forged.status_code == 404
        by_the_old = await gateway.post(
            "/enrol/confirm", json={"credential": new.credential, "proof": prove(old_key, new.credential)}
        )
        assert by_the_old.status_code == 404
        done = await gateway.post(
            "/enrol/confirm", json={"credential": new.credential, "proof": prove(new_key, new.credential)}
        )
        assert done.status_code == 200
    (after,) = await office.store.enrolments([HOME])
    assert state_of(after, clock.now()) is State.ENROLLED
    assert [each.reason for each in after.credentials] == [None, "replaced"]
    revoked = office.folder / "kept" / "revoked.pem"

    def listed() -> bool:
        return (
            x509.load_pem_x509_crl(revoked.read_bytes()).get_revoked_certificate_by_serial_number(int(old.serial, 16))
            is not None
        )

    await until(listed, what="the old certificate on the list")


async def test_an_engineer_acts_with_a_session_and_its_token_only(office: Office) -> None:
    async with browser_of(office.centre.url) as stranger:
        assert (await stranger.get("/api/enrolments")).status_code == 401
        assert (await stranger.post("/api/enrolments/h-0001/claim", json={})).status_code == 401
    async with signed_in(office.centre.url) as client:
        assert (await client.post("/api/enrolments/h-0001/claim", json={})).status_code == 403
        headers = {"X-Csrf-Token": await token_of(client)}
        claimed = (await client.post("/api/enrolments/h-0001/claim", headers=headers, json={})).json()
        assert codes.read_code(claimed["code"]) and claimed["qr"].startswith("<svg")
        assert claimed["address"].endswith("#" + claimed["code"].replace("-", ""))
        csr = a_request(ec.generate_private_key(ec.SECP256R1()))
        assert (await client.post("/enrol/exchange", json={"code": claimed["code"], "csr": csr})).status_code == 200
        states = {row["home_id"]: row["state"] for row in (await client.get("/api/enrolments")).json()}
        assert states["h-0001"] == "enrolled" and states["h-0002"] == "not_enrolled"
        twice = await client.post("/api/enrolments/h-0001/claim", headers=headers, json={})
        assert twice.status_code == 409 and twice.json()["reason"] == "enrolled_already"
        replaced = await client.post("/api/enrolments/h-0001/replace", headers=headers, json={"now": True})
        assert replaced.status_code == 200
        only_the_code = await client.post("/api/enrolments/h-0001/revoke", headers=headers, json={})
        assert only_the_code.json() == {"revoked": 0}
        nobody = await client.post("/api/enrolments/h-0001/revoke", headers=headers, json={})
        assert nobody.status_code == 404
        unknown = await client.post("/api/enrolments/h-none/claim", headers=headers, json={})
        assert unknown.status_code == 404
    lines = await ConsoleStore(office.centre.pool).access_lines()
    assert first_break(lines) is None
    told = [(line.subject, line.what) for line in lines if line.what.startswith("enrolment")]
    assert told == [
        ("h-0001", "enrolment_claimed"),
        ("h-0001", "enrolment_exchanged"),
        ("h-0001", "enrolment_revoked"),
        ("h-0001", "enrolment_replaced"),
        ("h-0001", "enrolment_revoked"),
    ]


async def test_the_page_shows_a_code_once(office: Office) -> None:
    async with signed_in(office.centre.url) as client:
        token = await token_of(client)
        made = await client.post("/enrol/do/claim", data={"csr": "", "csrf": token, "home_id": "h-0002"})
        assert made.status_code == 200 and 'class="qr"><svg' in made.text
        steps = (await client.get("/enrol/homes/h-0002", headers={"X-Fragment": "1"})).text
        assert 'class="dn" data-step="code"' in steps and 'class="" data-step="connected"' in steps
        assert (await client.get("/enrol/homes/h-0002")).status_code == 200
        assert (await client.get("/enrol/homes/h-none")).status_code == 404
        again = (await client.get("/enrol")).text
        assert 'class="qr"' not in again and "python -m homes enrol keep" not in again
        assert (await client.post("/enrol/do/claim", data={"home_id": "h-0002"})).status_code == 403


async def test_without_a_keeper_the_page_says_that_no_code_can_be_exchanged(
    tmp_path: Path, postgres: Postgres, kafka: Kafka
) -> None:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running, signed_in(running.url) as client:
        assert "python -m homes enrol keep" in (await client.get("/enrol")).text


async def test_what_is_done_at_a_terminal_reaches_the_access_log(office: Office) -> None:
    # A command has a loop of its own.
    claimed = await asyncio.to_thread(CliRunner().invoke, app, ["enrol", "claim", "h-0003"], env=office.environ)
    assert claimed.exit_code == 0, claimed.output
    store = ConsoleStore(office.centre.pool)

    async def told() -> bool:
        return any(line.account.startswith("terminal ") for line in await store.access_lines())

    await until(told, what="the deed in the access log")
