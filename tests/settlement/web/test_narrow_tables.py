"""On a telephone each row of a table becomes a card: so each cell brings the name of its column along."""

import re
from pathlib import Path

import pytest

import settlement

TEMPLATES = Path(settlement.__file__).parent / "templates"
FOR_PAPER = {"personal_data.html"}
"""Is handed out as a file of its own."""
ACTS = re.compile("<(input|button|form)")
"""What is done there says so itself."""
WITH_TABLES = [
    path
    for path in sorted(TEMPLATES.rglob("*.html"))
    if "<table" in path.read_text(encoding="utf-8") and path.name not in FOR_PAPER
]


@pytest.mark.parametrize("template", WITH_TABLES, ids=lambda path: path.name)
def test_each_cell_is_named(template):
    text = template.read_text(encoding="utf-8")
    for table in re.findall(r"<table.*?</table>", text, re.DOTALL):
        assert re.match(r'<table class="[^"]*\bcards\b', table)
        cells = re.findall(r"(<td[^>]*>)(.*?)</td>", table, re.DOTALL)
        unnamed = [begin for begin, inner in cells if "data-name=" not in begin and not ACTS.search(inner)]
        assert unnamed == []


def test_what_a_card_does_not_repeat_is_hidden_on_narrow_screens():
    style = (TEMPLATES.parent / "static" / "page.css").read_text(encoding="utf-8")
    narrow = style.partition("@media (max-width: 40rem)")[2].partition("@media print")[0]
    assert ".cards thead { display: none; }" in narrow
    assert ".cards .known { display: none; }" in narrow
