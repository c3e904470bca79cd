"""Do a press once, however often it is sent with the same key."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from console.board.once.postgres import Presses
from console.web import doors_of, message, operator_of, words_of

Handler = Callable[[Request], Awaitable[Response]]


def once(handler: Handler) -> Handler:
    """Answer a press that was sent before as it was answered then; one without a key is done each time."""

    async def pressed(request: Request) -> Response:
        key = request.headers.get("idempotency-key", "")
        if not 8 <= len(key) <= 64:
            return await handler(request)
        presses, name, path = Presses(doors_of(request).pool), operator_of(request).name, request.url.path
        before = await presses.begin(name, key, path)
        if before is not None and before.path != path:
            return message(request, HTTPStatus.UNPROCESSABLE_ENTITY, words_of(request)("answer.422"))
        if before is not None and before.status is None:
            return message(request, HTTPStatus.CONFLICT, words_of(request)("answer.under_way"))
        if before is not None and before.status is not None:
            return Response(before.body, status_code=before.status, media_type="text/plain")
        done: Response | None = None
        try:
            done = await handler(request)
        finally:
            # What failed on our side may be tried again.
            if done is None:
                await presses.forget(name, key)
        await presses.end(name, key, done.status_code, bytes(done.body))
        return done

    return pressed
