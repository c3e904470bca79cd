"""The listeners of ours on this machine: each service that has one, started on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bench.ports.cases import frame_cases, http_cases
from bench.ports.contest import Listener
from console.matrix import PATHS
from deploy.embedded.children import loopback_port
from deploy.embedded.stack import Running, Stack
from ingest.dc09.frame import Content, Frame, write

#: Every place in the code that listens, and the listeners here that stand for it; a test holds them to each other.
PLACES: Final = {
    "console/service.py": ("console",),
    "runtime/probes.py": ("probes",),
    "ingest/dc09/sockets.py": ("dc09 by TCP", "dc09 by UDP"),
    "alerts/probe/sockets.py": ("the prober's receiver",),
}

_GET_LIVE: Final = b"GET /live HTTP/1.1\r\nHost: a\r\n\r\n"
_SIGN_IN: Final = b"GET /sign-in HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
_CALL: Final = b'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16\r\n\r\n{"alert_id":"a"}'
#: A frame of an account that nobody knows: it is answered all the same.
_FRAME: Final = write(Frame(token="SIA-DCS", seq=1, account="9F9F", content=Content(data="#9F9F|Nri1/PA01")))
_FRAMES: Final = (_FRAME, write(Frame(token="NULL", seq=2, account="9F9F")), _FRAME.replace(b"SIA-DCS", b"*ADM-CID"))


@contextmanager
def listening(stack: Stack, seed: int) -> Iterator[list[Listener]]:
    """Start what listens, and hand out each with what is thrown at it."""
    receiver, tcp, udp = loopback_port(), loopback_port(), loopback_port()
    console = stack.service("console")
    dc09 = stack.service(
        "ingest",
        {"DOLBOM_DC09_TCP_PORT": f"{tcp}", "DOLBOM_DC09_UDP_PORT": f"{udp}", "DOLBOM_DC09_SECRET": "s" * 40},
        arguments=["dc09"],
    )
    probe = stack.service("alerts", {"DOLBOM_ALERTS_SYNTHETIC_PORT": f"{receiver}"}, arguments=["probe"])
    for running in (console, dc09, probe):
        running.wait_ready(60)
    paths = sorted(PATHS)
    yield [
        _http("console", console, int(stack.environ["DOLBOM_CONSOLE_PORT"]), _SIGN_IN, seed, paths),
        _http("probes", dc09, int(dc09.probe_url.rsplit(":", 1)[1]), _GET_LIVE, seed, [("GET", "/metrics")]),
        _http("the prober's receiver", probe, receiver, _CALL, seed, [("POST", "/")]),
        _frames("dc09 by TCP", dc09, tcp, seed, datagrams=False),
        _frames("dc09 by UDP", dc09, udp, seed, datagrams=True),
    ]


def _http(name: str, running: Running, port: int, right: bytes, seed: int, paths: list[tuple[str, str]]) -> Listener:
    return Listener(
        name=name,
        port=port,
        pid=running.pid,
        log=running.log_path,
        right=right,
        answer=b"HTTP/1.1 20",
        case=http_cases(seed, paths),
    )


def _frames(name: str, running: Running, port: int, seed: int, *, datagrams: bool) -> Listener:
    return Listener(
        name=name,
        port=port,
        pid=running.pid,
        log=running.log_path,
        right=_FRAME,
        answer=b"\n",
        case=frame_cases(seed, _FRAMES),
        datagrams=datagrams,
    )
