"""What the documents name exists: files, folders, links and commands of make."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "systemd/*.md", "config/*.toml")
    for path in ROOT.glob(pattern)
)
HISTORY = ("CHANGELOG.md", "docs/decisions/")
"""They tell what was: a path that moved since stays as it was written."""
CURRENT = [name for name in DOCUMENTS if not name.startswith(HISTORY)]
FOLDERS = "drivers|foundation|kiosk|muster|settlement|sync|config|systemd|docs|tests|benchmarks"
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def missing_paths(text):
    """The paths of this house that a text names and that are not there."""
    named = re.findall(rf"(?<![\w./-])((?:{FOLDERS})/[\w./-]*\w/?)", text)
    return sorted({path for path in named if not (ROOT / path).exists()})


def broken_links(text, folder):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    return [link for link in links if "://" not in link and not (folder / link).exists()]


@pytest.mark.parametrize("document", CURRENT)
def test_every_path_that_a_document_names_exists(document):
    assert missing_paths((ROOT / document).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document):
    file = ROOT / document
    assert broken_links(file.read_text(encoding="utf-8"), file.parent) == []


def anchors(text):
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", CURRENT)
def test_every_link_to_a_heading_finds_it(document):
    file = ROOT / document
    text = file.read_text(encoding="utf-8")
    lost = []
    for link, anchor in re.findall(r"\]\(([^)#\s:]*)#([^)\s]+)\)", text):
        other = file.parent / link
        if other.suffix in ("", ".md") and anchor not in anchors(other.read_text() if link else text):
            lost.append(f"{link}#{anchor}")
    assert lost == []


@pytest.mark.parametrize("document", CURRENT)
def test_every_command_of_make_that_a_document_names_exists(document):
    named = set(re.findall(r"`make (\w[\w-]*)`", (ROOT / document).read_text(encoding="utf-8")))
    assert named - set(re.findall(r"^([\w-]+):", MAKEFILE, re.MULTILINE)) == set()


def test_a_path_that_moved_and_a_broken_link_are_found():
    assert missing_paths("see `kiosk/decision.py` and docs/rules.md.") == ["kiosk/decision.py"]
    assert broken_links("[x](nowhere.md#s1) [y](rules.md) [z](https://a.b/c)", ROOT / "docs") == [
        "nowhere.md"
    ]
