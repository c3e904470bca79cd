"""Stories of a home that tells the one who lives there that they were heard, while people are called."""

from dataclasses import replace

import pytest

from contracts import ResponderId
from homes.model import Home, Responder, ResponderKind
from homes.shipped import DEFAULT
from runtime.settings import Postgres
from tests.alerts.timeline.cast import a_cast
from tests.alerts.timeline.play import play
from tests.alerts.timeline.provider import Provider

pytestmark = pytest.mark.door


def a_house_that_speaks(provider: Provider, *, wanted: bool = True) -> Home:
    home = a_cast("daughter", "boss", policy=DEFAULT)(provider)
    speaker = Responder(
        responder_id=ResponderId("speaker"),
        name="거실 스피커",
        kind=ResponderKind.IN_THE_HOME,
        contacts=(provider.contact("speaker"),),
        consented=wanted,
    )
    return replace(home, responders=(speaker, *home.responders))


async def test_whoever_presses_hears_at_once_that_help_is_called(postgres: Postgres) -> None:
    await play(
        postgres,
        a_house_that_speaks,
        "0:00 finding help_button",
        "0:00 sound the speaker",
        "0:30 call boss",
        "1:00 call daughter",
        "1:00 call boss",
        "1:10 daughter accepts",
        "1:10 tell boss that it is taken",
        "3:00 nothing",
    )


async def test_a_speaker_that_is_dead_holds_up_nobody(postgres: Postgres) -> None:
    await play(
        postgres,
        a_house_that_speaks,
        "0:00 speaker's line is dead",
        "0:00 finding help_button",
        "0:00 sound the speaker, in vain",
        "0:01 sound the speaker, in vain",
        "0:05 sound the speaker, in vain",
        "0:30 call boss",
        "1:00 call daughter",
        "1:00 call boss",
    )
