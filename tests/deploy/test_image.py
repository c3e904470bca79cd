"""What the image is given is enough for every command that it is started with."""

import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from deploy.embedded.stack import ROOT

pytestmark = pytest.mark.door

COMMANDS = (
    "alerts",
    "console",
    "detectors",
    "history",
    "homes",
    "ingest",
    "deploy.backup",
    "deploy.roles",
)
#: Whoever imports what is not in the image finds nothing, as there.
WITHOUT = """
import sys
from importlib.abc import MetaPathFinder


class NotInTheImage(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {away}:
            raise ModuleNotFoundError(name, name=name)


sys.meta_path.insert(0, NotInTheImage())
import {command}.__main__
"""


def locked(lock: Path) -> frozenset[str]:
    names = re.findall(r"^([A-Za-z0-9_.-]+)==", lock.read_text(), re.MULTILINE)
    return frozenset(re.sub(r"[-_.]+", "-", name).lower() for name in names)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the Dockerfile copies, and no others."""
    root = tmp_path_factory.mktemp("image")
    for source, target in re.findall(r"^COPY (\S+) (\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE):
        to = root / target
        to.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, to, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, to)
    return root


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_needs_no_file_and_no_library_that_the_image_has_not(image: Path, command: str) -> None:
    missing = locked(ROOT / "requirements.lock") - locked(ROOT / "deploy" / "requirements.lock")
    away = {
        module
        for module, owners in packages_distributions().items()
        if all(re.sub(r"[-_.]+", "-", owner).lower() in missing for owner in owners)
    }
    assert "iotcore" in away
    words = [sys.executable, "-c", WITHOUT.format(away=away, command=command)]
    done = subprocess.run(words, cwd=image, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
