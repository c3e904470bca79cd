"""The contest: each in turn on the same ground; who cannot run says why instead of a figure."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from bench.versus.burst import Burst
from bench.versus.contestants import Contestant, NotHere
from bench.versus.ground import Ground, a_folder, kafka_for, mqtt_for, named
from bench.versus.receiver import a_receiver
from bench.versus.run import Heard, Plan, Stage
from bench.versus.street import street_for
from deploy.embedded.apache_kafka import LocalApacheKafka
from deploy.embedded.children import NeverCameUp
from deploy.embedded.kafka import EmbeddedKafka
from runtime import clock
from runtime.settings import Kafka, Mqtt


@dataclass(frozen=True, kw_only=True)
class Row:
    """What came of one contestant; `failed` says why it has no figures."""

    contestant: Contestant
    failed: str = ""
    once: Heard | None = None
    twice: Heard | None = None
    still: Heard | None = None
    burst: Burst | None = None
    among: Heard | None = None
    killed: Heard | None = None
    hanging: Heard | None = None
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Contest:
    """All rows, and on which brokers."""

    rows: Sequence[Row]
    brokers: str
    seconds: float


def contest(contestants: Sequence[Contestant], plan: Plan, *, say: Callable[[str], None], real: bool = True) -> Contest:
    """Measure all in one run; `say` is told what is going on."""
    began = clock.ticks()
    with a_folder() as folder, kafka_for(folder, real=real) as kafka:
        rows = []
        for place, contestant in enumerate(contestants, 1):
            tell = _telling(say, f"{place}/{len(contestants)} {contestant.name}")
            rows.append(_row(contestant, plan, kafka, folder / f"place-{place}", tell, real))
        brokers = named(kafka, mqtt_for(folder / "named", real=real))
    return Contest(rows=rows, brokers=brokers, seconds=clock.ticks() - began)


def _telling(say: Callable[[str], None], who: str) -> Callable[[str], None]:
    return lambda what: say(f"{who}: {what}")


def _row(
    contestant: Contestant,
    plan: Plan,
    kafka: LocalApacheKafka | EmbeddedKafka,
    folder: Path,
    say: Callable[[str], None],
    real: bool,
) -> Row:
    began = clock.ticks()
    try:
        say("is looked for, and installed where it is not")
        contestant.install()
        with ExitStack() as servers:
            folder.mkdir()
            folder.chmod(0o755)
            mqtt = mqtt_for(folder, real=real)
            mqtt.start()
            servers.callback(mqtt.stop)
            row = asyncio.run(_measured(contestant, plan, kafka, Mqtt(host=mqtt.host, port=mqtt.port), folder, say))
    except (NotHere, NeverCameUp) as why:
        return Row(contestant=contestant, failed=str(why), seconds=clock.ticks() - began)
    return replace(row, seconds=clock.ticks() - began)


async def _measured(
    contestant: Contestant,
    plan: Plan,
    kafka: LocalApacheKafka | EmbeddedKafka,
    mqtt: Mqtt,
    folder: Path,
    say: Callable[[str], None],
) -> Row:
    async with a_receiver() as receiver:
        street = street_for(plan.homes, plan.fresh_homes, webhook=receiver.url)
        settings = Kafka(bootstrap=kafka.bootstrap, idempotence=kafka.idempotence)
        ground = Ground(folder=folder, mqtt=mqtt, kafka=settings, receiver=receiver, street=street)
        say("starts")
        with ExitStack() as held:
            team = await asyncio.to_thread(held.enter_context, contestant.team(ground))
            team.start()
            return await _acts(Stage(ground, team, plan, kafka.child), contestant, say)


async def _acts(stage: Stage, contestant: Contestant, say: Callable[[str], None]) -> Row:
    async with stage.talking():
        await stage.ready(by_a_cry=not contestant.only_latency)
        say("cries, one after the other")
        once, twice, still = await stage.latency(max(contestant.patience_seconds, stage.plan.patience_seconds))
    row = Row(contestant=contestant, once=once, twice=twice, still=still)
    if contestant.only_latency:
        return row
    say(f"{stage.plan.burst} readings at once")
    done, among = await stage.burst()
    row = replace(row, burst=done, among=among)
    async with stage.talking():
        say("is killed while Kafka hangs")
        row = replace(row, hanging=await stage.killed(hanging=True))
        if stage.plan.killed_twice:
            say("is killed in the midst of cries")
            row = replace(row, killed=await stage.killed(hanging=False))
    return row
