"""Codes and taps of cards that sign: each admits once, wherever it is shown."""

import pytest

from settlement.reach import WHOLE
from sync.contract.events import Assurance, CheckIn, CheckOut, Claim, Credential, Method, Refused

CARD = "keyed:" + "a" * 32
CODE = "code:1001.00000000000000aa"


@pytest.fixture
def terminals(site, fair, mei, paper_terminal):
    """Two terminals whose logs both hold a check-in with the same code."""
    pair = [paper_terminal(), paper_terminal("south-gate", epoch="f" * 32)]
    for one in pair:
        one.enrol(site)
        one.start()
        one.check_in(CODE)
    return pair


@pytest.fixture
def card(mei):
    """A card of Mei's that signs how often it was tapped."""
    from settlement.models import Credential as Known

    return Known.objects.create(ref=CARD, volunteer=mei, method="card", assurance="high")


def tap(counter, ref=CARD):
    return {"credential": Credential(Method.CARD, ref, Assurance.HIGH, counter), "activity": "fair"}


@pytest.fixture
def pair(site, fair, card, paper_terminal):
    """Two terminals with empty logs."""
    both = [paper_terminal(), paper_terminal("south-gate", epoch="f" * 32)]
    for one in both:
        one.enrol(site)
        one.start()
    return both


@pytest.fixture
def bring(centre, noon_ms):
    from settlement.ingest.ingest import ingest

    def _bring(terminal, after_ms=1000):
        ingest(terminal.batch_topic, terminal.batch(), noon_ms + after_ms, centre=centre)

    return _bring


def states():
    from settlement.models import Event

    rows = Event.objects.exclude(kind="epoch_start").order_by("chain__terminal", "seq")
    return [(row.volunteer_id, row.status, row.review_reason) for row in rows]


def test_a_used_code_is_noted_with_its_event(terminals, bring):
    from settlement.models import OneTimeUse

    bring(terminals[0])
    use = OneTimeUse.objects.get()
    assert (use.ref, use.counter, use.chain.terminal_id, use.seq) == (CODE, -1, "north-gate", 2)
    assert states() == [(1001, "stored", "")]


def test_a_code_counts_for_its_volunteer_though_nobody_issued_it_here(terminals, bring):
    """A terminal drew it for a telephone that asked."""
    from settlement.models import IssuedCode

    bring(terminals[0])
    assert not IssuedCode.objects.exists()
    assert states()[0][0] == 1001


def test_the_same_batch_again_is_no_second_use(terminals, bring):
    bring(terminals[0])
    bring(terminals[0], 2000)
    assert states() == [(1001, "stored", "")]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_code_used_at_two_terminals_is_looked_at_whichever_came_first(terminals, bring, order):
    for place in order:
        bring(terminals[place], 1000 * (place + 1))
    assert states() == [(1001, "needs_review", "code_used_twice")] * 2


def test_looking_again_cures_nothing_of_it(terminals, bring, noon_ms):
    from settlement.evidence.attribution import attribute_again

    for one in terminals:
        bring(one)
    assert attribute_again(noon_ms) == 0
    assert states() == [(1001, "needs_review", "code_used_twice")] * 2


def test_badges_may_be_shown_as_often_as_people_like(terminal, fair, mei, deliver):
    terminal.check_in()
    terminal.check_out()
    deliver()
    assert {state for _, _, state in states()} == {""}


def test_a_used_code_can_be_revoked_like_a_badge(mei, noon_ms):
    from settlement.master_data.people import revoke_credential
    from settlement.models import Credential

    revoke_credential(CODE, noon_ms, noon_ms)
    row = Credential.objects.get(ref=CODE)
    assert (row.volunteer, row.method) == (mei, "sms_code")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_tap_that_two_terminals_took_is_looked_at_whichever_came_first(pair, bring, order):
    for one in pair:
        one.log(CheckIn, **tap(7))
    for place in order:
        bring(pair[place], 1000 * (place + 1))
    assert states() == [(1001, "needs_review", "tap_used_twice")] * 2


