"""The sum of a show: what screens showed, held against what is kept and settled."""

from collections import Counter

from muster.demo.show.tally import Held, Person, Record, Shown, tally
from sync.contract.events import Direction

CAME = Record("north", 4, 7, Direction.IN)
LEFT = Record("north", 5, 7, Direction.OUT)
SHOWN = [Shown(CAME, 1000), Shown(LEFT, 9000)]
BOTH = [CAME, LEFT]


def of(held, shown=SHOWN, unanswered=()):
    return tally(shown, held, Counter(unanswered))


def test_all_that_was_shown_is_settled_once():
    counted = of(Held(BOTH, BOTH, BOTH))
    assert counted.is_even
    assert counted.sentence() == "shown as accepted 2 = settled 2 · lost 0 · doubled 0"


def test_what_a_log_or_the_centre_holds_is_on_its_way():
    counted = of(Held([LEFT], [CAME], []))
    assert (counted.settled, counted.under_way, counted.lost) == (0, 2, 0)
    assert not counted.is_even
    assert "= settled 0 + 2 kept, on the way" in counted.sentence()


def test_what_nobody_holds_is_lost():
    counted = of(Held([], [CAME], [CAME]))
    assert (counted.settled, counted.lost) == (1, 1)
    assert counted.sentence() == "shown as accepted 2 ≠ settled 1 · lost 1 · doubled 0"


def test_a_place_in_the_log_that_was_taken_twice_lost_the_first():
    again = [*SHOWN, Shown(LEFT, 9500)]
    assert of(Held(BOTH, BOTH, BOTH), again).lost == 1


def test_an_event_that_counts_twice_is_doubled():
    assert of(Held(BOTH, BOTH, [*BOTH, LEFT])).doubled >= 1


def test_the_same_visit_under_another_number_of_the_log_is_doubled():
    copy = LEFT._replace(seq=6)
    assert of(Held([*BOTH, copy], [*BOTH, copy], [*BOTH, copy])).doubled == 1


def test_who_got_no_answer_may_have_been_recorded():
    unseen = Record("north", 6, 8, Direction.IN)
    held = Held([*BOTH, unseen], [*BOTH, unseen], [*BOTH, unseen])
    counted = of(held, unanswered=[Person("north", 8)])
    assert counted.is_even
    assert (counted.doubled, counted.unseen) == (0, 1)
    assert counted.sentence().endswith("1 recorded, answer cut off")
    assert of(held).doubled == 1
