"""stub"""

from contracts import WatchedHome
from ingest.message import Address, Decoded, GatewayMessage


def decode(message: GatewayMessage, address: Address, home: WatchedHome | None) -> Decoded:
    """Stub."""
    return Decoded()
