"""Scripts of the show, and who comes to it."""

import itertools

import pytest

from foundation.errors import SettingsError
from kiosk.local_api.messages import Outcome
from muster.demo.show.crowd import Queue, people
from muster.demo.show.deeds import QUIT, Deed
from muster.demo.show.script import DEFAULT, Cue, load_script, read_script


def test_a_line_is_a_moment_and_a_key():
    assert read_script("# begins\n\n2 n  # cut\n2.5 3\n") == [Cue(2.0, "n"), Cue(2.5, "3")]


def test_the_script_that_ships_does_everything_once_and_ends():
    keys = [cue.key for cue in load_script(DEFAULT)]
    assert set(Deed) <= set(keys)
    assert keys[-1] == QUIT
    assert keys.count(Deed.NETWORK) == keys.count(Deed.CLOCK) == keys.count(Deed.UNPLUG) == 2


@pytest.mark.parametrize("text", ["n 2", "3 x", "3 n\n2 n", "3", "-1 n"])
def test_a_line_that_is_wrong_is_told(tmp_path, text):
    file = tmp_path / "script"
    file.write_text(text)
    with pytest.raises(SettingsError, match=f"can't be played: line {len(text.splitlines())}:"):
        load_script(str(file))


def test_a_script_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SettingsError, match="can't be read"):
        load_script(str(tmp_path / "none"))


def visits(outcome):
    queue, found = Queue(3, [one.number for one in people(5)]), []
    for _ in range(200):
        visit = queue.next()
        queue.done(visit, outcome)
        found.append(visit.volunteer)
    return found


def test_two_shows_are_alike_and_everybody_comes():
    found = visits(Outcome.ACCEPTED_IN)
    assert found == visits(Outcome.ACCEPTED_IN)
    assert set(found) == {0, *(one.number for one in people(5))}


def test_who_was_answered_does_not_come_back_at_once_and_who_was_not_may():
    known = [one for one in visits(Outcome.ACCEPTED_OUT) if one]
    assert all(one != then for one, then in itertools.pairwise(known))
    assert len(set(visits(None))) < 6
