"""What a push says, in Korean and English: how bad, what, which quarter, how old. Never who, where or why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from alerts.model import Notification, Purpose
from alerts.sheet import Sheet
from contracts import AlertId, Hazard, HomeId, ResponderId, Sentence, Severity

#: A signal older than this is told with its age; so is one that came late.
FRESH: Final = timedelta(minutes=5)


_NOBODY: Final = ResponderId("")


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
    purpose: Purpose = Purpose.HELP
    responder_id: ResponderId = _NOBODY
    #: The links of the other homes of which one message speaks.
    more_links: tuple[str, ...] = ()
    #: Only for a line of 119: no other channel carries it, and no text does.
    sheet: Sheet | None = None

    @property
    def answerable(self) -> bool:
        """Tell whether a yes or a no is asked for."""
        return self.purpose in ANSWERABLE and not self.more_links

    @property
    def links(self) -> tuple[str, ...]:
        """Give every link of the message."""
        return tuple(link for link in (self.link, *self.more_links) if link)


#: Whoever is called for one of these says whether they go.
ANSWERABLE: Final = frozenset({Purpose.HELP, Purpose.NOBODY_ANSWERED, Purpose.RESPONDER_SILENT})


SEVERITY_WORDS: Final = {
    Severity.EMERGENCY: Sentence(ko="긴급", en="Emergency"),
    Severity.URGENT: Sentence(ko="위험", en="Urgent"),
    Severity.CAUTION: Sentence(ko="주의", en="Caution"),
    Severity.NOTICE: Sentence(ko="관심", en="Notice"),
    Severity.DEVICE: Sentence(ko="장비", en="Device"),
}
#: What would tell a stranger of somebody's health is not named on a locked screen.
_WELLBEING: Final = Sentence(ko="안부 확인 필요", en="Wellbeing check needed")
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
    Hazard.VITAL_SIGNS: _WELLBEING,
    Hazard.MEDICATION: _WELLBEING,
    Hazard.ABSENCE: Sentence(ko="집을 나가 돌아오지 않음", en="Out and not back"),
    Hazard.DECLINE: _WELLBEING,
    Hazard.CHECK: _WELLBEING,
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
    Purpose.CHECK: Sentence(ko="괜찮으신가요? 도움이 필요하신가요?", en="Are you all right? Do you need help?"),
    Purpose.TAKEN: Sentence(
        ko="다른 분이 맡았습니다. 가지 않으셔도 됩니다. 감사합니다.",
        en="Somebody else has it. You need not go. Thank you.",
    ),
    Purpose.RESPONDER_SILENT: Sentence(
        ko="현장에 간 출동자가 응답하지 않습니다. 출동자의 안전을 확인해 주세요.",
        en="The responder who went there does not answer. Please see that they are safe.",
    ),
    Purpose.HAND_OVER: Sentence(
        ko="이 사건을 넘겨받아 주세요. 받으시면 확인해 주세요.",
        en="Please take this case over, and confirm that you have it.",
    ),
    Purpose.IN_THE_HOME: Sentence(
        ko="신호를 받았습니다. 도움을 부르고 있습니다.", en="We have heard you. Help is being called."
    ),
    Purpose.FOLLOW_UP: Sentence(
        ko="사후 조치가 기한을 넘겼습니다. 담당자를 정해 주세요.",
        en="What remained to be done is overdue. Please give it to somebody.",
    ),
    Purpose.SERVICE: Sentence(
        ko="돌봄 서비스 자체에 이상이 있습니다. 기술 담당자가 바로 봐 주세요.",
        en="The service itself is ill. Engineers, please look at once.",
    ),
    Purpose.TRIAL: Sentence(
        ko="시험 알림입니다. 출동하지 마세요. 이 연락처가 살아 있는지 확인합니다.",
        en="This is a test. Please do not go. It only shows whether this contact works.",
    ),
    Purpose.HEARD: Sentence(ko="답을 받았습니다. 감사합니다.", en="Your answer was heard. Thank you."),
    Purpose.UNCLEAR: Sentence(
        ko="답을 알아듣지 못했습니다. 가시면 1, 못 가시면 2를 보내 주세요.",
        en="We did not understand. Please answer 1 if you go, 2 if you cannot.",
    ),
}
#: These say nothing of what happened: the person at the other end is not to guess, or it is nobody's case.
_PLAIN: Final = {
    Purpose.CHECK: Sentence(ko="돌봄 안부 확인", en="Dolbom asks"),
    Purpose.IN_THE_HOME: Sentence(ko="돌봄", en="Dolbom"),
    Purpose.SERVICE: Sentence(ko="[장비] 돌봄 서비스 이상", en="[Device] Dolbom is ill"),
    Purpose.TRIAL: Sentence(ko="[시험] 돌봄 연락처 확인", en="[Test] Dolbom contact"),
}


def message(notification: Notification, *, dong: str, language: str, link: str) -> Message:
    """Word a notification."""
    title, asked = _title(notification, dong), _ASKED[notification.purpose]
    age = _age(notification) if notification.purpose in ANSWERABLE else None
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
        purpose=notification.purpose,
        responder_id=notification.responder_id,
    )


def bundle(first: Message, others: Sequence[Message]) -> Message:
    """Say in one message that several homes need a look; the first lends it its key."""
    count = len({first.home_id, *(other.home_id for other in others)})
    severity = SEVERITY_WORDS[first.severity]
    title = Sentence(ko=f"[{severity.ko}] {count}가구 확인 필요", en=f"[{severity.en}] {_homes(count)} to look at")
    asked = _ASKED[Purpose.HELP]
    return replace(
        first,
        title=title,
        text=Sentence(ko=f"{title.ko}. {asked.ko}", en=f"{title.en}. {asked.en}"),
        more_links=tuple(other.link for other in others),
    )


def trial(key: str, responder_id: ResponderId, *, language: str, code: str) -> Message:
    """Word a test of a contact: it belongs to no home, and its code comes back when it was read."""
    asked, title = _ASKED[Purpose.TRIAL], _PLAIN[Purpose.TRIAL]
    return Message(
        notification_id=key,
        alert_id=AlertId(""),
        home_id=HomeId(""),
        severity=Severity.DEVICE,
        hazard=Hazard.HELP,
        title=title,
        text=Sentence(
            ko=f"{title.ko}. {asked.ko} 확인 번호: {code}", en=f"{title.en}. {asked.en} Verification code: {code}"
        ),
        link="",
        language=language,
        purpose=Purpose.TRIAL,
        responder_id=responder_id,
    )


def written(message: Message) -> str:
    """Write the whole message in its language, for whoever reads it; a text message asks for its answer."""
    return "\n".join((in_language(message.text, message.language), *message.links))


def asking(message: Message, *, spoken: bool) -> str:
    """Say how to answer, on a telephone that can; empty when nothing is asked."""
    if message.purpose is Purpose.CHECK:
        return in_language(_PRESS_WELL if spoken else _SEND_WELL, message.language)
    if message.answerable:
        return in_language(_PRESS if spoken else _SEND, message.language)
    return ""


_SEND: Final = Sentence(ko="답장: 1 갑니다, 2 못 갑니다", en="Answer: 1 I go, 2 I cannot")
_SEND_WELL: Final = Sentence(ko="답장: 1 괜찮아요, 2 도와주세요", en="Answer: 1 all is well, 2 help")
_PRESS: Final = Sentence(ko="가시면 1번, 못 가시면 2번을 눌러 주세요.", en="Press 1 if you go, 2 if you cannot.")
_PRESS_WELL: Final = Sentence(
    ko="괜찮으시면 1번, 도움이 필요하시면 2번을 눌러 주세요.", en="Press 1 if all is well, 2 if you need help."
)


def _homes(count: int) -> str:
    return "1 home" if count == 1 else f"{count} homes"


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
    if notification.purpose in _PLAIN:
        return _PLAIN[notification.purpose]
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
