import pytest

from settlement.rules.unnamed import Found, Way, find_activity


@pytest.mark.parametrize(
    ("executing", "expected_at", "found"),
    [
        ([], [], Found(None, Way.NONE)),
        ([], ["fair"], Found(None, Way.NONE)),
        (["fair"], [], Found("fair", Way.ONLY)),
        (["fair"], ["choir"], Found("fair", Way.ONLY)),
        (["fair", "choir"], ["choir"], Found("choir", Way.ASSIGNED)),
        (["fair", "choir"], [], Found(None, Way.SEVERAL)),
        (["fair", "choir"], ["fair", "choir"], Found(None, Way.SEVERAL)),
        (["fair", "choir", "market"], ["fair", "choir"], Found(None, Way.SEVERAL)),
        (["fair", "choir"], ["choir", "market"], Found("choir", Way.ASSIGNED)),
    ],
)
def test_it_takes_the_only_one_that_expects_the_person_else_the_only_one(executing, expected_at, found):
    assert find_activity(executing, expected_at) == found
