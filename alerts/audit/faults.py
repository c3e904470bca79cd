"""What is wrong with the service: each fault with its name, what it means and how it is mended. Never about a home."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts import Sentence


class Fault(StrEnum):
    """A promise of the service that is not kept now."""

    #: An open alert has no time at which something happens.
    ALERT_WITHOUT_TIMER = "alert_without_timer"
    #: An alert is due, and nothing happens.
    TIMER_LATE = "timer_late"
    #: A call is due that no worker has ever taken up.
    CALL_UNCLAIMED = "call_unclaimed"
    #: A worker took a call up, its lease is over, and nobody has taken it up again.
    CALL_STUCK = "call_stuck"
    #: A call is tried on that got through to nobody: workers died with it, or there was no room; the next are called.
    CALL_PASSED_ON = "call_passed_on"
    #: A loop of a worker stands still.
    LOOP_SILENT = "loop_silent"
    #: Findings wait long before they are applied.
    FINDINGS_LATE = "findings_late"
    #: Changes of alerts do not get to Kafka.
    CHANGES_LATE = "changes_late"
    #: A synthetic press did not become a call.
    ALARM_MISSED = "alarm_missed"
    #: Nobody presses for the test any more.
    PROBE_SILENT = "probe_silent"
    #: A watched home has nobody who could be called.
    NOBODY_LISTED = "nobody_listed"
    #: What was to be done after an alert has not been done.
    FOLLOW_UP_OVERDUE = "follow_up_overdue"
    #: Within a day nobody will be on duty whom a policy calls.
    ROSTER_GAP = "roster_gap"
    #: A shift ended, and nobody signed for what is open.
    SHIFT_UNSIGNED = "shift_unsigned"
    #: The auditor cannot see anything.
    DATABASE_AWAY = "database_away"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long each thing may take before it is a fault."""

    timer: timedelta = timedelta(seconds=20)
    call: timedelta = timedelta(seconds=20)
    passed_on: timedelta = timedelta(0)
    loop: timedelta = timedelta(seconds=60)
    findings: timedelta = timedelta(seconds=30)
    changes: timedelta = timedelta(seconds=60)
    alarm: timedelta = timedelta(seconds=30)
    probe: timedelta = timedelta(seconds=180)
    follow_up: timedelta = timedelta(days=1)
    shift: timedelta = timedelta(minutes=15)
    #: A database that is away for less comes back by itself.
    blind: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What an auditor saw at one moment. Times that are None: there is nothing of the kind."""

    now: datetime
    without_timer: int = 0
    #: The oldest of each kind that waits.
    timer_due_at: datetime | None = None
    unclaimed_due_at: datetime | None = None
    stuck_due_at: datetime | None = None
    passed_on_at: datetime | None = None
    change_told_at: datetime | None = None
    follow_up_at: datetime | None = None
    #: The oldest synthetic press that has not come back, and the last that was made.
    missed_at: datetime | None = None
    pressed_at: datetime | None = None
    nobody_listed: int = 0
    #: The rosters in which a gap of the next 24 hours would be felt.
    roster_gaps: tuple[str, ...] = ()
    #: The end of a shift for which nobody signed.
    shift_ended_at: datetime | None = None
    #: How long each loop of this worker has stood still.
    loops: Mapping[str, timedelta] = field(default_factory=dict)
    findings_lag: timedelta = timedelta(0)


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A fault that holds now."""

    fault: Fault
    about: str = ""
    count: int = 1

    @property
    def of_worker(self) -> bool:
        """Tell whether it is of one process, and not of the whole service."""
        return self.fault in _OF_WORKER


_OF_WORKER: Final = frozenset({Fault.LOOP_SILENT, Fault.FINDINGS_LATE, Fault.DATABASE_AWAY})


#: What the centre must mend, not the service: supervisors hear of it, and the switch outside stays calm.
OF_THE_CENTRE: Final = frozenset({Fault.ROSTER_GAP, Fault.SHIFT_UNSIGNED})


def troubles_of(facts: Facts, limits: Limits) -> tuple[Trouble, ...]:
    """Name everything that is wrong."""
    waits = (
        (Fault.TIMER_LATE, facts.timer_due_at, limits.timer),
        (Fault.CALL_UNCLAIMED, facts.unclaimed_due_at, limits.call),
        (Fault.CALL_STUCK, facts.stuck_due_at, limits.call),
        (Fault.CALL_PASSED_ON, facts.passed_on_at, limits.passed_on),
        (Fault.CHANGES_LATE, facts.change_told_at, limits.changes),
        (Fault.ALARM_MISSED, facts.missed_at, limits.alarm),
        (Fault.PROBE_SILENT, facts.pressed_at, limits.probe),
        (Fault.FOLLOW_UP_OVERDUE, facts.follow_up_at, limits.follow_up),
        (Fault.SHIFT_UNSIGNED, facts.shift_ended_at, limits.shift),
    )
    counts = ((Fault.ALERT_WITHOUT_TIMER, facts.without_timer), (Fault.NOBODY_LISTED, facts.nobody_listed))
    late = (Trouble(fault=Fault.FINDINGS_LATE),) if facts.findings_lag > limits.findings else ()
    return (
        *(Trouble(fault=fault) for fault, since, limit in waits if since and facts.now - since > limit),
        *(Trouble(fault=fault, count=count) for fault, count in counts if count),
        *(Trouble(fault=Fault.ROSTER_GAP, about=roster) for roster in facts.roster_gaps),
        *(Trouble(fault=Fault.LOOP_SILENT, about=loop) for loop, still in facts.loops.items() if still > limits.loop),
        *late,
    )


