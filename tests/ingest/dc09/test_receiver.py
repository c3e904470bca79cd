"""The receiver between real sockets, Kafka and PostgreSQL: a panel is answered only after Kafka has its message."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from contracts import Reading, RefusalReason
from contracts.topics import READINGS, REFUSED
from contracts.values import Fall, Heartbeat, HelpButton
from runtime.settings import Ingest, Settings
from simulator.panel import framed
from tests.ingest.dc09.doors import HOST, KEY, a_receiver, an_account, call, listening, now
from tests.ingest.doors import Log, a_log
from tests.ingest.proxy import a_cable
from tests.until import until

pytestmark = pytest.mark.door


async def in_kafka(log: Log, count: int) -> list[Reading]:
    """Wait for so many readings, and tell all that there are."""

    async def enough() -> bool:
        return len(await log.readings()) >= count

    await until(enough, what=f"{count} readings in Kafka")
    return await log.readings()


@pytest.fixture
def receiving(settings: Settings) -> Settings:
    return listening(settings)


async def test_every_way_of_calling_brings_a_press_to_kafka(receiving: Settings, tmp_path: Path) -> None:
    clear = await an_account(receiving.postgres, "1234", "h-0001")
    sealed = await an_account(receiving.postgres, "ABCD", "h-0002", key=KEY)
    with a_receiver(receiving, tmp_path) as receiver:
        receiver.wait_ready()
        async with a_log(receiving.kafka, READINGS) as log:
            seq = 0
            for panel, word in ((clear, "ACK"), (sealed, "*ACK")):
                for token, data in (("ADM-CID", "1101 00 003"), ("SIA-DCS", "Nri1/QA003"), ("NULL", "")):
                    for by in ("tcp", "udp"):
                        seq += 1
                        answer = await call(receiving, panel.says(token, data, seq=seq, at=now()), by=by)
                        assert panel.hears(answer) == word
            readings = await in_kafka(log, 12)
            presses = [each for each in readings if each.value == HelpButton()]
            assert {(each.home_id, each.sensor_id) for each in presses} == {("h-0001", "zone-3"), ("h-0002", "zone-3")}
            assert len(presses) == len({each.reading_id for each in presses}) == 8
            assert sum(each.value == Heartbeat() and each.sensor_id == "gateway" for each in readings) == 4
            # It hears no gateway of the bridges, and must not say that they were silent.
            assert not any(batch.listened for batch in await log.batches() if batch.readings)
        assert receiver.stop() < 5


async def test_frames_come_together_and_in_halves_with_rubbish_between(receiving: Settings, tmp_path: Path) -> None:
    panel = await an_account(receiving.postgres, "1234")
    says = [panel.says("ADM-CID", "1101 00 003", seq=seq, at=now()) for seq in range(3)]
    with a_receiver(receiving, tmp_path) as receiver:
        receiver.wait_ready()
        reader, writer = await asyncio.open_connection(HOST, receiving.dc09.tcp_port)
        writer.write(says[0] + b"rubbish" + says[1] + says[2][:20])
        first = [await reader.readuntil(b"\r") for _ in range(2)]
        writer.write(says[2][20:])
        answers = [*first, await reader.readuntil(b"\r")]
        assert [answer[9:19] for answer in answers] == [b'"ACK"%04dL' % seq for seq in range(3)]
        writer.close()


async def test_what_cannot_be_taken_is_unanswered_or_duh_and_leaves_a_dead_letter(
    receiving: Settings, tmp_path: Path
) -> None:
    panel = await an_account(receiving.postgres, "1234")
    await an_account(receiving.postgres, "ABCD", "h-0002", key=KEY)
    good = panel.says("ADM-CID", "1101 00 003", seq=1, at=now())
    wrong = {
        RefusalReason.WRONG_CHECKSUM: (good.replace(b"1101", b"1100"), ""),
        RefusalReason.UNKNOWN_ACCOUNT: (replace(panel, account="9999").says("NULL", "", seq=2, at=None), "DUH"),
        RefusalReason.UNKNOWN_CODE: (panel.says("ADM-CID", "1130 00 003", seq=3, at=now()), "DUH"),
        RefusalReason.NOT_ENCRYPTED: (replace(panel, account="ABCD").says("NULL", "", seq=4, at=now()), "DUH"),
        RefusalReason.UNDECIPHERABLE: (
            replace(panel, account="ABCD", key=b"x" * 16).says("NULL", "", seq=5, at=now()), "*DUH",
        ),
    }  # fmt: skip
    with a_receiver(receiving, tmp_path) as receiver:
        receiver.wait_ready()
        async with a_log(receiving.kafka, REFUSED) as log:
            for reason, (message, word) in wrong.items():
                answer = await call(receiving, message, within=10.0 if word else 1.0)
                assert answer.split(b'"')[1].decode() == word if word else not answer, reason

            async def told() -> bool:
                return {each.reason for each in await log.refusals()} == wrong.keys()

            await until(told, what="a dead letter of each")
        assert panel.hears(await call(receiving, good)) == "ACK"


async def test_a_panel_with_a_wrong_clock_is_heard_at_once_and_its_second_try_is_the_same_press(
    receiving: Settings, tmp_path: Path
) -> None:
    panel = await an_account(receiving.postgres, "ABCD", key=KEY)
    with a_receiver(receiving, tmp_path) as receiver:
        receiver.wait_ready()
        async with a_log(receiving.kafka, READINGS) as log:
            early = panel.says("ADM-CID", "1101 00 003", seq=1, at=now() - timedelta(minutes=5))
            assert panel.hears(await call(receiving, early)) == "NAK"
            assert panel.hears(await call(receiving, panel.says("ADM-CID", "1101 00 003", seq=1, at=now()))) == "*ACK"
            assert panel.hears(await call(receiving, panel.says("ADM-CID", "1101 00 003", seq=2, at=now()))) == "*ACK"
            presses = await in_kafka(log, 2)
            assert [each.clock_doubted for each in presses] == [True, False]
            assert len({each.reading_id for each in presses}) == 2


@pytest.mark.parametrize("fault", ["pull", "hang"])
async def test_while_kafka_is_away_no_panel_is_answered_and_its_repeats_are_one_press_even_after_a_kill(
    fault: str, receiving: Settings, tmp_path: Path
) -> None:
    panel = await an_account(receiving.postgres, "1234")
    press = panel.says("ADM-CID", "1101 00 003", seq=7, at=now())
    with a_cable(int(receiving.kafka.bootstrap.rpartition(":")[2])) as cable:
        settings = replace(receiving, kafka=replace(receiving.kafka, bootstrap=f"127.0.0.1:{cable.port}"))
        async with a_log(receiving.kafka, READINGS) as log:
            with a_receiver(settings, tmp_path) as receiver:
                receiver.wait_ready()
                getattr(cable, fault)()
                assert not await call(settings, press, within=1)
                assert not await call(settings, press, by="udp", within=1)
                await until(lambda: not receiver.ready(), within=15, what="the receiver says that it cannot work")
                receiver.kill()
            cable.plug()
            with a_receiver(settings, tmp_path) as receiver:
                receiver.wait_ready()
                assert panel.hears(await call(settings, press)) == "ACK"
                assert panel.hears(await call(settings, press)) == "ACK"
                presses = await in_kafka(log, 1)
                assert {each.reading_id for each in presses} == {presses[0].reading_id}


async def test_a_press_whose_answer_was_lost_in_a_kill_is_the_same_press_when_it_comes_again(
    receiving: Settings, tmp_path: Path
) -> None:
    panel = await an_account(receiving.postgres, "1234")
    press = panel.says("ADM-CID", "1101 00 003", seq=7, at=now())
    async with a_log(receiving.kafka, READINGS) as log:
        with a_receiver(receiving, tmp_path) as receiver:
            receiver.wait_ready()
            _, writer = await asyncio.open_connection(HOST, receiving.dc09.tcp_port)
            writer.write(press)
            await until(log.readings, what="the press in Kafka")
            receiver.kill()
            writer.close()
        with a_receiver(receiving, tmp_path) as receiver:
            receiver.wait_ready()
            assert panel.hears(await call(receiving, press)) == "ACK"
            first, second = await in_kafka(log, 2)
            assert first.reading_id == second.reading_id


@pytest.mark.parametrize("fault", ["pull", "hang"])
async def test_a_panel_that_repeats_with_a_new_time_until_kafka_is_back_pressed_once(
    fault: str, receiving: Settings, tmp_path: Path
) -> None:
    panel = await an_account(receiving.postgres, "1234")
    with a_cable(int(receiving.kafka.bootstrap.rpartition(":")[2])) as cable:
        settings = replace(receiving, kafka=replace(receiving.kafka, bootstrap=f"127.0.0.1:{cable.port}"))
        with a_receiver(settings, tmp_path) as receiver:
            receiver.wait_ready()
            getattr(cable, fault)()
            for _ in range(3):
                assert not await call(settings, panel.says("ADM-CID", "1101 00 003", seq=7, at=now()), within=0.5)
            cable.plug()
            if fault == "hang":  # Kafka has it while nobody waits for the answer
                async with a_log(receiving.kafka, READINGS) as log:
                    await until(log.readings, within=30, what="the press in Kafka")
            answers: list[bytes] = []

            async def answered() -> bool:
                message = panel.says("ADM-CID", "1101 00 003", seq=7, at=now())
                # An answer that came when nobody listened any more would make the next one another press.
                answers.append(await call(settings, message, within=20))
                return bool(answers[-1])

            await until(answered, within=60, what="an answer")
            async with a_log(receiving.kafka, READINGS) as log:
                await until(log.readings, what="the press in Kafka")
                assert len({each.reading_id for each in await log.readings()}) == 1


async def test_who_never_shows_an_account_gives_way_and_is_sent_away(settings: Settings, tmp_path: Path) -> None:
    settings = listening(settings, most_connections=4)
    panel = await an_account(settings.postgres, "1234")
    with a_receiver(settings, tmp_path) as receiver:
        receiver.wait_ready()
        idlers = [await asyncio.open_connection(HOST, settings.dc09.tcp_port) for _ in range(12)]
        idlers[-1][1].write(b"\n9982")
        assert panel.hears(await call(settings, panel.says("NULL", "", seq=1, at=now()))) == "ACK"
        async with asyncio.timeout(20):
            assert not any([await each.read() for each, _ in idlers])
        assert receiver.alive
        for _, writer in idlers:
            writer.close()


async def test_whoever_was_quiet_longest_gives_way_to_a_newcomer(settings: Settings, tmp_path: Path) -> None:
    settings = listening(settings, most_connections=4)
    panel = await an_account(settings.postgres, "1234")
    with a_receiver(settings, tmp_path) as receiver:
        receiver.wait_ready()
        known = [await asyncio.open_connection(HOST, settings.dc09.tcp_port) for _ in range(4)]
        for seq, place in enumerate((0, 1, 2, 3, 0), start=1):  # the first speaks last
            reader, writer = known[place]
            writer.write(panel.says("NULL", "", seq=seq, at=now()))
            assert panel.hears(await reader.readuntil(b"\r")) == "ACK"
        assert panel.hears(await call(settings, panel.says("ADM-CID", "1101 00 003", seq=9, at=now()))) == "ACK"
        assert not await known[1][0].read()
        assert not known[0][0].at_eof()
        for _, writer in known:
            writer.close()


async def test_a_stop_is_bounded_whoever_is_connected(receiving: Settings, tmp_path: Path) -> None:
    panel = await an_account(receiving.postgres, "1234")
    with a_receiver(receiving, tmp_path) as receiver:
        receiver.wait_ready()
        reader, writer = await asyncio.open_connection(HOST, receiving.dc09.tcp_port)
        writer.write(panel.says("NULL", "", seq=1, at=now()))
        assert panel.hears(await reader.readuntil(b"\r")) == "ACK"
        assert receiver.stop() < 5
        assert receiver.status == 0
        assert not await reader.read()
        writer.close()


async def test_an_installers_profile_is_used(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "profiles" / "dc09").mkdir(parents=True)
    (tmp_path / "profiles" / "dc09" / "odd.toml").write_text('[contact_id]\nfall = ["999"]\n')
    settings = listening(replace(settings, ingest=Ingest(profiles=str(tmp_path / "profiles"))))
    panel = await an_account(settings.postgres, "1234", profile="odd")
    with a_receiver(settings, tmp_path) as receiver:
        receiver.wait_ready()
        assert panel.hears(await call(settings, panel.says("ADM-CID", "1999 00 003", seq=1, at=now()))) == "ACK"
        async with a_log(settings.kafka, READINGS) as log:
            await until(log.readings, what="the fall in Kafka")
            assert [each.value for each in await log.readings()] == [Fall(active=True)]


async def test_bytes_that_are_no_protocol_leave_the_receiver_unharmed(receiving: Settings, tmp_path: Path) -> None:
    panel = await an_account(receiving.postgres, "1234")
    with a_receiver(receiving, tmp_path) as receiver:
        receiver.wait_ready()
        for rubbish in (
            b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            b"\x16\x03\x01" * 900,
            b"\n" * 5000,
            b"\r" * 5000,
            b"\xff",
        ):
            for by in ("tcp", "udp"):
                assert not await call(receiving, rubbish[:1400] if by == "udp" else rubbish, by=by, within=0.3)
        assert not await call(receiving, framed('"ACK"0001L0#1234[]'), within=0.3)
        assert panel.hears(await call(receiving, panel.says("NULL", "", seq=1, at=now()))) == "ACK"
