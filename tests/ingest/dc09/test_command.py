"""`python -m ingest dc09 account`, and the receiver that notices what it did."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from contracts import HomeId
from ingest.__main__ import app
from ingest.dc09.accounts import NONCE_BYTES, Place, lock
from ingest.dc09.postgres import AccountStore
from runtime import postgres
from runtime.postgres import pooled
from runtime.settings import Dc09, Secret, Settings
from simulator.__main__ import app as simulator
from simulator.panel import Panel
from tests.ingest.dc09.doors import KEY, SECRET, a_receiver, an_account, call, listening, now, variables_of
from tests.ingest.street import a_home, saved
from tests.until import until

pytestmark = pytest.mark.door


def run(settings: Settings, *words: str, typed: str = "") -> Result:
    environ = {name: value for name, value in variables_of(settings).items() if name.startswith("DOLBOM_")}
    return CliRunner().invoke(app, ["dc09", "account", *words], env={**environ, "COLUMNS": "200"}, input=typed)


async def test_an_account_is_heard_within_seconds_of_its_command_and_unheard_again(
    settings: Settings, tmp_path: Path
) -> None:
    settings = listening(settings)
    await saved(settings.postgres, a_home("h-0001"))
    panel = Panel(account="1234")

    async def answered(word: str) -> bool:
        answer = await call(settings, panel.says("NULL", "", seq=1, at=now()))
        return bool(answer) and panel.hears(answer) == word

    with a_receiver(settings, tmp_path) as receiver:
        receiver.wait_ready()
        assert await answered("DUH")
        assert await in_thread(settings, "add", "1234", "h-0001") == 0
        await until(lambda: answered("ACK"), within=6, what="the panel is known")
        assert await in_thread(settings, "remove", "1234") == 0
        await until(lambda: answered("DUH"), within=6, what="the panel is unknown")


async def in_thread(settings: Settings, *words: str) -> int:
    result = await asyncio.to_thread(run, settings, *words)
    return result.exit_code


def test_a_key_is_shown_once_and_stands_nowhere_in_clear(settings: Settings) -> None:
    asyncio.run(saved(settings.postgres, a_home("h-0001")))
    settings = listening(settings)
    made = run(settings, "add", "ABCD", "h-0001", "--new-key", "--line", "1", "--profile", "climax")
    assert made.exit_code == 0, made.output
    key = re.findall(r"[0-9A-F]{32}", made.stdout)
    assert len(key) == 1
    given = run(settings, "add", "1234", "h-0001", "--key", typed="000102030405060708090A0B0C0D0E0F\n")
    assert given.exit_code == 0 and "0A0B" not in given.output
    listed = run(settings, "list")
    assert "ABCD" in listed.stdout and "climax" in listed.stdout and listed.stdout.count("yes") == 2
    assert key[0] not in listed.stdout and "0A0B" not in listed.stdout

    async def stored() -> bytes:
        async with await postgres.connect(settings.postgres) as connection:
            rows = await (await connection.execute("select locked_key from alarm_account")).fetchall()
            return b"".join(bytes(row[0]) for row in rows if isinstance(row[0], bytes))

    locked = asyncio.run(stored())
    assert locked and bytes.fromhex(key[0]) not in locked and bytes(range(16)) not in locked


@pytest.mark.parametrize(
    ("words", "typed", "told"),
    [
        (("add", "12", "h-0001"), "", "3 to 16 hex digits"),
        (("add", "1234", "h-9999"), "", "no such home"),
        (("add", "1234", "h-0001", "--profile", "none"), "", "no such profile"),
        (("add", "1234", "h-0001", "--key"), "short\n", "64 hex digits"),
        (("add", "FFFF", "h-0001"), "", "remove it first"),
        (("remove", "1234"), "", "no such account"),
        (("remove", "x"), "", "3 to 16 hex digits"),
    ],
)
def test_what_cannot_be_done_is_told(settings: Settings, words: tuple[str, ...], typed: str, told: str) -> None:
    asyncio.run(saved(settings.postgres, a_home("h-0001")))
    settings = listening(settings)
    assert run(settings, "add", "FFFF", "h-0001").exit_code == 0
    result = run(settings, *words, typed=typed)
    assert result.exit_code == 1 and told in result.stderr


def test_a_key_is_not_sealed_by_a_secret_that_could_be_guessed(settings: Settings) -> None:
    weak = replace(settings, dc09=Dc09(secret=Secret("short")))
    result = run(weak, "add", "1234", "h-0001", "--new-key")
    assert result.exit_code == 2 and "DOLBOM_DC09_SECRET" in result.stderr


async def test_keys_that_another_secret_sealed_stay_shut(settings: Settings) -> None:
    await saved(settings.postgres, a_home("h-0001"))
    place = Place(account="1234")
    locked = lock(b"k" * 16, place, secret="another secret of 32 characters!", nonce=bytes(NONCE_BYTES))
    async with pooled(settings.postgres) as pool:
        store = AccountStore(pool, SECRET)
        await store.add(place, HomeId("h-0001"), profile="default", locked_key=locked)
        (account,) = await store.load()
    assert account.locked and account.key is None


async def test_a_pretended_panel_calls_by_its_command(settings: Settings, tmp_path: Path) -> None:
    settings = listening(settings)
    await an_account(settings.postgres, "ABCD", key=KEY)
    port, udp_port = f"{settings.dc09.tcp_port}", f"{settings.dc09.udp_port}"
    with a_receiver(settings, tmp_path) as receiver:
        receiver.wait_ready()
        for words in (
            ["ABCD", "1101 00 003", "--port", port],
            ["ABCD", "Nri1/QA003", "--port", udp_port, "--udp", "--seq", "2"],
            ["ABCD", "--port", port, "--seq", "3"],
        ):
            said = ["panel", *words, "--key"]
            told = await asyncio.to_thread(CliRunner().invoke, simulator, said, input=KEY.hex())
            assert told.exit_code == 0 and "*ACK" in told.stderr, told.output
