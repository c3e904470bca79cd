"""Hear that a person opened a responder's link: their call was read, and nothing else changes."""

from starlette.requests import Request

from alerts.links import LinkClaim
from console.inbound.service import Inbound


async def opened(request: Request, claim: LinkClaim) -> None:
    """Write a read receipt when a browser shows the page to somebody: previews and scanners read nothing."""
    headers = request.headers
    shown = headers.get("sec-fetch-dest") == "document" and "prefetch" not in headers.get("sec-purpose", "")
    if not shown:
        return
    inbound: Inbound = request.app.state.inbound
    await inbound.opened(claim.alert_id, claim.responder_id)
