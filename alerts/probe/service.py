"""The prober: it presses each minute over MQTT, hears the call by HTTP, and closes the alert."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog

from alerts import metrics
from alerts.probe import mqtt, press
from alerts.probe.mqtt import Line
from alerts.probe.postgres import Presses
from alerts.probe.sockets import receiving
from contracts import AlertId
from homes.model import Street
from homes.postgres import HomeStore
from runtime import clock, postgres
from runtime.lifecycle import Life
from runtime.settings import Settings

log = structlog.get_logger()

#: A press that has not become a call by then is missed (alerts/audit/faults.py: Limits.alarm).
CALLED_WITHIN_SECONDS: Final = 30.0


async def main(life: Life, settings: Settings) -> None:
    """Press until the service is told to stop."""
    told = settings.alerts
    await postgres.migrate(settings.postgres)
    async with (
        postgres.pooled(settings.postgres) as pool,
        receiving(told.synthetic_host, told.synthetic_port) as (port, heard),
    ):
        url = told.synthetic_url or f"http://{told.synthetic_host}:{port}/"
        await HomeStore(pool).save(Street(homes=(press.home(url),)))
        with mqtt.opened(settings.mqtt, "dolbom-probe") as line:
            prober = Prober(Presses(pool), line, heard)
            life.set_ready(True)
            while not life.stopping.is_set():
                began = clock.ticks()
                await prober.turn(life)
                life.turned("probe")
                await life.rest(max(told.synthetic_seconds - (clock.ticks() - began), 0.0))


async def end(settings: Settings) -> None:
    """Give it up: nobody waits for a press any more."""
    async with postgres.pooled(settings.postgres) as pool:
        await Presses(pool).end()


class Prober:
    """Presses once, and waits for what comes of it."""

    def __init__(self, presses: Presses, line: Line, heard: "asyncio.Queue[AlertId]") -> None:
        self._presses = presses
        self._line = line
        self._heard = heard

    async def turn(self, life: Life) -> float | None:
        """Press, hear the call, close the alert; answer after how many seconds, None: it is missed."""
        # To the millisecond, so that it is the same after every door.
        now = clock.now()
        at = now - timedelta(microseconds=now.microsecond % 1000)
        await self._presses.made(at)
        if not await self._line.say(press.topic(), press.payload(at)):
            log.warning("press_not_taken")
        seconds = await self._called(life, at)
        await self._presses.close()
        metrics.synthetic_presses.labels(result="missed" if seconds is None else "called").inc()
        if seconds is None and not life.stopping.is_set():
            log.error("press_missed", within_seconds=CALLED_WITHIN_SECONDS)
        if seconds is not None:
            metrics.synthetic_seconds.observe(seconds)
        return seconds

    async def _called(self, life: Life, at: datetime) -> float | None:
        """Wait for the call of this press; a late one of an earlier press is written down beside it."""
        deadline = clock.ticks() + CALLED_WITHIN_SECONDS
        while not life.stopping.is_set() and (left := deadline - clock.ticks()) > 0:
            try:
                alert_id = await asyncio.wait_for(self._heard.get(), min(left, 1.0))
            except TimeoutError:
                continue
            found = await self._presses.called(alert_id)
            if found and found[0] == at:
                return found[1]
        return None
