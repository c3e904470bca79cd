"""Switch Web Push on and off in a browser, by a responder's link: the link says who they are."""

from http import HTTPStatus

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from alerts.links import LinkClaim, read_token
from alerts.web_push.keys import BadKeys, check_keys
from alerts.web_push.postgres import Subscriptions
from alerts.web_push.subscription import Subscription, is_push_service
from alerts.web_push.vapid import public_key, read_key
from console import metrics
from console.responder.access import is_bound_elsewhere, visitor_of
from console.web import doors_of
from runtime import clock


class Keys(msgspec.Struct, frozen=True):
    """The keys of a browser's subscription."""

    p256dh: str
    auth: str


class Wanted(msgspec.Struct, frozen=True):
    """What `PushSubscription.toJSON()` says."""

    endpoint: str
    keys: Keys


async def key(request: Request) -> Response:
    """Give the key that a browser subscribes with; 404 when Web Push is not set up or the link is over."""
    private = doors_of(request).settings.alerts.web_push_key
    if _claim(request) is None or not private:
        return Response(status_code=HTTPStatus.NOT_FOUND)
    return JSONResponse({"key": public_key(read_key(private.reveal()))})


async def subscribe(request: Request) -> Response:
    """Take a browser's subscription for the responder of the link."""
    visitor, doors = await visitor_of(request), doors_of(request)
    if visitor is None or visitor.responder is None:
        return _told("link_is_over", HTTPStatus.GONE)
    # Its pushes bring the links of alerts to come: a link that was passed on must not open those.
    if await is_bound_elsewhere(request, visitor.claim):
        return _told("other_telephone", HTTPStatus.FORBIDDEN)
    try:
        wanted = msgspec.json.decode(await request.body(), type=Wanted)
        check_keys(wanted.keys.p256dh, wanted.keys.auth)
    except (msgspec.DecodeError, BadKeys):
        return _told("unreadable", HTTPStatus.UNPROCESSABLE_ENTITY)
    if not is_push_service(wanted.endpoint, doors.settings.alerts.web_push_hosts):
        return _told("unknown_push_service", HTTPStatus.UNPROCESSABLE_ENTITY)
    one = Subscription(
        responder_id=visitor.claim.responder_id,
        endpoint=wanted.endpoint,
        p256dh=wanted.keys.p256dh,
        auth=wanted.keys.auth,
    )
    await Subscriptions(doors.pool).put(one)
    return _told("subscribed", HTTPStatus.OK)


async def unsubscribe(request: Request) -> Response:
    """Forget a browser of the responder of the link."""
    claim = _claim(request)
    if claim is None:
        return _told("link_is_over", HTTPStatus.GONE)
    try:
        wanted = msgspec.json.decode(await request.body(), type=Wanted)
    except msgspec.DecodeError:
        return _told("unreadable", HTTPStatus.UNPROCESSABLE_ENTITY)
    gone = await Subscriptions(doors_of(request).pool).drop(wanted.endpoint, claim.responder_id)
    return _told("unsubscribed" if gone else "not_subscribed", HTTPStatus.OK)


def _told(result: str, status: HTTPStatus) -> Response:
    metrics.subscriptions.labels(result=result).inc()
    return JSONResponse({"result": result}, status_code=status)


def _claim(request: Request) -> LinkClaim | None:
    secret = doors_of(request).settings.alerts.link_secret.reveal()
    claim = read_token(secret, request.path_params["token"], clock.now())
    return claim if isinstance(claim, LinkClaim) else None


ROUTES = [
    Route("/r/{token}/push", key, methods=["GET"]),
    Route("/r/{token}/push", subscribe, methods=["POST"]),
    Route("/r/{token}/push-off", unsubscribe, methods=["POST"]),
]
