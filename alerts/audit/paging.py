"""What engineers are told of a fault, and where: ids of loops and counts, never a home or a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from alerts.audit.faults import FAULT_WORDS, Fault
from alerts.wording import Message, span
from contracts import AlertId, Hazard, HomeId, Sentence, Severity
from homes.model import Channel, Contact

#: While a fault holds, engineers are told again so often, and not more.
AGAIN_AFTER: Final = timedelta(minutes=30)
#: A gap of tomorrow is not told of twice an hour.
_AGAIN_LATER: Final = {Fault.ROSTER_GAP: timedelta(hours=6)}
_MAIL: Final = "mailto:"
_WEB: Final = ("http://", "https://")


@dataclass(frozen=True, kw_only=True)
class Page:
    """A fault of which engineers must hear now."""

    fault_id: int
    fault: Fault
    about: str
    count: int
    began_at: datetime
    ended_at: datetime | None
    #: How often they were told before.
    pages: int
    now: datetime


def again_after(fault: Fault) -> timedelta:
    """Tell after how long somebody hears of a fault again that still holds."""
    return _AGAIN_LATER.get(fault, AGAIN_AFTER)


def contacts_of(engineers: str) -> tuple[Contact, ...]:
    """Read addresses between spaces: `mailto:...`, a webhook's `https://...`, and any other URL is Apprise's."""
    return tuple(_contact(address) for address in engineers.split())


def _contact(address: str) -> Contact:
    if address.startswith(_MAIL):
        return Contact(channel=Channel.EMAIL, address=address.removeprefix(_MAIL))
    return Contact(channel=Channel.WEBHOOK if address.startswith(_WEB) else Channel.APPRISE, address=address)


def message_of(page: Page, link: str) -> Message:
    """Word a page. A repeat of the same one carries the same key."""
    what, mend = FAULT_WORDS[page.fault].what, FAULT_WORDS[page.fault].mend
    about = f" ({page.about})" if page.about else f" ({page.count})" if page.count > 1 else ""
    if page.ended_at:
        lasted = span(page.ended_at - page.began_at)
        title = Sentence(ko=f"[돌봄 점검] 해소: {what.ko}{about}", en=f"[Dolbom] mended: {what.en}{about}")
        text = Sentence(ko=f"{title.ko}. {lasted.ko} 동안", en=f"{title.en}. It lasted {lasted.en}")
    else:
        since = span(page.now - page.began_at)
        title = Sentence(ko=f"[돌봄 점검] {what.ko}{about}", en=f"[Dolbom] {what.en}{about}")
        text = Sentence(ko=f"{title.ko}. {since.ko}째. {mend.ko}.", en=f"{title.en}, for {since.en}. {mend.en}.")
    return Message(
        notification_id=f"fault-{page.fault_id}-{'ended' if page.ended_at else page.pages}",
        alert_id=AlertId(""),
        home_id=HomeId(""),
        severity=Severity.DEVICE if page.ended_at else Severity.URGENT,
        hazard=Hazard.PROTECTION,
        title=title,
        text=text,
        link=link,
    )
