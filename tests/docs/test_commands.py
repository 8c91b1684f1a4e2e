"""docs/commands.md says what the commands say."""

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
MAKER = runpy.run_path(str(DOCS / "make_commands.py"))


def test_the_document_is_what_the_commands_say_today():
    made = MAKER["document"]()
    assert made == (DOCS / "commands.md").read_text(encoding="utf-8"), "run `make commands`"


def test_options_needs_and_examples_are_told():
    made = MAKER["document"]()
    assert "| `--as LOGIN` |  | Whose account acts" in made
    assert "    muster demo --kill engine --kill mosquitto\n" in made
    assert "\b" not in made
