from kiosk.checkin.slow_answers import AFTER_S, SlowAnswers
from tests.kiosk.samples import reading


def test_only_an_answer_that_takes_longer_than_a_blink_is_told_of_and_once():
    told, clock_s = [], [0.0]
    one = reading("ABC")

    def decide(_):
        clock_s[0] += AFTER_S / 2
        slow.look()
        assert told == []
        clock_s[0] += AFTER_S / 2
        slow.look()
        slow.look()
        return True

    slow = SlowAnswers(decide, told.append, now_s=lambda: clock_s[0])
    assert slow.deliver(one)
    assert told == [one]
    clock_s[0] += 10
    slow.look()
    assert told == [one]
