"""Homes for the tests of ingest; the people in them are invented."""

from contracts import HomeId, SensorId, WatchedHome, WatchedSensor, shard_of
from homes import Home, Street
from homes.model import District, Policy, PolicyStep, Resident, ResponderKind
from homes.postgres import HomeStore
from runtime.postgres import pooled
from runtime.settings import Postgres


def a_watched_home(home_id: str = "h-0001", **sensors: str) -> WatchedHome:
    return WatchedHome(
        home_id=HomeId(home_id),
        version=1,
        sensors=tuple(WatchedSensor(sensor_id=SensorId(name), kind=kind) for name, kind in sensors.items()),
    )


def a_home(home_id: str, **sensors: str) -> Home:
    watched = a_watched_home(home_id, **(sensors or {"motion-living": "motion", "help": "help_button"}))
    return Home(
        home_id=watched.home_id,
        district=District(district_id="d-1", city="성남시", gu="수정구", dong="은하동"),
        address="별빛로 1",
        resident=Resident(name="홍돌봄", birth_year=1940, sex="f"),
        sensors=watched.sensors,
        responders=(),
        policy=Policy(
            policy_id="p-1", name="보통", steps=(PolicyStep(after_seconds=0, kinds=(ResponderKind.FAMILY,)),)
        ),
    )


async def saved(postgres: Postgres, *homes: Home) -> None:
    async with pooled(postgres) as pool:
        await HomeStore(pool).save(Street(homes=homes))


def topic_of(home_id: str, path: str = "native/readings") -> str:
    return f"home/{shard_of(home_id):02x}/{home_id}/{path}"