def test_a_tap_that_one_terminal_took_twice_is_looked_at(pair, bring):
    """Its log was lost in between, and with it the highest tap that it knew."""
    pair[0].log(CheckIn, **tap(7))
    pair[0].log(CheckOut, **tap(7))
    bring(pair[0])
    assert states() == [(1001, "needs_review", "tap_used_twice")] * 2


def test_further_taps_of_the_card_and_the_same_of_another_are_fine(pair, bring, mei):
    from settlement.models import Credential as Known

    other = "keyed:" + "b" * 32
    Known.objects.create(ref=other, volunteer=mei, method="card", assurance="high")
    pair[0].log(CheckIn, **tap(7))
    pair[0].log(CheckOut, **tap(8))
    pair[1].log(CheckIn, **tap(9))
    pair[1].log(CheckOut, **tap(7, other))
    pair[1].log(CheckIn, **tap(8, other))
    for one in pair:
        bring(one)
        bring(one, 2000)
    assert {reason for _, _, reason in states()} == {""}


def test_a_tap_that_was_refused_elsewhere_was_not_used(pair, bring):
    pair[0].log(CheckIn, **tap(7))
    pair[1].log(Refused, reason="unknown", credential=tap(7)["credential"])
    for one in pair:
        bring(one)
    assert {reason for _, _, reason in states()} == {""}


def test_taps_of_an_unknown_card_are_looked_at_once_it_is_known(pair, bring, card, noon_ms):
    from settlement.evidence.attribution import attribute_again
    from settlement.models import Credential as Known

    card.delete()
    for one in pair:
        one.log(CheckIn, **tap(7))
        bring(one)
    assert {reason for _, _, reason in states()} == {"unknown_volunteer"}
    Known.objects.create(ref=CARD, volunteer_id=1001, method="card", assurance="high")
    assert attribute_again(noon_ms) == 0
    assert states() == [(1001, "needs_review", "tap_used_twice")] * 2


def test_only_the_tap_that_was_taken_twice_is_looked_at(pair, bring):
    pair[0].log(CheckIn, **tap(7))
    pair[0].log(CheckOut, **tap(8))
    pair[1].log(CheckIn, **tap(7))
    for one in pair:
        bring(one)
    assert [reason for _, _, reason in states()] == ["tap_used_twice", "", "tap_used_twice"]


def test_an_answer_that_a_tap_led_to_is_no_second_use_of_it(pair, bring, noon_ms):
    pair[0].log(CheckIn, **tap(7))
    times = {"at_ms": noon_ms, "earliest_ms": noon_ms, "latest_ms": noon_ms}
    pair[0].log(Claim, direction="out", **times, **tap(7))
    bring(pair[0])
    assert {reason for _, _, reason in states()} == {""}


# What it does to hours.


@pytest.fixture
def lines(rules, noon_ms):
    """The lines after settling: seconds and flags, without those of a shift."""
    from settlement.models import Line, Shift
    from settlement.settling.settler import settle_dirty

    Shift.objects.all().delete()

    def _lines():
        settle_dirty(noon_ms + 12 * 3_600_000)
        return [(row.t_s, row.flags) for row in Line.objects.all()]

    return _lines


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_tap_that_was_played_as_a_check_out_is_no_clean_line(pair, bring, lines, noon_ms, order):
    """Whichever came first: which of both is the fraud nobody can tell from their order."""
    pair[0].log(CheckIn, noon_ms, **tap(7))
    pair[1].log(CheckOut, noon_ms + 2 * 3_600_000, **tap(7))
    for place in order:
        bring(pair[place], 10 * 3_600_000)
        lines()
    assert lines() == [(7200, ["CREDENTIAL_USED_TWICE"])]


