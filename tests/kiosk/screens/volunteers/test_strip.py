import msgspec
import pytest
from rich.cells import cell_len

from foundation.words import LANGUAGES, Words
from kiosk.local_api.messages import Decided, Outcome
from kiosk.local_api.receipts import Receipt
from kiosk.screens.terminal_state import TerminalState
from kiosk.screens.volunteer_view import Doing, panel
from kiosk.screens.volunteers.reading_time import LONGEST_RECEIPT_S, LONGEST_S, shown_for_s
from kiosk.screens.volunteers.strip import just_recorded, strip
from tests.kiosk.screens.volunteers.test_distance import RECEIPT


def person(number: int, seconds: int = 0, **fields) -> Decided:
    at_ms, who = 1_760_407_480_000 - 1000 * seconds, str(number)
    return Decided(at_ms, "camera", "badge", Outcome.ACCEPTED_IN, name=f"P{who}", volunteer=who, **fields)


def after(snapshot, *recent: Decided):
    return msgspec.structs.replace(snapshot, recent=list(recent))


def test_the_last_three_besides_whoever_stands_large(snapshot):
    people = [person(number, 5 - number) for number in range(5)]
    assert just_recorded(after(snapshot, *people), people[-1]) == people[3:0:-1]


def test_nobodys_name_stays_and_who_is_elsewhere_is_not_named(snapshot):
    people = [
        person(1, 20),
        person(2, 1, from_afar=True),
        msgspec.structs.replace(person(3), method="manual"),
    ]
    assert just_recorded(after(snapshot, *people), None) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_long_names_share_the_row(snapshot, language):
    people = [
        msgspec.structs.replace(person(number), name="Aleksandra Konstantinopolskaya") for number in range(3)
    ]
    row = strip(after(snapshot, *people), None, Words(language), 78)
    assert cell_len(row) <= 78
    assert row.count("│") == 2


def test_a_success_is_short_and_a_refusal_as_long_as_its_words(snapshot):
    def shown_s(outcome, reason="", receipt=None):
        decided = Decided(1_760_407_480_000, "camera", "badge", outcome, reason, receipt=receipt)
        return shown_for_s(decided, panel(TerminalState(snapshot), Doing(shown=decided), "en"), 4)

    assert shown_s(Outcome.ACCEPTED_IN) == 4
    assert shown_s(Outcome.ACCEPTED_OUT, receipt=Receipt(today_s=3600)) == 4
    assert 4 < shown_s(Outcome.ACCEPTED_OUT, receipt=RECEIPT) == LONGEST_RECEIPT_S
    assert (
        8 < shown_s(Outcome.REFUSED, "not_on_roster") < shown_s(Outcome.REFUSED, "other_realm") <= LONGEST_S
    )
