"""What a push says, in Korean and English: how bad, what, which quarter, how old. Never who, where or why."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from alerts.model import Notification, Purpose
from contracts import AlertId, Hazard, HomeId, Sentence, Severity

#: A signal older than this is told with its age; so is one that came late.
FRESH: Final = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a channel carries to a responder: nothing that tells a stranger who it is about."""

    #: Also the idempotency key: the same call says the same, however often it is sent.
    notification_id: str
    alert_id: AlertId
    home_id: HomeId
    severity: Severity
    hazard: Hazard
    #: The first line, and the subject of a mail.
    title: Sentence
    text: Sentence
    link: str
    language: str = "ko"


SEVERITY_WORDS: Final = {
    Severity.EMERGENCY: Sentence(ko="긴급", en="Emergency"),
    Severity.URGENT: Sentence(ko="위험", en="Urgent"),
    Severity.CAUTION: Sentence(ko="주의", en="Caution"),
    Severity.NOTICE: Sentence(ko="관심", en="Notice"),
    Severity.DEVICE: Sentence(ko="장비", en="Device"),
}
HAZARD_WORDS: Final = {
    Hazard.HELP: Sentence(ko="도움 요청", en="Help requested"),
    Hazard.FALL: Sentence(ko="낙상 감지", en="Fall detected"),
    Hazard.FIRE: Sentence(ko="화재 감지", en="Fire detected"),
    Hazard.GAS: Sentence(ko="가스 감지", en="Gas detected"),
    Hazard.CARBON_MONOXIDE: Sentence(ko="일산화탄소 감지", en="Carbon monoxide detected"),
    Hazard.WATER: Sentence(ko="누수 감지", en="Water leak detected"),
    Hazard.STILLNESS: Sentence(ko="움직임 없음", en="No movement"),
    Hazard.GATEWAY: Sentence(ko="게이트웨이 연결 끊김", en="Gateway offline"),
    Hazard.SENSOR: Sentence(ko="센서 이상", en="Sensor trouble"),
    Hazard.POWER: Sentence(ko="전원 이상", en="Power trouble"),
    Hazard.TAMPER: Sentence(ko="장비 훼손", en="Device tampered with"),
    Hazard.PROTECTION: Sentence(ko="보호되지 않음", en="Not protected"),
    Hazard.TEMPERATURE: Sentence(ko="실내 온도 위험", en="Room temperature"),
    Hazard.DOOR: Sentence(ko="현관문 열림", en="Door left open"),
    Hazard.APPLIANCE: Sentence(ko="조리기구 켜 둠", en="Stove left on"),
    Hazard.VITAL_SIGNS: Sentence(ko="심박·호흡 이상", en="Vital signs"),
    Hazard.MEDICATION: Sentence(ko="복약 안 함", en="Dose not taken"),
    Hazard.ABSENCE: Sentence(ko="집을 나가 돌아오지 않음", en="Out and not back"),
    Hazard.DECLINE: Sentence(ko="생활 변화", en="Daily life has changed"),
}
INCIDENT_WORDS: Final = Sentence(ko="여러 가구 동시 장애", en="Many homes silent at once")
_ASKED: Final = {
    Purpose.HELP: Sentence(ko="확인하고 응답해 주세요.", en="Please look and answer."),
    Purpose.NOBODY_ANSWERED: Sentence(
        ko="연락한 사람이 아무도 응답하지 않았습니다. 지금 조치해 주세요.",
        en="Nobody who was called has answered. Please act now.",
    ),
    Purpose.INCIDENT: Sentence(
        ko="5가구 이상이 같은 때에 끊겼습니다. 묶음을 열어 가구 목록을 봐 주세요.",
        en="At least five homes fell silent together. Please open the incident and see which.",
    ),
}


def message(notification: Notification, *, dong: str, language: str, link: str) -> Message:
    """Word a notification."""
    title, age, asked = _title(notification, dong), _age(notification), _ASKED[notification.purpose]
    return Message(
        notification_id=notification.notification_id,
        alert_id=notification.alert_id,
        home_id=notification.home_id,
        severity=notification.severity,
        hazard=notification.hazard,
        title=title,
        text=Sentence(
            ko=f"{title.ko}. {f'{age.ko} 전 신호입니다. ' if age else ''}{asked.ko}",
            en=f"{title.en}. {f'The signal is {age.en} old. ' if age else ''}{asked.en}",
        ),
        link=link,
        language=language,
    )


def in_language(sentence: Sentence, language: str) -> str:
    """Pick a sentence in a responder's language; whoever reads neither gets English."""
    return sentence.ko if language == "ko" else sentence.en


def span(length: timedelta) -> Sentence:
    """Say how long something is, in hours and minutes."""
    hours, minutes = divmod(max(int(length.total_seconds() // 60), 1), 60)
    if not hours:
        return Sentence(ko=f"{minutes}분", en=f"{minutes} min")
    if not minutes:
        return Sentence(ko=f"{hours}시간", en=f"{hours} h")
    return Sentence(ko=f"{hours}시간 {minutes}분", en=f"{hours} h {minutes} min")


def _title(notification: Notification, dong: str) -> Sentence:
    severity, hazard = SEVERITY_WORDS[notification.severity], HAZARD_WORDS[notification.hazard]
    if notification.purpose is Purpose.INCIDENT:
        hazard = INCIDENT_WORDS
    place = f" · {dong}" if dong else ""
    return Sentence(ko=f"[{severity.ko}] {hazard.ko}{place}", en=f"[{severity.en}] {hazard.en}{place}")


def _age(notification: Notification) -> Sentence | None:
    """Say how old the signal is, when it is not of now. Stillness is old by its nature."""
    age = notification.called_at - notification.since
    if notification.hazard is Hazard.STILLNESS and not notification.late:
        return None
    if age < FRESH and not notification.late:
        return None
    return span(age)
