"""What the embedded servers do when they, or those who started them, die."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.embedded import postgres_binaries
from deploy.embedded.children import Child, NeverCameUp
from deploy.embedded.postgres import EmbeddedPostgres, InUse, OtherVersion
from deploy.embedded.postgres_binaries import Account
from deploy.embedded.stack import ROOT, Stack
from tests.until import until

pytestmark = pytest.mark.door


@pytest.fixture
def folder(server_folder: Path, request: pytest.FixtureRequest) -> Path:
    """A folder of the test's own that the server's account can reach."""
    made = server_folder / f"own-{abs(hash(request.node.name)) % 10**8}"
    made.mkdir()
    return made


@pytest.fixture
def own(folder: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(folder / "pg", durable=False) as server:
        yield server


def ask(server: EmbeddedPostgres, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.dsn().reveal(), autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def gone(pid: int) -> bool:
    try:
        # A zombie is gone, too: whoever adopted it has not looked yet.
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def started_by_a_parent_that_dies(kind: str, folder: Path) -> int:
    command = [sys.executable, "-m", "tests.deploy.a_parent", kind, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert not gone(pid)
        parent.kill()
    return pid


def test_a_database_that_was_killed_starts_again_with_what_it_had(own: EmbeddedPostgres) -> None:
    ask(own, "create table kept (n int)")
    ask(own, "insert into kept values (7)")
    for _ in range(3):
        assert own.child is not None
        own.child.kill()
        own.start()
        assert ask(own, "select n from kept") == [(7,)]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a child ask to die with its parent")
@pytest.mark.parametrize("kind", ["mqtt", "kafka", "postgres"])
async def test_a_server_dies_with_whoever_started_it(folder: Path, kind: str) -> None:
    pid = started_by_a_parent_that_dies(kind, folder / kind)
    await until(lambda: gone(pid), within=10, what="the end of the server")


def test_two_owners_of_one_folder_are_told_apart(own: EmbeddedPostgres, folder: Path) -> None:
    with pytest.raises(InUse, match="another process runs PostgreSQL in"):
        EmbeddedPostgres(folder / "pg", durable=False).start()
    assert ask(own, "select 1") == [(1,)]


def test_a_note_whose_number_is_another_programs_now_does_not_stop_the_start(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "pg", durable=False)
    server.start()
    assert server.child is not None
    server.child.kill()
    note = server.folder / "data" / "postmaster.pid"
    lines = note.read_text().splitlines()
    note.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    server.start()
    try:
        assert ask(server, "select 1") == [(1,)]
    finally:
        server.stop()


def test_a_folder_of_another_version_says_what_to_do(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "pg", durable=False)
    server.start()
    server.stop()
    (server.folder / "data" / "PG_VERSION").write_text("11\n")
    with pytest.raises(OtherVersion, match=r"was made by PostgreSQL 11, this is \d+: set DOLBOM_RUN_PG_BIN"):
        server.start()
    server.stop()


def test_a_folder_whose_path_is_too_long_for_a_socket_works(folder: Path) -> None:
    with EmbeddedPostgres(folder / ("long" * 25) / "pg", durable=False) as server:
        assert ask(server, "select 1") == [(1,)]


def test_only_the_password_opens_the_database(own: EmbeddedPostgres) -> None:
    wrong = own.dsn().reveal().replace("dolbom:", "dolbom:wrong", 1)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    assert (own.folder / "password").stat().st_mode & 0o777 == 0o600
    assert own.folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_closed_to_the_servers_account_is_not_opened_for_it(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    stranger = Account(name="stranger", uid=os.getuid() + 54321, gid=os.getgid() + 54321)
    elsewhere = postgres_binaries.reachable_folder(closed / "pg", stranger)
    assert not elsewhere.is_relative_to(tmp_path)
    assert elsewhere == postgres_binaries.reachable_folder(closed / "pg", stranger)
    assert elsewhere.is_relative_to(postgres_binaries.elsewhere())
    assert closed.stat().st_mode & 0o777 == 0o700
    assert postgres_binaries.reachable_folder(closed / "pg", None) == closed / "pg"


def test_a_database_starts_for_whoever_closes_new_folders_to_others(folder: Path) -> None:
    within = folder / "not" / "there"
    command = [sys.executable, "-m", "tests.deploy.a_parent", "postgres", str(within / "pg")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, umask=0o077) as parent:
        assert parent.stdout is not None
        said = parent.stdout.readline()
        parent.kill()
    assert said and within.stat().st_mode & 0o777 == 0o755


def test_make_clean_removes_what_is_kept_outside_of_the_checkout() -> None:
    told = subprocess.run(["make", "--dry-run", "clean"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert f"rm -rf {postgres_binaries.elsewhere()} " in told.stdout
    assert postgres_binaries.elsewhere(ROOT / "another") != postgres_binaries.elsewhere()


def test_a_child_that_ends_at_once_shows_the_end_of_its_log(tmp_path: Path) -> None:
    child = Child([sys.executable, "-c", "raise SystemExit('no such thing')"], log=tmp_path / "log")
    with pytest.raises(NeverCameUp, match=r"it ended with status 1\nno such thing"):
        child.wait_for(lambda: False, within=20, what="the child")


def test_a_stack_stops_within_five_seconds_whatever_its_services_do(folder: Path) -> None:
    with Stack(folder, {"DOLBOM_SERVICE_STOP_SECONDS": "30"}, durable=False) as stack:
        services = [stack.service("tests.runtime.a_service", arguments=[manner]) for manner in ("stubborn", "polite")]
        for service in services:
            service.wait_ready(20)
        assert services[0].log_path != services[1].log_path
        frozen = stack.service("tests.runtime.a_service", arguments=["polite"])
        frozen.wait_ready(20)
        frozen.send(signal.SIGSTOP)
        stack.stop(within=2)
        assert not any(service.alive for service in (*services, frozen))
    assert stack.postgres is not None
    assert stack.postgres.child is not None
    assert not stack.postgres.child.alive
