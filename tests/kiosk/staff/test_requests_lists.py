"""What staff look up: where somebody stands, who is missing, who is still in; and that many left at once."""

import msgspec
import pytest

from kiosk.local_api.messages import Decided, Outcome
from kiosk.local_api.replies import (
    BulkResult,
    Figures,
    Found,
    HourFigures,
    LeftOut,
    Missing,
    MissingPerson,
    Movement,
    People,
    PersonCard,
    Questions,
    SessionEnded,
    StillIn,
    StillInPerson,
)
from kiosk.local_api.requests import (
    Answer,
    Cancel,
    Decline,
    Find,
    LeaveInBulk,
    ListActivities,
    ListFigures,
    ListMissing,
    ListQuestions,
    ListStillIn,
    LookUp,
)
from sync.contract.events import Claim, Manual
from sync.contract.roster import Phase, PhaseChange, RosterActivity, RosterPerson, RosterShift
from tests.kiosk.samples import GUIDES, HOUR_MS, PINS, ROSTER, token
from tests.kiosk.staff.staffed_terminal import IDLE_MIN, NEXT_DAY_MS, denied, log_in
from tests.sync.patience import PATIENCE_S
from tests.sync.samples import NINE_MS

PEOPLE = [
    RosterPerson("1", "李明", "zh-Hans", latin="li ming"),
    RosterPerson("2", "吕 Zoë", latin="lv zoe"),
    RosterPerson("30", "Lucía O'Hara"),
    RosterPerson("31", "Sam", suspended=True),
    RosterPerson("32", "Away", expected_at="South gate"),
]
ROSTER_OF_ALL = msgspec.structs.replace(ROSTER, people=PEOPLE)


@pytest.fixture
def terminal(start):
    return start(roster=ROSTER_OF_ALL)


def all_left(*volunteers, **changes) -> LeaveInBulk:
    request = LeaveInBulk(
        9, list(volunteers), NINE_MS + HOUR_MS, "the bus left", "leader-2", PINS["leader-2"]
    )
    return msgspec.structs.replace(request, **changes)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("lucia", ["30"]),
        ("LUCÍA ohara", ["30"]),
        ("o’hara", ["30"]),
        ("li", ["1"]),
        ("liming", ["1"]),
        ("lm", ["1"]),
        ("ming", ["1"]),
        ("im", []),
        ("lu", ["2", "30"]),
        ("lv", ["2"]),
        ("zoe", ["2"]),
        ("明", ["1"]),
        ("3", ["30", "31", "32"]),
        ("lm zoe", []),
        ("...", []),
    ],
)
def test_people_are_found_as_staff_can_type_them(terminal, zhao, text, numbers):
    assert [one.volunteer for one in terminal.ask(Find(5, text), zhao).found] == numbers


def test_a_search_says_that_there_are_more_than_it_shows(start):
    crowd = [RosterPerson(str(number), f"Wang {number}") for number in range(100, 151)]
    terminal = start(roster=msgspec.structs.replace(ROSTER, people=crowd))
    zhao = log_in(terminal)
    found = terminal.ask(Find(5, "wang"), zhao)
    assert (len(found.found), found.more) == (50, True)
    assert terminal.ask(Find(6, "wang 150"), zhao) == People(6, [Found("150", "Wang 150")])


def test_a_badge_that_a_typing_scanner_reads_into_the_field_finds_whose_it_is(terminal, zhao):
    assert terminal.ask(Find(5, f" {token(30)}"), zhao) == People(5, [Found("30", "Lucía O'Hara")])
    forged = token(30)[:-2] + "00"
    assert terminal.ask(Find(5, forged), zhao) == People(5, [])


def test_activities_that_are_not_over_can_be_set(start):
    ended = RosterActivity("old", "Old", [PhaseChange(Phase.EXECUTING, 0), PhaseChange(Phase.ENDED, 1)])
    soon = RosterActivity("soon", "Soon", [PhaseChange(Phase.EXECUTING, NEXT_DAY_MS)])
    terminal = start(roster=msgspec.structs.replace(ROSTER, activities=[ended, GUIDES, soon]))
    listed = terminal.ask(ListActivities(5), log_in(terminal)).activities
    assert [(one.id, one.title, one.is_executing) for one in listed] == [
        ("guides-east", "Guides", True),
        ("soon", "Soon", False),
    ]


