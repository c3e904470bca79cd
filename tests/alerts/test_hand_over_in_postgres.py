"""A case is handed over: to our own receiver by DC-09, to one that stammers, and to a webhook."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from typer.testing import CliRunner

from alerts.__main__ import app
from alerts.events import Found, HandOver, HandOverConfirmed
from alerts.handover.centres import Centre, Way, lock
from alerts.handover.frames import Answer, Token
from alerts.handover.postgres import HandOvers
from alerts.handover.service import Liaison
from alerts.model import Alert, DueFor, Timer
from alerts.postgres import AlertStore
from alerts.signing import verify
from contracts import AlertChangeKind, AlertState, Hazard
from ingest.dc09.frame import Content, Frame, parse, time_of, write
from runtime import clock
from runtime.postgres import Pool, pooled
from runtime.settings import Alerts, Postgres, Secret, Settings
from tests.alerts.building import a_finding, a_home
from tests.alerts.receiver import receiving
from tests.alerts.running import SECRET, with_home
from tests.ingest.dc09.doors import HOST, KEY, a_receiver, an_account, listening

pytestmark = pytest.mark.door
SETTINGS = Alerts(webhook_secret=Secret(SECRET), centre_secret=Secret(SECRET))


@dataclass(kw_only=True)
class Stammering:
    """A centre that answers as it is told, and remembers what was said."""

    port: int = 0
    frames: list[Frame] = field(default_factory=list)
    answer: Callable[[Frame], bytes | None] = lambda frame: write(Frame(token="ACK", seq=frame.seq, account="1234"))

    @property
    def centre(self) -> Centre:
        return Centre(
            centre_id="north", name="북부", way=Way.DC09, address=f"{HOST}:{self.port}", account="1234", token=Token.SIA
        )


@asynccontextmanager
async def stammering() -> AsyncIterator[Stammering]:
    there = Stammering()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frame = parse((await reader.readuntil(b"\r"))[1:-1])
        assert isinstance(frame, Frame)
        there.frames.append(frame)
        if answer := there.answer(frame):
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, HOST, 0)
    there.port = server.sockets[0].getsockname()[1]
    try:
        yield there
    finally:
        server.close()


@asynccontextmanager
async def a_liaison(pool: Pool, *centres: Centre) -> AsyncIterator[Liaison]:
    hand_overs = HandOvers(pool)
    for centre in centres:
        await hand_overs.put(centre)
    async with httpx.AsyncClient(trust_env=False) as client:
        yield Liaison(hand_overs=hand_overs, store=AlertStore(pool), client=client, settings=SETTINGS)


async def handed(pool: Pool, centre: str = "north") -> Alert:
    store = AlertStore(pool)
    found = (await store.apply(Found(finding=a_finding()))).alert
    assert found
    done = await store.apply(HandOver(alert_id=found.alert_id, operator="jiwon", centre=centre, version=found.version))
    assert done.alert and done.alert.state is AlertState.HANDED_OVER
    return done.alert


async def confirmed(pool: Pool, alert: Alert) -> bool:
    now = await AlertStore(pool).alert(alert.alert_id)
    assert now
    lines = [line.change for line in await AlertStore(pool).timeline(alert.alert_id)]
    return now.due_for is not DueFor.HAND_OVER and lines.count(AlertChangeKind.HAND_OVER_CONFIRMED) == 1


async def at_once(pool: Pool) -> None:
    async with pool.connection() as connection:
        await connection.execute("update hand_over set due_at = now() where state = 'asked'")


@pytest.mark.parametrize("key", [b"", KEY], ids=["clear", "encrypted"])
async def test_our_own_receiver_takes_a_case_in_clear_and_encrypted(
    settings: Settings, tmp_path: Path, key: bytes
) -> None:
    theirs = listening(settings)
    await an_account(theirs.postgres, "1234", "h-0001", key=key)
    locked = lock(key, "north", secret=SECRET, nonce=bytes(12)) if key else None
    with a_receiver(theirs, tmp_path) as receiver:
        receiver.wait_ready()
        async with pooled(theirs.postgres) as pool:
            for number, token in enumerate((Token.SIA, Token.CONTACT_ID)):
                centre = Centre(
                    centre_id="north",
                    name="북부",
                    way=Way.DC09,
                    address=f"{HOST}:{theirs.dc09.tcp_port}",
                    account="1234",
                    token=token,
                    locked_key=locked,
                )
                async with a_liaison(pool, centre) as liaison:
                    if not number:
                        alert = await handed(pool)
                        assert await liaison.turn() == 1 and await confirmed(pool, alert)
                    assert await liaison.turn() == 0, "what is confirmed is not said again"
                    assert await liaison.test(centre) is Answer.ACK


async def test_a_centre_that_is_silent_is_asked_again_under_the_same_number(any_postgres: Postgres) -> None:
    await with_home(any_postgres, a_home())
    async with pooled(any_postgres) as pool, stammering() as there, a_liaison(pool, there.centre) as liaison:
        alert = await handed(pool)
        good, there.answer = there.answer, lambda _: None
        assert await liaison.turn() == 1 and not await confirmed(pool, alert)
        assert await liaison.turn() == 0, "not before its time"
        await at_once(pool)
        there.answer = good
        assert await liaison.turn() == 1 and await confirmed(pool, alert)
        assert [frame.seq for frame in there.frames] == [1, 1]
        assert {frame.content.data for frame in there.frames if isinstance(frame.content, Content)} == {
            "#1234|Nri0/QA000"
        }


async def test_a_centre_that_doubts_our_clock_hears_it_by_its_own_under_the_same_number(postgres: Postgres) -> None:
    theirs = datetime(2031, 5, 4, 3, 2, 1, tzinfo=UTC)

    def doubting(frame: Frame) -> bytes:
        assert isinstance(frame.content, Content) and frame.content.said_at
        if abs((frame.content.said_at - theirs).total_seconds()) < 60:
            return write(Frame(token="ACK", seq=frame.seq, account="1234"))
        return write(Frame(token="NAK", seq=0, receiver="0", line="0A0", content=Content(said=time_of(theirs))))

    await with_home(postgres, a_home())
    async with pooled(postgres) as pool, stammering() as there, a_liaison(pool, there.centre) as liaison:
        there.answer = doubting
        alert = await handed(pool)
        assert await liaison.turn() == 1 and await confirmed(pool, alert)
        assert [frame.seq for frame in there.frames] == [1, 1]


async def test_a_centre_that_does_not_understand_is_not_asked_again_and_the_case_comes_back(postgres: Postgres) -> None:
    await with_home(postgres, a_home())
    async with pooled(postgres) as pool, stammering() as there, a_liaison(pool, there.centre) as liaison:
        there.answer = lambda frame: write(Frame(token="DUH", seq=frame.seq, account="1234"))
        alert = await handed(pool)
        await liaison.turn()
        await at_once(pool)
        assert await liaison.turn() == 0 and len(there.frames) == 1
        async with pool.connection() as connection:
            await connection.execute("update alert set due_at = now() - interval '1 second'")
        await AlertStore(pool).due()
        back = await AlertStore(pool).alert(alert.alert_id)
        assert back and back.state is AlertState.NEW
        again = await AlertStore(pool).apply(
            HandOver(alert_id=alert.alert_id, operator="jiwon", centre="north", version=back.version)
        )
        assert again.alert and again.alert.state is AlertState.HANDED_OVER
        await liaison.turn()
        assert [frame.seq for frame in there.frames] == [1, 2], "another hand-over is another message"


async def test_an_operator_may_name_a_centre_as_the_board_does(postgres: Postgres) -> None:
    await with_home(postgres, a_home())
    async with pooled(postgres) as pool, stammering() as there, a_liaison(pool, there.centre) as liaison:
        alert = await handed(pool, "북부")
        assert await liaison.turn() == 1 and await confirmed(pool, alert)
        other = await AlertStore(pool).apply(Found(finding=a_finding(kind="smoke", hazard=Hazard.FIRE)))
        assert other.alert
        by_telephone = HandOver(
            alert_id=other.alert.alert_id, operator="jiwon", centre="119", version=other.alert.version
        )
        await AlertStore(pool).apply(by_telephone)
        assert await liaison.turn() == 0, "whom nobody set up is told by telephone"


async def test_what_an_operator_took_back_is_not_said_any_more(postgres: Postgres) -> None:
    await with_home(postgres, a_home())
    async with pooled(postgres) as pool, stammering() as there, a_liaison(pool, there.centre) as liaison:
        there.answer = lambda _: None
        await handed(pool)
        await liaison.turn()
        async with pool.connection() as connection:
            await connection.execute("update alert set state = 'acknowledged', due_for = 'lease'")
        await at_once(pool)
        assert await liaison.turn() == 0 and len(there.frames) == 1


async def test_a_responder_who_is_late_keeps_no_centre_from_being_asked(postgres: Postgres) -> None:
    await with_home(postgres, a_home())
    async with pooled(postgres) as pool, stammering() as there, a_liaison(pool, there.centre) as liaison:
        alert = await handed(pool)
        # Whose way ends before the centre must have answered is what the alert's clock looks at first.
        waits = Timer(due_for=DueFor.HAND_OVER, at=clock.now() + timedelta(seconds=60))
        timers = msgspec.json.encode([waits]).decode()
        async with pool.connection() as connection:
            await connection.execute("update alert set due_for = 'travel', timers = %s", (timers,))
        there.answer = lambda _: None
        assert await liaison.turn() == 1 and len(there.frames) == 1
        await at_once(pool)
        assert await liaison.turn() == 1 and len(there.frames) == 2, "no yes was heard yet"
        assert not await confirmed(pool, alert)


async def test_a_liaison_that_died_with_the_yes_in_its_hands_says_nothing_twice(postgres: Postgres) -> None:
    await with_home(postgres, a_home())
    async with pooled(postgres) as pool, stammering() as there, a_liaison(pool, there.centre) as liaison:
        there.answer = lambda _: None
        alert = await handed(pool)
        await liaison.turn()
        await AlertStore(pool).apply(HandOverConfirmed(alert_id=alert.alert_id, centre="north"))
        await at_once(pool)
        assert await liaison.turn() == 0 and len(there.frames) == 1
        async with pool.connection() as connection:
            row = await (await connection.execute("select state from hand_over")).fetchone()
        assert row == ("confirmed",)


async def test_a_webhook_is_signed_carries_one_key_and_names_nobody(postgres: Postgres) -> None:
    await with_home(postgres, a_home())
    async with pooled(postgres) as pool, receiving() as receiver:
        centre = Centre(centre_id="north", name="북부", way=Way.WEBHOOK, address=f"{receiver.url}/cases")
        async with a_liaison(pool, centre) as liaison:
            receiver.answer = lambda _: 503
            alert = await handed(pool)
            await liaison.turn()
            await at_once(pool)
            receiver.answer = lambda _: 201
            await liaison.turn()
            assert await confirmed(pool, alert)
        got = receiver.got[-1]
        assert len(set(receiver.keys())) == 1 and len(receiver.got) == 2
        headers = got.headers
        stamp, signature = headers["dolbom-timestamp"], headers["dolbom-signature"]
        assert verify(SECRET, got.body, timestamp=stamp, signature=signature, now=clock.now())
        assert got.json["codes"] and "김하늘" not in got.body.decode() and "맑은로" not in got.body.decode()


async def test_a_home_may_have_an_account_of_its_own_at_a_centre(postgres: Postgres) -> None:
    await with_home(postgres, a_home())
    async with pooled(postgres) as pool, stammering() as there, a_liaison(pool, there.centre) as liaison:
        await HandOvers(pool).put_home("north", "h-0001", "BEEF")
        there.answer = lambda frame: write(Frame(token="ACK", seq=frame.seq, account="BEEF"))
        alert = await handed(pool)
        await liaison.turn()
        assert await confirmed(pool, alert) and there.frames[0].account == "BEEF"


def test_centres_are_added_listed_and_removed_on_the_command_line(postgres: Postgres) -> None:
    environ = {
        "DOLBOM_POSTGRES_DSN": postgres.dsn.reveal(),
        "DOLBOM_ALERTS_CENTRE_SECRET": SECRET,
        "COLUMNS": "160",
    }

    def run(*words: str, typed: str = "") -> tuple[int, str]:
        done = CliRunner().invoke(app, ["centres", *words], env=environ, input=typed)
        return done.exit_code, done.output

    added = run(
        "add", "north", "--name", "북부 센터", "--dc09", "127.0.0.1:9", "--account", "12ab", "--key", typed="00" * 16
    )
    assert added[0] == 0, added
    assert run("add", "south", "--webhook", "https://south.example/cases")[0] == 0
    assert run("add", "west", "--dc09", "nowhere")[0] == 1
    assert run("home", "north", "h-0001", "beef")[0] == 0 and run("home", "east", "h-0001", "beef")[0] == 1
    code, listed = run("list")
    assert code == 0 and "12AB" in listed and "south.example" in listed and "00000000" not in listed
    assert run("test", "north")[0] == 1
    assert run("remove", "north")[0] == 0 and run("remove", "north")[0] == 1
