"""Rooms by their registered names: which sensor sees the bathroom, the bed or the way out."""

from typing import Final

from contracts import WatchedSensor

#: A place is one bit, so that a span of time can say where somebody was seen in it.
BATHROOM: Final = 1
BEDROOM: Final = 2
KITCHEN: Final = 4
LIVING: Final = 8
OTHER: Final = 16
DOOR: Final = 32
BED: Final = 64
#: What proves that somebody is inside; the door only says that somebody went through it.
INSIDE: Final = BATHROOM | BEDROOM | KITCHEN | LIVING | OTHER | BED

_SIGNS: Final = frozenset({"motion", "presence", "contact", "water_flow", "medication"})
# Closed sets: a room with another name is simply another room, and no rule about bathrooms or doors looks at it.
_NAMES: Final = {
    BATHROOM: "bathroom bath toilet wc restroom washroom shower 욕실 화장실 샤워실 안방욕실 거실욕실",
    BEDROOM: "bedroom 침실 안방 작은방 건넌방",
    KITCHEN: "kitchen dining 주방 부엌 식당",
    LIVING: "living livingroom lounge 거실 마루",
    DOOR: "entrance frontdoor hallway entry 현관 현관문 출입문 대문",
}
_PLACES: Final = {name: place for place, names in _NAMES.items() for name in names.split()}
#: Outside; where somebody may be and the air is that of outside; where it is cold on purpose; and where nobody heats.
_OUTSIDE, _EDGES, _COLD_STORES, _UNHEATED = (
    frozenset(names.split())
    for names in (
        "outside outdoor outdoors 실외 외부 바깥 옥외",
        "balcony veranda terrace 베란다 발코니 다용도실",
        "fridge refrigerator freezer kimchifridge 냉장고 김치냉장고 냉동고 냉동실",
        "garage storage boiler boilerroom attic cellar 창고 차고 보일러실 다락 지하실",
    )
)
#: What measures the air of a room as well as what it is for; the heart of a plug or a motor is not the room's air.
AIR_KINDS: Final = frozenset({"temperature", "humidity", "motion", "presence", "illuminance", "smoke", "heat"})


def place_of(sensor: WatchedSensor) -> int:
    """Tell which place a sensor sees; 0: none that tells where somebody is."""
    place = _PLACES.get(_plain(sensor.room), OTHER)
    if sensor.kind == "occupancy":
        return BED if place == BEDROOM or not sensor.room else 0
    if sensor.kind not in _SIGNS or is_outside(sensor):
        return 0
    if place == DOOR:
        return DOOR if sensor.kind == "contact" else OTHER
    return place


def is_entrance(sensor: WatchedSensor) -> bool:
    """Tell whether a sensor hangs at the way out."""
    return _PLACES.get(_plain(sensor.room)) == DOOR


def is_outside(sensor: WatchedSensor) -> bool:
    """Tell whether a sensor hangs outside the home."""
    return _plain(sensor.room) in _OUTSIDE


def measures_outside(sensor: WatchedSensor) -> bool:
    """Tell whether the air that a sensor measures is that of outside."""
    return _plain(sensor.room) in _OUTSIDE | _EDGES


def measures_lived_in(sensor: WatchedSensor) -> bool:
    """Tell whether a sensor measures the air of a room that somebody lives in."""
    return sensor.kind in AIR_KINDS and _plain(sensor.room) not in _OUTSIDE | _EDGES | _COLD_STORES | _UNHEATED


def measures_indoors(sensor: WatchedSensor) -> bool:
    """Tell whether a sensor measures air that only a fire makes burning hot."""
    return sensor.kind in AIR_KINDS and _plain(sensor.room) not in _OUTSIDE | _EDGES | _COLD_STORES


def _plain(room: str) -> str:
    """Reduce a registered room to its letters."""
    return "".join(letter for letter in room.lower() if letter.isalpha())
