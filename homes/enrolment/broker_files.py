"""What the broker reads, as text: who is denied, and which passwords there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contracts import HomeId
from homes.enrolment.authority import Revoked
from homes.enrolment.model import Credential, Kind

_NOTE = "# Written by `python -m homes enrol keep`; the next change writes it anew.\n"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """All that the broker must know of the homes' credentials."""

    revoked: frozenset[tuple[str, datetime]] = frozenset()
    passwords: Mapping[HomeId, str] = field(default_factory=dict, repr=False)
    #: Homes of which nothing is valid: even a connection that stands says and hears nothing more.
    denied: frozenset[HomeId] = frozenset()

    def list(self) -> list[Revoked]:
        """Give the entries of the revocation list."""
        return [Revoked(serial=int(serial, 16), at=at) for serial, at in self.revoked]


def standing_of(credentials: Iterable[Credential], now: datetime) -> Standing:
    """Sum up credentials that were issued or ended; an expired certificate needs no place in the list."""
    known = list(credentials)
    living = [each for each in known if each.lives(now)]
    valid = {each.home_id for each in living}
    return Standing(
        revoked=frozenset(
            (each.serial, each.revoked_at)
            for each in known
            if each.serial and each.revoked_at and each.expires_at and each.expires_at > now
        ),
        passwords={
            each.home_id: each.password_hash
            for each in sorted(living, key=lambda one: one.credential_id)
            if each.kind is Kind.PASSWORD and each.password_hash
        },
        denied=frozenset(each.home_id for each in known if each.revoked_at and each.home_id not in valid),
    )


def passwords_text(standing: Standing) -> str:
    """Write Mosquitto's password file."""
    return "".join(f"{home_id}:{standing.passwords[home_id]}\n" for home_id in sorted(standing.passwords))


def rules_text(shipped: str, standing: Standing) -> str:
    """Write the gateways' access rules: what is shipped, and who is denied everything."""
    denials = "".join(f"\nuser {home_id}\ntopic deny #\n" for home_id in sorted(standing.denied))
    return f"{_NOTE}{shipped}{denials}"
