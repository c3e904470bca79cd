"""Providers at the door of a running console: what they say changes what it should, once, and nothing else."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from alerts.contacts.postgres import Contacts
from alerts.contacts.state import code_of
from alerts.events import Delivered, Found, Resolve
from alerts.links import make_token
from alerts.model import Alert
from alerts.outbox.postgres import Outbox
from alerts.outcomes import OutcomeCode, ResolvedBy
from alerts.web_push.keys import b64, point
from alerts.web_push.postgres import Subscriptions
from alerts.web_push.vapid import write_key
from console.inbound.proof import signed
from contracts import (
    AlertChangeKind,
    AlertId,
    AlertState,
    Hazard,
    HomeId,
    ResponderId,
    SensorId,
    Severity,
    WatchedSensor,
)
from homes.model import Channel, Home, ResponderKind
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.alerts.building import a_finding, a_home, a_policy, a_responder
from tests.alerts.running import SECRET, with_home
from tests.console.running import Centre, centre

pytestmark = pytest.mark.door

INBOUND = "an-inbound-secret-of-the-tests-and-no-more"
NUMBER = "010-0000-1234"
DAUGHTER = a_responder("daughter", ResponderKind.FAMILY, NUMBER, channel=Channel.SMS)
GUARD = a_responder("guard", ResponderKind.GUARD, "010-0000-5678", channel=Channel.VOICE)
POLICY = a_policy((0, ResponderKind.FAMILY), (0, ResponderKind.GUARD))


def homes() -> list[Home]:
    asks = WatchedSensor(sensor_id=SensorId("voice-1"), kind="voice", room="living")
    two = [a_home(HomeId(f"h-000{one}"), responders=(DAUGHTER, GUARD), policy=POLICY) for one in (1, 2)]
    resident = replace(two[0].resident, phone="010-0000-9999")
    return [replace(two[0], resident=resident), replace(two[1], sensors=(asks,))]


@dataclass(kw_only=True)
class Door:
    """A console, and a provider's hand at its door."""

    centre: Centre
    client: httpx.AsyncClient

    async def says(
        self, path: str, said: Mapping[str, object], *, at: float | None = None, secret: str = INBOUND
    ) -> httpx.Response:
        body = msgspec.json.encode(said)
        timestamp = str(int(at if at is not None else clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Dolbom-Timestamp": timestamp,
            "Dolbom-Signature": f"v1={signed(secret, timestamp, body)}",
        }
        return await self.client.post(path, content=body, headers=headers)

    async def result(self, path: str, said: Mapping[str, object]) -> str:
        return str((await self.says(path, said)).json()["result"])

    async def reply(self, text: str, *, sender: str = "+82 10-0000-1234", number: str = "1") -> str:
        return await self.result("/in/sms/reply", {"from": sender, "text": text, "id": number})

    async def sent(self, home: str = "h-0001", hazard: Hazard = Hazard.HELP, kind: str = "help_button") -> Alert:
        """Open an alert, and let its calls be taken by their providers."""
        finding = a_finding(kind, hazard, Severity.EMERGENCY, home=HomeId(home), since=clock.now())
        done = await self.centre.apply(Found(finding=finding))
        assert done.alert
        for claimed in await Outbox(self.centre.pool).claim(20):
            call = claimed.notification
            taken = Delivered(
                alert_id=call.alert_id,
                notification=call,
                attempt=claimed.attempt,
                provider_ref=f"p-{call.notification_id}",
                receipt_within=60,
            )
            await self.centre.apply(taken)
        return done.alert

    async def state(self, alert: Alert) -> Alert:
        now = await self.centre.store.alert(alert.alert_id)
        assert now is not None
        return now

    async def declined(self, alert: Alert) -> list[str | None]:
        lines = await self.centre.store.timeline(alert.alert_id)
        return [line.by for line in lines if line.change is AlertChangeKind.DECLINED]

    async def rows(self, columns: str, where: str = "true") -> list[tuple[object, ...]]:
        async with self.centre.pool.connection() as connection:
            statement = f"select {columns} from notification where {where} order by called_at, notification_id"
            return list(await (await connection.execute(statement.encode())).fetchall())

    async def key_of(self, channel: Channel) -> str:
        ((key,),) = await self.rows("notification_id", f"channel = '{channel}' and purpose <> 'taken'")
        return str(key)


@asynccontextmanager
async def a_door(folder: Path, postgres: Postgres, kafka: Kafka, **extra: str) -> AsyncIterator[Door]:
    await with_home(postgres, *homes())
    settings = {
        "DOLBOM_ALERTS_SMS_GATEWAY": "generic-json",
        "DOLBOM_ALERTS_VOICE_GATEWAY": "generic-json",
        "DOLBOM_ALERTS_SMS_INBOUND_SECRET": INBOUND,
        "DOLBOM_ALERTS_VOICE_INBOUND_SECRET": INBOUND,
    }
    async with (
        centre(folder, postgres, kafka, **(settings | extra)) as here,
        httpx.AsyncClient(base_url=here.url, trust_env=False) as client,
    ):
        yield Door(centre=here, client=client)


async def test_who_cannot_prove_it_changes_nothing(postgres: Postgres, kafka: Kafka, tmp_path: Path) -> None:
    async with a_door(tmp_path, postgres, kafka) as door:
        alert = await door.sent()
        yes = {"from": NUMBER, "text": "1", "id": "1"}
        old = clock.now().timestamp() - 301
        assert (await door.says("/in/sms/reply", yes, secret="x" * 40)).status_code == 401
        assert (await door.says("/in/sms/reply", yes, at=old)).status_code == 401
        assert (await door.client.post("/in/sms/reply", json=yes)).status_code == 401
        assert (await door.says("/in/fax/reply", yes)).status_code == 404
        assert (await door.says("/in/sms/more", yes)).status_code == 404
        large = await door.client.post("/in/sms/reply", content=b"x" * 70_000)
        assert large.status_code == 413
        assert (await door.state(alert)).state is AlertState.NEW


async def test_a_reply_answers_the_latest_open_call_once(postgres: Postgres, kafka: Kafka, tmp_path: Path) -> None:
    async with a_door(tmp_path, postgres, kafka) as door:
        first, latest = await door.sent("h-0001"), await door.sent("h-0002")
        assert await door.reply("1") == "done" and await door.reply("1") == "again"
        assert (await door.state(latest)).goes == "daughter" and (await door.state(first)).goes is None
        heard = await door.rows("alert_id, responder_id, channel", "purpose = 'heard'")
        assert heard == [(latest.alert_id, "daughter", "sms")]
        assert len(await door.rows("1", "accepted_at is not null and purpose = 'help'")) == 1
        log = door.centre.console.log_tail()
        assert "0000-1234" not in log and "00001234" not in log


async def test_a_no_by_text_message_calls_the_next(postgres: Postgres, kafka: Kafka, tmp_path: Path) -> None:
    async with a_door(tmp_path, postgres, kafka) as door:
        alert = await door.sent()
        assert await door.reply("아니오") == "done"
        assert await door.declined(alert) == ["daughter"]


async def test_what_is_not_understood_is_asked_again_but_not_for_ever(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    async with a_door(tmp_path, postgres, kafka) as door:
        alert = await door.sent()
        for number in range(4):
            assert await door.reply("운전 중입니다", number=str(number)) == "unclear"
        assert len(await door.rows("1", "purpose = 'unclear'")) == 2
        assert (await door.state(alert)).state is AlertState.NEW


async def test_a_stranger_and_whoever_has_no_call_change_nothing(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    async with a_door(tmp_path, postgres, kafka) as door:
        assert await door.reply("1", sender="010-9999-9999") == "unknown_sender"
        assert await door.reply("1", sender="", number="2") == "unknown_sender"
        assert await door.reply("1", number="3") == "no_open_call"
        alert = await door.sent()
        # The same message once more, when there is a call: it was said before that.
        assert await door.reply("1", number="3") == "again"
        await with_home(postgres, replace(homes()[0], responders=(GUARD,)))
        assert await door.reply("1", number="4") == "not_on_the_list"
        assert (await door.state(alert)).state is AlertState.NEW
        seen = alert.version + 9
        closed = Resolve(
            alert_id=alert.alert_id,
            operator="kim",
            version=seen,
            outcome=OutcomeCode.FIRE,
            resolved_by=ResolvedBy.OPERATOR,
        )
        await door.centre.apply(closed)
        assert await door.reply("1", number="5") == "no_open_call"
        for number in range(10, 30):
            last = await door.says("/in/sms/reply", {"from": NUMBER, "text": "1", "id": str(number)})
        assert last.status_code == 429


async def test_a_provider_says_what_became_of_a_call(postgres: Postgres, kafka: Kafka, tmp_path: Path) -> None:
    async with a_door(tmp_path, postgres, kafka) as door:
        await door.sent()
        ref = f"p-{await door.key_of(Channel.SMS)}"
        assert await door.result("/in/sms/receipt", {"id": ref, "status": "queued"}) == "on_the_way"
        assert await door.result("/in/sms/receipt", {"id": ref, "status": "delivered"}) == "done"
        assert await door.rows("reached_at is null, receipt_due_at", "channel = 'sms'") == [(False, None)]
        voice = await door.key_of(Channel.VOICE)
        assert await door.result("/in/voice/receipt", {"reference": voice, "status": "no-answer"}) == "done"
        assert await door.rows("state, failure", f"notification_id = '{voice}'") == [("failed", "undelivered")]
        assert (await door.says("/in/sms/receipt", {"id": "nobody", "status": "delivered"})).status_code == 404
        assert (await door.client.post("/in/sms/receipt", content=b"")).status_code in (401, 413)


@pytest.mark.parametrize(("pressed", "goes"), [("1", True), ("2", False)])
async def test_a_key_answers_the_call_during_which_it_was_pressed(
    postgres: Postgres, kafka: Kafka, tmp_path: Path, pressed: str, goes: bool
) -> None:
    async with a_door(tmp_path, postgres, kafka) as door:
        alert = await door.sent()
        key = await door.key_of(Channel.VOICE)
        assert await door.result("/in/voice/keys", {"reference": key, "digits": "7"}) == "unclear"
        assert await door.result("/in/voice/keys", {"reference": key, "digits": pressed}) == "done"
        assert (await door.state(alert)).goes == ("guard" if goes else None)
        assert await door.declined(alert) == ([] if goes else ["guard"])


async def test_the_resident_says_by_a_key_that_all_is_well(postgres: Postgres, kafka: Kafka, tmp_path: Path) -> None:
    async with a_door(tmp_path, postgres, kafka) as door:
        alert = await door.sent("h-0002", Hazard.STILLNESS, "inactivity")
        assert alert.state is AlertState.CHECKING
        async with door.centre.pool.connection() as connection:
            await connection.execute("update notification set channel = 'voice' where purpose = 'check'")
        key = (await door.rows("notification_id", "purpose = 'check'"))[0][0]
        assert await door.result("/in/voice/keys", {"reference": key, "digits": "1"}) == "done"
        assert (await door.state(alert)).state is AlertState.RESOLVED


async def test_a_code_that_comes_back_proves_a_number(postgres: Postgres, kafka: Kafka, tmp_path: Path) -> None:
    async with a_door(tmp_path, postgres, kafka) as door:
        code = code_of(SECRET, DAUGHTER.responder_id, DAUGHTER.contacts[0], clock.now())
        assert await door.reply(code) == "verified"
        (state,) = (await Contacts(door.centre.pool).all()).values()
        assert state.verified_at and state.responder_id == "daughter"


async def test_a_link_that_a_person_opens_was_read_and_a_preview_reads_nothing(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    async with a_door(tmp_path, postgres, kafka) as door:
        alert = await door.sent()
        token = make_token(SECRET, AlertId(alert.alert_id), ResponderId("daughter"), clock.now().replace(year=2100))
        await door.client.get(f"/r/{token}")
        await door.client.get(f"/r/{token}", headers={"Sec-Fetch-Dest": "document", "Sec-Purpose": "prefetch"})
        unread = await door.rows("read_at", "channel = 'sms'")
        assert unread == [(None,)]
        before = (await door.state(alert)).state
        await door.client.get(f"/r/{token}", headers={"Sec-Fetch-Dest": "document"})
        assert (await door.rows("read_at is null", "channel = 'sms'")) == [(False,)]
        assert (await door.state(alert)).state is before


async def test_a_browser_is_subscribed_by_a_link_and_by_nothing_else(
    postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    vapid = write_key(generate_private_key(SECP256R1()))
    setup = {"DOLBOM_ALERTS_WEB_PUSH_KEY": vapid, "DOLBOM_ALERTS_WEB_PUSH_CONTACT": "mailto:centre@dolbom.invalid"}
    async with a_door(tmp_path, postgres, kafka, **setup) as door:
        alert = await door.sent()
        token = make_token(SECRET, alert.alert_id, ResponderId("daughter"), clock.now().replace(year=2100))
        assert len((await door.client.get(f"/r/{token}/push")).json()["key"]) == 87
        assert (await door.client.get("/r/forged/push")).status_code == 404
        keys = {"p256dh": b64(point(generate_private_key(SECP256R1()).public_key())), "auth": b64(b"x" * 16)}
        wanted = {"endpoint": "https://fcm.googleapis.com/fcm/send/x", "keys": keys}
        subscriptions = Subscriptions(door.centre.pool)
        for bad in ({}, wanted | {"endpoint": "https://10.0.0.1/"}, wanted | {"keys": {"p256dh": "x", "auth": "x"}}):
            assert (await door.client.post(f"/r/{token}/push", json=bad)).status_code == 422
        assert (await door.client.post("/r/forged/push", json=wanted)).status_code == 410
        assert not await subscriptions.of(ResponderId("daughter"))
        assert (await door.client.post(f"/r/{token}/push", json=wanted)).json() == {"result": "subscribed"}
        (one,) = await subscriptions.of(ResponderId("daughter"))
        assert one.endpoint == wanted["endpoint"]
        assert (await door.client.post(f"/r/{token}/push-off", json=wanted)).json() == {"result": "unsubscribed"}
        assert not await subscriptions.of(ResponderId("daughter"))
