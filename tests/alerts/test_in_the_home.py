"""The siren and the speaker of a home are told at once, beside everybody else, and stand in for nobody."""

from dataclasses import replace

import pytest

from alerts.contacts.state import doubts
from alerts.escalation import next_contact
from alerts.model import Purpose
from alerts.reasons import Reason
from alerts.routing.trial import Asked, What, route
from contracts import Hazard, ResponderId, Severity
from homes.model import Channel, Contact, Responder, ResponderKind
from homes.shipped import DEFAULT
from tests.alerts.building import BOSS, CONTEXT, DAUGHTER, NOON, a_finding, a_home, opened
from tests.alerts.cases import a_case

DEVICES = Responder(
    responder_id=ResponderId("house"),
    name="집 안 장치",
    kind=ResponderKind.IN_THE_HOME,
    contacts=(
        Contact(channel=Channel.DEVICE, address="siren:hall"),
        Contact(channel=Channel.DEVICE, address="speaker"),
    ),
)
AT_HOME = replace(CONTEXT, responders=(DEVICES, DAUGHTER, BOSS), policy=DEFAULT, manned=True)
SIREN, SPEAKER = 0, 1


@pytest.mark.parametrize(
    ("hazard", "told"),
    [
        (Hazard.FIRE, [SIREN, SPEAKER]),
        (Hazard.GAS, [SIREN, SPEAKER]),
        (Hazard.CARBON_MONOXIDE, [SIREN, SPEAKER]),
        (Hazard.HELP, [SPEAKER]),
        (Hazard.STILLNESS, []),
    ],
)
def test_the_home_itself_hears_what_it_must_at_once(hazard: Hazard, told: list[int]) -> None:
    calls = opened(a_finding("any", hazard, Severity.EMERGENCY), context=AT_HOME).notifications
    assert [call.contact for call in calls] == told
    assert all(call.purpose is Purpose.IN_THE_HOME and call.send_at is None for call in calls)


def test_a_home_without_such_a_device_is_called_as_before() -> None:
    without = replace(AT_HOME, responders=(DAUGHTER, BOSS))
    one, other = opened(context=without), opened(context=AT_HOME)
    assert one.alert and other.alert and not one.notifications
    assert one.alert.due_at == other.alert.due_at


def test_whoever_wants_no_siren_has_none() -> None:
    refused = replace(AT_HOME, responders=(replace(DEVICES, consented=False), DAUGHTER, BOSS))
    assert not opened(a_finding("smoke", Hazard.FIRE, Severity.EMERGENCY), context=refused).notifications


def test_a_siren_is_nobody_who_was_told() -> None:
    empty = replace(AT_HOME, manned=False)
    calls = opened(a_finding("smoke", Hazard.FIRE, Severity.EMERGENCY), context=empty).notifications
    assert {call.responder_id for call in calls} == {"house", "boss"}, "an empty centre waited for its siren"


def test_a_speaker_that_fails_does_not_set_off_the_siren() -> None:
    (said,) = opened(context=AT_HOME).notifications
    turned = replace(DEVICES, contacts=(*DEVICES.contacts, DEVICES.contacts[SIREN]))
    assert next_contact(said, turned, NOON) is None


def test_nobody_sends_a_siren_to_a_door_or_asks_it_for_a_receipt() -> None:
    case = a_case()
    case.store.context = AT_HOME
    assert case.sends(DEVICES).reason is Reason.NOT_ON_THE_LIST
    assert not doubts([DEVICES], {}, untested=NOON - NOON, now=NOON)


def test_a_tried_route_shows_the_board_and_the_siren_at_the_first_moment() -> None:
    home = a_home(responders=(DEVICES, DAUGHTER, BOSS), policy=DEFAULT)
    asked = Asked(home=home, hazard=Hazard.FIRE, severity=Severity.EMERGENCY, at=NOON)
    at_once = [(turn.what, turn.kind) for turn in route(asked).turns if turn.at == NOON]
    devices = (What.CALLED, ResponderKind.IN_THE_HOME)
    assert at_once == [(What.OPENED, None), (What.BOARD, ResponderKind.OPERATOR), devices, devices]
