"""What is thrown at a listener: the same seed makes the same bytes."""

import random
from collections.abc import Callable, Sequence
from typing import Final

Case = bytes

_WORDS: Final = (
    b"\x00", b"\xff\xfe", b"%00", b"%ff", b"../", b"..%2f", b"'", b'"', b"<script>", b"{}", b"[" * 400, b"9" * 400,
    b"-1", b"\xed\xa0\x80", b"\xec\x95\x84", b"\r\n", b";", b"%0d%0aX: y", b"&" * 200, b"=", b"NaN", b"1e999",
)  # fmt: skip
_TYPES: Final = (
    b"application/x-www-form-urlencoded",
    b"application/json",
    b"multipart/form-data; boundary=b",
    b"\xff",
    b"",
)
#: Requests that two readers understand differently, and such that never end as they say.
_BROKEN: Final = (
    b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    b"GET / HTTP/1.1\r\n\r\n",
    b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nx",
    b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\nabc",
    b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nx",
    b"POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\nx",
    b"POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n5\r\nabcde\r\n",
    b"GET %s HTTP/9.9\r\n\r\n",
    b"GET %s\r\n\r\n",
    b"GET %s HTTP/1.1\r\nHost: a\r\n X: folded\r\n\r\n",
    b"GET %s HTTP/1.1\nHost: a\n\n",
    b"GET %s HTTP/1.1\r\nHost\r\n: v\r\n\r\n",
    b"GET %s HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
    b"GET %s HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 5_000 + b"\r\n",
    b"GET %s HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
)


def http_cases(seed: int, paths: Sequence[tuple[str, str]]) -> Callable[[], Case]:
    """Make a source of requests: some in form with strange contents, some out of form, some only bytes."""
    dice = random.Random(seed)

    def case() -> Case:
        method, path = dice.choice(paths)
        match dice.randrange(10):
            case 0:
                return dice.randbytes(dice.randrange(1, 4_000))
            case 1 | 2:
                return dice.choice(_BROKEN).replace(b"%s", path.encode())
            case 3:
                return _bent(dice, _request(dice, method, path))
            case _:
                return _request(dice, method, path)

    return case


def frame_cases(seed: int, samples: Sequence[bytes]) -> Callable[[], Case]:
    """Make a source of frames: bent samples, joined ones, and only bytes."""
    dice = random.Random(seed)

    def case() -> Case:
        match dice.randrange(4):
            case 0:
                return dice.randbytes(dice.randrange(1, 2_000))
            case 1:
                return b"".join(dice.choices(samples, k=dice.randrange(1, 40)))
            case _:
                return _bent(dice, dice.choice(samples))

    return case


def _request(dice: random.Random, method: str, path: str) -> Case:
    filled = b"/".join(_part(dice, part.encode()) for part in path.split("/"))
    query = b"?" + dice.choice(_WORDS).replace(b"\r\n", b"%0d%0a") if dice.random() < 0.3 else b""
    body = b"" if method == "GET" else b"&".join(b"a=" + dice.choice(_WORDS) for _ in range(dice.randrange(0, 60)))
    head = [b"Host: a", b"Content-Length: %d" % len(body), b"Content-Type: " + dice.choice(_TYPES)]
    if dice.random() < 0.5:
        head.append(dice.choice((b"Cookie: session=", b"Authorization: Bearer ", b"X-Forwarded-For: ")) + _flat(dice))
    return method.encode() + b" " + filled + query + b" HTTP/1.1\r\n" + b"\r\n".join(head) + b"\r\n\r\n" + body


def _part(dice: random.Random, part: bytes) -> bytes:
    return _flat(dice) if part.startswith(b"{") else part


def _flat(dice: random.Random) -> bytes:
    return dice.choice(_WORDS).replace(b"\r\n", b"").replace(b" ", b"")


def _bent(dice: random.Random, text: bytes) -> Case:
    bytes_ = bytearray(text)
    for _ in range(dice.randrange(1, 8)):
        at = dice.randrange(len(bytes_) or 1)
        bytes_[at : at + dice.randrange(0, 4)] = dice.choice((dice.randbytes(2), dice.choice(_WORDS)))
    return bytes(bytes_)
