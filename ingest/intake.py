"""One message, the whole way: what is published of it, what is refused, what its gateway is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec
from msgspec.structs import replace

from contracts import HomeId, Reading, Refusal, RefusalReason, WatchedHome
from ingest import topics
from ingest.admit import Sender, admit
from ingest.declarations import Declaration, Declared, fitting
from ingest.decode import decode
from ingest.learned import Known, Learned
from ingest.message import MOST_READINGS, Address, Command, Decoded, GatewayMessage, Malformed, Mark

#: So many bytes of a refused payload are kept for the engineer.
KEPT_PAYLOAD: Final = 512
_KEPT_TOPIC: Final = 256
_RIGHT: Final = timedelta(0)
NOTHING_LEARNED: Final = Learned()


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What the settings bound."""

    largest_payload_bytes: int
    late_after: timedelta


class Intake(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one message."""

    readings: tuple[Reading, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    home_id: HomeId | None = None
    mark: Mark | None = None
    #: News only, and so much of it as the home's memory has room for: to be merged by `declared_with`, and stored
    #: behind the journey unless volatile. No acknowledgement waits for it.
    declared: tuple[Declaration, ...] = ()
    #: To be published below `cmd/<home>/`, at once and once.
    commands: tuple[Command, ...] = ()


def take_in(
    message: GatewayMessage, homes: Mapping[str, WatchedHome], limits: Limits, learned: Learned = NOTHING_LEARNED
) -> Intake:
    """Decode and admit one message; nothing that a gateway can send makes this fail."""
    address = topics.parse(message.topic)
    if isinstance(address, Malformed):
        return _refused(message, None, address)
    home = homes.get(address.home_id)
    if len(message.payload) > limits.largest_payload_bytes:
        detail = f"expected at most {limits.largest_payload_bytes} bytes, got {len(message.payload)}"
        fault = Malformed(reason=RefusalReason.TOO_LARGE, detail=detail)
        return Intake(refusals=(_refusal(message, address, fault),), home_id=home.home_id if home else None)
    if home is None:
        return _refused(message, address, Malformed(reason=RefusalReason.UNKNOWN_HOME, detail="no such home"))
    declared = learned.declared.get(home.home_id, {})
    late = topics.is_late(message.topic)
    known = Known(home=home, profiles=learned.profiles, declared=_lasting(declared) if late else declared)
    decoded = decode(message, address, known)
    if late and (decoded.declared or decoded.commands):
        # An old birth must not cover a newer one, nor an old count the living one: of a backlog nothing is learned.
        decoded = replace(decoded, declared=(), commands=())
    offset = learned.clock_offsets.get(home.home_id, _RIGHT)
    intake = _admitted(message, address, decoded, limits, offset)
    return _remembered(intake, decoded, declared, message, address) if decoded.declared else intake


def _lasting(declared: Declared) -> Declared:
    return {key: word for key, word in declared.items() if not word.volatile} if declared else declared


def _remembered(
    intake: Intake, decoded: Decoded, declared: Declared, message: GatewayMessage, address: Address
) -> Intake:
    news, trouble = fitting(declared, decoded.declared)
    if not trouble:
        return replace(intake, declared=news)
    fault = Malformed(reason=RefusalReason.DECLARED_TOO_MUCH, detail=trouble)
    # Who cannot be remembered is not asked either: the question would be asked again by every message.
    return replace(intake, declared=news, commands=(), refusals=(*intake.refusals, _refusal(message, address, fault)))


def _admitted(message: GatewayMessage, address: Address, decoded: Decoded, limits: Limits, offset: timedelta) -> Intake:
    home_id = HomeId(address.home_id)
    if len(decoded.drafts) + len(decoded.faults) > MOST_READINGS:
        fault = Malformed(reason=RefusalReason.TOO_LARGE, detail=f"expected at most {MOST_READINGS} readings at once")
        # Without its mark: in smaller parts it may come again, so the gateway must not forget it.
        return Intake(refusals=(_refusal(message, address, fault),), home_id=home_id)
    sender = Sender(
        home_id=home_id,
        received_at=message.received_at,
        retained=message.retained,
        mark=decoded.mark,
        late_after=limits.late_after,
        clock_offset=offset,
    )
    readings: list[Reading] = []
    faults: list[Malformed] = list(decoded.faults)
    doubts: list[Malformed] = []
    for place, draft in enumerate(decoded.drafts):
        judged = admit(draft, sender, place)
        if isinstance(judged, Malformed):
            faults.append(judged)
            continue
        readings.append(judged.reading)
        if judged.doubt:
            doubts.append(judged.doubt)
    return Intake(
        readings=tuple(readings),
        refusals=_told_once(message, address, faults) + _told_once(message, address, doubts, kept=True),
        home_id=home_id,
        mark=decoded.mark,
        commands=decoded.commands,
    )


def _told_once(
    message: GatewayMessage, address: Address, faults: Sequence[Malformed], *, kept: bool = False
) -> tuple[Refusal, ...]:
    """Tell each reason once per message: a thousand bad readings at once are one fault of one gateway."""
    if not faults:
        return ()
    first = {fault.reason: fault for fault in reversed(faults)}
    return tuple(_refusal(message, address, fault, kept=kept) for fault in first.values())


def _refused(message: GatewayMessage, address: Address | None, fault: Malformed) -> Intake:
    return Intake(refusals=(_refusal(message, address, fault),))


def _refusal(message: GatewayMessage, address: Address | None, fault: Malformed, *, kept: bool = False) -> Refusal:
    return Refusal(
        reason=fault.reason,
        detail=fault.detail,
        topic=message.topic[:_KEPT_TOPIC],
        received_at=message.received_at,
        home_id=address.home_id if address else None,
        payload=message.payload[:KEPT_PAYLOAD],
        payload_bytes=len(message.payload),
        kept=kept,
    )
