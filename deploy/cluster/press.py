"""A press from one end of a cluster to the other: a gateway with its own certificate, and a telephone that rings."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from contracts import HomeId, SensorId
from contracts.values import HelpButton
from deploy.cluster.whole import Cluster
from homes.model import Home
from homes.postgres import HomeStore
from runtime import clock
from runtime.postgres import pooled
from simulator.dialects import native
from simulator.household import Sighting
from simulator.mqtt import Line
from simulator.neighbourhood import neighbourhood
from simulator.push import Push, Telephone
from simulator.web import serving

_BUTTON: Final = SensorId("help-bedroom")
#: A home that moved in a moment ago is pressed in again so often, until the bridges know it.
_AGAIN_SECONDS: Final = 2.0


class NobodyRang(Exception):
    """A press became no push within the bound."""


@dataclass(kw_only=True)
class Block:
    """Some homes of a running cluster, and the telephone of everybody who is called for them."""

    here: Cluster
    homes: Sequence[Home]
    pushes: list[Push] = field(default_factory=list)
    rang: asyncio.Event = field(default_factory=asyncio.Event)
    _said: int = 0

    def take(self, push: Push) -> None:
        """Take a push."""
        self.pushes.append(push)
        self.rang.set()

    def pushed(self, home_id: HomeId) -> Push | None:
        """Find the first push for a home."""
        return next((push for push in self.pushes if push.body.get("home_ref") == home_id), None)

    async def press(self, home_id: HomeId, *, within: float = 30.0) -> float:
        """Press in a home until somebody is called; answer the seconds from the press that got through, at most."""
        line = Line(self.here.gateway(home_id), client_id="gateway")
        line.open()
        deadline = clock.ticks() + within
        try:
            async with asyncio.timeout(within):
                await line.connected.wait()
            while clock.ticks() < deadline:
                self._said += 1
                began = clock.ticks()
                seen = Sighting(sensor_id=_BUTTON, at=clock.now(), value=HelpButton())
                line.say(native(home_id, [seen], session=1, seq=self._said))
                if push := await self._heard(home_id, min(deadline, began + _AGAIN_SECONDS)):
                    return push.ticks - began
        except (TimeoutError, ssl.SSLError) as error:
            raise NobodyRang(f"{home_id}: its gateway was not let in") from error
        finally:
            await line.close()
        raise NobodyRang(f"{home_id}: no push within {within:g} s")

    async def _heard(self, home_id: HomeId, until: float) -> Push | None:
        while not (push := self.pushed(home_id)) and clock.ticks() < until:
            self.rang.clear()
            try:
                async with asyncio.timeout(max(0.01, until - clock.ticks())):
                    await self.rang.wait()
            except TimeoutError:
                break
        return push or self.pushed(home_id)


@asynccontextmanager
async def a_block(here: Cluster, *, homes: int, seed: int = 1) -> AsyncIterator[Block]:
    """Let some invented homes move in, whose people are all called at one telephone of this machine."""
    block = Block(here=here, homes=())
    async with serving(Telephone(block.take).app(), port=0, host=here.hosts["home"].address) as port:
        invented = neighbourhood(homes, seed=seed, webhook=f"http://{here.hosts['home'].address}:{port}/push")
        block.homes = invented.homes
        async with pooled(here.settings().postgres) as pool:
            await HomeStore(pool).save(invented)
        yield block
