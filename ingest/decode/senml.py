"""SenML (RFC 8428), JSON and CBOR: packs of records whose base fields stand for those that follow."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from contracts import RefusalReason
from ingest.decode import cbor
from ingest.decode.senml_kinds import MEASURES, value_of
from ingest.decode.senml_records import MOST_RECORDS, Record, resolved
from ingest.decode.text import MOST_LISTED, json_of
from ingest.decode.times import from_seconds
from ingest.learned import Known
from ingest.message import Address, Decoded, Draft, GatewayMessage, Malformed, unreadable

#: CBOR writes its labels as numbers.
_LABELS: Final[Mapping[object, str]] = {
    **{-1: "bver", -2: "bn", -3: "bt", -4: "bu", -5: "bv", -6: "bs"},
    **{0: "n", 1: "u", 2: "v", 3: "vs", 4: "vb", 5: "s", 6: "t", 7: "ut", 8: "vd"},
}
#: The first byte of a CBOR array; no JSON text begins with it.
_ARRAYS: Final = range(0x80, 0xA0)
#: RFC 8428 §4.5.3: a smaller time is counted from now.
_ABSOLUTE_FROM: Final = 2**28


def decode(message: GatewayMessage, address: Address, known: Known) -> Decoded:
    """Read a pack; a record that cannot be read does not silence the others."""
    pack = _pack(message.payload)
    if isinstance(pack, Malformed):
        return Decoded(faults=(pack,))
    if not isinstance(pack, list):
        return unreadable(RefusalReason.WRONG_SHAPE, "expected an array of records")
    if len(pack) > MOST_RECORDS:
        return unreadable(RefusalReason.TOO_LARGE, f"expected at most {MOST_RECORDS} records in a pack")
    records = resolved(pack)
    if isinstance(records, Malformed):
        return Decoded(faults=(records,))
    registered: dict[str, str] = {sensor.sensor_id: sensor.kind for sensor in known.home.sensors} if known.home else {}
    found = [draft for record in records for draft in _drafts(record, registered, message)]
    return Decoded(
        drafts=tuple(each for each in found if isinstance(each, Draft)),
        faults=tuple(each for each in found if isinstance(each, Malformed)),
    )


def _pack(payload: bytes) -> object | Malformed:
    if not payload or payload[0] not in _ARRAYS:
        return json_of(payload, most_parts=MOST_LISTED)
    try:
        pack = cbor.decode(payload)
    except cbor.NotCbor as error:
        return Malformed(reason=RefusalReason.NOT_TEXT, detail=f"neither JSON nor CBOR: {error}")
    return [_labelled(record) for record in pack] if isinstance(pack, list) else pack


def _labelled(record: object) -> object:
    if not isinstance(record, dict):
        return record
    return {_LABELS.get(label, f"{label}"): value for label, value in record.items()}


def _drafts(
    record: Record | Malformed, registered: Mapping[str, str], message: GatewayMessage
) -> Iterator[Draft | Malformed]:
    if isinstance(record, Malformed):
        yield record
        return
    sensor_id = _sensor_of(record.name, registered)
    value = value_of(record, registered.get(sensor_id, ""))
    if isinstance(value, Malformed):
        yield value
        return
    if value is not None:
        seen = _seen(record.seconds, message.received_at)
        unread = record.seconds is not None and seen is None
        yield Draft(sensor_id=sensor_id, value=value, observed_at=seen, time_unreadable=unread)
    elif sensor_id in registered:
        # A registered sensor that says nothing we know is badly installed; a stranger's may talk.
        detail = "a registered sensor, and neither unit nor name of the record is known"
        yield Malformed(reason=RefusalReason.NOTHING_WE_KNOW, detail=detail)


def _seen(seconds: float | None, now: datetime) -> datetime | None:
    if seconds is None:
        return None
    return from_seconds(seconds if seconds >= _ABSOLUTE_FROM else now.timestamp() + seconds)


def _sensor_of(name: str, registered: Mapping[str, str]) -> str:
    """Take what is measured off the end of a name: `urn:dev:ow:10e2:temp` is a sensor's temperature."""
    if name in registered:
        return name
    cut = max(name.rfind(":"), name.rfind("/"))
    device, measure = name[: max(cut, 0)], name[cut + 1 :]
    return device if device and (device in registered or measure.lower() in MEASURES) else name
