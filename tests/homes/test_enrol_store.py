"""Claims and credentials in PostgreSQL, with time as a parameter; and the authority's files."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from typer.testing import CliRunner, Result

from contracts import HomeId
from homes.__main__ import app
from homes.enrolment import codes
from homes.enrolment.keeping import files
from homes.enrolment.keeping.postgres import KeeperStore
from homes.enrolment.model import REPLACED_AFTER, Claim, Refused, State, state_of
from homes.enrolment.postgres import EnrolmentStore, Exchanged
from runtime.postgres import Pool, pooled
from runtime.settings import Postgres
from tests.console.running import with_street

pytestmark = pytest.mark.door

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
HOME = HomeId("h-0001")
CODE, NEXT = (codes.code_of(bytes([number] * codes.ENTROPY_BYTES)) for number in (7, 9))


@pytest.fixture
async def pool(postgres: Postgres) -> AsyncIterator[Pool]:
    await with_street(postgres)
    async with pooled(postgres) as pool:
        yield pool


async def _exchanged(pool: Pool, code: str, request: bytes, now: datetime = NOW) -> Exchanged | Refused:
    return await EnrolmentStore(pool).exchange(code, request=request, password_hash=None, source="tests", now=now)


async def _enrolled(pool: Pool, code: str, *, replaces: bool = False, now: datetime = NOW) -> int:
    store = EnrolmentStore(pool)
    claim = store.replace if replaces else store.claim
    assert isinstance(await claim(HOME, code=code, account="tests", now=now), Claim)
    done = await _exchanged(pool, code, code.encode(), now)
    assert isinstance(done, Exchanged)
    until = now + timedelta(days=800)
    await KeeperStore(pool).issue(
        done.credential_id, serial=f"{done.credential_id:x}", certificate="c", now=now, until=until
    )
    return done.credential_id


async def test_of_many_who_come_with_one_code_one_gets_a_credential(pool: Pool) -> None:
    assert isinstance(await EnrolmentStore(pool).claim(HOME, code=CODE, account="tests", now=NOW), Claim)
    results = await asyncio.gather(*(_exchanged(pool, CODE, b"%d" % number) for number in range(8)))
    assert sum(isinstance(each, Exchanged) for each in results) == 1
    assert results.count(Refused.CODE_USED) == 7


async def test_a_code_lives_ten_minutes_and_its_answer_may_be_asked_again(pool: Pool) -> None:
    assert isinstance(await EnrolmentStore(pool).claim(HOME, code=CODE, account="tests", now=NOW), Claim)
    late = NOW + codes.LIVES
    assert await _exchanged(pool, CODE, b"x", late) is Refused.CODE_EXPIRED
    first = await _exchanged(pool, CODE, b"x", late - timedelta(seconds=1))
    assert first == await _exchanged(pool, CODE, b"x", late - timedelta(seconds=1))
    assert await _exchanged(pool, CODE, b"x", late) is Refused.CODE_EXPIRED


async def test_five_wrong_guesses_end_a_claim_and_are_written_down(pool: Pool) -> None:
    store = EnrolmentStore(pool)
    assert isinstance(await store.claim(HOME, code=CODE, account="tests", now=NOW), Claim)
    for number in range(codes.MOST_GUESSES):
        wrong = codes.selector_of(CODE) + f"{number:012d}"
        assert await _exchanged(pool, wrong, b"x") is Refused.NO_SUCH_CODE
    assert await _exchanged(pool, CODE, b"x") is Refused.TOO_MANY_GUESSES
    async with pool.connection() as connection:
        row = await (
            await connection.execute("select count(*) from enrolment_event where what = 'enrolment_guessed_out'")
        ).fetchone()
    assert row == (1,)


async def test_a_replacement_that_never_confirms_ends_its_predecessor_after_a_day(pool: Pool) -> None:
    old, new = await _enrolled(pool, CODE), await _enrolled(pool, NEXT, replaces=True)
    keeper, store = KeeperStore(pool), EnrolmentStore(pool)
    assert await keeper.end_outdated(NOW + REPLACED_AFTER) == 0
    assert await keeper.end_outdated(NOW + REPLACED_AFTER + timedelta(seconds=1)) == 1
    assert await keeper.end_outdated(NOW + REPLACED_AFTER + timedelta(seconds=2)) == 0
    (enrolment,) = await store.enrolments([HOME])
    assert [each.credential_id for each in enrolment.credentials] == [new, old]
    assert enrolment.credentials[0].first_used_at is None and enrolment.credentials[1].reason == "replaced"
    assert state_of(enrolment, NOW) is State.ENROLLED
    standing = await keeper.standing(NOW)
    assert {serial for serial, _ in standing.revoked} == {f"{old:x}"} and not standing.denied


async def test_what_replaces_at_once_leaves_the_home_denied_until_the_new_one_is_there(pool: Pool) -> None:
    old = await _enrolled(pool, CODE)
    store, keeper = EnrolmentStore(pool), KeeperStore(pool)
    done = await store.replace(HOME, code=NEXT, account="tests", now=NOW, at_once=True)
    assert isinstance(done, Claim)
    assert (await keeper.standing(NOW)).denied == {HOME}
    assert [each.credential_id for each in await keeper.uncut()] == [old] and not await store.is_cut(HOME)
    await keeper.cut([old], NOW)
    assert await keeper.uncut() == [] and await store.is_cut(HOME)


async def test_one_certificate_may_be_revoked_by_its_serial_number(pool: Pool) -> None:
    old, _ = await _enrolled(pool, CODE), await _enrolled(pool, NEXT, replaces=True)
    store = EnrolmentStore(pool)
    assert await store.revoke(HOME, account="tests", now=NOW, serial=f"{old:x}") == 1
    assert await store.revoke(HOME, account="tests", now=NOW, serial=f"{old:x}") is Refused.NO_SUCH_CREDENTIAL
    assert (await KeeperStore(pool).standing(NOW)).denied == frozenset()
    assert await store.revoke(HOME, account="tests", now=NOW) == 1
    assert (await KeeperStore(pool).standing(NOW)).denied == {HOME}


async def test_a_code_that_was_lost_on_the_way_is_revoked_and_that_is_told(pool: Pool) -> None:
    store = EnrolmentStore(pool)
    assert isinstance(await store.claim(HOME, code=CODE, account="tests", now=NOW), Claim)
    before = await KeeperStore(pool).mark()
    assert await store.revoke(HOME, account="tests", now=NOW) == 0
    assert await KeeperStore(pool).mark() != before
    assert await _exchanged(pool, CODE, b"x") is Refused.NO_SUCH_CODE
    assert await store.revoke(HOME, account="tests", now=NOW) is Refused.NO_SUCH_CREDENTIAL


async def test_no_home_is_called_as_a_service(pool: Pool) -> None:
    store = EnrolmentStore(pool)
    for name in ("bridge", "dolbom-ingest-00"):
        assert await store.claim(HomeId(name), code=CODE, account="tests", now=NOW) is Refused.RESERVED_NAME
        with pytest.raises(psycopg.errors.CheckViolation):
            async with pool.connection() as connection:
                await connection.execute("update home set home_id = %(name)s where home_id = 'h-0001'", {"name": name})


def _authority(folder: Path, passphrase: str) -> Result:
    environ = {
        "DOLBOM_ENROLMENT_AUTHORITY_FILE": str(folder / "authority" / "ca.crt"),
        "DOLBOM_ENROLMENT_AUTHORITY_KEY_FILE": str(folder / "authority" / "ca.key"),
        "DOLBOM_ENROLMENT_AUTHORITY_PASSPHRASE": passphrase,
    }
    words = ["enrol", "authority", "broker.example", "192.0.2.1", "--folder", str(folder / "kept")]
    return CliRunner().invoke(app, words, env=environ)


def test_the_authority_is_made_once_and_the_brokers_certificate_again(tmp_path: Path) -> None:
    assert _authority(tmp_path, "a-passphrase").exit_code == 0
    key, server = tmp_path / "authority" / "ca.key", tmp_path / "kept" / "server.crt"
    before, first = key.read_bytes(), server.read_bytes()
    assert b"ENCRYPTED" in before and key.stat().st_mode & 0o077 == 0
    assert (tmp_path / "kept" / "server.key").stat().st_mode & 0o077 == 0
    given = {file.name for file in (tmp_path / "kept").iterdir()}
    assert given == {"ca.crt", "server.crt", "server.key", "revoked.pem", "passwords", "acl"}
    assert _authority(tmp_path, "a-passphrase").exit_code == 0
    assert key.read_bytes() == before and server.read_bytes() != first
    names = x509.load_pem_x509_certificate(server.read_bytes()).extensions
    alternative = names.get_extension_for_class(x509.SubjectAlternativeName).value
    assert alternative.get_values_for_type(x509.DNSName) == ["broker.example"]
    wrong = _authority(tmp_path, "another")
    assert wrong.exit_code == 1 and "PASSPHRASE" in wrong.stderr


def test_a_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    at = tmp_path / "key"
    files.write(at, b"one", mode=files.OWNER_ONLY)
    files.write(at, b"two", mode=files.OWNER_ONLY)
    assert at.read_bytes() == b"two" and [file.name for file in tmp_path.iterdir()] == ["key"]
