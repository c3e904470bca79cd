"""How a case ended: the outcome codes of the trade, in Korean and English, and who ended it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contracts import Sentence


class OutcomeCode(StrEnum):
    """What turned out to be the matter: E emergency, C care, N no emergency, T technical, X test, U unresolved."""

    MEDICAL = "E1"
    FALL_INJURED = "E2"
    FALL_LIFTED = "E3"
    FIRE = "E4"
    GAS = "E5"
    FOUND_DEAD = "E6"
    WANDERING_FOUND = "E7"
    INTRUDER_OR_ABUSE = "E8"
    MENTAL_HEALTH = "E9"
    HELP_NEEDED = "C1"
    REASSURANCE = "C2"
    HEATING = "C3"
    FOOD_OR_MEDICINE = "C4"
    REFERRED_TO_CARE = "C5"
    ACCIDENTAL_PRESS = "N1"
    UNUSUAL_BUT_NORMAL = "N2"
    OUT_OF_HOME = "N3"
    VISITOR_OR_PET = "N4"
    COOKING_SMOKE = "N5"
    AWAY_NOT_RECORDED = "N6"
    RESIDENT_WELL = "N7"
    SENSOR_FAULT = "T1"
    BATTERY = "T2"
    LINK = "T3"
    MAINS = "T4"
    WRONG_INSTALLATION = "T5"
    RULE_AT_FAULT = "T6"
    DUPLICATE = "T7"
    USER_TEST = "X1"
    INSTALLATION_TEST = "X2"
    SYNTHETIC_TEST = "X3"
    NO_CONTACT = "U1"
    REFUSED = "U2"
    PASSED_ON = "U3"


class ResolvedBy(StrEnum):
    """Who ended the matter in the home."""

    RESIDENT = "resident"
    FAMILY = "family"
    NEIGHBOUR = "neighbour"
    OPERATOR = "operator"
    RESPONDER = "responder"
    FIRE_SERVICE = "119"
    POLICE = "112"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a person wrote down when closing a case."""

    code: OutcomeCode
    resolved_by: ResolvedBy
    #: How long responders were busy with it.
    minutes: int | None = None
    #: The rule should not have raised this; it is counted when limits are tuned.
    rule_at_fault: bool = False


def _said(ko: str, en: str) -> Sentence:
    return Sentence(ko=ko, en=en)


OUTCOME_WORDS: Final[dict[OutcomeCode, Sentence]] = {
    OutcomeCode.MEDICAL: _said("질병 응급", "Medical emergency"),
    OutcomeCode.FALL_INJURED: _said("낙상 · 다침", "Fall, injured"),
    OutcomeCode.FALL_LIFTED: _said("낙상 · 일으킴", "Fall, lifted"),
    OutcomeCode.FIRE: _said("화재", "Fire"),
    OutcomeCode.GAS: _said("가스 · 일산화탄소", "Gas, CO"),
    OutcomeCode.FOUND_DEAD: _said("사망 확인", "Found dead"),
    OutcomeCode.WANDERING_FOUND: _said("실종 · 배회 발견", "Wandering, found"),
    OutcomeCode.INTRUDER_OR_ABUSE: _said("침입 · 학대", "Intruder, abuse"),
    OutcomeCode.MENTAL_HEALTH: _said("정신건강 위기", "Mental-health crisis"),
    OutcomeCode.HELP_NEEDED: _said("도움 요청", "Help needed, not urgent"),
    OutcomeCode.REASSURANCE: _said("안심 통화", "Reassurance"),
    OutcomeCode.HEATING: _said("냉난방", "Heating, cooling"),
    OutcomeCode.FOOD_OR_MEDICINE: _said("식사 · 약", "Food, medicine"),
    OutcomeCode.REFERRED_TO_CARE: _said("복지 연계", "Referred to care"),
    OutcomeCode.ACCIDENTAL_PRESS: _said("실수로 누름", "Accidental press"),
    OutcomeCode.UNUSUAL_BUT_NORMAL: _said("평소와 다른 생활 (늦잠 등)", "Unusual but normal"),
    OutcomeCode.OUT_OF_HOME: _said("외출 중", "Out of home"),
    OutcomeCode.VISITOR_OR_PET: _said("방문객 · 반려동물", "Visitor, pet"),
    OutcomeCode.COOKING_SMOKE: _said("조리 연기 · 수증기", "Cooking smoke, steam"),
    OutcomeCode.AWAY_NOT_RECORDED: _said("입원 · 외출 미등록", "Away not recorded"),
    OutcomeCode.RESIDENT_WELL: _said("이용자가 괜찮다고 답함", "The resident said that all is well"),
    OutcomeCode.SENSOR_FAULT: _said("센서 고장", "Sensor fault"),
    OutcomeCode.BATTERY: _said("전지", "Battery"),
    OutcomeCode.LINK: _said("통신", "Link"),
    OutcomeCode.MAINS: _said("정전", "Mains, area outage"),
    OutcomeCode.WRONG_INSTALLATION: _said("설치 잘못", "Wrong installation"),
    OutcomeCode.RULE_AT_FAULT: _said("규칙 오류", "Software, rule"),
    OutcomeCode.DUPLICATE: _said("중복", "Duplicate"),
    OutcomeCode.USER_TEST: _said("이용자 시험", "User test"),
    OutcomeCode.INSTALLATION_TEST: _said("설치 시험", "Installation test"),
    OutcomeCode.SYNTHETIC_TEST: _said("자동 점검", "Synthetic test"),
    OutcomeCode.NO_CONTACT: _said("만나지 못함 (인계 필요)", "No contact, door not opened"),
    OutcomeCode.REFUSED: _said("거부", "Refused"),
    OutcomeCode.PASSED_ON: _said("119/112 인계 후 미확인", "Passed on, result unknown"),
}


def words_of(code: OutcomeCode) -> Sentence:
    """Say an outcome in words."""
    return OUTCOME_WORDS[code]
