import sys
from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts import MOST_HEARD, Became, HeardMessages, HomeId, Objection, RefusalReason, decode, encode, partition_of
from contracts.topics import PARTITIONS
from ingest.intake import Intake
from ingest.trail import LARGE, MOST_IN_A_RECORD, SHOWN_PAYLOAD, SHOWN_READINGS, Trail, records
from tests.ingest.messages import NOON, a_message, taken


def test_a_message_is_told_beside_what_it_became() -> None:
    trail, message = Trail(), a_message('{"occupancy":true,"battery":81}', "zigbee2mqtt/bathroom")
    trail.note(message, taken(message))
    (heard,) = trail.drain()
    assert (heard.home_id, heard.topic, heard.received_at) == ("h-0001", message.topic, NOON)
    assert heard.payload == message.payload and heard.payload_bytes == len(message.payload)
    assert Became(sensor_id="bathroom", kind="battery", value="percent=81.0") in heard.became
    assert Became(sensor_id="bathroom", kind="motion", value="active=true, synthetic=false") in heard.became
    assert heard.readings == len(heard.became) and not heard.refusals and not heard.stranger
    assert heard.observed_at is None, "this device says no time"


def test_the_gateways_own_time_is_told_as_it_said_it() -> None:
    message = a_message("{}")
    intake = taken(a_message('{"occupancy":true}', "zigbee2mqtt/bathroom"))
    reading = replace_time(intake, seconds=-90.0, corrected_by=60.0)
    trail = Trail()
    trail.note(message, reading)
    assert trail.drain()[0].observed_at == NOON - timedelta(seconds=150)


def replace_time(intake: Intake, *, seconds: float, corrected_by: float) -> Intake:
    (reading,) = intake.readings
    fields = {name: getattr(reading, name) for name in reading.__struct_fields__}
    fields |= {"observed_at": NOON + timedelta(seconds=seconds), "clock_offset_seconds": corrected_by}
    return replace(intake, readings=(type(reading)(**fields),))


def test_a_refused_message_is_told_with_its_reason() -> None:
    trail, message = Trail(), a_message("{{x")
    trail.note(message, taken(message))
    (heard,) = trail.drain()
    assert [each.reason for each in heard.refusals] == [RefusalReason.NOT_JSON]
    assert not heard.became and heard.home_id == "h-0001"


def test_whoever_is_no_home_of_ours_is_told_under_the_name_that_it_claims() -> None:
    trail = Trail()
    for message in (a_message("{}", home_id="h-9999"), replace(a_message("{}"), topic="nonsense")):
        trail.note(message, taken(message))
    claimed, nameless = trail.drain()
    assert (claimed.home_id, claimed.stranger) == ("h-9999", True)
    assert (nameless.home_id, nameless.stranger) == ("", True)
    assert claimed.refusals[0] == Objection(reason=RefusalReason.UNKNOWN_HOME, detail="no such home")


def test_strangers_share_one_ring() -> None:
    trail = Trail()
    for number in range(MOST_HEARD + 50):
        message = a_message("{}", home_id=f"made-up-{number}")
        trail.note(message, taken(message))
    assert next(iter(trail.drain())).home_id == "made-up-50"


@given(st.lists(st.sampled_from(["h-0001", "h-0002", "h-0003"]), max_size=700))
def test_of_each_home_the_newest_are_told_once_and_in_order(said: list[str]) -> None:
    trail, expected = Trail(), dict[str, list[bytes]]()
    for number, home_id in enumerate(said):
        payload = str(number).encode()
        trail.note(a_message(payload, home_id=home_id), Intake(home_id=HomeId(home_id)))
        expected.setdefault(home_id, []).append(payload)
    drained = trail.drain()
    for home_id, payloads in expected.items():
        assert [heard.payload for heard in drained if heard.home_id == home_id] == payloads[-MOST_HEARD:]
    assert not trail.drain()


def test_a_drain_of_some_leaves_the_others_for_the_next() -> None:
    trail = Trail()
    for number in range(90):
        trail.note(a_message("{}"), Intake(home_id=HomeId(f"h-{number % 3:04}")))
    assert [len(trail.drain(most=1)) for _ in range(4)] == [30, 30, 30, 0]


def test_what_is_too_much_to_show_is_cut_and_counted() -> None:
    seen = ",".join(f'{{"n":"t{number}","u":"Cel","v":21}}' for number in range(60))
    message = a_message(f"[{seen}]", "senml/room")
    trail = Trail()
    trail.note(message, taken(message))
    (heard,) = trail.drain()
    assert heard.readings == 60 and len(heard.became) == SHOWN_READINGS
    assert len(heard.payload) == SHOWN_PAYLOAD < heard.payload_bytes


def test_what_is_large_is_not_kept_whole() -> None:
    payload = b"{" + b" " * LARGE
    many = taken(
        a_message(
            msgspec.json.encode({"readings": [{"sensor": "a", "value": {"kind": "motion", "active": True}}] * 50})
        )
    )
    trail, large = Trail(), a_message(payload)
    held = sys.getrefcount(large.payload), sys.getrefcount(many.readings)
    trail.note(large, taken(large))
    trail.note(a_message("{}"), many)
    assert (sys.getrefcount(large.payload), sys.getrefcount(many.readings)) == held
    assert [(each.payload_bytes, each.readings) for each in trail.drain()] == [(len(payload), 0), (2, 50)]


def test_records_go_where_their_homes_belong_and_stay_small() -> None:
    trail = Trail()
    for number in range(500):
        home = HomeId(f"h-{number % 7:04}")
        message = replace(a_message(b"\xff" * 4096, home_id=home), topic="x" * 4096)
        trail.note(message, replace(taken(message), home_id=home))
    drained = trail.drain()
    cut = list(records(drained, partitions=PARTITIONS))
    assert sum(len(record.messages) for _, record in cut) == len(drained) == 500
    for partition, record in cut:
        assert {partition_of(each.home_id, partitions=PARTITIONS) for each in record.messages} == {partition}
        assert len(record.messages) <= MOST_IN_A_RECORD and len(encode(record)) < 1 << 20
        assert decode(encode(record), HeardMessages) == record
