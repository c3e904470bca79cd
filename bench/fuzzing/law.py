"""The law: any bytes on any topic become readings or reasons, and nothing else happens."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from bench.fuzzing.seeds import HOME, PREFIX, a_home
from contracts import WatchedHome
from ingest.declarations import Declared, declared_with
from ingest.intake import Limits, take_in
from ingest.learned import Learned
from ingest.message import GatewayMessage
from ingest.profiles import Profiles

LIMITS: Final = Limits(largest_payload_bytes=262_144, late_after=timedelta(minutes=5))
NOON: Final = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
KINDS: Final = ("", "motion", "contact", "help_button", "smoke", "temperature", "occupancy", "power")
#: What was declared is kept for so many messages, so that later ones meet it, and its beginning is met again.
_FORGOTTEN_AFTER: Final = 2_000


@dataclass(slots=True)
class Witness:
    """Lets messages in, one after the other, and counts what they became."""

    dialect: str
    profiles: Profiles
    readings: int = 0
    ignored: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    _declared: Declared = field(default_factory=dict)
    _homes: list[WatchedHome] = field(default_factory=lambda: [a_home(kind) for kind in KINDS])
    _turn: int = 0

    def hear(self, topic: str, payload: bytes) -> None:
        """Let one message in; whatever is raised here is a broken promise."""
        self._turn += 1
        home = self._homes[self._turn % len(self._homes)]
        message = GatewayMessage(
            topic=f"{PREFIX}/{self.dialect}/{topic}", payload=payload, received_at=NOON, retained=self._turn % 16 == 0
        )
        learned = Learned(profiles=self.profiles, declared={HOME: self._declared})
        intake = take_in(message, {HOME: home}, LIMITS, learned)
        if intake.declared:
            self._declared = declared_with(self._declared, intake.declared)
        if self._turn % _FORGOTTEN_AFTER == 0:
            self._declared = {}
        self.readings += len(intake.readings)
        self.refusals.update(refusal.reason for refusal in intake.refusals)
        self.ignored += not intake.readings and not intake.refusals
