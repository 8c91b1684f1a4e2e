"""A short form of `make faults-line`: the kinds that hurt most, one round of each."""

import pytest

from tests.nemesis.forks import Forks
from tests.nemesis.kinds import KINDS, Workshop, play


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    forks = Forks()
    yield Workshop(tmp_path_factory.mktemp("line"), forks)
    forks.close()


@pytest.mark.parametrize(
    "kind",
    [
        "centre put back",
        "signing key replaced, cut off half way",
        "card put back",
        "all at once, SQLite",
    ],
)
def test_what_was_shown_is_there_once_and_what_is_not_is_named(kind, workshop, tmp_path):
    played = play(kind, 1, tmp_path, workshop)
    assert played.shown
    assert played.verdict.is_clean, played.verdict


def test_the_rounds_of_all_kinds_make_five_hundred():
    assert sum(kind.rounds for kind in KINDS.values()) >= 500
