"""What a cluster gets before it starts so that it can be broken: clocks that step, disks that fill, another release."""

import io
import os
import shutil
import struct
import subprocess
import tarfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bench.faults.plan import Kind
from deploy.cluster import Cluster
from deploy.embedded.stack import ROOT

#: The processes of a host read their wall clock through it.
_SOURCE: Final = Path(__file__).parent / "clock.c"
#: A disk's size: a campaign's data and a margin, all of it in memory.
_MEGABYTES: Final = {"kafka": 512, "postgres": 800}
_FILLER: Final = "filler"


class NotDone(Exception):
    """A fault cannot be done here; the message says why."""


class Clocks:
    """A clock for each host: a small library adds what a file says to the wall clock, at once."""

    def __init__(self, folder: Path) -> None:
        """Prepare; nothing is built yet."""
        self._folder = folder
        self._compiler = shutil.which("cc")

    @property
    def why_not(self) -> str:
        """Say why no clock can be set here; empty: they can."""
        return "" if self._compiler else "there is no C compiler (Debian: gcc, libc6-dev)"

    def furnish(self, cluster: Cluster) -> None:
        """Let every program of every host but home read its clock through the library."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o755)
        library = self._folder / "clock.so"
        subprocess.run([f"{self._compiler}", "-O2", "-shared", "-fPIC", "-o", library, _SOURCE, "-ldl"], check=True)
        hosts = {}
        for name, host in cluster.hosts.items():
            self.step(name, "+0")
            told = {"LD_PRELOAD": str(library), "CLOCK_STEP_FILE": str(self._folder / name)}
            hosts[name] = replace(host, environ={**(host.environ or {}), **told}) if name != "home" else host
        cluster.network.hosts = cluster.hosts = hosts

    def step(self, host: str, by: str) -> None:
        """Let a host's clock be wrong by so many seconds, such as +600."""
        # Written in place and in one piece: the programs have the file in their memory.
        at = os.open(self._folder / host, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.pwrite(at, struct.pack("=q", int(by) * 1_000_000_000), 0)
        finally:
            os.close(at)


class Disks:
    """A small disk of its own for each server's data."""

    def __init__(self, folder: Path) -> None:
        """Prepare for a cluster in this folder."""
        self._folder = folder
        self._mounted: list[Path] = []

    @property
    def why_not(self) -> str:
        """Say why no disk can be full here; empty: it can."""
        return "" if os.geteuid() == 0 else "only root mounts disks"

    def furnish(self, parts: Iterable[str]) -> None:
        """Mount one for each of these servers."""
        for name in parts:
            at = self._folder / name
            at.mkdir(parents=True, exist_ok=True)
            size = _MEGABYTES[name.partition("-")[0]]
            words = ["mount", "-t", "tmpfs", "-o", f"size={size}m,mode=0755", f"dolbom-{name}", str(at)]
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            if done.returncode:
                raise NotDone(f"mount: {done.stderr.strip()}")
            self._mounted.append(at)

    def fill(self, name: str) -> None:
        """Leave not one byte free."""
        at = self._folder / name
        if at not in self._mounted:
            raise NotDone(f"{name} has no disk of its own")
        with (at / _FILLER).open("ab", buffering=0) as filler:
            for block in (1 << 20, 1 << 12):
                while _free(at) >= block and _written(filler, block):
                    pass

    def empty(self, name: str) -> None:
        """Give the room back."""
        (self._folder / name / _FILLER).unlink(missing_ok=True)

    def remove(self) -> None:
        """Unmount all, also what somebody still holds."""
        for at in self._mounted:
            subprocess.run(["umount", "--lazy", at], capture_output=True, check=False)
        self._mounted = []


@dataclass(frozen=True, kw_only=True)
class Release:
    """Another version of the services, beside this one."""

    folder: Path
    #: The commit that it is.
    commit: str


def another_release(ref: str, folder: Path) -> Release:
    """Unpack a commit of this checkout; raise NotDone where there is none."""
    named = subprocess.run(
        ["git", "rev-parse", "--short=12", f"{ref}^{{commit}}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if named.returncode:
        raise NotDone(f"no commit {ref} here: {named.stderr.strip()}")
    commit = named.stdout.strip()
    packed = subprocess.run(["git", "archive", "--format=tar", commit], cwd=ROOT, capture_output=True, check=True)
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as tar:
        tar.extractall(folder, filter="data")
    return Release(folder=folder, commit=commit)


def impossible(clocks: Clocks, disks: Disks, network: str, release: str) -> dict[Kind, str]:
    """Tell which kinds cannot be done here, and why."""
    reasons = {
        Kind.CUT: network,
        Kind.SLOW: network,
        Kind.CLOCK: clocks.why_not,
        Kind.DISK_KAFKA: disks.why_not,
        Kind.DISK_POSTGRES: disks.why_not,
        Kind.UPGRADE: release,
    }
    return {kind: why for kind, why in reasons.items() if why}


def wanted(kinds: Collection[Kind], *some: Kind) -> bool:
    """Tell whether one of these is among the kinds."""
    return any(kind in kinds for kind in some)


def _free(at: Path) -> int:
    told = os.statvfs(at)
    return told.f_bavail * told.f_frsize


def _written(filler: io.FileIO, block: int) -> bool:
    try:
        return filler.write(bytes(block)) > 0
    except OSError:
        return False
