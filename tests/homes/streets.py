"""Streets to build tests of: one that a person might write, and any that the form allows."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from contracts import (
    Hazard,
    Hold,
    HoldKind,
    HomeId,
    Made,
    ResponderId,
    SensorId,
    Severity,
    Supply,
    WatchedSensor,
    WatchPlan,
)
from contracts.watching import WALK_TEST
from homes import Channel, Contact, District, Home, Policy, PolicyStep, Resident, Responder, ResponderKind, Street
from homes.model import Hours, Override, Roster, Rotation, Shift, When
from homes.parts import SENSOR_KINDS
from homes.shipped import DEFAULT

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

DISTRICT = District(district_id="d-1", city="새별시", gu="하늘구", dong="하늘1동")
POLICY = Policy(policy_id="p-1", name="기본", steps=(PolicyStep(after_seconds=0, kinds=(ResponderKind.FAMILY,)),))
DAUGHTER = Responder(responder_id=ResponderId("r-1"), name="한가온", kind=ResponderKind.FAMILY, phone="010-0000-0102")


def a_home(
    home_id: str = "h-0001",
    *,
    version: int = 0,
    address: str = "하늘로 12",
    holds: tuple[Hold, ...] = (),
    responders: tuple[Responder, ...] = (DAUGHTER,),
) -> Home:
    return Home(
        home_id=HomeId(home_id),
        version=version,
        district=DISTRICT,
        address=address,
        resident=Resident(name="한보라", birth_year=1942, sex="f"),
        sensors=(WatchedSensor(sensor_id=SensorId("button"), kind="help_button"),),
        responders=responders,
        policy=POLICY,
        holds=holds,
    )


def a_hold(*, days: float = 1, ended: timedelta = timedelta(0), kind: HoldKind = HoldKind.AWAY) -> Hold:
    until_at = NOON - ended if ended else NOON + timedelta(days=days)
    return Hold(kind=kind, from_at=until_at - timedelta(days=days), until_at=until_at)


LETTERS = st.characters(exclude_categories=("C", "Z"))
TEXTS = st.text(LETTERS | st.sampled_from(" \n"), max_size=12)
LINES = st.builds("{}{}".format, LETTERS, st.text(LETTERS | st.just(" "), max_size=12))
FULL_TEXTS = st.builds("{}{}".format, LETTERS, TEXTS)
IDS = st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True)
PHONES = st.sampled_from(["", "010-0000-0001", "+82 2 000 0000", "119"])
LANGUAGES = st.sampled_from(["ko", "en", "vi"])
SECONDS = st.integers(min_value=0, max_value=86_400)
MOMENTS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=7000)).map(lambda after: NOON + after)

AFTER = st.none() | st.integers(min_value=0, max_value=86_400)
ADDRESSED = {
    Channel.WEBHOOK: "https://team.example/hook",
    Channel.EMAIL: "team@haneul.example",
    Channel.APPRISE: "ntfys://ntfy.example/one",
    Channel.VOICE: "010-0000-0001",
    Channel.WEB_PUSH: "subscribed",
}
CONTACTS = st.one_of(
    *(
        st.builds(Contact, channel=st.just(channel), address=st.just(address), after_seconds=AFTER)
        for channel, address in ADDRESSED.items()
    )
)
MINUTES = st.integers(min_value=0, max_value=1439)
HOURS = st.builds(
    Hours,
    days=st.sets(st.integers(min_value=0, max_value=6), min_size=1).map(lambda days: tuple(sorted(days))),
    from_minute=MINUTES,
    until_minute=MINUTES | st.just(1440),
).filter(lambda hours: hours.from_minute != hours.until_minute)
SPANS = st.lists(HOURS, max_size=2).map(tuple)
DISTRICTS = st.builds(District, district_id=IDS, city=FULL_TEXTS, gu=FULL_TEXTS, dong=FULL_TEXTS)
TIMEZONES = st.sampled_from(["Asia/Seoul", "Europe/Berlin", "UTC"])


def some(words: st.SearchStrategy[str], *, least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(words, min_size=least, max_size=3, unique=True).map(tuple)


def whens(districts: list[str]) -> st.SearchStrategy[When]:
    return st.builds(
        When,
        hazards=some(st.sampled_from(Hazard)),
        severities=some(st.sampled_from(Severity)),
        districts=some(st.sampled_from(districts)),
        shift=st.none() | st.sampled_from(Shift),
        hours=SPANS,
    )


def steps(districts: list[str], rosters: list[str]) -> st.SearchStrategy[PolicyStep]:
    return st.builds(
        PolicyStep,
        after_seconds=SECONDS,
        kinds=some(st.sampled_from(ResponderKind), least=1),
        rosters=some(st.sampled_from(rosters)) if rosters else st.just(()),
        when=st.just(When()) | whens(districts),
        times=st.integers(min_value=1, max_value=20),
        again_after_seconds=st.integers(min_value=10, max_value=86_400),
    )


def policies(districts: list[str], rosters: list[str]) -> st.SearchStrategy[Policy]:
    return st.builds(
        Policy,
        policy_id=IDS,
        name=FULL_TEXTS,
        # Every policy calls an operator, and every home has one: somebody is always called.
        steps=st.lists(steps(districts, rosters), max_size=3).map(
            lambda more: (PolicyStep(after_seconds=0, kinds=(ResponderKind.OPERATOR,)), *more)
        ),
        repeat_every_seconds=st.integers(min_value=10, max_value=86_400),
        accepts=st.integers(min_value=1, max_value=10),
    )


def rosters(responders: list[ResponderId]) -> st.SearchStrategy[Roster]:
    people = some(st.sampled_from(responders), least=1)
    rotations = st.builds(
        Rotation,
        responders=people,
        from_day=st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 1, 1)),
        handover_minute=MINUTES,
        days=st.integers(min_value=1, max_value=366),
        hours=SPANS,
    )
    overrides = st.builds(
        lambda from_at, length, who: Override(from_at=from_at, until_at=from_at + length, responders=who),
        MOMENTS,
        st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=9)),
        some(st.sampled_from(responders)),
    )
    return st.builds(
        Roster,
        roster_id=IDS,
        name=FULL_TEXTS,
        timezone=TIMEZONES,
        rotations=st.lists(rotations, min_size=1, max_size=2).map(tuple),
        overrides=st.lists(overrides, max_size=2).map(tuple),
    )


RESPONDERS = st.builds(
    Responder,
    responder_id=IDS,
    name=FULL_TEXTS,
    kind=st.just(ResponderKind.OPERATOR),
    phone=PHONES,
    language=LANGUAGES,
    has_key=st.booleans(),
    distance_km=st.none() | st.floats(min_value=0, max_value=1_000),
    contacts=st.lists(CONTACTS, max_size=3).map(tuple),
    hours=SPANS,
)
SENSORS = st.builds(
    WatchedSensor,
    sensor_id=LINES,
    kind=st.sampled_from(sorted(SENSOR_KINDS)),
    room=TEXTS,
    silent_after_seconds=st.none() | st.integers(min_value=60, max_value=365 * 86_400),
    supply=st.sampled_from(Supply),
)
RESIDENTS = st.builds(
    Resident,
    name=FULL_TEXTS,
    birth_year=st.integers(min_value=1900, max_value=2100),
    sex=st.sampled_from("fm"),
    phone=PHONES,
    language=LANGUAGES,
    hazards=TEXTS,
    health=TEXTS,
    hearing=TEXTS,
    animals=TEXTS,
)
HOLDS = st.builds(
    lambda kind, from_at, length: Hold(
        kind=kind, from_at=from_at, until_at=from_at + (min(length, WALK_TEST) if kind is HoldKind.TEST else length)
    ),
    st.sampled_from(HoldKind),
    MOMENTS,
    st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=14)),
)
PLANS = st.lists(st.integers(min_value=10, max_value=30 * 86_400), min_size=3, max_size=3).map(
    lambda limits: WatchPlan(
        inactivity_caution_seconds=sorted(limits)[0],
        inactivity_urgent_seconds=sorted(limits)[1],
        inactivity_emergency_seconds=sorted(limits)[2],
        cold_notice_celsius=18,
        stoves=(SensorId("plug-stove"),),
        made=(Made(sensor_id=SensorId("smoke"), day=date(2016, 2, 29)),),
    )
)


def _on_the_list(responder: Responder) -> st.SearchStrategy[Responder]:
    """Draw what is true of a responder for one home alone."""
    return st.builds(
        replace,
        st.just(responder),
        consented=st.booleans(),
        has_key=st.booleans(),
        hours=st.just(responder.hours) | SPANS,
    )


@st.composite
def streets(draw: st.DrawFn) -> Street:
    """Draw any street that the form allows."""
    districts = draw(st.lists(DISTRICTS, min_size=1, max_size=3, unique_by=lambda each: each.district_id))
    responders = draw(st.lists(RESPONDERS, min_size=1, max_size=4, unique_by=lambda each: each.responder_id))
    turns = draw(
        st.lists(rosters([each.responder_id for each in responders]), max_size=2, unique_by=lambda each: each.roster_id)
    )
    written = policies([each.district_id for each in districts], [each.roster_id for each in turns])
    drawn = draw(st.lists(written, min_size=1, max_size=2, unique_by=lambda each: each.policy_id))
    homes = st.builds(
        Home,
        home_id=IDS,
        version=st.just(0),
        district=st.sampled_from(districts),
        address=FULL_TEXTS,
        entry=TEXTS,
        resident=RESIDENTS,
        sensors=st.lists(SENSORS, max_size=4, unique_by=lambda each: each.sensor_id).map(tuple),
        responders=st.lists(
            st.sampled_from(responders).flatmap(_on_the_list),
            min_size=1,
            max_size=3,
            unique_by=lambda each: each.responder_id,
        ).map(tuple),
        policy=st.sampled_from([*drawn, DEFAULT]),
        holds=st.lists(HOLDS, max_size=2).map(tuple),
        plan=st.just(WatchPlan()) | PLANS,
        timezone=TIMEZONES,
        watched=st.booleans(),
        carrier=st.just("") | LINES.filter(lambda line: line == line.strip()),
        vulnerability=st.integers(min_value=0, max_value=3),
    )
    return Street(
        districts=tuple(districts),
        policies=tuple(drawn),
        responders=tuple(responders),
        rosters=tuple(turns),
        homes=tuple(draw(st.lists(homes, max_size=3, unique_by=lambda each: each.home_id))),
    )
