"""The telephone of the contest: every contestant's call is understood, and what comes again is counted."""

import httpx

from bench.versus.receiver import Receiver, a_receiver

OURS = b'{"alert_id": "a", "home_ref": "h-1", "hazard": "fall", "severity": "emergency", "text": {"ko": "", "en": ""}}'
ALERTMANAGER = b"""{"status": "firing", "alerts": [
    {"status": "firing", "labels": {"alertname": "Cry", "home": "h-1", "hazard": "fall"}},
    {"status": "resolved", "labels": {"alertname": "Cry", "home": "h-2", "hazard": "fire"}}]}"""


def test_each_contestants_words_are_understood() -> None:
    for body in (OURS, ALERTMANAGER, b'{"home_ref": "h-1", "hazard": "fall"}'):
        receiver = Receiver()
        receiver.take("", body)
        assert list(receiver.first) == [("h-1", "fall")]


def test_a_second_call_of_who_does_not_name_calls_came_twice() -> None:
    receiver = Receiver()
    for _ in range(3):
        receiver.take("", OURS)
    assert receiver.doubled(("h-1", "fall")) == 2


def test_two_people_who_are_called_are_two_calls_and_one_key_again_is_a_double() -> None:
    receiver = Receiver()
    for key in ("family", "care-manager", "family"):
        receiver.take(key, OURS)
    assert receiver.doubled(("h-1", "fall")) == 1
    assert receiver.doubled(("h-2", "fire")) == 0


async def test_it_answers_whoever_calls() -> None:
    async with a_receiver() as receiver, httpx.AsyncClient(trust_env=False) as client:
        for _ in range(2):
            answer = await client.post(receiver.url, content=OURS, headers={"idempotency-key": "k"})
            assert answer.status_code == 204
    assert receiver.doubled(("h-1", "fall")) == 1
