"""Who would be called when, tried without calling anyone; and what is wrong with a street's policies and rosters."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from alerts.__main__ import app
from alerts.routing.lint import Level, notes_of
from alerts.routing.trial import Asked, What, Why, route
from contracts import Hazard, ResponderId, SensorId, Severity, WatchedSensor
from homes.__main__ import app as homes
from homes.model import (
    Channel,
    Contact,
    Home,
    Hours,
    Override,
    Policy,
    PolicyStep,
    Responder,
    ResponderKind,
    Roster,
    Rotation,
    Shift,
    Street,
    When,
)
from homes.street import dump
from runtime.settings import Postgres
from tests.alerts.building import MINUTE, NOON, a_home

FAMILY, GUARD, BOSS = ResponderKind.FAMILY, ResponderKind.GUARD, ResponderKind.SUPERVISOR
PUSH = Contact(channel=Channel.WEB_PUSH, address="subscribed")
RING = Contact(channel=Channel.VOICE, address="010-0000-0001", after_seconds=120)


def a_person(name: str, kind: ResponderKind, *contacts: Contact) -> Responder:
    return Responder(responder_id=ResponderId(name), name="홍길순", kind=kind, phone="010-0000-0009", contacts=contacts)


SON = a_person("son", FAMILY, PUSH, RING)
CHIEF = a_person("chief", BOSS, PUSH)
ONE, TWO = a_person("guard-1", GUARD, PUSH), a_person("guard-2", GUARD, PUSH)
NIGHT = Roster(
    roster_id="night",
    name="야간",
    rotations=(Rotation(responders=(ONE.responder_id, TWO.responder_id), from_day=date(2026, 11, 1), days=1),),
)
POLICY = Policy(
    policy_id="p",
    name="p",
    steps=(
        PolicyStep(after_seconds=0, kinds=(ResponderKind.OPERATOR, FAMILY)),
        PolicyStep(after_seconds=60, rosters=("night",), times=2, again_after_seconds=30),
    ),
)
HOME = a_home(responders=(SON, CHIEF), policy=POLICY)
STREET = Street(
    districts=(HOME.district,), policies=(POLICY,), responders=(SON, CHIEF, ONE, TWO), homes=(HOME,), rosters=(NIGHT,)
)


def asked(home: Home = HOME, hazard: Hazard = Hazard.HELP, severity: Severity = Severity.EMERGENCY) -> Asked:
    return Asked(home=home, hazard=hazard, severity=severity, at=NOON, rosters=(NIGHT,), people=(ONE, TWO))


def told(one: Asked) -> list[tuple[int, What, str | None, Channel | None]]:
    return [(int(turn.after.total_seconds()), turn.what, turn.who, turn.by) for turn in route(one).turns]


def test_it_tells_the_whole_way_down_the_list_and_once_more() -> None:
    assert told(asked()) == [
        (0, What.OPENED, None, None),
        (0, What.BOARD, None, None),
        (0, What.CALLED, "son", Channel.WEB_PUSH),
        (60, What.CALLED, "guard-2", Channel.WEB_PUSH),
        (90, What.CALLED, "guard-2", Channel.WEB_PUSH),
        (120, What.CALLED, "son", Channel.VOICE),
        (270, What.LIST_EXHAUSTED, None, None),
        (270, What.BOARD, None, None),
        (270, What.CALLED, "chief", Channel.WEB_PUSH),
        (270, What.CALLED, "son", Channel.WEB_PUSH),
        (330, What.CALLED, "guard-2", Channel.WEB_PUSH),
        (360, What.CALLED, "guard-2", Channel.WEB_PUSH),
        (390, What.CALLED, "son", Channel.VOICE),
        (540, What.LIST_EXHAUSTED, None, None),
        (540, What.BOARD, None, None),
        (540, What.CALLED, "chief", Channel.WEB_PUSH),
        (540, What.CALLED, "son", Channel.WEB_PUSH),
        (660, What.CALLED, "son", Channel.VOICE),
    ]


def test_whoever_takes_over_meanwhile_is_called_from_then_on() -> None:
    """The guards hand over at nine; what begins a minute and a half before meets both."""
    before_nine = replace(asked(), at=datetime(2026, 11, 22, 23, 58, 30, tzinfo=UTC))
    guards = [who for _, _, who, _ in told(before_nine) if who and who.startswith("guard")]
    assert guards == ["guard-2", "guard-1", "guard-1", "guard-1"]


def test_an_empty_centre_and_an_empty_list_are_told() -> None:
    nobody = replace(asked(replace(HOME, responders=())), manned=False, rosters=())
    said = [what for _, what, _, _ in told(nobody)]
    assert said[:4] == [What.OPENED, What.LIST_EXHAUSTED, What.NOBODY_TO_CALL, What.UNMANNED]


def test_a_home_that_can_be_asked_is_asked_first() -> None:
    speaker = WatchedSensor(sensor_id=SensorId("speaker"), kind="voice")
    lines = told(asked(replace(HOME, sensors=(speaker,)), Hazard.STILLNESS, Severity.URGENT))
    assert lines[1] == (0, What.ASKED, "resident", Channel.DEVICE)
    assert lines[2][0] > 0 and lines[2][1] in {What.BOARD, What.CALLED}


def test_a_device_calls_nobody_and_somebody_looks() -> None:
    assert [what for _, what, _, _ in told(asked(HOME, Hazard.SENSOR, Severity.DEVICE))] == [
        What.OPENED,
        What.LOOKED_AT,
    ]


def test_it_says_who_would_never_be_called_and_why() -> None:
    night_only = replace(a_person("aunt", FAMILY, PUSH), hours=(Hours(from_minute=1320, until_minute=360),))
    people = (
        replace(SON, consented=False),
        a_person("neighbour", ResponderKind.VOLUNTEER, PUSH),
        a_person("cousin", FAMILY),
        night_only,
        a_person("desk", ResponderKind.OPERATOR),
        CHIEF,
    )
    home = replace(HOME, responders=people)
    assert route(asked(home, Hazard.STILLNESS, Severity.URGENT)).never == (
        (ResponderId("son"), Why.NO_CONSENT),
        (ResponderId("neighbour"), Why.ON_NO_STEP),
        (ResponderId("cousin"), Why.NO_CONTACT),
        (ResponderId("aunt"), Why.NOT_IN_THEIR_HOURS),
    )


# What is wrong with a street.


def notes(street: Street) -> list[tuple[Level, str, str]]:
    return [(note.level, note.place, note.text.en) for note in notes_of(street, NOON)]


def with_step(**step: object) -> Street:
    policy = replace(POLICY, steps=(*POLICY.steps, replace(PolicyStep(after_seconds=9, kinds=(FAMILY,)), **step)))  # type: ignore[arg-type]  # a step's parts
    return replace(STREET, policies=(policy,), homes=(replace(HOME, policy=policy),))


def with_home(**parts: object) -> Street:
    return replace(STREET, homes=(replace(HOME, **parts),))  # type: ignore[arg-type]  # a home's parts


def test_a_street_that_is_well_has_only_hints() -> None:
    assert notes(with_home(entry="경비실")) == []
    assert [place for level, place, _ in notes(STREET) if level is Level.HINT] == ["homes.h-0001"]


@pytest.mark.parametrize(
    ("street", "place", "word"),
    [
        (with_step(when=When(severities=(Severity.DEVICE,))), "policies.p.steps[2]", "nobody is called for these"),
        (with_step(when=When(districts=("d-9",))), "policies.p.steps[2]", "no home of this policy"),
        (
            with_step(when=When(shift=Shift.DAY, hours=(Hours(days=(5, 6)),))),
            "policies.p.steps[2]",
            "never meet",
        ),
        (with_step(kinds=(ResponderKind.EMERGENCY_SERVICE,)), "policies.p.steps[2]", "nobody on this step"),
        (with_home(responders=(replace(SON, consented=False),)), "homes.h-0001", "no supervisor"),
        (replace(STREET, responders=(SON, CHIEF, a_person("guard-1", GUARD), TWO)), "rosters.night", "no contact"),
        (replace(STREET, homes=()), "policies.p", "no home uses"),
        (replace(STREET, policies=(), homes=()), "rosters.night", "no step names"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(street: Street, place: str, word: str) -> None:
    assert any(where == place and word in text for _, where, text in notes(street))


def test_a_step_that_comes_at_the_edge_of_a_shift_is_no_fault() -> None:
    street = with_step(when=When(shift=Shift.DAY, hours=(Hours(from_minute=1075),)))
    assert not [text for level, _, text in notes(street) if level is Level.FAULT]


def test_a_home_with_nobody_who_consented_is_a_fault_unless_a_roster_comes() -> None:
    refused = replace(SON, consented=False)
    simple = replace(POLICY, steps=(PolicyStep(after_seconds=0, kinds=(FAMILY,)),))
    alone = replace(STREET, policies=(simple,), homes=(replace(HOME, responders=(refused,), policy=simple),))
    assert (Level.FAULT, "homes.h-0001", "nobody consented who can be reached") in notes(alone)
    assert not any("nobody consented" in text for _, _, text in notes(with_home(responders=(refused,))))


def test_a_policy_without_a_step_for_an_emergency_is_a_fault() -> None:
    mild = replace(POLICY, steps=(replace(POLICY.steps[0], when=When(severities=(Severity.CAUTION,))),))
    street = replace(STREET, policies=(mild,), homes=(replace(HOME, policy=mild),))
    assert any("no step is for an emergency" in text for _, _, text in notes(street))


def test_a_gap_of_the_next_four_weeks_is_a_fault_and_one_that_was_meant_a_hint() -> None:
    meant = Override(from_at=NOON + 5 * MINUTE, until_at=NOON + 9 * MINUTE)
    far = Override(from_at=NOON + timedelta(days=40), until_at=NOON + timedelta(days=41))
    office = replace(NIGHT.rotations[0], hours=(Hours(from_minute=540),))
    told_of = notes(replace(STREET, rosters=(replace(NIGHT, rotations=(office,), overrides=(meant, far)),)))
    assert (
        Level.FAULT,
        "rosters.night",
        "nobody is on duty: 2026-11-23 00:00 ~ 2026-11-23 09:00, and 27 more",
    ) in told_of
    assert [level for level, _, text in told_of if "meant" in text] == [Level.HINT]


def test_a_roster_for_the_night_alone_need_not_be_kept_by_day() -> None:
    nights = replace(NIGHT.rotations[0], hours=(Hours(from_minute=1080, until_minute=540),), handover_minute=1080)
    six_to_nine = When(hours=(Hours(from_minute=1080, until_minute=540),))
    for when, faults in ((six_to_nine, False), (When(shift=Shift.DAY), True)):
        step = PolicyStep(after_seconds=60, rosters=("night",), when=when)
        policy = replace(POLICY, steps=(POLICY.steps[0], step))
        street = replace(STREET, policies=(policy,), homes=(replace(HOME, policy=policy),))
        told_of = notes(replace(street, rosters=(replace(NIGHT, rotations=(nights,)),)))
        assert any("nobody is on duty" in text for _, _, text in told_of) is faults


# The commands.


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "200"})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "street.yaml"
    written.write_text(dump(STREET), encoding="utf-8")
    return written


def test_a_route_is_printed_by_the_homes_own_clock(file: Path) -> None:
    result = run("route", "h-0001", "help", "--file", file, "--at", "2026-11-22T12:00")
    assert result.exit_code == 0, result.output
    assert "11-22 12:01:00" in result.stdout and "guard-2" in result.stdout and "nobody was called" in result.stdout
    assert "홍길순" not in result.stdout


def test_a_route_is_given_to_a_script_as_json(file: Path) -> None:
    result = run("route", "h-0001", "gas", "--file", file, "--at", "2026-11-22T03:00:00Z", "--json", "--unmanned")
    found = msgspec.json.decode(result.stdout)
    assert found["turns"][0]["at"] == "2026-11-22T03:00:00Z"
    assert {turn["what"] for turn in found["turns"]} >= {"called", "list_exhausted", "unmanned"}


def test_what_cannot_be_tried_is_said(file: Path) -> None:
    assert run("route", "h-9999", "help", "--file", file).exit_code == 1
    assert run("route", "h-0001", "help", "--file", file, "--at", "noon").exit_code == 2
    assert run("route", "h-0001", "help", "--file", file.parent / "none.yaml").exit_code == 2
    assert run("route", "h-0001", "help", "--file", file).exit_code == 0


def test_a_check_ends_with_one_when_there_is_a_fault(file: Path) -> None:
    assert run("check", file).exit_code == 0
    file.write_text(dump(with_step(kinds=(ResponderKind.EMERGENCY_SERVICE,))), encoding="utf-8")
    result = run("check", file)
    assert result.exit_code == 1 and "policies.p.steps[2]" in result.stdout and "(faults): 1" in result.stdout
    file.write_text("homes: 7", encoding="utf-8")
    assert run("check", file).exit_code == 1


@pytest.mark.door
def test_a_route_is_tried_with_what_the_database_holds(file: Path, postgres: Postgres) -> None:
    environ = {"COLUMNS": "200", "DOLBOM_POSTGRES_DSN": postgres.dsn.reveal()}
    assert CliRunner().invoke(homes, ["import", str(file)], env=environ).exit_code == 0
    result = CliRunner().invoke(app, ["route", "h-0001", "stillness", "--at", "2026-11-22T12:00"], env=environ)
    assert result.exit_code == 0 and "guard-2" in result.stdout, result.output
