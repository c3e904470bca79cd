"""Run a campaign: furnish a cluster, break it as planned while presses flow, and judge the whole history."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from bench.faults.asked import Asked, Outcome
from bench.faults.campaign import shortened
from bench.faults.furnishing import Clocks, Disks, NotDone, Release, another_release, impossible, wanted
from bench.faults.hands import BROKERS
from bench.faults.plan import Kind, Town, plan
from bench.faults.recovery import Done
from bench.faults.staging import Stage, lived_through
from contracts.topics import ALL_TOPICS
from deploy.cluster import Cluster
from deploy.cluster.network import why_not
from deploy.cluster.services import TWICE

_DATABASES: Final = ("postgres-1", "postgres-2")
_SERVICES: Final = tuple(f"{service}-{number}" for service in TWICE for number in (1, 2))

Tell = Callable[[str], None]


def run(asked: Asked, folder: Path, tell: Tell, done: Callable[[Done, int], None]) -> Outcome:
    """Run a campaign in this folder, which holds the cluster's data and logs."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    with ExitStack() as after:
        clocks, disks = Clocks(folder / "clocks"), Disks(folder)
        release, why = _release(asked, folder)
        cannot = impossible(clocks, disks, why_not(), why)
        cluster = Cluster(folder, seed=asked.seed, tell=lambda said: tell(f"cluster: {said}"))
        planned = asked.again or plan(town_of(cluster, cannot), seed=asked.seed, faults=asked.faults, kinds=asked.kinds)
        planned = shortened(planned, asked.most_seconds)
        kinds = {fault.kind for fault in planned}
        after.callback(disks.remove)
        if wanted(kinds, Kind.CLOCK):
            clocks.furnish(cluster)
        if wanted(kinds, Kind.DISK_KAFKA, Kind.DISK_POSTGRES):
            disks.furnish([*BROKERS, *_DATABASES])
        with cluster:
            outcome = Outcome(plan=planned, impossible=cannot, release=release.commit if release else "")
            stage = Stage(cluster=cluster, clocks=clocks, disks=disks, release=release.folder if release else None)
            asyncio.run(lived_through(asked, stage, outcome, tell, done))
    return outcome


def _release(asked: Asked, folder: Path) -> tuple[Release | None, str]:
    if Kind.UPGRADE not in asked.kinds:
        return None, "not asked for"
    try:
        return another_release(asked.before, folder / "before"), ""
    except (NotDone, OSError) as error:
        return None, str(error)


def town_of(cluster: Cluster, cannot: dict[Kind, str]) -> Town:
    """Tell what there is to break in a cluster."""
    parts = {name: _layer(name) for name in (*_SERVICES, "prober", "keeper", "mosquitto", *BROKERS, *_DATABASES)}
    work = ("work-1", "work-2")
    talking = [
        *((one, other) for place, one in enumerate(BROKERS) for other in BROKERS[place + 1 :]),
        *((one, other) for one in work for other in (*BROKERS, "mqtt", "db-1", "db-2", "home")),
        ("db-1", "db-2"),
        ("home", "mqtt"),
    ]
    return Town(
        parts=parts,
        hosts={
            host: frozenset(layer for part, layer in parts.items() if _host_of(part) == host) for host in cluster.hosts
        },
        topics=tuple(topic.name for topic in ALL_TOPICS),
        services=TWICE,
        talking=talking,
        impossible=cannot,
    )


def _layer(name: str) -> str:
    for begin, layer in (("kafka", "kafka"), ("mosquitto", "mqtt"), ("postgres", "database")):
        if name.startswith(begin):
            return layer
    return name.rpartition("-")[0] or name


def _host_of(part: str) -> str:
    name, _, number = part.rpartition("-")
    if name in TWICE:
        return f"work-{number}"
    return {"postgres": f"db-{number}", "kafka": part}.get(name, "work-2" if part == "prober" else "mqtt")
