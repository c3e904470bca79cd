"""A neighbourhood invented from a seed: homes, who lives there, what is watched and who is called."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from contracts import HomeId, ResponderId, SensorId, WatchedSensor, WatchPlan
from homes.model import (
    Channel,
    Contact,
    District,
    Home,
    Policy,
    PolicyStep,
    Resident,
    Responder,
    ResponderKind,
    Street,
)
from simulator import names
from simulator.dice import between, pick, roll

POLICY: Final = Policy(
    policy_id="standard",
    name="가족·사례관리사, 이웃, 출동팀",
    steps=(
        PolicyStep(after_seconds=0, kinds=(ResponderKind.FAMILY, ResponderKind.CARE_MANAGER)),
        PolicyStep(after_seconds=60, kinds=(ResponderKind.VOLUNTEER,)),
        PolicyStep(after_seconds=120, kinds=(ResponderKind.RESPONDER_TEAM,)),
    ),
    repeat_every_seconds=180,
)
_HOUR: Final = 3600
#: Sensors of every home, and those that only some homes have: (id, kind, room, silent after, share of homes).
_SENSORS: Final = (
    ("motion-living", "motion", "living", 4 * _HOUR, 1.0),
    ("motion-bedroom", "motion", "bedroom", 4 * _HOUR, 1.0),
    ("motion-bathroom", "motion", "bathroom", 4 * _HOUR, 0.8),
    ("motion-kitchen", "motion", "kitchen", 4 * _HOUR, 0.9),
    ("door-entrance", "contact", "entrance", 4 * _HOUR, 1.0),
    ("fridge", "contact", "kitchen", 4 * _HOUR, 0.5),
    ("climate-living", "temperature", "living", 4 * _HOUR, 0.9),
    ("humidity-living", "humidity", "living", 4 * _HOUR, 0.4),
    ("help-bedroom", "help_button", "bedroom", 24 * _HOUR, 1.0),
    ("smoke-kitchen", "smoke", "kitchen", 24 * _HOUR, 1.0),
    ("gas-kitchen", "gas", "kitchen", 24 * _HOUR, 0.6),
    ("radar-bathroom", "fall", "bathroom", 24 * _HOUR, 0.4),
    ("bed", "occupancy", "bedroom", 24 * _HOUR, 0.3),
)


#: What a home has in which scenes are played that need somebody to lie still: every kind of meter, and a bed.
_METERS: Final = (
    ("plug-stove", "power", "kitchen"),
    ("plug-tv", "power", "living"),
    ("water", "water_flow", "bathroom"),
    ("radar-bed", "vital_signs", "bedroom"),
    ("speaker", "voice", "living"),
    ("dispenser", "medication", "kitchen"),
    ("bed", "occupancy", "bedroom"),
    ("climate-living", "temperature", "living"),
    ("motion-bathroom", "motion", "bathroom"),
)
#: One home in so many rests, so that the scene `stillness` always finds one in which nobody was seen to move.
RESTING_EVERY: Final = 12


def rests(number: int, homes: int) -> bool:
    """Tell whether a home of a street rests: one in twelve, and in a short street the last."""
    return number % RESTING_EVERY == 0 or (number == homes and 1 < homes < RESTING_EVERY)


def with_meters(street: Street) -> Street:
    """Put every meter into the homes that rest, so that every scene finds what it needs."""
    homes = tuple(
        _metered(home) if rests(number, len(street.homes)) else home for number, home in enumerate(street.homes, 1)
    )
    return replace(street, homes=homes)


def _metered(home: Home) -> Home:
    known = {sensor.sensor_id for sensor in home.sensors}
    meters = tuple(
        WatchedSensor(sensor_id=SensorId(name), kind=kind, room=room, silent_after_seconds=24 * _HOUR)
        for name, kind, room in _METERS
        if name not in known
    )
    return replace(home, sensors=(*home.sensors, *meters), plan=WatchPlan(stoves=(SensorId("plug-stove"),)))


def neighbourhood(homes: int, *, seed: int, webhook: str) -> Street:
    """Invent a street of so many homes, whose responders are all pushed at one webhook."""
    districts = tuple(
        District(district_id=f"d-{number + 1:02d}", city=names.CITY, gu=gu, dong=dong)
        for number, (gu, dong) in enumerate(names.DONGS)
    )
    shared = {district.district_id: tuple(_shared(district, seed, webhook)) for district in districts}
    built = tuple(
        _home(number, pick(districts, seed, "dong", number), shared, seed, webhook) for number in range(homes)
    )
    used = {responder.responder_id: responder for home in built for responder in home.responders}
    return Street(districts=districts, policies=(POLICY,), responders=tuple(used.values()), homes=built)


def _home(number: int, district: District, shared: dict[str, tuple[Responder, ...]], seed: int, webhook: str) -> Home:
    label = (seed, "home", number)
    home_id = HomeId(f"h-{number + 1:04d}")
    road, block = pick(names.ROADS, *label, "road"), int(between(3, 190, *label, "block"))
    building = pick(names.BUILDINGS, *label, "building")
    return Home(
        home_id=home_id,
        version=0,
        district=district,
        address=f"{road} {block}, {building} {int(between(101, 509, *label, 'flat'))}호",
        entry=pick(names.ENTRIES, *label, "entry"),
        resident=_resident(*label),
        sensors=tuple(_sensors(*label)),
        responders=(_family(number, seed, webhook), *shared[district.district_id]),
        policy=POLICY,
        carrier=pick(names.CARRIERS, *label, "carrier"),
        vulnerability=pick((0, 0, 0, 0, 1, 1, 1, 2, 2, 3), *label, "vulnerability"),
    )


def _resident(*label: str | int) -> Resident:
    sex = "f" if roll(*label, "sex") < 0.67 else "m"
    return Resident(
        name=pick(names.FAMILY, *label, "family") + pick(names.GIVEN[sex], *label, "given"),
        birth_year=int(between(1932, 1958, *label, "birth")),
        sex=sex,
        phone=_phone(*label, "phone"),
        hazards=pick(names.HAZARDS, *label, "hazards"),
        health=pick(names.HEALTH, *label, "health"),
        hearing=pick(names.HEARING, *label, "hearing"),
        animals=pick(names.ANIMALS, *label, "animals"),
    )


def _sensors(*label: str | int) -> Iterator[WatchedSensor]:
    for sensor, kind, room, silent, share in _SENSORS:
        if roll(*label, sensor) < share:
            yield WatchedSensor(sensor_id=SensorId(sensor), kind=kind, room=room, silent_after_seconds=silent)


def _family(number: int, seed: int, webhook: str) -> Responder:
    label = (seed, "family", number)
    relation = pick(("딸", "아들", "며느리", "조카"), *label)
    return _responder(
        f"r-family-{number + 1:04d}",
        f"{_adult(*label)} ({relation})",
        ResponderKind.FAMILY,
        webhook,
        has_key=roll(*label, "key") < 0.7,
        distance_km=round(between(0.4, 38, *label, "far"), 1),
    )


def _shared(district: District, seed: int, webhook: str) -> Iterator[Responder]:
    where = district.district_id
    for word, kind, has_key, far in (
        ("care", ResponderKind.CARE_MANAGER, False, 2.4),
        ("neighbour", ResponderKind.VOLUNTEER, True, 0.2),
        ("team", ResponderKind.RESPONDER_TEAM, True, 4.1),
        ("supervisor", ResponderKind.SUPERVISOR, False, None),
    ):
        name = f"{district.dong} {_adult(seed, word, where)}"
        yield _responder(f"r-{word}-{where}", name, kind, webhook, has_key=has_key, distance_km=far)


def _responder(
    responder: str, name: str, kind: ResponderKind, webhook: str, *, has_key: bool, distance_km: float | None
) -> Responder:
    return Responder(
        responder_id=ResponderId(responder),
        name=name,
        kind=kind,
        phone=_phone(responder),
        has_key=has_key,
        distance_km=distance_km,
        contacts=(Contact(channel=Channel.WEBHOOK, address=webhook),) if webhook else (),
    )


def _adult(*label: str | int) -> str:
    return pick(names.FAMILY, *label, "family") + pick(names.ADULTS, *label, "given")


def _phone(*label: str | int) -> str:
    # No subscriber has a number that begins like this.
    return f"010-0000-{int(between(0, 10_000, *label, 'phone')):04d}"
