"""The house's own rules: who may import whom, what is documented, what is shipped."""

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("drivers", "foundation", "kiosk", "muster", "settlement", "sync")


def run(*command: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def modules_after_importing(package: str) -> set[str]:
    """The top-level modules that importing every module of a package brings in."""
    script = f"""
import importlib, pkgutil, sys, {package}
for module in pkgutil.walk_packages({package}.__path__, "{package}."):
    importlib.import_module(module.name)
print(*{{name.partition(".")[0] for name in sys.modules}})
"""
    found = run(sys.executable, "-c", script)
    assert found.returncode == 0, found.stderr
    return set(found.stdout.split())


def test_the_terminal_imports_no_django():
    assert "django" not in modules_after_importing("kiosk")


def test_the_rules_import_neither_django_nor_hardware():
    imported = modules_after_importing("settlement.rules")
    assert not imported & {"django", "cv2", "paho", "sqlite3", "textual"}


def test_the_centre_imports_no_opencv():
    script = """
import os, sys, importlib, pkgutil
os.environ["DJANGO_SETTINGS_MODULE"] = "settlement.django_settings"
import django; django.setup()
import settlement
for module in pkgutil.walk_packages(settlement.__path__, "settlement."):
    importlib.import_module(module.name)
assert not {"cv2", "serial", "textual", "sync.log"} & set(sys.modules)
"""
    found = run(sys.executable, "-c", script)
    assert found.returncode == 0, found.stderr


def test_the_uplinks_process_loads_neither_the_engine_nor_a_device():
    script = "import sys, muster.console, kiosk.uplink_process; print(*sys.modules)"
    found = run(sys.executable, "-c", script)
    assert found.returncode == 0, found.stderr
    loaded = set(found.stdout.split())
    assert "sync.line.uplink" in loaded
    assert not loaded & {"cv2", "evdev", "gpiozero", "numpy", "serial", "smartcard", "textual"}
    assert not loaded & {"drivers.lifecycle", "kiosk.checkin.engine", "kiosk.engine_process"}


@pytest.fixture(scope="module")
def copy_of_the_house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


LINT = (Path(sys.executable).with_name("lint-imports").as_posix(), "--no-logo", "--no-cache")


@pytest.mark.parametrize(
    ("module", "violation"),
    [
        ("kiosk/presence/standings.py", "import django"),
        ("settlement/rules/rule_set.py", "import django"),
        ("settlement/ingest/ingest.py", "import cv2"),
        ("sync/contract/chain.py", "import kiosk.presence.standings"),
        ("drivers/reading.py", "import sync.contract.wire"),
        ("kiosk/uplink_process.py", "from kiosk.engine_process import Terminal"),
        ("kiosk/local_api/client.py", "import drivers.feedback"),
        ("kiosk/roster/index.py", "import kiosk.checkin.engine"),
        ("settlement/ledger/totals.py", "import settlement.review.queue"),
        ("settlement/evidence/store.py", "import settlement.settling.settler"),
    ],
)
def test_the_import_contracts_catch_a_planted_violation(copy_of_the_house, module, violation):
    source = copy_of_the_house / module
    clean = source.read_text(encoding="utf-8")
    source.write_text(f"{clean}\n{violation}\n", encoding="utf-8")
    try:
        found = run(*LINT, folder=copy_of_the_house)
    finally:
        source.write_text(clean, encoding="utf-8")
    assert found.returncode != 0
    assert "broken" in found.stdout


@pytest.mark.parametrize("package", ["kiosk", "settlement"])
def test_a_room_without_a_place_among_the_others_is_noticed(copy_of_the_house, package):
    room = copy_of_the_house / package / "attic"
    room.mkdir()
    (room / "__init__.py").write_text('"""A room that nobody gave a place."""\n', encoding="utf-8")
    try:
        found = run(*LINT, folder=copy_of_the_house)
    finally:
        shutil.rmtree(room)
    assert found.returncode != 0
    assert "attic" in found.stdout


def test_nobody_else_owns_our_import_names():
    # An editable installation lists no packages of its own.
    owners = importlib.metadata.packages_distributions()
    assert [package for package in PACKAGES if owners.get(package, ["muster"]) != ["muster"]] == []


def test_the_version_is_the_same_wherever_it_stands():
    from foundation import VERSION

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$", changelog, re.MULTILINE)
    assert (project["version"], released[0]) == (VERSION, VERSION)
    assert run(sys.executable, "-m", "muster", "--version").stdout == f"muster, version {VERSION}\n"


def test_the_licences_that_the_package_names_are_there():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [name for name in project["license-files"] if not any(ROOT.glob(name))] == []


def test_the_pinned_requirements_name_no_address():
    pinned = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert "://" not in pinned
    assert "--hash=sha256:" in pinned


def test_every_command_explains_itself():
    from muster.console import main

    pending = [((), main)]
    while pending:
        path, command = pending.pop()
        assert command.help, f"muster {' '.join(path)} has no help"
        for option in command.params:
            assert option.param_type_name == "argument" or option.help, f"{path} {option.name} has no help"
        pending += [((*path, name), sub) for name, sub in getattr(command, "commands", {}).items()]


def test_the_readme_names_about_a_dozen_commands_and_each_exists():
    from muster.console import main

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `muster ([a-z ]+)` \|", readme, re.MULTILINE)
    assert 10 <= len(named) <= 16
    for words in named:
        command = main
        for word in words.split():
            command = command.get_command(click.Context(command), word)
            assert command, f"there is no `muster {words}`"


def test_the_shipped_settings_are_valid_but_for_the_centres_key():
    from kiosk.settings import KioskFiles

    assert KioskFiles(ROOT / "config" / "kiosk.toml").settings.terminal == "north-gate"


def test_the_shipped_settings_explain_every_key():
    from kiosk.settings import kiosk_settings

    text = (ROOT / "config" / "kiosk.toml").read_text(encoding="utf-8")
    examples = re.sub(r"^# (?=\[|\w+ = )", "", text, flags=re.MULTILINE)
    assert set(kiosk_settings().__struct_fields__) == set(tomllib.loads(examples))


def test_the_settings_show_a_valid_example_of_each_kind_of_device(tmp_path):
    from drivers.catalog import DEVICE_KINDS
    from kiosk.settings import KioskFiles

    text = (ROOT / "config" / "kiosk.toml").read_text(encoding="utf-8")
    examples = re.sub(r"^# (?=\[|\w+ = )", "", text, flags=re.MULTILINE)
    (tmp_path / "kiosk.toml").write_text(examples, encoding="utf-8")
    shown = [one.kind for one in KioskFiles(tmp_path / "kiosk.toml").settings.devices]
    assert shown == list(DEVICE_KINDS)