def test_the_figures_of_a_day_count_by_hour_method_and_reason(terminal, zhao, start):
    terminal.comes(NINE_MS)
    terminal.comes(NINE_MS + 1, 30)
    out = terminal.comes(NINE_MS + HOUR_MS)
    terminal.comes(NINE_MS + HOUR_MS + 1, 2)  # a badge that was taken back
    zhao = log_in(terminal)
    assert terminal.ask(Cancel(4, out.seq, reason="oops"), zhao).ok
    figures = terminal.ask(ListFigures(5), zhao)
    assert figures == Figures(
        5,
        [HourFigures(NINE_MS, 2, 0), HourFigures(NINE_MS + HOUR_MS, 0, 1)],
        {"badge": 3},
        {"revoked_credential": 1},
        taken_back=1,
    )
    terminal.stop()
    again = start(roster=ROSTER_OF_ALL, now_ms=NINE_MS + HOUR_MS + 2)
    assert again.ask(ListFigures(5), log_in(again)) == figures  # as the log says
    again.clock.now_ms = NEXT_DAY_MS
    assert again.ask(ListFigures(6), log_in(again)) == Figures(6, [], {}, {})


def test_a_card_says_since_when_somebody_is_in_and_what_was_recorded(terminal, zhao):
    nobody = LookUp(5, "999")
    assert terminal.ask(nobody, zhao) == denied(nobody, "no_such_volunteer")
    card = terminal.ask(LookUp(5, "1"), zhao)
    assert (card.name, card.since_ms, card.events) == ("李明", None, [])
    assert card.methods == ["card", "id_card", "other_code", "sms_code", "sms_in", "tag"]
    terminal.comes(NINE_MS)
    card = terminal.ask(LookUp(5, "1"), zhao)
    assert (card.since_ms, card.activity) == (NINE_MS, "Guides")
    assert card.events == [Movement(NINE_MS, "in", "badge", terminal.log.epoch, 2)]
    assert terminal.ask(LookUp(6, "31"), zhao) == PersonCard(6, "31", "Sam", suspended=True)
    assert terminal.ask(LookUp(6, "32"), zhao).expected_at == "South gate"


def test_who_is_expected_today_and_was_not_seen_is_missing(terminal, zhao):
    terminal.comes(NINE_MS)
    missing = terminal.ask(ListMissing(5), zhao)
    assert missing == Missing(
        5, 2, [MissingPerson("2", "吕 Zoë", "Guides"), MissingPerson("30", "Lucía O'Hara", "Guides")]
    )
    terminal.comes(NINE_MS + HOUR_MS)  # who left again was seen
    assert terminal.ask(ListMissing(5), log_in(terminal)).count == 2
    terminal.clock.now_ms = NEXT_DAY_MS
    assert terminal.ask(ListMissing(6), log_in(terminal)).count == 3  # a new day at the site


