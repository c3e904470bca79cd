"""Read out of a street file who may be called, and by what: responders, and their places on a home's list."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from contracts import ResponderId
from homes.fields import Node
from homes.forms import DAY_SECONDS, ID, ID_HINT, LANGUAGE, LANGUAGE_HINT, PHONE, PHONE_HINT
from homes.model import Channel, Contact, Responder, ResponderKind
from homes.spans import read_hours

#: What a contact's address looks like on each channel, and the sentence for one that does not.
ADDRESSES: Final = {
    Channel.WEBHOOK: (r"https?://\S+", "http:// 또는 https:// 로 시작합니다 (a webhook starts with https://)"),
    Channel.EMAIL: (r"[^@\s]+@[^@\s]+", "이메일 주소가 아닙니다 (not an e-mail address)"),
    Channel.APPRISE: (r"[a-z0-9+.-]+://\S+", "Apprise 주소가 아닙니다 (an Apprise address is scheme://...)"),
    # Every browser in which the responder has switched it on: there is no address to write down.
    Channel.WEB_PUSH: (r"subscribed", "subscribed 라고 씁니다 (write: subscribed)"),
    Channel.SMS: (PHONE, PHONE_HINT),
    Channel.VOICE: (PHONE, PHONE_HINT),
    Channel.DEVICE: (
        r"(siren|speaker|screen)(:[A-Za-z0-9_.-]{1,64})?",
        "siren, speaker, screen 중 하나, 또는 siren:hall 처럼 씁니다 (siren, speaker or screen, perhaps with its name)",
    ),
}


def read_responder(node: Node) -> Responder:
    """Read a responder; one whom nobody could reach is a fault."""
    kind = node.choice("kind", ResponderKind) or ResponderKind.OPERATOR
    responder = Responder(
        responder_id=ResponderId(node.text("id", pattern=ID, hint=ID_HINT)),
        name=node.text("name"),
        kind=kind,
        phone=node.text("phone", "", pattern=PHONE, hint=PHONE_HINT),
        language=node.text("language", "ko", pattern=LANGUAGE, hint=LANGUAGE_HINT),
        has_key=node.truth("has_key", False),
        distance_km=node.maybe_number("distance_km", least=0, most=1_000),
        contacts=tuple(contact for each in node.nodes("contacts") if (contact := _contact(each))),
        hours=read_hours(node),
    )
    if kind is not ResponderKind.OPERATOR and not responder.phone and not responder.contacts:
        node.refuse("", "전화도 연락처도 없습니다 (neither phone nor contacts: nobody could reach them)")
    if kind is ResponderKind.IN_THE_HOME and any(one.channel is not Channel.DEVICE for one in responder.contacts):
        node.refuse("contacts", "집 안의 장치는 channel: device 만 씁니다 (what is in the home has channel: device)")
    node.end()
    return responder


def _contact(node: Node) -> Contact | None:
    channel = node.choice("channel", Channel)
    pattern, hint = ADDRESSES[channel] if channel else ("", "")
    address = node.text("address", pattern=pattern, hint=hint)
    after = node.maybe_whole("after_seconds", least=0, most=DAY_SECONDS)
    node.end()
    return Contact(channel=channel, address=address, after_seconds=after) if channel else None


def read_list(node: Node, known: Mapping[str, Responder]) -> tuple[Responder, ...]:
    """Read a home's list in calling order: an id, or an id with what is true of them for this home alone."""
    keys: list[str] = []
    called: list[Responder] = []
    for place, entry in enumerate(node.words_or_nodes("responders")):
        key = entry if isinstance(entry, str) else entry.text("id")
        keys.append(key)
        if key not in known:
            place_of_id = f"responders[{place}]" if isinstance(entry, str) else f"responders[{place}].id"
            node.refuse(place_of_id, f"{key!r} 이(가) 파일에 없습니다 (not defined in this file)")
        responder = known.get(key)
        if isinstance(entry, Node):
            responder = _for_this_home(entry, responder)
        if responder:
            called.append(responder)
    if not keys:
        node.refuse("responders", "호출할 사람이 없습니다 (a home needs at least one responder)")
    if len(set(keys)) < len(keys):
        node.refuse("responders", "같은 사람이 두 번 있습니다 (a responder is there twice)")
    return tuple(called)


def _for_this_home(node: Node, responder: Responder | None) -> Responder | None:
    """Read what is true of a responder for one home: consent, its key, other hours."""
    consented = node.truth("consented", True)
    has_key = node.truth("has_key", responder.has_key if responder else False)
    # `hours: []` is always, for somebody who has hours elsewhere.
    hours = read_hours(node) if node.has("hours") or not responder else responder.hours
    node.end()
    return replace(responder, consented=consented, has_key=has_key, hours=hours) if responder else None