def test_such_a_line_names_the_other_use_and_is_not_approved_in_bulk(pair, bring, lines, noon_ms, fair):
    from foundation.words import Words
    from settlement.explain.explanation import explain_lines
    from settlement.explain.explanation_text import tell_line
    from settlement.explain.sentences import Teller
    from settlement.ledger.entries import pending
    from settlement.models import LedgerEntry
    from settlement.review.queue import waiting_entries
    from settlement.rules.review import approve_clean

    pair[0].log(CheckIn, noon_ms, **tap(7))
    pair[1].log(CheckOut, noon_ms + 2 * 3_600_000, **tap(7))
    for one in pair:
        bring(one, 10 * 3_600_000)
    lines()
    teller = Teller(Words("en"), "Asia/Shanghai")
    told = "\n".join(tell_line(explain_lines(1001, "fair", teller)[0], teller))
    assert f"The same code or tap was used by south-gate/{pair[1].epoch}/2 as well." in told
    assert f"The same code or tap was used by north-gate/{pair[0].epoch}/2 as well." in told
    assert "was used for another record as well" in told
    (waiting,) = waiting_entries(WHOLE)
    assert waiting.blocking == ("CREDENTIAL_USED_TWICE",)
    assert [str(why) for _, why in approve_clean([waiting.stored.entry], "staff1", ()).refused] == [
        "BLOCKING_FLAG"
    ]
    assert pending().count() == LedgerEntry.objects.count() == 1


def test_a_second_use_marks_the_stay_that_was_settled_before(pair, bring, lines, noon_ms):
    pair[0].log(CheckIn, noon_ms, **tap(7))
    pair[0].log(CheckOut, noon_ms + 3_600_000, **tap(8))
    bring(pair[0], 10 * 3_600_000)
    assert lines() == [(3600, [])]
    pair[1].log(CheckOut, noon_ms + 7_200_000, **tap(8))
    bring(pair[1], 10 * 3_600_000)
    assert [flags for _, flags in lines()] == [["CREDENTIAL_USED_TWICE", "MISSING_IN"]]


def test_it_marks_the_stay_of_whoever_had_the_card_before_too(pair, bring, lines, noon_ms, card, wei):
    """The card stands for somebody else by the time at which the second use arrives."""
    from settlement.models import Line

    pair[0].log(CheckIn, noon_ms, **tap(7))
    pair[0].log(CheckOut, noon_ms + 3_600_000, **tap(8))
    bring(pair[0], 10 * 3_600_000)
    lines()
    card.volunteer = wei
    card.save()
    pair[1].log(CheckIn, noon_ms + 7_200_000, **tap(8))
    bring(pair[1], 10 * 3_600_000)
    lines()
    assert Line.objects.get(volunteer=1001).flags == ["CREDENTIAL_USED_TWICE"]


def test_a_second_use_shows_where_another_reason_hides_it(pair, bring, lines, noon_ms):
    """The column of the event names one reason; the rules look at the uses themselves."""
    from settlement.models import Event

    pair[0].log(CheckIn, noon_ms, **tap(7))
    pair[1].log(CheckOut, noon_ms + 7_200_000, **tap(7))
    for one in pair:
        bring(one, 10 * 3_600_000)
    Event.objects.filter(volunteer=1001).update(review_reason="absurd_time")
    assert lines() == [(7200, ["CREDENTIAL_USED_TWICE"])]


def test_a_clock_that_is_vouched_for_and_absurd_is_believed_by_nobody(terminal, fair, mei, deliver, lines):
    from settlement.models import PhaseChange

    PhaseChange.objects.filter(activity=fair).update(from_ms=0)
    terminal.check_in(wall_ms=1_000_000_000_000)
    terminal.check_out(wall_ms=1_000_003_600_000)
    deliver()
    assert [reason for _, _, reason in states()] == ["absurd_time"] * 2
    assert ["CLOCK_UNKNOWN" in flags for _, flags in lines()] == [True]
