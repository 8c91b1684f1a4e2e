"""What a page asks for once."""

import pytest

from settlement.one_reading import one_reading, read_once


@pytest.fixture
def count():
    asked = []

    @read_once
    def reading():
        asked.append(1)
        return len(asked)

    return reading


def test_within_a_page_the_first_answer_stands(count):
    with one_reading():
        assert [count(), count()] == [1, 1]


def test_outside_it_and_for_the_next_page_it_is_asked_anew(count):
    with one_reading():
        count()
    assert [count(), count()] == [2, 3]
    with one_reading():
        assert count() == 4


def test_nothing_is_kept_once_a_page_has_failed(count):
    def fail():
        with one_reading():
            count()
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert [count(), count()] == [2, 3]


def test_what_is_nothing_is_kept_too():
    asked = []
    nothing = read_once(lambda: asked.append(1))
    with one_reading():
        nothing()
        nothing()
    assert asked == [1]
