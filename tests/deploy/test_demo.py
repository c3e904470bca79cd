"""The demo as a newcomer sees it."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import pytest

from deploy.embedded.children import Child
from deploy.embedded.stack import ROOT
from tests.until import until

pytestmark = pytest.mark.journey


def children_of(pid: int) -> dict[int, str]:
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child): words_of(int(child)) for child in told}


def words_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def left_of(children: dict[int, str]) -> dict[int, str]:
    return {pid: words for pid, words in children.items() if words_of(pid) == words != ""}


def typed(line: str, environ: Mapping[str, str]) -> str:
    """Type a line into a shell, with the python of these tests for the one of a fresh clone."""
    line = line.replace(".venv/bin/python", sys.executable)
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def opens(url: str) -> bool:
    with urllib.request.urlopen(url, timeout=5) as page:
        return bool(page.status == 200)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
async def test_one_command_brings_a_street_up_keeps_it_up_and_takes_it_down(server_folder: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("DOLBOM_")}
    command = [sys.executable, "-m", "deploy", "demo", "--homes=5", f"--folder={server_folder / 'demo'}"]
    demo = Child(command, log=server_folder / "demo.log", environ={**environ, "COLUMNS": "200"}, cwd=ROOT)
    try:
        demo.wait_for(lambda: "Ctrl-C stops it." in demo.log_tail(), within=90, what="the demo")
        screen = demo.log_tail(30)
        board = re.search(r"Board\s+(\S+)", screen)
        assert board
        assert opens(board[1])
        assert re.search(r"Password\s+\S{12,}", screen)
        assert "protects nobody" in screen
        addresses = server_folder / "demo" / "commands.env"
        assert addresses.stat().st_mode & 0o077 == 0
        look = re.search(r"Look inside\s+(source .*)", screen)
        assert look and str(addresses) in look[1]
        assert "h-0005" in typed(look[1], environ)
        assert "SECRET" not in addresses.read_text()
        before = children_of(demo.pid)
        assert len(before) == 9
        history = next(pid for pid, words in before.items() if "-m history" in words)
        os.kill(history, signal.SIGKILL)
        await until(lambda: "history ended with status -9; starting it again" in demo.log_tail(), what="the word of it")
        await until(lambda: len(children_of(demo.pid)) == 9, what="a new history")
        everything = before | children_of(demo.pid)
        assert demo.stop(signal.SIGINT, within=15) < 10
        assert demo.status == 0
        assert left_of(everything) == {}
        assert not addresses.exists()
    finally:
        demo.kill()
