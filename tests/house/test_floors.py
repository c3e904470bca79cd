"""The plan of the house: pure rooms do nothing to the world, files hold one idea, tests wait for facts."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("contracts", "runtime", "homes", "ingest", "detectors", "alerts", "history", "console", "simulator")
#: A module with one of these names may touch the world; `stream_adaptations` belongs to the stream's door.
DOORS = {"mqtt", "kafka", "stream", "stream_adaptations", "postgres", "push", "web", "live", "access", "metrics"}
DOORS |= {"service", "__main__", "sqlite", "files", "sockets"}
#: What only a door may import.
WORLD = {
    "aiohttp",
    "aiokafka",
    "aiosmtplib",
    "apprise",
    "asyncio",
    "faust",
    "httpx",
    "logging",
    "mode",
    "os",
    "paho",
    "prometheus_client",
    "psycopg",
    "psycopg_pool",
    "random",
    "secrets",
    "smtplib",
    "socket",
    "starlette",
    "structlog",
    "subprocess",
    "threading",
    "time",
    "urllib.request",
    "uuid",
    "uvicorn",
}


def modules(*packages: str) -> Iterator[Path]:
    for package in packages:
        yield from sorted((ROOT / package).rglob("*.py"))


def is_door(file: Path) -> bool:
    inside = file.relative_to(ROOT)
    return inside.parts[0] == "runtime" or file.stem in DOORS or "channels" in inside.parts


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                yield from (name.name for name in node.names)
            case ast.ImportFrom(module=str(module)):
                yield module


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


PURE = [file for file in modules(*PACKAGES) if not is_door(file)]
ALL = list(modules(*PACKAGES, "deploy", "bench"))


@pytest.mark.parametrize("file", PURE, ids=name_of)
def test_a_pure_room_imports_neither_a_technology_nor_a_door(file: Path) -> None:
    names = set(imported(ast.parse(file.read_text())))
    assert not {name for name in names if name in WORLD or name.split(".")[0] in WORLD}
    ours = {name for name in names if name.split(".")[0] in PACKAGES}
    assert not {name for name in ours if name.split(".")[0] == "runtime" or name.split(".")[-1] in DOORS}


@pytest.mark.parametrize("file", PURE, ids=name_of)
def test_a_pure_room_asks_neither_the_time_nor_the_environment(file: Path) -> None:
    called = {ast.unparse(node.func) for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)}
    assert not called & {"datetime.now", "datetime.utcnow", "date.today", "open", "print", "hash", "input"}


@pytest.mark.parametrize("file", ALL, ids=name_of)
def test_a_file_opens_with_the_sentence_that_says_what_it_is_for(file: Path) -> None:
    text = file.read_text()
    assert not text or ast.get_docstring(ast.parse(text)), "a file without an opening sentence"


@pytest.mark.parametrize("file", ALL, ids=name_of)
def test_a_file_holds_one_idea(file: Path) -> None:
    assert file.read_text().count("\n") <= 300


@pytest.mark.parametrize("file", ALL, ids=name_of)
def test_a_function_can_be_read_at_one_look(file: Path) -> None:
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= 40
    ]
    assert not long


@pytest.mark.parametrize("file", ALL, ids=name_of)
def test_only_the_life_of_a_service_catches_everything(file: Path) -> None:
    if name_of(file) == "runtime/lifecycle.py":
        return
    caught = {
        ast.unparse(node.type) if node.type else "everything"
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ExceptHandler)
    }
    assert not caught & {"everything", "Exception", "BaseException"}


@pytest.mark.parametrize("file", list(modules("tests")), ids=name_of)
def test_a_test_waits_for_a_fact_and_patches_nothing(file: Path) -> None:
    if file.name == "until.py":
        return
    called = {ast.unparse(node.func) for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)}
    assert not called & {"time.sleep", "asyncio.sleep", "sleep", "monkeypatch.setattr", "Mock", "MagicMock", "patch"}


@pytest.mark.parametrize("file", [*ALL, *modules("tests")], ids=name_of)
def test_nothing_is_imported_inside_a_function(file: Path) -> None:
    inside = [
        ast.unparse(child)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for child in ast.walk(node)
        if isinstance(child, ast.Import | ast.ImportFrom)
    ]
    assert not inside