@dataclass(frozen=True, kw_only=True)
class Words:
    """A fault in words, for those who mend it."""

    what: Sentence
    mend: Sentence


def _said(ko: str, en: str, mend_ko: str, mend_en: str) -> Words:
    return Words(what=Sentence(ko=ko, en=en), mend=Sentence(ko=mend_ko, en=mend_en))


FAULT_WORDS: Final[Mapping[Fault, Words]] = {
    Fault.ALERT_WITHOUT_TIMER: _said(
        "열린 알림에 다음 시각이 없음",
        "an open alert has no due time",
        "관제사가 현황판에서 바로 처리하고, alert 표의 due_at 을 확인하십시오",
        "operators take it on the board now; look at due_at in the table alert and keep the log: it is our bug",
    ),
    Fault.TIMER_LATE: _said(
        "알림의 다음 조치가 늦음",
        "an escalation is late",
        "alerts 의 timers 루프와 PostgreSQL 잠금을 확인하고, 관제사는 전화로 이어 가십시오",
        "look at the loop `timers` of alerts and at locks in PostgreSQL; operators call by telephone meanwhile",
    ),
    Fault.CALL_UNCLAIMED: _said(
        "연락이 발송되지 않고 있음",
        "a call waits that nobody takes up",
        "alerts 의 push 루프를 확인하고, 관제사는 전화로 연락하십시오",
        "look at the loop `push` of alerts; operators call by telephone now",
    ),
    Fault.CALL_STUCK: _said(
        "발송 중이던 연락이 멈춤",
        "a call that was on its way is stuck",
        "alerts 가 살아 있는지, 채널이 응답하는지 확인하고 다시 시작하십시오; 같은 키로 다시 보냅니다",
        "look whether alerts lives and the channel answers, then restart it: it is sent again under the same key",
    ),
    Fault.CALL_PASSED_ON: _said(
        "연락 하나가 나가지 못해 다음 사람에게 넘어감",
        "a call does not get out, and the next person is called in its place",
        "관제사가 그 사람에게 전화하고, alerts 가 왜 죽는지, 채널이 왜 밀리는지 확인하십시오; 계속 시도합니다",
        "operators ring that person up; look why alerts dies, or why its channel is full: it is tried on meanwhile",
    ),
    Fault.LOOP_SILENT: _said(
        "작업 루프가 멈춤",
        "a loop stands still",
        "로그를 보관하고 그 서비스를 다시 시작하십시오; 잃는 것은 없습니다",
        "keep its log and restart that service; nothing is lost by that",
    ),
    Fault.FINDINGS_LATE: _said(
        "감지 결과 처리가 늦음",
        "findings are applied late",
        "Kafka 와 PostgreSQL 의 부하를 확인하고 alerts 를 하나 더 띄우십시오",
        "look at the load of Kafka and PostgreSQL; start another alerts worker",
    ),
    Fault.CHANGES_LATE: _said(
        "알림 변경이 Kafka 로 나가지 않음",
        "changes of alerts do not reach Kafka",
        "relay 루프와 Kafka 를 확인하십시오; 관제사는 현황판을 새로 고쳐 보십시오",
        "look at the loop `relay` and at Kafka; operators reload the board, which reads the database",
    ),
    Fault.ALARM_MISSED: _said(
        "자동 점검 신호가 연락으로 이어지지 않음",
        "a synthetic press did not become a call",
        "MQTT, ingest, Kafka, detectors, alerts 를 차례로 확인하십시오; 실제 신호도 막혔을 수 있습니다",
        "look at MQTT, ingest, Kafka, detectors, alerts, in this order: a real press may be stuck as well",
    ),
    Fault.PROBE_SILENT: _said(
        "자동 점검이 멈춤",
        "nobody sends synthetic presses any more",
        "`python -m alerts probe` 를 다시 시작하십시오; 그만두려면 `python -m alerts probe --end`",
        "start `python -m alerts probe` again; to give it up: `python -m alerts probe --end`",
    ),
    Fault.NOBODY_LISTED: _said(
        "연락할 사람이 없는 집이 있음",
        "a watched home has nobody who could be called",
        "그 집의 연락 순서를 입력하십시오: `python -m alerts nobody`",
        "enter its contact plan; `python -m alerts nobody` names the homes",
    ),
    Fault.FOLLOW_UP_OVERDUE: _said(
        "사후 조치가 하루 넘게 밀림",
        "a follow-up is more than a day overdue",
        "사후 조치 목록에서 담당자를 정하십시오",
        "give it to somebody on the list of follow-ups",
    ),
    Fault.ROSTER_GAP: _said(
        "24시간 안에 당직자가 없는 시간이 있음",
        "within 24 hours nobody is on duty for a while",
        "당직표에서 대신 설 사람을 넣으십시오",
        "put a stand-in on the roster",
    ),
    Fault.SHIFT_UNSIGNED: _said(
        "교대 인계에 서명이 없음",
        "a shift ended and nobody signed the handover",
        "관제실에 전화해 교대 인계를 서명하게 하십시오; 열린 사건은 계속 울립니다",
        "ring the centre and let them sign the handover; what is open keeps ringing",
    ),
    Fault.DATABASE_AWAY: _said(
        "데이터베이스에 연결되지 않음",
        "the database is away",
        "PostgreSQL 과 그 디스크를 확인하십시오; 신호는 Kafka 에 남아 있습니다",
        "look at PostgreSQL and its disk; what homes say waits in Kafka",
    ),
}
