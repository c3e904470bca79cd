"""What the forms of referrals say: values, or the word of the catalogue that says what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from console.referrals.model import Act, Deed, Result, Service

#: A provider's name and a note are not longer.
LONGEST_NAME: Final = 80
LONGEST_TEXT: Final = 2_000
#: A service that begins later than this is referred later.
FARTHEST: Final = timedelta(days=366)
#: How soon a service should have done its work, where nobody says another day.
USUAL_DAYS: Final[Mapping[Service, int]] = {
    Service.URGENT_GAP: 1,
    Service.DEVICE_REPAIR: 3,
    Service.MEALS: 3,
    Service.SHORT_STAY: 3,
    Service.ACCOMPANIMENT: 7,
    Service.DAILY_LIVING: 7,
    Service.HOME_MEDICINE: 7,
    Service.HOUSING_SAFETY: 14,
}
_MONTH: Final = 7


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a form asks for."""

    key: str
    service: Service
    provider: str
    due_on: date
    text: str


def read_wanted(fields: Mapping[str, str], today: date) -> Wanted | str:
    """Read the form of a new referral."""
    service, provider, text = fields.get("service", ""), fields.get("provider", "").strip(), fields.get("text", "")
    if service not in set(Service):
        return "referral.needs.service"
    if not provider or len(provider) > LONGEST_NAME:
        return "referral.needs.provider"
    # Without a key every form would be the same one.
    if not fields.get("key"):
        return "referral.needs.form"
    if len(text) > LONGEST_TEXT:
        return "referral.needs.shorter"
    due = fields.get("due_on", "").strip()
    due_on = read_day(due) if due else today + timedelta(days=USUAL_DAYS[Service(service)])
    if due_on is None or not today <= due_on <= today + FARTHEST:
        return "referral.needs.day"
    return Wanted(key=fields["key"], service=Service(service), provider=provider, due_on=due_on, text=text)


def read_deed(act: Act, fields: Mapping[str, str], by: str, today: date) -> Deed | str:
    """Read the form of a step."""
    version, text = fields.get("version", ""), fields.get("text", "")
    if not (version.isascii() and version.isdigit()):
        return "referral.needs.form"
    if len(text) > LONGEST_TEXT:
        return "referral.needs.shorter"
    outcome, satisfaction = fields.get("outcome", ""), fields.get("satisfaction", "")
    due_on = read_day(fields.get("due_on", ""))
    if act is Act.POSTPONE and (due_on is None or not today <= due_on <= today + FARTHEST):
        return "referral.needs.day"
    return Deed(
        act=act,
        by=by,
        version=int(version[:9]),
        text=text,
        outcome=Result(outcome) if outcome in set(Result) else None,
        satisfaction=int(satisfaction) if satisfaction in {"1", "2", "3", "4", "5"} else None,
        due_on=due_on,
    )


def read_day(text: str) -> date | None:
    """Read a day as a browser sends it; None: it is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def read_month(text: str, today: date) -> date:
    """Read a month as its first day; what is none, or lies ahead, is the present one."""
    first = read_day(f"{text.strip()}-01") if len(text.strip()) == _MONTH else None
    return first if first and first <= today else today.replace(day=1)
