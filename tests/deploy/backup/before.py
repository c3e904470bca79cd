"""The release before this one, as its files were: the newest tag's, else those before the newest schema file."""

import io
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from runtime.postgres import SCHEMA
from tests.alerts.running import ROOT


def unpacked(into: Path) -> Path:
    """Unpack it into a folder; skip, saying why, where the history of this checkout does not reach so far."""
    commit = _commit()
    packed = subprocess.run(["git", "-C", str(ROOT), "archive", commit], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(into, filter="data")
    return into


def said(root: Path, script: str, *words: str) -> str:
    """Let that release run a few lines of ours, and answer what it printed."""
    done = subprocess.run([sys.executable, "-c", script, *words], cwd=root, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _commit() -> str:
    if _asked("rev-parse", "--is-shallow-repository") != "false":
        pytest.skip("the release before is not there: this is no checkout, or a shallow one (git fetch --unshallow)")
    if tag := _asked("describe", "--tags", "--abbrev=0", "HEAD^"):
        return tag
    newest = sorted(SCHEMA.glob("[0-9]*.sql"))[-1].relative_to(ROOT)
    added = _asked("log", "-1", "--diff-filter=A", "--format=%H", "--", str(newest))
    # A file that is not committed yet: the release before is what is committed.
    return _asked("rev-parse", f"{added}^") if added else "HEAD"


def _asked(*words: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""
