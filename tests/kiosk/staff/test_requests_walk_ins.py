"""Who is not on the roster: written down, shown for a day, gone in the evening, and nowhere in clear."""

import msgspec
import pytest

from kiosk.checkin.engine import Engine
from kiosk.local_api.messages import Decided, Outcome
from kiosk.local_api.replies import Found, People, PersonCard, Result, StillIn
from kiosk.local_api.requests import Cancel, Find, LeaveInBulk, ListStillIn, LookUp, WalkIn
from kiosk.storage.encrypted_files import AtRest
from kiosk.storage.walk_ins import WalkIns
from sync.contract.events import Assurance, Correction, Manual, Method
from sync.contract.roster import RosterCredential
from sync.contract.sealed_person import Person, make_private_key, open_person, public_key_of
from tests.kiosk.samples import HOUR_MS, PINS, ROSTER, index_of
from tests.kiosk.staff.staffed_terminal import entry, log_in
from tests.sync.samples import NINE_MS

PRIVATE = make_private_key()
OPEN = msgspec.structs.replace(ROSTER, walk_in_key=public_key_of(PRIVATE))


def walk_in(**changes) -> WalkIn:
    fields = {
        "request": 9,
        "name": " 王小明 ",
        "telephone": "+86 138 0013 8000",
        "at_ms": NINE_MS - 60_000,
        "reason": "came with Li Ming",
        "second": "leader-2",
        "second_pin": PINS["leader-2"],
    }
    return WalkIn(**fields | changes)


@pytest.fixture
def open_terminal(start):
    return start(roster=OPEN)


@pytest.fixture
def wang(open_terminal) -> Manual:
    """Wang walked in, and was written down."""
    zhao = log_in(open_terminal)
    answered = open_terminal.ask(walk_in(), zhao)
    assert answered == Result(9, ok=True, code="walked_in", name="王小明")
    assert open_terminal.next(Decided).outcome is Outcome.ACCEPTED_IN
    return open_terminal.logged()[-1]


def test_only_the_centre_opens_who_walked_in_and_the_log_holds_nothing_in_clear(open_terminal, wang):
    assert open_person(wang.sealed, wang.walk_in, PRIVATE) == Person("王小明", "+86 138 0013 8000")
    assert (wang.volunteer, wang.direction, wang.entered_by, wang.confirmed_by) == (
        "", "in", "liaison-7", "leader-2",
    )  # fmt: skip
    written = b"".join(file.read_bytes() for file in open_terminal.log.path.parent.glob("log.db*"))
    assert "小明".encode() not in written
    assert b"138 0013" not in written


def test_who_walked_in_is_here_is_found_and_leaves_as_anybody_does(open_terminal, wang):
    zhao, ref = log_in(open_terminal), wang.walk_in
    assert open_terminal.engine.presence.here(NINE_MS) == [(ref, NINE_MS - 60_000, "guides-east")]
    assert open_terminal.ask(Find(5, "小明"), zhao) == People(5, [Found(ref, "王小明", NINE_MS - 60_000)])
    card = open_terminal.ask(LookUp(5, ref), zhao)
    assert isinstance(card, PersonCard)
    assert (card.name, card.methods) == ("王小明", [])
    still = open_terminal.ask(ListStillIn(5), zhao)
    assert isinstance(still, StillIn)
    assert [one.name for one in still.people] == ["王小明"]
    left = entry(volunteer=ref, direction="out", at_ms=NINE_MS)
    assert open_terminal.ask(left, zhao) == Result(9, ok=True, code="entered_out", name="王小明")
    out = open_terminal.logged()[-1]
    assert (out.walk_in, out.sealed, out.direction) == (ref, "", "out")
    assert not open_terminal.engine.presence.here(NINE_MS)


def test_who_walked_in_leaves_with_all_others(open_terminal, wang):
    signed = (NINE_MS, "all went home", "leader-2", PINS["leader-2"])
    done = open_terminal.ask(LeaveInBulk(5, [wang.walk_in], *signed), log_in(open_terminal))
    assert (done.entered, done.left_out) == (1, [])


def test_a_walk_in_that_was_a_mistake_is_taken_back(open_terminal, wang):
    told = open_terminal.ask(Cancel(5, wang.seq, reason="it was Li"), log_in(open_terminal))
    assert told == Result(5, ok=True, code="cancelled", name="王小明")
    made = open_terminal.logged()[-1]
    assert isinstance(made, Correction)
    assert made.credential.ref == wang.walk_in
    assert not open_terminal.engine.presence.here(NINE_MS)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " \n"}, "no_name"),
        ({"reason": ""}, "no_reason"),
        ({"second": "liaison-7", "second_pin": PINS["liaison-7"]}, "same_person"),
        ({"second_pin": "111111"}, "wrong_pin"),
        ({"at_ms": NINE_MS + 1}, "future_time"),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_logged(open_terminal, changes, code):
    before = open_terminal.logged()
    told = open_terminal.ask(walk_in(**changes), log_in(open_terminal))
    assert told == Result(9, ok=False, code=code)
    assert open_terminal.logged() == before


def test_without_a_key_of_the_centre_no_name_is_taken(terminal, zhao):
    assert terminal.ask(walk_in(), zhao).code == "no_walk_ins"


def test_a_reference_that_nobody_knows_is_nobody(open_terminal, wang):
    stranger = f"walkin:{'0' * 32}"
    assert open_terminal.ask(entry(volunteer=stranger), log_in(open_terminal)).code == "no_such_volunteer"


def test_the_stay_is_the_volunteers_once_the_centre_said_whose_it_is(open_terminal, wang):
    said = RosterCredential(wang.walk_in, "2", Method.MANUAL, Assurance.LOW)
    told = msgspec.structs.replace(OPEN, credentials=[*OPEN.credentials, said])
    engine = open_terminal.engine

    def adopt() -> None:
        engine.adopt(index_of(told))

    assert engine.do(adopt)
    assert engine.presence.here(NINE_MS) == [("2", NINE_MS - 60_000, "guides-east")]
    assert [one.name for one in engine.here] == ["سارة"]
    again = Engine(
        log=open_terminal.log, roster=index_of(told), pseudonym_key=b"", policy=engine._policy,
        clock=open_terminal.clock, announce=print,
    )  # fmt: skip
    assert again.presence.here(NINE_MS) == [("2", NINE_MS - 60_000, "guides-east")]


def test_a_name_outlasts_a_restart_and_is_forgotten_after_a_day(tmp_path):
    at_rest = AtRest(tmp_path / "state", tmp_path / "secret")
    WalkIns(at_rest).note("walkin:1", "王小明", NINE_MS)
    assert "小明".encode() not in b"".join(one.read_bytes() for one in (tmp_path / "state").iterdir())
    kept = WalkIns(at_rest)
    kept.forget_old(NINE_MS + 23 * HOUR_MS)
    assert kept.name("walkin:1") == "王小明"
    kept.forget_old(NINE_MS + 24 * HOUR_MS)
    assert kept.name("walkin:1") == WalkIns(at_rest).name("walkin:1") == ""
