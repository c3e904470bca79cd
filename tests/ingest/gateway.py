"""A gateway that talks to the bridge's pure rooms, and what is remembered of its words."""

import json
from typing import Any

from contracts import HomeId, decode, encode
from ingest.declarations import Declared, declared_with
from ingest.intake import Intake, take_in
from ingest.learned import Learned
from ingest.message import GatewayMessage
from ingest.profiles import Profiles
from tests.ingest.messages import LIMITS, a_message
from tests.ingest.street import a_watched_home

HOME_ID = HomeId("h-0001")


class Gateway:
    """A home's gateway and what the bridge remembers of its words. Mutable: it lives for one test."""

    def __init__(self, dialect: str, **sensors: str) -> None:
        self.dialect = dialect
        self.profiles = Profiles()
        self.home = a_watched_home(HOME_ID, **sensors)
        self.declared: Declared = {}

    def hears(self, message: GatewayMessage) -> Intake:
        learned = Learned(profiles=self.profiles, declared={HOME_ID: self.declared})
        intake = take_in(message, {HOME_ID: self.home}, LIMITS, learned)
        self.declared = declared_with(self.declared, intake.declared)
        for each in (*intake.readings, *intake.refusals, *intake.declared):
            assert decode(encode(each), type(each)) == each, "what becomes of a message can be written and read back"
        return intake

    def says(self, path: str, payload: object, **when: Any) -> Intake:
        said = payload if isinstance(payload, str | bytes) else json.dumps(payload)
        data = said.encode(errors="surrogatepass") if isinstance(said, str) else said
        return self.hears(a_message(data, f"{self.dialect}/{path}", **when))
