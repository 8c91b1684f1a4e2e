"""What was counted a moment ago: handed out, and counted anew beside it."""

import pytest

from settlement import lately
from settlement.lately import Lately


@pytest.fixture
def at(monkeypatch):
    """Lets the machine's clock stand at so many seconds."""

    def at(seconds):
        monkeypatch.setattr(lately.time, "monotonic", lambda: 1000.0 + seconds)

    at(0)
    return at


class Count:
    def __init__(self):
        self.asked, self.trouble = [], None

    def __call__(self, key):
        self.asked.append(key)
        if self.trouble:
            raise self.trouble
        return f"{key} {len(self.asked)}"


@pytest.fixture
def count():
    return Count()


def renewed(kept, key, value, eventually):
    eventually(lambda: kept.get(key) == value, "it is not counted anew")


def test_it_is_counted_once_for_all_who_ask_at_that_time(at, count):
    kept = Lately(count)
    assert [kept.get("a"), kept.get("a"), kept.get("b")] == ["a 1", "a 1", "b 2"]
    at(lately.FRESH_S - 0.1)
    assert kept.get("a") == "a 1"


def test_nobody_waits_for_the_next_count(at, count, eventually):
    kept = Lately(count)
    kept.get("a")
    at(lately.FRESH_S)
    assert kept.get("a") == "a 1"
    renewed(kept, "a", "a 2", eventually)
    assert count.asked == ["a", "a"]


def test_what_is_too_old_is_not_handed_out(at, count):
    kept = Lately(count)
    kept.get("a")
    at(lately.USABLE_S)
    assert kept.get("a") == "a 2"


def test_a_count_that_fails_leaves_what_is_there_and_is_tried_again(at, count, eventually):
    kept = Lately(count)
    kept.get("a")
    at(lately.FRESH_S)
    count.trouble = lately.DatabaseFault("away")
    assert kept.get("a") == "a 1"
    eventually(lambda: len(count.asked) >= 2, "nothing was tried")
    count.trouble = None
    eventually(lambda: kept.get("a") != "a 1", "it is not tried again")


def test_whoever_is_first_is_told_why_there_is_none(at, count):
    kept = Lately(count)
    count.trouble = lately.DatabaseFault("away")
    with pytest.raises(lately.DatabaseFault):
        kept.get("a")
    count.trouble = None
    assert kept.get("a") == "a 2"
