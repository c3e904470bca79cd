"""Where a webhook may lead: out into the world, never into our own network, unless a setting says so."""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

#: A longer one is nobody's.
LONGEST_URL = 500


def fault_of(url: str, *, inside: bool) -> str:
    """Say what is wrong with a webhook's address; empty: nothing."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return "url: expected up to 500 printable ASCII letters"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "url: cannot be read"
    if parts.scheme not in (("https", "http") if inside else ("https",)):
        return "url: expected https"
    if not host or parts.username is not None or parts.password is not None or parts.fragment or port == 0:
        return "url: expected a host, and neither a user nor a fragment"
    try:
        address = ip_address(host)
    except ValueError:
        # Which addresses a name has is looked at each time it is spoken to.
        return ""
    return "" if inside or is_public(address) else "url: leads into a private network"


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is out in the world, however it is written."""
    if isinstance(address, IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if hidden is not None and not is_public(hidden):
            return False
        # 64:ff9b::/96 leads to the IPv4 address at its end.
        if address.packed[:12] == b"\x00\x64\xff\x9b" + b"\x00" * 8:
            return is_public(IPv4Address(address.packed[12:]))
    return address.is_global and not address.is_multicast and not address.is_reserved


def key_of(secret: str, webhook_id: str) -> str:
    """Make the key that signs what one webhook is told: derived, so that no table holds it."""
    made = hmac.digest(secret.encode(), f"webhook\x1f{webhook_id}".encode(), sha256)
    return f"whk_{urlsafe_b64encode(made).rstrip(b'=').decode()}"


def wait_after(attempts: int) -> float:
    """Tell how many seconds to wait after so many failures in a row."""
    return min(float(4 ** min(attempts - 1, 6)), 900.0)
