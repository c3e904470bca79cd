"""Build the overlays with kustomize, and ask Kubernetes' own schemas about what comes out."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Final

from deploy.kubernetes.objects import HERE

OVERLAYS: Final = ("small", "city")
_KUSTOMIZE: Final = "sigs.k8s.io/kustomize/kustomize/v5@v5.7.1"
_VALIDATOR: Final = "kubernetes-validate==1.37.0"
_MINUTES: Final = 30 * 60.0


class NoBuilder(Exception):
    """Neither kustomize nor kubectl nor Go is on this machine; one of them is needed."""


def build(folder: Path) -> list[Path]:
    """Build every overlay into a file of this folder."""
    builder, files = _builder(folder), []
    for name in OVERLAYS:
        file = folder / f"{name}.yaml"
        with file.open("w") as out:
            subprocess.run([*builder, HERE / "overlays" / name], stdout=out, check=True, timeout=120)
        files.append(file)
    return files


def validate(folder: Path, files: list[Path]) -> bool:
    """Tell whether Kubernetes' schemas allow what was built; kinds of others (KEDA's) have none here."""
    tool = folder / "venv" / "bin" / "kubernetes-validate"
    if not tool.exists():
        venv.create(folder / "venv", with_pip=True)
        pip: list[str | Path] = [folder / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet", _VALIDATOR]
        subprocess.run(pip, check=True, timeout=_MINUTES)
    words: list[str | Path] = [tool, "--strict", *files]
    return subprocess.run(words, stdout=sys.stderr, timeout=_MINUTES).returncode == 0


def _builder(folder: Path) -> list[str | Path]:
    """Find kustomize, or make it with Go, which takes minutes the first time."""
    own = folder / "bin" / "kustomize"
    if kustomize := shutil.which("kustomize"):
        return [kustomize, "build"]
    if kubectl := shutil.which("kubectl"):
        return [kubectl, "kustomize"]
    if not own.exists():
        go = shutil.which("go")
        if go is None:
            raise NoBuilder(str(NoBuilder.__doc__))
        made = {**os.environ, "GOBIN": str(own.parent)}
        subprocess.run([go, "install", _KUSTOMIZE], env=made, check=True, timeout=_MINUTES)
    return [own, "build"]
