"""A process that pushes by every channel, for tests: `python -m tests.alerts.a_send SMTP_PORT CHANNEL=ADDRESS...`."""

import asyncio
import sys

import httpx
import structlog

from alerts.service import channels_of
from alerts.wording import message
from homes.model import Channel, Contact
from runtime import logs
from runtime.settings import Alerts, Secret
from tests.alerts.building import opened
from tests.alerts.running import SECRET


async def send(smtp_port: int, contacts: list[Contact]) -> None:
    (call,) = opened().notifications
    said = message(call, dong="맑은동", language="ko", link="https://dolbom.example/r/token")
    settings = Alerts(webhook_secret=Secret(SECRET), smtp_host="127.0.0.1", smtp_port=smtp_port, smtp_starttls=False)
    async with httpx.AsyncClient(trust_env=False) as client:
        channels = channels_of(settings, client)
        for contact in contacts:
            delivery = await channels[contact.channel].send(said, contact)
            structlog.get_logger().info("sent_by_the_test", channel=contact.channel, result=delivery.result)


if __name__ == "__main__":
    logs.configure("a_send")
    _, port, *named = sys.argv
    parted = [one.partition("=") for one in named]
    asyncio.run(send(int(port), [Contact(channel=Channel(name), address=address) for name, _, address in parted]))
