"""A browser's subscription, and whether we speak to the push service that it names."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from contracts import ResponderId

#: A longer endpoint or key is none.
_LONGEST = 2_000


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """One browser in which a responder has switched Web Push on. Its repr tells no address."""

    responder_id: ResponderId
    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


def is_push_service(endpoint: str, hosts: str) -> bool:
    """Tell whether an endpoint is one of these services: a browser may not send us anywhere else."""
    try:
        to = urlsplit(endpoint)
        host = (to.hostname or "").lower()
    except ValueError:
        return False
    known = [name for each in hosts.split(",") if (name := each.strip().lower())]
    ours = any(host == name or host.endswith(f".{name}") for name in known)
    safe = to.scheme == "https" or (to.scheme == "http" and host in ("127.0.0.1", "localhost"))
    return bool(host) and ours and safe and len(endpoint) <= _LONGEST and "@" not in to.netloc
