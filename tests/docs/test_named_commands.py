"""Every command that a document, a unit, a settings file or a sentence names exists, with those options."""

import re
from itertools import chain
from pathlib import Path

import pytest

from foundation.words import LANGUAGES
from tests.docs.named_commands import fault_of, in_code, in_document, in_prose

ROOT = Path(__file__).parents[2]
HISTORY = ("CHANGELOG.md", "docs/decisions/")
DOCUMENTS = [
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("systemd/*.md"))
    if not path.relative_to(ROOT).as_posix().startswith(HISTORY)
]
PLAIN = [
    path
    for path in (*ROOT.glob("systemd/**/*"), *ROOT.glob("config/*"))
    if path.is_file() and path.suffix != ".md"
]
SOURCES = [
    path
    for package in ("drivers", "foundation", "kiosk", "muster", "settlement", "sync")
    for path in (ROOT / package).rglob("*.py")
]


def named_in(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return list(in_document(text))
    comments = re.sub(r"^\s*# ?", "", text, flags=re.MULTILINE)
    return [*in_prose(comments), *in_code(comments)]


def sentences_of(language: str) -> list[str]:
    """What a catalog names: in backticks or not, for its prose writes Muster with a capital letter."""
    text = (ROOT / "foundation" / "words" / f"{language}.ftl").read_text(encoding="utf-8")
    plain = re.sub(r'\{"([^"]*)"\}', r"\1", text)
    filled = re.sub(r"\{ \$(\w+) \}", r"\1", plain).replace("\u2066", "").replace("\u2069", "")
    bare = re.findall(r"(?<![\w`./-])(muster [a-z][\w.: -]*)", re.sub(r"`[^`\n]*`", "", filled))
    return [*in_prose(filled), *bare]


def faults(commands) -> list[str]:
    return sorted({fault for fault in map(fault_of, commands) if fault})


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_a_document_names_exists(path):
    assert faults(named_in(path)) == []


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: path.name)
def test_every_command_of_a_unit_and_of_a_settings_file_exists(path):
    assert faults(named_in(path)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_that_a_sentence_names_exists(language):
    named = sentences_of(language)
    assert len(named) > 30
    assert faults(named) == []


def test_every_command_that_a_program_says_exists():
    named = list(chain.from_iterable(in_prose(path.read_text(encoding="utf-8")) for path in SOURCES))
    assert len(named) > 20
    assert faults(named) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("See `muster terminal key` there.", "there is no muster terminal key"),
        ("See `muster\nterminal lend`.", "there is no muster terminal lend"),
        ("Run\n\n    muster engine --fast\n", "muster engine has no --fast"),
        ("```sh centre\nrunuser -u x -- muster centre burn\n```", "there is no muster centre burn"),
        ("```sh\n.venv/bin/muster --quiet demo\n```", "muster has no --quiet"),
        (
            "```sh\nmuster centre staff x --role staff \\\n    --pin 1\n```",
            "muster centre staff has no --pin",
        ),
    ],
)
def test_a_command_that_does_not_exist_is_found(text, told):
    assert faults(in_document(text)) == [told]


@pytest.mark.parametrize(
    "text",
    [
        "`muster COMMAND --help`, `muster` reads, `muster[kiosk]`, `muster log …`, group `muster-local`",
        "    install -o muster-kiosk -g muster -m 600 pseudonym.key /var/lib/muster/incoming/",
        "    muster badge revoke badge:1001.1 --reason lost   # and so on --no",
        "```sh\nmuster --language ar centre staff liaison-7 'Zhao Wei' --site=north && ls --all\n```",
    ],
)
def test_what_exists_or_is_no_command_is_left_alone(text):
    assert faults(in_document(text)) == []


def test_a_unit_is_read_too():
    told = faults(in_code("[Service]\nExecStart=/opt/muster/bin/muster --log-format json lissen --config x"))
    assert told == ["there is no muster lissen"]
