"""The house's own dialect."""

from datetime import timedelta

import pytest

from contracts import RefusalReason
from contracts import values as kinds
from ingest.message import Mark
from tests.ingest.messages import NOON, a_message, only, reasons, taken, values

MOTION = '{"kind":"motion","active":true}'


def test_a_message_of_the_brief_is_understood() -> None:
    intake = taken(
        a_message(
            '{"home":"h-0001","session":3,"seq":17,"readings":'
            f'[{{"sensor":"motion-living","at":"2026-11-22T02:59:58.000Z","value":{MOTION}}}]}}'
        )
    )
    reading = only(intake)
    assert reading.value == kinds.Motion(active=True) and reading.sensor_id == "motion-living"
    assert NOON - reading.observed_at == timedelta(seconds=2)
    assert intake.mark == Mark(session=3, seq=17)


@pytest.mark.parametrize("at", ['"2026-11-22T02:59:58Z"', '"2026-11-22T11:59:58+09:00"', "1795316398000"])
def test_time_is_iso_or_milliseconds_and_may_stand_once_for_all(at: str) -> None:
    message = f'{{"at":{at},"readings":[{{"sensor":"a","value":{MOTION}}}]}}'
    assert NOON - only(taken(a_message(message))).observed_at == timedelta(seconds=2)


def test_a_reading_without_a_time_was_seen_when_it_arrived() -> None:
    reading = only(taken(a_message(f'{{"readings":[{{"sensor":"a","value":{MOTION}}}]}}')))
    assert reading.observed_at == NOON and not reading.clock_doubted


def test_a_last_will_tells_of_now_whatever_time_was_written_into_it_at_connect() -> None:
    will = '{"readings":[{"sensor":"gateway","at":1795300000000,"value":{"kind":"gateway_status","online":false}}]}'
    assert only(taken(a_message(will, "native/status"))).observed_at == NOON


def test_a_cry_beside_a_bad_reading_is_heard() -> None:
    intake = taken(
        a_message('{"readings":[{"sensor":1},{"sensor":"help","value":{"kind":"help_button"}},{"sensor":"x"}]}')
    )
    assert values(intake) == [kinds.HelpButton()]
    assert reasons(intake) == [RefusalReason.WRONG_SHAPE], "told once, not once for each bad reading"


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", RefusalReason.NOT_JSON),
        (b'{"readings":[', RefusalReason.NOT_JSON),
        (b"[" * 100_000, RefusalReason.NOT_JSON),
        (b"\xff\xfe\x00\x01", RefusalReason.NOT_TEXT),
        (b'{"readings":[{"sensor":"\xff","value":{"kind":"heartbeat"}}]}', RefusalReason.NOT_TEXT),
        (b'{"home":"\xff","readings":[]}', RefusalReason.NOT_TEXT),
        (b"17", RefusalReason.WRONG_SHAPE),
        (b'{"temperature":21}', RefusalReason.WRONG_SHAPE),
        (b'{"seq":"17","readings":[]}', RefusalReason.WRONG_SHAPE),
        (b'{"readings":[{"sensor":"a","value":{"kind":"temperature","celsius":"warm"}}]}', RefusalReason.WRONG_SHAPE),
        (b'{"readings":[{"sensor":"","value":{"kind":"heartbeat"}}]}', RefusalReason.WRONG_SHAPE),
        (b'{"readings":[{"sensor":"a","value":{"kind":"mood"}}]}', RefusalReason.NOTHING_WE_KNOW),
        (b'{"home":"h-0002","readings":[]}', RefusalReason.ANOTHER_HOME),
    ],
)
def test_each_fault_has_its_own_reason(payload: bytes, reason: RefusalReason) -> None:
    intake = taken(a_message(payload))
    assert reasons(intake) == [reason] and not intake.readings


def test_an_empty_message_is_no_fault() -> None:
    intake = taken(a_message('{"readings":[]}'))
    assert not intake.readings and not intake.refusals


def test_what_we_do_not_know_beside_what_we_know_is_let_pass() -> None:
    message = f'{{"firmware":"2.1","readings":[{{"sensor":"a","rssi":-70,"value":{MOTION}}}]}}'
    assert only(taken(a_message(message))).value == kinds.Motion(active=True)
