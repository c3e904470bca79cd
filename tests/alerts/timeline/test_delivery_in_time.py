"""Stories of lines that do not work: tried again under the same key, then the next contact, then the next person."""

from dataclasses import replace

import pytest

from homes.model import Channel, Contact, Home
from runtime.settings import Postgres
from tests.alerts.timeline.cast import a_cast
from tests.alerts.timeline.play import play
from tests.alerts.timeline.provider import Provider

pytestmark = pytest.mark.door


async def test_a_dead_line_is_tried_three_times_and_then_the_next_is_called(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 daughter's line is dead",
        "0:00 finding help_button",
        "0:00 call daughter, in vain",
        "0:01 call daughter, in vain",
        "0:05 call daughter, in vain",
        "0:05 call carer",
        "0:30 the log says delivery_failed",
        "0:30 it is ringing",
    )


async def test_a_line_that_comes_back_is_used(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 daughter's line is dead",
        "0:00 finding help_button",
        "0:00 call daughter, in vain",
        "0:00 daughter's line works",
        "0:01 call daughter",
        "0:59 nothing",
        "1:00 call carer",
    )


def push_now_call_later(provider: Provider) -> Home:
    """The usual home, whose daughter wants a push at once and a call when she has not answered in two minutes."""
    home = a_cast()(provider)
    daughter, *others = home.responders
    contacts = (provider.contact("daughter"), provider.contact("daughter", Channel.VOICE, after_seconds=120))
    return replace(home, responders=(replace(daughter, contacts=contacts), *others))


async def test_a_push_now_and_a_call_after_two_minutes(postgres: Postgres) -> None:
    await play(
        postgres,
        push_now_call_later,
        "0:00 finding help_button",
        "0:00 call daughter",
        "1:00 call carer",
        "2:00 call daughter by voice",
        "2:30 it is ringing",
    )


async def test_whoever_answered_the_push_is_not_rung_up(postgres: Postgres) -> None:
    await play(
        postgres,
        push_now_call_later,
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:40 daughter accepts",
        "20:00 it is acknowledged by daughter",
    )


async def test_a_push_that_fails_is_a_call_at_once(postgres: Postgres) -> None:
    await play(
        postgres,
        push_now_call_later,
        "0:00 daughter's line is dead",
        "0:00 finding help_button",
        "0:00 call daughter, in vain",
        "0:01 call daughter, in vain",
        "0:05 call daughter, in vain",
        "0:05 call daughter by voice, in vain",
        "0:06 call daughter by voice, in vain",
        "0:10 call daughter by voice, in vain",
        "0:10 call carer",
        "0:30 nothing",
    )


def by_text_message(provider: Provider) -> Home:
    """The usual home, whose daughter has nothing but a telephone."""
    home = a_cast()(provider)
    daughter, *others = home.responders
    return replace(home, responders=(replace(daughter, contacts=(provider.contact("daughter", Channel.SMS),)), *others))


async def test_a_text_message_that_was_brought_is_waited_for(postgres: Postgres) -> None:
    await play(postgres, by_text_message, "0:00 finding help_button", "0:00 call daughter by sms", "1:00 call carer")


async def test_a_gateway_that_never_reports_is_not_waited_for(postgres: Postgres) -> None:
    await play(
        postgres,
        by_text_message,
        "0:00 daughter's line is silent",
        "0:00 finding inactivity",
        "0:00 call daughter by sms",
        "1:00 call carer",
        "1:00 the log says delivery_failed",
        "1:00 it is ringing",
    )


async def test_whoever_was_called_in_vain_is_not_told_that_it_is_taken(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast(),
        "0:00 daughter's line is dead",
        "0:00 finding help_button",
        "0:00 call daughter, in vain",
        "0:01 call daughter, in vain",
        "0:05 call daughter, in vain",
        "0:05 call carer",
        "0:20 carer accepts",
        "20:00 it is acknowledged by carer",
    )


async def test_all_lines_are_dead_and_nobody_gives_up(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast("daughter", "boss"),
        "0:00 daughter's line is dead",
        "0:00 boss's line is dead",
        "0:00 finding help_button",
        "0:00 call daughter, in vain",
        "0:01 call daughter, in vain",
        "0:05 call daughter, in vain",
        "0:05 tell boss that nobody answers, in vain",
        "0:06 tell boss that nobody answers, in vain",
        "0:10 tell boss that nobody answers, in vain",
        "0:30 boss's line works",
        "1:05 call daughter, in vain",
        "1:06 call daughter, in vain",
        "1:10 call daughter, in vain",
        "1:10 tell boss that nobody answers",
        "1:20 it is ringing",
    )


async def test_everybody_says_no_and_the_supervisor_hears_at_once(postgres: Postgres) -> None:
    await play(
        postgres,
        a_cast("daughter", "carer", "boss"),
        "0:00 finding help_button",
        "0:00 call daughter",
        "0:20 daughter declines",
        "0:20 call carer",
        "0:30 carer declines",
        "0:30 tell boss that nobody answers",
        "1:30 call daughter",
        "1:40 it is ringing",
    )


async def test_a_list_that_is_refused_at_once_is_not_called_in_a_circle(postgres: Postgres) -> None:
    """Nobody's contact exists any more: each call fails the moment it is made."""

    def gone(provider: Provider) -> Home:
        home = a_cast("daughter", "boss")(provider)
        daughter, boss = home.responders
        nowhere = Contact(channel=Channel.EMAIL, address="no address")
        return replace(home, responders=(replace(daughter, contacts=(nowhere,)), boss))

    await play(
        postgres,
        gone,
        "0:00 finding help_button",
        "0:00 tell boss that nobody answers",
        "1:00 tell boss that nobody answers",
        "2:00 tell boss that nobody answers",
        "2:59 it is ringing",
    )
