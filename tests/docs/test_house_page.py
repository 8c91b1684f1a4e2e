"""docs/house.md knows every folder of every package, and names nothing that is not there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("drivers", "foundation", "kiosk", "muster", "settlement", "sync")
PAGE = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")


def folders():
    """Every folder of the packages that holds files of its own."""
    found = (folder for package in PACKAGES for folder in (ROOT / package).rglob("*") if folder.is_dir())
    return sorted(
        f"{folder.relative_to(ROOT)}/"
        for folder in (*found, *(ROOT / package for package in PACKAGES))
        if folder.name != "__pycache__" and any(file.is_file() for file in folder.iterdir())
    )


def missing(page):
    return [folder for folder in folders() if f"`{folder}`" not in page]


def test_every_folder_of_a_package_is_on_the_page():
    assert missing(PAGE) == []


def test_a_folder_that_the_page_forgets_is_found():
    assert missing(PAGE.replace("`kiosk/presence/`", "presence")) == ["kiosk/presence/"]


def test_every_folder_and_file_that_the_page_names_exists():
    named = re.findall(r"`([\w.-]+/[\w./-]*)`", PAGE)
    assert [path for path in named if not (ROOT / path).exists()] == []


def rows_of(page, package):
    """The rooms of a package in the order of its table."""
    return re.findall(rf"^\| `{package}/(\w+)/` \|", page, re.MULTILINE)


@pytest.mark.parametrize("package", ["kiosk", "settlement"])
def test_a_room_imports_rooms_of_a_later_row_only(package):
    rooms = rows_of(PAGE, package)
    upward = [
        f"{module.relative_to(ROOT)} imports {package}.{imported}"
        for place, room in enumerate(rooms)
        for module in (ROOT / package / room).rglob("*.py")
        for imported in re.findall(rf"from {package}\.(\w+)", module.read_text(encoding="utf-8"))
        if imported in rooms[:place]
    ]
    assert len(rooms) > 10
    assert upward == []
