"""What a backup says of itself: when and of what it was made, what is in it, and how to tell that it is whole."""

import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

NAME: Final = "manifest.json"
DUMP: Final = "database.dump"
FILES: Final = "files.tar"
#: Written beside it when somebody has brought it back and it was whole.
TRIED: Final = "tried.json"
_CHUNK: Final = 1 << 20


class Damaged(Exception):
    """A backup is not whole; the message says which file differs from its manifest."""


class NoBackup(Exception):
    """There is no finished backup in this folder."""


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the backup, as it was written."""

    path: str
    size: int
    sha256: str


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """How far this database had heard a partition: services go on from here by themselves."""

    who: str
    topic: str
    partition: int
    next_offset: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """All that must be known of a backup without opening it. No name, address or secret is in it."""

    made_at: datetime
    release: str
    commit: str
    #: The number of the newest schema file that was applied.
    schema: int
    #: `plain` or `timescale`.
    storage: str
    postgres: int
    contents: tuple[Content, ...]
    #: Rows of each table in the dump, but for those that are too large to count.
    rows: dict[str, int]
    uncounted: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    #: Roles of the server that have rights in this database: a dump holds their rights, and not them.
    roles: tuple[str, ...] = ()


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """When a backup was brought back to see whether it is good."""

    at: datetime
    seconds: float


def write(folder: Path, manifest: Manifest) -> str:
    """Write it last; answer its digest, which is worth being kept elsewhere."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    write_closed(folder / NAME, text)
    return hashlib.sha256(text).hexdigest()


def read(folder: Path) -> Manifest:
    """Read the manifest of one backup; raise NoBackup or Damaged."""
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise NoBackup(f"{folder} is no backup: there is no {NAME} in it") from None
    except msgspec.MsgspecError as error:
        raise Damaged(f"{folder / NAME} cannot be read: {error}") from error


def verify(folder: Path, manifest: Manifest) -> None:
    """Read every file and compare it with what was written; raise Damaged."""
    for content in manifest.contents:
        path = folder / content.path
        if not path.is_file():
            raise Damaged(f"{path} is gone")
        if path.stat().st_size != content.size or digest_of(path) != content.sha256:
            raise Damaged(f"{path} is not as it was written: take another backup")


def content_of(folder: Path) -> tuple[Content, ...]:
    """List what is in the folder now."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in (NAME, TRIED))
    return tuple(
        Content(path=f"{path.relative_to(folder)}", size=path.stat().st_size, sha256=digest_of(path)) for path in files
    )


def digest_of(path: Path) -> str:
    """Read a file of any size and sum it up."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def write_closed(path: Path, text: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all, and on the disk when this returns."""
    draft = path.with_suffix(".draft")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
