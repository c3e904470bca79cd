"""Which homes are not protected now, since when and why; who depends on it most comes first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.model import Alert
from contracts import AlertId, HomeId, Sentence
from homes.model import VULNERABILITY, Home


@dataclass(frozen=True, kw_only=True)
class Unprotected:
    """A home that is not protected now."""

    home_id: HomeId
    #: None: it is not registered.
    home: Home | None
    #: Since its first reason began, by the home's own time.
    since: datetime
    #: The detectors' names of the reasons, the oldest first: not_protected, blind_home, ...
    why: tuple[str, ...]
    #: What its oldest reason says, in both languages.
    sentence: Sentence
    alert_id: AlertId

    @property
    def vulnerability(self) -> int:
        """Tell how much its resident depends on being watched."""
        return self.home.vulnerability if self.home else 0


def unprotected_of(alerts: Iterable[Alert], homes: Mapping[HomeId, Home]) -> tuple[Unprotected, ...]:
    """List the homes that these alerts are about, by vulnerability and then by how long."""
    of: dict[HomeId, list[Alert]] = {}
    for alert in sorted(alerts, key=lambda alert: (alert.since, alert.alert_id)):
        of.setdefault(alert.home_id, []).append(alert)
    found = (
        Unprotected(
            home_id=home_id,
            home=homes.get(home_id),
            since=reasons[0].since,
            why=tuple(dict.fromkeys(alert.kind for alert in reasons)),
            sentence=reasons[0].evidence.sentence,
            alert_id=reasons[0].alert_id,
        )
        for home_id, reasons in of.items()
    )
    return tuple(sorted(found, key=lambda one: (-one.vulnerability, one.since, one.home_id)))


def fields_of(one: Unprotected) -> dict[str, str | int]:
    """Name what a table or a file says of it: no name, no address, no number of a person."""
    return {
        "home_id": one.home_id,
        "since": one.since.isoformat(),
        "why": " ".join(one.why),
        "vulnerability": one.vulnerability,
        "vulnerability_word": VULNERABILITY[one.vulnerability].en,
        "district": one.home.district.district_id if one.home else "",
        "dong": one.home.district.dong if one.home else "",
        "carrier": one.home.carrier if one.home else "",
    }
