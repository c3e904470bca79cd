"""Sessions: signed cookies, tokens against forged posts, and how long a wrong password makes one wait."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from console.roles import Act, Role, acts_of, reads_masked

#: A shift and half an hour.
SESSION_LASTS = timedelta(hours=12, minutes=30)
#: So many wrong passwords are free; after them each one doubles the wait.
FREE_FAILURES = 5
LONGEST_WAIT = timedelta(seconds=30)
#: No form of ours is larger.
LARGEST_FORM_BYTES = 65_536


@dataclass(frozen=True, kw_only=True)
class Operator:
    """Who is signed in."""

    name: str
    session: str
    roles: frozenset[Role] = frozenset(Role)
    #: Ids of the districts whose homes they see; none means every district.
    districts: frozenset[str] = frozenset()
    #: Their account has a second factor.
    enrolled: bool = False
    #: This session showed it, or need not.
    proved: bool = True
    #: The workstation is locked: it shows no name.
    locked: bool = False
    #: When this session was last asked for a code or the password again.
    stepped_up_at: datetime | None = None

    @property
    def acts(self) -> frozenset[Act]:
        """Tell what they may do."""
        return acts_of(self.roles)

    @property
    def masked(self) -> bool:
        """Tell whether they read with names, numbers, codes and illnesses masked."""
        return reads_masked(self.acts)

    def sees(self, district_id: str) -> bool:
        """Tell whether a home of this district is theirs to see."""
        return not self.districts or district_id in self.districts


def seal(secret: str, session: str) -> str:
    """Write a session's cookie: its name and a signature, so that a made-up one never reaches the database."""
    return f"{session}.{_sign(secret, 'session', session)}"


def unseal(secret: str, cookie: str) -> str | None:
    """Read a session's name from its cookie; None when we did not write it."""
    session, _, signature = cookie.partition(".")
    return session if session and _same(signature, _sign(secret, "session", session)) else None


def post_token(secret: str, session: str) -> str:
    """Make the token that every form of a session carries."""
    return _sign(secret, "post", session)


def is_post_token(secret: str, session: str, token: str) -> bool:
    """Tell whether a form came from a page that we gave to this session."""
    return _same(token, post_token(secret, session))


def stored(session: str) -> bytes:
    """Digest a session's name for the database, so that a stolen table opens no session."""
    return sha256(session.encode()).digest()


def is_ours(*, fetch_site: str | None, origin: str | None, host: str | None) -> bool:
    """Tell whether a browser says that a post comes from one of our own pages."""
    if fetch_site is not None:
        return fetch_site == "same-origin"
    # Our own referrer policy makes browsers hide the origin of plain HTTP posts; the form's token then decides.
    if origin is not None and origin != "null":
        return urlsplit(origin).netloc == host
    return True


def is_too_large(length: str | None) -> bool:
    """Tell whether a post may hold more than a form does; one that does not say how much it holds may."""
    return length is None or not length.isdigit() or int(length) > LARGEST_FORM_BYTES


def wait_until(failures: int, last_failure_at: datetime | None) -> datetime | None:
    """Tell until when a sign-in has to wait after so many failures; nobody is ever locked out for good."""
    if last_failure_at is None or failures < FREE_FAILURES:
        return None
    seconds = min(2 ** min(failures - FREE_FAILURES, 20), LONGEST_WAIT.total_seconds())
    return last_failure_at + timedelta(seconds=seconds)


def safe_path(path: str) -> str:
    """Keep a path of our own; anything that could lead elsewhere becomes the board."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if ours else "/"


def _sign(secret: str, purpose: str, text: str) -> str:
    return hmac.new(secret.encode(), f"{purpose}\x1f{text}".encode(), sha256).hexdigest()


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())
