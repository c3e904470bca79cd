"""How long each class of data is kept, and why so long: the one table of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts import Sentence


class Kept(StrEnum):
    """A class of data; the statements that let it go are in `postgres`, one for each."""

    ALERT_TEXTS = "alert_texts"
    FINDINGS = "findings"
    ALERT_HISTORY = "alert_history"
    DELIVERIES = "deliveries"
    LINKS = "links"
    SHIFT_PAPERS = "shift_papers"
    REPORTS = "reports"
    PROVIDER_REQUESTS = "provider_requests"
    PRESENCE = "presence"
    RAW_MESSAGES = "raw_messages"
    REFUSED_RECORDS = "refused_records"
    SYNTHETIC_PRESSES = "synthetic_presses"
    SESSIONS = "sessions"
    BROKEN_GLASS = "broken_glass"
    CONSENTS = "consents"
    ACCESS_LOG = "access_log"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How long one class is kept."""

    kept: Kept
    lasts: timedelta
    why: Sentence

    def ends(self, now: datetime) -> datetime:
        """Tell before which moment everything of this class is let go."""
        return now - self.lasts


_DAY: Final = timedelta(days=1)
_YEAR: Final = timedelta(days=365)


def _rule(kept: Kept, lasts: timedelta, ko: str, en: str) -> Rule:
    return Rule(kept=kept, lasts=lasts, why=Sentence(ko=ko, en=en))


#: Readings are let go by the history service, which owns their days: after 90 of them.
READINGS_LAST: Final = timedelta(days=90)
#: Sensor data of a care programme is sensitive information: the log of who saw it is kept for two years.
RULES: Final = (
    _rule(Kept.RAW_MESSAGES, _DAY, "설치·고장 진단에만 씀", "for the diagnosis of a day"),
    _rule(Kept.SESSIONS, _DAY, "끝난 로그인", "sessions that are over"),
    _rule(Kept.PRESENCE, 30 * _DAY, "근무 확인", "who was at a console"),
    _rule(Kept.REFUSED_RECORDS, 30 * _DAY, "읽지 못한 기록의 원인 찾기", "to find out why they could not be read"),
    _rule(Kept.SYNTHETIC_PRESSES, 90 * _DAY, "자동 점검", "the service's own test alarms"),
    _rule(Kept.PROVIDER_REQUESTS, 180 * _DAY, "같은 요청을 두 번 처리하지 않음", "so that no request is done twice"),
    _rule(Kept.LINKS, 30 * _DAY, "출동 링크의 전화기 확인", "which telephone a responder's link belongs to"),
    _rule(Kept.DELIVERIES, _YEAR, "연락 과정의 분쟁", "who was called, should that be in doubt"),
    _rule(Kept.ALERT_TEXTS, 2 * _YEAR, "사건·연계·방문 메모 (통계는 남음)", "notes on cases; the figures stay"),
    _rule(Kept.SHIFT_PAPERS, 2 * _YEAR, "교대 인계서", "signed handovers of shifts"),
    _rule(Kept.BROKEN_GLASS, 2 * _YEAR, "접근 기록과 같음", "as the access log"),
    _rule(
        Kept.ACCESS_LOG,
        2 * _YEAR,
        "개인정보의 안전성 확보조치 기준 제8조",
        "two years by the safety standard, article 8",
    ),
    _rule(Kept.FINDINGS, 3 * _YEAR, "자동화된 결정의 설명", "to explain an automated decision"),
    _rule(Kept.ALERT_HISTORY, 3 * _YEAR, "성과 보고", "for the reports of three years"),
    _rule(Kept.REPORTS, 3 * _YEAR, "월 보고서", "monthly reports"),
    _rule(Kept.CONSENTS, 3 * _YEAR, "끝난 동의의 증빙", "to prove a consent that has ended"),
)
