import runpy
from pathlib import Path

import pytest

from kiosk.local_api import messages as local_messages

DOCS = Path(local_messages.__file__).parents[2] / "docs"
MAKERS = runpy.run_path(str(DOCS / "make_pictures.py"))["MAKERS"]
TERMINAL = [name for name in MAKERS if name.startswith("terminal-")]


@pytest.mark.parametrize("name", TERMINAL)
def test_a_terminals_picture_shows_what_the_programs_show_today(tmp_path, name):
    MAKERS[name](tmp_path / name)
    made = (tmp_path / name).read_text(encoding="utf-8")
    assert made == (DOCS / "pictures" / name).read_text(encoding="utf-8"), "run docs/make_pictures.py"


@pytest.mark.parametrize("name", TERMINAL)
def test_a_picture_fetches_nothing(name):
    picture = (DOCS / "pictures" / name).read_text(encoding="utf-8")
    assert "url(" not in picture.replace("url(#", "")
    assert "<script" not in picture
