"""Chooses the pure tests for `make quick`: those that need no database, broker, process, device or file.

    pytest -p tests.quick -p no:django

What a test needs is read from its source, before anything is imported: whatever its module imports, and what
that imports in turn, and the fixtures that it asks for. So nobody keeps a list, and a run begins at once.
"""

import ast
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = frozenset(
    {
        *("django", "psycopg", "waitress", "urllib3"),
        *("cv2", "evdev", "gpiozero", "pyzbar", "serial", "smartcard", "zxingcpp"),
        *("fpdf", "textual"),
    }
)
"""What talks to databases, devices and windows, and takes long to load."""
OUTSIDE = frozenset({"http", "multiprocessing", "paho", "pty", "socket", "sqlite3", "subprocess"})
"""What a test itself imports only to start a process, or to talk to one. Else it does that in a folder."""
FIXTURES = frozenset({"tmp_path", "tmp_path_factory", "db", "settings"})
"""Those that lead to a disk, or to Django."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know the setting of pytest-django, which is left out: loading it takes longer than many tests."""
    parser.addini("DJANGO_SETTINGS_MODULE", "of the tests that need a database")


def pytest_configure() -> None:
    """Let tests that try generated days try fewer."""
    os.environ["MUSTER_QUICK"] = "1"


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave a file out that needs more than itself, and a folder whose fixtures are made of more."""
    if collection_path.is_dir():
        conftest = collection_path / "conftest.py"
        return True if conftest.exists() and loads_more(conftest) else None
    is_test = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    return True if is_test and needs_more(collection_path) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave tests out whose fixtures need more."""
    chosen = [item for item in items if FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def needs_more(test: Path) -> bool:
    """Whether a file of tests talks to the world outside, or imports what does, however indirectly."""
    named = _imported(test, everywhere=True)
    outside = any(name.partition(".")[0] in OUTSIDE for name in named)
    return outside or _leads_to_more(named)


def loads_more(conftest: Path) -> bool:
    """Whether importing a file of fixtures loads what is heavy; what its fixtures import is their own."""
    return _leads_to_more(_imported(conftest, everywhere=False))


def _leads_to_more(named: Iterable[str]) -> bool:
    seen: set[Path] = set()
    ahead = list(named)
    while ahead:
        name = ahead.pop()
        if name.partition(".")[0] in HEAVY:
            return True
        for path in _files_of(name):
            if path not in seen:
                seen.add(path)
                ahead += _imported(path, everywhere=False)
    return False


@cache
def _imported(path: Path, *, everywhere: bool) -> tuple[str, ...]:
    """The modules that importing a file imports; `everywhere` also those that its functions import."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tuple(name for node in (ast.walk(tree) if everywhere else tree.body) for name in _named(node))


def _named(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def _files_of(module: str) -> tuple[Path, ...]:
    """The files of ours that importing a module runs: its own, and those of the packages that it lies in."""
    parts = module.split(".")
    places = [ROOT.joinpath(*parts[: number + 1]) for number in range(len(parts))]
    files = (*(place / "__init__.py" for place in places), places[-1].with_suffix(".py"))
    return tuple(file for file in files if file.is_file())