@pytest.mark.parametrize(
    ("shifts_h", "assigned", "told"),
    [
        ([(0, 4), (6, 9)], ["2"], [("2", 0, 4)]),
        ([(-5, -1), (2, 4)], ["2"], [("2", 2, 4)]),
        ([(-5, -1)], ["2"], [("2", -5, -1)]),
        ([(30, 34)], ["2"], []),
        ([], ["2", "31", "32", "999"], [("2", None, None)]),
    ],
    ids=["running", "later today", "over", "another day", "suspended, elsewhere, unknown"],
)
def test_the_missing_are_told_with_the_shift_of_today(start, shifts_h, assigned, told):
    shifts = [RosterShift(NINE_MS + begins * HOUR_MS, NINE_MS + ends * HOUR_MS) for begins, ends in shifts_h]
    guides = msgspec.structs.replace(GUIDES, assigned=assigned, shifts=shifts)
    over = RosterActivity("old", "Old", [PhaseChange(Phase.EXECUTING, 0), PhaseChange(Phase.ENDED, 1)])
    terminal = start(roster=msgspec.structs.replace(ROSTER_OF_ALL, activities=[over, guides]))
    listed = terminal.ask(ListMissing(5), log_in(terminal)).people
    hours = [
        (one.volunteer, *(at and (at - NINE_MS) // HOUR_MS for at in (one.start_ms, one.end_ms)))
        for one in listed
    ]
    assert hours == told


def test_at_the_end_of_the_day_all_who_are_still_in_leave_with_one_signature(terminal, zhao):
    terminal.comes(NINE_MS)
    terminal.comes(NINE_MS + 1, 30)
    terminal.clock.now_ms = NINE_MS + 2 * HOUR_MS
    zhao = log_in(terminal)
    still_in = terminal.ask(ListStillIn(5), zhao)
    both = [
        StillInPerson("1", "李明", NINE_MS, "Guides"),
        StillInPerson("30", "Lucía O'Hara", NINE_MS + 1, "Guides"),
    ]
    assert still_in == StillIn(5, both)
    told = terminal.ask(all_left("1", "30", "999", "31"), zhao)
    assert told == BulkResult(
        9, 2, [LeftOut("999", "", "no_such_volunteer"), LeftOut("31", "Sam", "suspended")]
    )
    entered = [one for one in terminal.logged() if isinstance(one, Manual)]
    assert [(one.volunteer, one.direction, one.at_ms) for one in entered] == [
        ("1", "out", NINE_MS + HOUR_MS),
        ("30", "out", NINE_MS + HOUR_MS),
    ]
    assert {(one.entered_by, one.confirmed_by, one.reason) for one in entered} == {
        ("liaison-7", "leader-2", "the bus left")
    }
    shown = [terminal.next(Decided), terminal.next(Decided)]
    assert {(one.outcome, one.written_ms, one.note) for one in shown} == {
        (Outcome.ACCEPTED_OUT, NINE_MS + HOUR_MS, "the bus left")
    }
    assert terminal.ask(ListStillIn(6), zhao) == StillIn(6, [])


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"second_pin": "1"}, "wrong_pin"), ({"second": "liaison-7", "second_pin": PINS["liaison-7"]}, None)],
    ids=["wrong PIN", "the same person twice"],
)
def test_all_leave_only_with_a_second_person(terminal, zhao, changes, code):
    terminal.comes(NINE_MS)
    request = all_left("1", at_ms=NINE_MS, **changes)
    refused = denied(request, code) if code else BulkResult(9, 0, [LeftOut("1", "李明", "same_person")])
    assert terminal.ask(request, zhao) == refused
    assert not any(isinstance(one, Manual) for one in terminal.logged())


def test_nobody_without_a_session_sees_any_list(terminal):
    for request in (LookUp(5, "1"), ListMissing(5), ListStillIn(5), all_left("1", request=5)):
        assert terminal.ask(request) == denied(request, "not_logged_in")


def test_staff_answer_for_who_never_came_again(terminal):
    """The day after, stays that no scan found open are asked after too, and one claim ends each."""
    terminal.comes(NINE_MS)
    terminal.comes(NINE_MS + 1, 30)
    terminal.clock.now_ms = NEXT_DAY_MS
    zhao = log_in(terminal)
    open_ = terminal.ask(ListQuestions(5), zhao).open
    assert [(one.volunteer, one.came_ms) for one in open_] == [("1", NINE_MS), ("30", NINE_MS + 1)]
    assert terminal.ask(Answer(6, open_[0].id, NINE_MS + HOUR_MS), zhao).code == "answered"
    claim = terminal.logged()[-1]
    assert isinstance(claim, Claim)
    assert (claim.at_ms, claim.taken_by) == (NINE_MS + HOUR_MS, "liaison-7")
    assert terminal.ask(Decline(7, open_[1].id), zhao).code == "declined"
    assert terminal.ask(ListQuestions(8), zhao) == Questions(8, [])
    # The claim closed the stay: the next scan opens another and asks nothing.
    assert terminal.comes(NEXT_DAY_MS + 1).outcome is Outcome.ACCEPTED_IN
    assert terminal.ask(ListQuestions(9), zhao) == Questions(9, [])


def test_a_session_that_nobody_uses_ends_and_its_monitor_hears_so(terminal):
    zhao = log_in(terminal)
    terminal.clock.now_ms += IDLE_MIN * 60_000 + 1
    assert zhao.heard.get(timeout=PATIENCE_S) == SessionEnded()
