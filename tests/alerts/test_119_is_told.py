"""The sheet of a case goes to 119 with the call, and to nobody else."""

from dataclasses import dataclass, field, replace

import httpx
import msgspec
import pytest

from alerts.channels import Delivery, Sent
from alerts.channels.webhook import Webhook
from alerts.events import Found
from alerts.postgres import AlertStore
from alerts.push import Dispatch, Outbox
from alerts.wording import Message
from homes.model import Channel, Contact, PolicyStep, ResponderKind
from homes.postgres import HomeStore
from runtime.postgres import pooled
from runtime.settings import Alerts, Postgres, Secret
from tests.alerts.building import DAUGHTER, POLICY, a_finding, a_home, a_responder
from tests.alerts.running import SECRET, with_home

pytestmark = pytest.mark.door

FIRE_SERVICE = a_responder("119", ResponderKind.EMERGENCY_SERVICE, "https://119.example/in")
TOGETHER = PolicyStep(after_seconds=0, kinds=(ResponderKind.FAMILY, ResponderKind.EMERGENCY_SERVICE))


@dataclass
class Listening:
    """A line that keeps what it was given to carry."""

    heard: list[Message] = field(default_factory=list)

    async def send(self, message: Message, contact: Contact) -> Delivery:
        self.heard.append(message)
        return Sent()


async def told(postgres: Postgres) -> list[Message]:
    policy = replace(POLICY, steps=(TOGETHER,))
    await with_home(postgres, a_home(responders=(DAUGHTER, FIRE_SERVICE), policy=policy))
    line = Listening()
    async with pooled(postgres) as pool:
        store, outbox = AlertStore(pool), Outbox(pool)
        settings = Alerts(link_secret=Secret(SECRET), webhook_secret=Secret(SECRET))
        dispatch = Dispatch(
            outbox=outbox, store=store, homes=HomeStore(pool), channels={Channel.WEBHOOK: line}, settings=settings
        )
        await store.apply(Found(finding=a_finding()))
        for claimed in await outbox.claim(10):
            await dispatch.push(claimed)
    return line.heard


async def test_119_gets_the_sheet_and_the_family_does_not(postgres: Postgres) -> None:
    sheets = {one.responder_id: one.sheet for one in await told(postgres)}
    assert sheets.keys() == {"daughter", "119"} and sheets[DAUGHTER.responder_id] is None
    sheet = sheets[FIRE_SERVICE.responder_id]
    assert sheet and sheet.resident == "김하늘" and sheet.address.endswith("맑은로 1")


async def test_the_sheet_is_in_the_body_that_119_receives_and_in_no_text(postgres: Postgres) -> None:
    bodies: list[bytes] = []

    def receive(request: httpx.Request) -> httpx.Response:
        bodies.append(request.content)
        return httpx.Response(204)

    async with httpx.AsyncClient(transport=httpx.MockTransport(receive)) as client:
        for message in await told(postgres):
            assert await Webhook(client, Secret(SECRET)).send(message, FIRE_SERVICE.contacts[0]) == Sent()
    family, fire_service = (msgspec.json.decode(body) for body in bodies)
    assert "sheet" not in family
    assert fire_service["sheet"]["resident"] == "김하늘"
    assert "김하늘" not in str(fire_service["text"]) and "맑은로" not in str(fire_service["text"])
