"""With TimescaleDB the same schema files apply, and the same questions get the same answers."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from contracts import HomeId
from deploy.embedded.stack import ROOT
from history.postgres import HistoryStore
from runtime.postgres import connect, migrate, pooled
from runtime.settings import Postgres, Secret

pytestmark = [pytest.mark.door, pytest.mark.real]

HERE: Final = Path(__file__).parent / "timescale"
NOON: Final = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
HOME: Final = HomeId("h-0001")
#: A day of a home that is heard every ten minutes and moves every hour.
FILL: Final = """
    insert into reading (ts, received_at, value, kind, sign, late, clock_doubted, home_id, sensor, reading_id, detail)
    select ts, ts, case when extract(minute from ts) = 0 then 1 end,
        case when extract(minute from ts) = 0 then 1 else 24 end,
        case when extract(minute from ts) = 0 then 2 else 1 end, false, false, 'h-0001', 'motion-living',
        convert_to(md5(ts::text), 'UTF8'), null
    from generate_series({until}::timestamptz - interval '5 days', {until}::timestamptz, interval '10 minutes') as ts
"""


@pytest.fixture(scope="module")
def timescale() -> Iterator[Postgres]:
    folder = ROOT / ".dolbom" / "timescale"
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("no Node.js: the schema for TimescaleDB was not tried")
    shutil.copytree(HERE, folder, dirs_exist_ok=True)
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"]
    if subprocess.run(install, cwd=folder, timeout=100, check=False).returncode:
        pytest.skip("npm cannot be reached: the schema for TimescaleDB was not tried")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen(["node", "server.mjs", str(port)], cwd=folder, stdout=subprocess.PIPE) as server:
        assert server.stdout
        assert server.stdout.readline() == b"serving\n"
        yield Postgres(
            dsn=Secret(f"host=127.0.0.1 port={port} user=postgres password=postgres dbname=postgres sslmode=disable"),
            pool_size=1,
        )
        server.kill()


async def prepared(database: Postgres) -> None:
    async with await connect(database) as connection:
        await connection.execute(FILL.format(until=f"'{NOON.isoformat()}'"))


async def answers(database: Postgres) -> tuple[object, ...]:
    async with pooled(database) as pool:
        store = HistoryStore(pool)
        return (
            await store.activity([HOME], until=NOON),
            await store.last_heard([HOME]),
            await store.readings(HOME, NOON - timedelta(days=4), NOON),
        )


async def test_a_hypertable_answers_as_a_plain_table_does(timescale: Postgres, postgres: Postgres) -> None:
    # The extension cannot be preloaded here, so the mode is said rather than found.
    async with await connect(timescale) as connection:
        await connection.execute("create table storage_mode (mode text not null)")
        await connection.execute("insert into storage_mode values ('timescale')")
    assert await migrate(timescale) == "timescale"
    await prepared(timescale)
    await prepared(postgres)
    before = await answers(timescale)
    assert before == await answers(postgres)
    await compress(timescale)
    assert await answers(timescale) == before


async def compress(database: Postgres) -> None:
    """Run the policies as the extension's workers would, and see that they compressed something."""
    async with await connect(database) as connection:
        jobs = await (
            await connection.execute(
                "select job_id from timescaledb_information.jobs where hypertable_name = 'reading' order by job_id"
            )
        ).fetchall()
        for (job,) in jobs:
            await connection.execute(f"call run_job({job})")
        chunks = await connection.execute("select count(*) from timescaledb_information.chunks where is_compressed")
        assert await chunks.fetchone() != (0,)
