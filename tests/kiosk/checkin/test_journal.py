from kiosk.checkin.journal import journal_line
from kiosk.local_api.messages import Decided, Outcome


def test_the_journal_has_a_line_of_each_answer_and_nothing_of_the_person():
    decided = Decided(
        1_760_407_481_000,
        "camera",
        "badge",
        Outcome.REFUSED,
        "wrong_site",
        name="李明",
        volunteer="70000000000000017",
        language="zh-Hans",
        since_ms=1_760_403_492_000,
        seq=7,
        expected_at="South gate",
    )
    assert journal_line(decided) == {
        "device": "camera",
        "method": "badge",
        "outcome": "refused",
        "reason": "wrong_site",
        "seq": 7,
    }
