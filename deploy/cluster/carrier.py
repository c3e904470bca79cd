"""`python -m deploy.cluster.carrier NAME MAC TOWARDS DELAY KBIT`: bring frames from one host to another, slowly."""

import fcntl
import os
import select
import struct
import subprocess
import sys
import time
from collections import deque
from typing import Final

_TUNSETIFF: Final = 0x400454CA
_IFF_TAP: Final = 0x0002
_IFF_NO_PI: Final = 0x1000
_FRAME: Final = 65_536
#: A line that is full drops what comes, as a router does.
_MOST_BYTES: Final = 4 << 20


def main(name: str, mac: str, towards: str, delay_ms: float, kbit: float) -> None:
    """Carry until ended."""
    tap = _opened(name, mac)
    to = bytes.fromhex(towards.replace(":", ""))
    waiting: deque[tuple[float, bytes]] = deque()
    held, free_at = 0, 0.0
    sys.stdout.write("carries\n")
    sys.stdout.flush()
    while True:
        pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        if select.select([tap], [], [], pause)[0]:
            frame = os.read(tap, _FRAME)
            if frame[:6] != bytes.fromhex(mac.replace(":", "")) or held + len(frame) > _MOST_BYTES:
                continue
            free_at = max(free_at, time.monotonic()) + (len(frame) / (kbit * 125) if kbit else 0)
            waiting.append((free_at + delay_ms / 1000, to + frame[6:]))
            held += len(frame)
        while waiting and waiting[0][0] <= time.monotonic():
            frame = waiting.popleft()[1]
            held -= len(frame)
            os.write(tap, frame)


def _opened(name: str, mac: str) -> int:
    tap = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tap, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TAP | _IFF_NO_PI))
    # The switch learns where the sender's own frames come from; by ours it must learn nothing, so it is told.
    for words in (
        f"link set {name} address {mac}",
        f"link set {name} master switch",
        f"link set {name} type bridge_slave learning off",
        f"link set {name} up",
    ):
        subprocess.run(["ip", *words.split()], check=True)
    subprocess.run(["bridge", "fdb", "replace", mac, "dev", name, "master", "static"], check=True)
    return tap


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]), float(sys.argv[5]))
