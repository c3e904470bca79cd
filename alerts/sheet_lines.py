"""The sheet for 119 as lines that an operator reads out on the telephone, in Korean and English."""

from zoneinfo import ZoneInfo

from alerts.sheet import Sheet
from alerts.wording import HAZARD_WORDS, SEVERITY_WORDS
from contracts import Sentence


def lines_of(sheet: Sheet) -> tuple[tuple[Sentence, Sentence], ...]:
    """Write the sheet in the order in which it is read out on the telephone; what is unknown is left out."""
    severity, hazard = SEVERITY_WORDS[sheet.severity], HAZARD_WORDS[sheet.hazard]
    keys = ", ".join(" ".join(part for part in (one.name, one.phone) if part) for one in sheet.key_holders)
    sex = {"f": Sentence(ko="여", en="female"), "m": Sentence(ko="남", en="male")}[sheet.sex]
    written = (
        (Sentence(ko="주소", en="address"), _same(f"{sheet.address} ({sheet.dong})")),
        (
            Sentence(ko="상황", en="what"),
            Sentence(
                ko=f"{severity.ko} · {hazard.ko}: {sheet.what.ko}", en=f"{severity.en} · {hazard.en}: {sheet.what.en}"
            ),
        ),
        (Sentence(ko="방", en="room"), _same(sheet.room)),
        (
            Sentence(ko="발생", en="since"),
            _same(f"{sheet.since.astimezone(ZoneInfo(sheet.timezone)):%Y-%m-%d %H:%M %z}"),
        ),
        (Sentence(ko="출입", en="entry"), _same(sheet.entry)),
        (Sentence(ko="열쇠 보관", en="key"), _same(keys)),
        (
            Sentence(ko="대상자", en="resident"),
            Sentence(ko=f"{sheet.resident}, {sheet.age}세, {sex.ko}", en=f"{sheet.resident}, {sheet.age}, {sex.en}"),
        ),
        (Sentence(ko="전화", en="telephone"), _same(sheet.phone)),
        (Sentence(ko="위험 요소", en="hazards"), _same(sheet.hazards)),
        (Sentence(ko="건강", en="health"), _same(sheet.health)),
        (Sentence(ko="청력", en="hearing"), _same(sheet.hearing)),
        (Sentence(ko="동물", en="animals"), _same(sheet.animals)),
        (Sentence(ko="현장", en="on site"), _ours(sheet)),
    )
    return tuple((label, text) for label, text in written if text.ko)


def _same(text: str) -> Sentence:
    return Sentence(ko=text, en=text)


def _ours(sheet: Sheet) -> Sentence:
    if not sheet.on_the_way + sheet.at_the_door + sheet.inside:
        return Sentence(ko="우리 쪽 출동자 없음", en="nobody of ours is on the way")
    return Sentence(
        ko=f"이동 {sheet.on_the_way}, 문 앞 {sheet.at_the_door}, 실내 {sheet.inside}",
        en=f"on the way {sheet.on_the_way}, at the door {sheet.at_the_door}, inside {sheet.inside}",
    )
