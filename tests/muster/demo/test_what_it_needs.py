"""What a demo does not begin without, told before anything is made."""

import shutil

from click.testing import CliRunner

from muster.console import main


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path):
    (tmp_path / "letter").write_text("dear")
    ended = CliRunner().invoke(main, ("demo", "--folder", str(tmp_path)))
    assert ended.exit_code == 1
    assert f"The folder {tmp_path} is not empty. Name a new one: a demo never reuses keys." in ended.output
    assert [path.name for path in tmp_path.iterdir()] == ["letter"]


def test_without_a_broker_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    ended = CliRunner().invoke(main, ("demo", "--folder", str(tmp_path / "new")))
    assert ended.exit_code == 1
    assert "Mosquitto is not installed. Run `make setup`, or `apt install mosquitto`." in ended.output
