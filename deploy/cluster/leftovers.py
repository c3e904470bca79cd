"""What a cluster leaves on the machine when its owner is killed, and how the next one finds and removes it."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from deploy.cluster.network import PREFIX, remove

NOTES: Final = Path("/run/dolbom")


class Note(msgspec.Struct, frozen=True):
    """Who owns a cluster, and what is its."""

    pid: int
    #: When that process began, in ticks since the machine's start: its number alone may be another's by now.
    began: int
    mark: str
    net: str
    folder: str


def write(mark: str, net: str, folder: Path) -> None:
    """Leave a note of a cluster of this process."""
    NOTES.mkdir(parents=True, exist_ok=True)
    note = Note(pid=os.getpid(), began=_began(os.getpid()), mark=mark, net=net, folder=str(folder))
    (NOTES / f"{mark}.json").write_bytes(msgspec.json.encode(note))


def forget(mark: str) -> None:
    """Take the note away: everything is removed."""
    (NOTES / f"{mark}.json").unlink(missing_ok=True)


def sweep() -> list[str]:
    """Remove the networks, processes and disks of clusters whose owner is dead; answer their marks."""
    swept = []
    for file in sorted(NOTES.glob("*.json")):
        try:
            note = msgspec.json.decode(file.read_bytes(), type=Note)
        except (OSError, msgspec.DecodeError):  # another sweep was quicker, or it was half written
            continue
        if _began(note.pid) == note.began:
            continue
        _end_processes(note.mark)
        _let_go_of_disks(note.folder)
        remove(note.mark, note.net)
        forget(note.mark)
        swept.append(note.mark)
    return swept


def _began(pid: int) -> int:
    try:
        told = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return int(told.rpartition(")")[2].split()[19])


def _end_processes(mark: str) -> None:
    """End whoever lives in its namespaces: nobody but its own parts ever does."""
    for handle in Path("/run/netns").glob(f"{PREFIX}{mark}-*"):
        told = subprocess.run(["ip", "netns", "pids", handle.name], capture_output=True, text=True, check=False)
        for word in told.stdout.split():
            with suppress(ProcessLookupError):
                os.kill(int(word), signal.SIGKILL)


def _let_go_of_disks(folder: str) -> None:
    for line in Path("/proc/mounts").read_text().splitlines():
        place = line.split()[1]
        if Path(place).is_relative_to(folder):
            subprocess.run(["umount", "--lazy", place], capture_output=True, check=False)
