"""Contacts: a code that comes back proves one, and those on which nobody should rely are named, not told."""

import asyncio
import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.contacts.postgres import Contacts
from alerts.contacts.state import ContactState, code_of, digest, doubts, masked, proves, trial_key
from contracts import ResponderId
from deploy.embedded.stack import ROOT
from homes.model import Channel, Contact, ResponderKind
from runtime.postgres import pooled
from runtime.settings import Kafka, Postgres
from tests.alerts.building import NOON, a_home, a_responder
from tests.alerts.provider import provider
from tests.alerts.running import SECRET, environ_of, with_home

DAUGHTER = ResponderId("daughter")
NUMBER = "010-0000-1234"
SMS = Contact(channel=Channel.SMS, address=NUMBER)
MONTH = timedelta(days=30)


@given(st.timedeltas(timedelta(0), timedelta(minutes=15)))
def test_a_code_is_good_for_a_quarter_of_an_hour_and_not_for_half_a_day(age: timedelta) -> None:
    code = code_of(SECRET, DAUGHTER, SMS, NOON)
    assert len(code) == 6 and code.isdigit()
    assert proves(SECRET, f" {code[:3]} {code[3:]}", DAUGHTER, SMS, NOON + age)
    assert not proves(SECRET, code, DAUGHTER, SMS, NOON + timedelta(hours=12) + age) or code == code_of(
        SECRET, DAUGHTER, SMS, NOON + timedelta(hours=12) + age
    )


def test_a_code_proves_one_contact_of_one_responder() -> None:
    code = code_of(SECRET, DAUGHTER, SMS, NOON)
    assert not proves(SECRET, code, ResponderId("son"), SMS, NOON)
    assert not proves(SECRET, code, DAUGHTER, Contact(channel=Channel.VOICE, address=NUMBER), NOON)
    assert not proves(SECRET, "", DAUGHTER, SMS, NOON) and not proves(SECRET, "١٢٣٤٥٦", DAUGHTER, SMS, NOON)


def test_a_second_press_within_the_minute_is_no_second_message() -> None:
    assert trial_key(DAUGHTER, SMS, NOON) == trial_key(DAUGHTER, SMS, NOON + timedelta(seconds=30))
    assert trial_key(DAUGHTER, SMS, NOON) != trial_key(DAUGHTER, SMS, NOON + timedelta(minutes=2))


@pytest.mark.parametrize(
    ("channel", "address", "shown"),
    [
        (Channel.SMS, NUMBER, "***1234"),
        (Channel.VOICE, "119", "***"),
        (Channel.EMAIL, "daughter@family.invalid", "d***@f***"),
        (Channel.WEBHOOK, "https://family.invalid/secret", "https://***"),
        (Channel.APPRISE, "tgram://token/room", "tgram://***"),
        (Channel.WEB_PUSH, "subscribed", "subscribed"),
        (Channel.DEVICE, "siren", "siren"),
    ],
)
def test_an_address_is_recognised_and_not_told(channel: Channel, address: str, shown: str) -> None:
    assert masked(Contact(channel=channel, address=address)) == shown


def test_contacts_in_doubt_are_listed_the_failing_ones_first() -> None:
    people = [
        a_responder(name, ResponderKind.FAMILY, NUMBER, channel=Channel.SMS)
        for name in ("good", "old", "new", "failing")
    ]

    def known(name: str, **fields: object) -> tuple[tuple[str, str, str], ContactState]:
        key = (name, Channel.SMS, digest(SMS))
        state = ContactState(
            responder_id=ResponderId(name),
            channel=Channel.SMS,
            address_digest=key[2],
            verified_at=NOON,
            **fields,  # type: ignore[arg-type]  # times by name
        )
        return key, state

    states = dict(
        [
            known("good", tested_at=NOON),
            known("old", tested_at=NOON - MONTH),
            known("failing", tested_at=NOON, failing_since=NOON),
        ]
    )
    found = doubts(people, states, untested=MONTH, now=NOON)
    assert [(one.responder_id, one.why) for one in found] == [
        ("failing", ("failing",)),
        ("new", ("not_verified", "never_tested")),
        ("old", ()),
    ]


def run(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alerts", *words],
        env=environ | {"COLUMNS": "200"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


@pytest.mark.door
async def test_a_contact_is_tried_proved_and_then_in_doubt_no_more(postgres: Postgres, kafka: Kafka) -> None:
    daughter = a_responder("daughter", ResponderKind.FAMILY, NUMBER, channel=Channel.SMS)
    await with_home(postgres, a_home(responders=(daughter,)))
    async with provider("01000001234") as gateway, pooled(postgres) as pool:
        environ = environ_of(postgres, kafka) | {
            "DOLBOM_ALERTS_SMS_GATEWAY": "generic-json",
            "DOLBOM_ALERTS_SMS_GATEWAY_URL": gateway.url,
        }

        async def asked(*words: str) -> subprocess.CompletedProcess[str]:
            return await asyncio.to_thread(run, environ, *words)

        assert "not_verified never_tested" in (await asked("contacts")).stdout
        tried = await asked("try", "daughter", "--channel", "sms")
        assert tried.returncode == 0 and "sent" in tried.stdout and "***1234" in tried.stdout, tried.stdout
        (text,) = gateway.texts("01000001234")
        code = text.rpartition(" ")[2]
        assert (await asked("verify", "daughter", "000000" if code != "000000" else "1")).returncode == 1
        proved = await asked("verify", "daughter", code)
        assert proved.returncode == 0 and "verified" in proved.stdout
        assert "every contact is verified" in (await asked("contacts", "--untested", "30d")).stdout
        assert (await asked("contacts", "--untested", "soon")).returncode == 2
        assert (await asked("try", "nobody")).returncode == 1
        gateway.answer = lambda _: 500
        failed = await asked("try", "daughter")
        assert failed.returncode == 1 and "busy" in failed.stdout
        (state,) = (await Contacts(pool).all()).values()
        assert state.verified_at and state.tested_at and state.failing_since
        told = "".join(one.stdout + one.stderr for one in (tried, proved, failed))
        assert NUMBER not in told and "01000001234" not in told
