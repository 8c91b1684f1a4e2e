"""Codes at an engine with a real log: given by the centre, asked for by text, typed, used once."""

import dataclasses
import re
import threading

import msgspec
import pytest

from drivers.reading import Instant, Presented
from foundation.words import Words
from kiosk.checkin.decision import Policy
from kiosk.checkin.engine import Engine
from kiosk.checkin.text_replies import answer_to
from kiosk.local_api.messages import Decided, Outcome
from kiosk.storage.encrypted_files import AtRest
from kiosk.storage.log_keeper import stamp_now
from sync.contract import events
from sync.contract.downlink import Codes
from sync.contract.events import CheckIn, CodeIssued
from sync.contract.one_time_code import LIFE_MS, OneTimeCode, lookup_of
from sync.contract.remote_settings import TerminalDirection
from sync.contract.roster import Phase, PhaseChange
from sync.log.writer import Log
from tests.kiosk.samples import GUIDES, PSEUDONYM_KEY, ROSTER, HandClock, index_of, reading, reference
from tests.sync.samples import NINE_MS, TERMINAL

MINUTE = 60_000
PHONE = "+8613800138000"
GIVEN = OneTimeCode("code:2." + "0" * 16, lookup_of(PSEUDONYM_KEY, "551177"), "2", NINE_MS + LIFE_MS)


class Desk:
    """A terminal's engine without devices: what is presented is decided at once."""

    def __init__(self, folder, clock=None, roster=ROSTER) -> None:
        self.clock = clock or HandClock()
        self.log = Log(folder / "log.db", TERMINAL, stamp_now(self.clock), "muster/test")
        self.announced: list[Decided] = []
        self.engine = Engine(
            log=self.log,
            roster=index_of(roster),
            pseudonym_key=PSEUDONYM_KEY,
            policy=Policy(TerminalDirection.TOGGLE),
            clock=self.clock,
            announce=self.announced.append,
            at_rest=AtRest(folder, folder / "device.secret"),
        )

    def give(self, *codes, given_ms=NINE_MS) -> None:
        self.engine.learn(Codes(given_ms, list(codes or [GIVEN])))

    def type(self, digits, after_ms=0) -> Decided:
        self.clock.now_ms = NINE_MS + after_ms
        assert self.engine.deliver(reading(digits, Presented.KEYPAD, NINE_MS + after_ms))
        return self.announced[-1]

    def text(self, said="签到", after_ms=0, sender=PHONE):
        self.clock.now_ms = NINE_MS + after_ms
        return self.engine.take_text(reading(said, Presented.SMS, NINE_MS + after_ms, sender=sender))

    def beat(self) -> None:
        stop = threading.Event()
        self.engine.run(stop, stop.set)

    def logged(self):
        return [events.decode(one) for one in self.log.since(0)]


@pytest.fixture
def open_desk(tmp_path):
    opened = []

    def open_one(**more) -> Desk:
        for desk in opened:
            desk.log.close()
        opened.append(Desk(tmp_path, **more))
        return opened[-1]

    yield open_one
    opened[-1].log.close()


@pytest.fixture
def desk(open_desk):
    return open_desk()


def test_a_code_of_the_centre_lets_its_volunteer_in(desk):
    assert desk.type("551177").reason == "wrong_code"
    desk.give()
    decided = desk.type("551 177")
    assert (decided.outcome, decided.volunteer, decided.method) == (Outcome.ACCEPTED_IN, "2", "sms_code")


def test_the_log_names_the_code_and_says_nothing_of_its_digits(desk):
    desk.give()
    desk.type("551177")
    came = desk.logged()[-1]
    assert isinstance(came, CheckIn)
    assert came.credential.ref == GIVEN.ref
    assert came.credential.assurance == "medium"


def test_a_code_works_once_whatever_happens_to_the_terminal(open_desk):
    first = open_desk()
    first.give()
    first.type("551177")
    assert first.type("551177", 2 * MINUTE).reason == "code_used"
    second = open_desk(clock=HandClock(NINE_MS + 2 * MINUTE))
    second.give()
    assert second.type("551177", 3 * MINUTE).reason == "code_used"


def test_a_used_code_stays_used_when_the_wall_clock_jumps_by_a_year(open_desk):
    for_ever = [msgspec.structs.replace(GUIDES, phases=GUIDES.phases[:1])]
    roster = msgspec.structs.replace(ROSTER, activities=for_ever)
    first = open_desk(roster=roster)
    first.give()
    first.type("551177")
    first.beat()
    year_later = HandClock(NINE_MS + 366 * 24 * 60 * MINUTE)
    second = open_desk(clock=year_later, roster=roster)
    again = reading("551177", Presented.KEYPAD, year_later.now_ms)
    again = dataclasses.replace(again, at=Instant(MINUTE * 60 + 5_000, year_later.now_ms))
    second.engine.deliver(again)
    assert second.announced[-1].reason == "code_used"


def test_a_restart_forgets_no_code(open_desk):
    open_desk().give()
    assert open_desk(clock=HandClock(NINE_MS + MINUTE)).type("551177", MINUTE).outcome is Outcome.ACCEPTED_IN


def test_a_code_that_is_over_says_so_and_costs_no_try(desk):
    desk.give()
    over = desk.type("551177", LIFE_MS)
    assert (over.reason, over.tries_left) == ("code_expired", None)


def test_a_used_code_that_is_over_is_still_called_used(desk):
    desk.give()
    desk.type("551177")
    assert desk.type("551177", LIFE_MS).reason == "code_used"


def test_a_telephone_that_asks_gets_a_code_that_lets_its_volunteer_in(desk):
    text = desk.text()
    assert text.decided.outcome is Outcome.CODE_SENT
    answer = answer_to(text, Words("en"))
    digits = re.search("[0-9]{6}", answer).group()
    assert answer == f"您的签到验证码是 {digits}，十分钟内有效，只能使用一次，请勿转告他人。"
    assert desk.engine.living_codes() == 1
    decided = desk.type(digits, MINUTE)
    assert (decided.outcome, decided.volunteer) == (Outcome.ACCEPTED_IN, "1")
    assert desk.engine.living_codes() == 0


def test_nobody_on_the_screen_is_named_for_a_text_from_anywhere(desk):
    decided = desk.text().decided
    assert (decided.name, decided.volunteer, decided.language) == ("", "", "zh-Hans")


def test_the_log_holds_that_a_code_was_sent_before_it_is(desk):
    digits = desk.text().digits.reveal()
    issued = desk.logged()[-1]
    assert isinstance(issued, CodeIssued)
    assert issued.credential.ref == reference("phone", PHONE)
    assert re.fullmatch("code:1[.][0-9a-f]{16}", issued.code)
    content = b"".join(path.read_bytes() for path in desk.log.path.parent.iterdir())
    assert digits.encode() not in content


def test_a_code_sent_by_text_survives_a_restart(open_desk):
    digits = open_desk().text().digits.reveal()
    assert open_desk(clock=HandClock(NINE_MS + MINUTE)).type(digits, MINUTE).outcome is Outcome.ACCEPTED_IN


def test_a_telephone_gets_three_codes_and_then_must_wait_and_is_not_answered(open_desk):
    first = open_desk()
    assert [first.text(after_ms=n).decided.outcome for n in range(3)] == [Outcome.CODE_SENT] * 3
    refused = first.text(after_ms=3)
    assert (refused.decided.reason, refused.digits) == ("too_many_codes", None)
    assert answer_to(refused, Words("en")) == ""
    second = open_desk(clock=HandClock(NINE_MS + MINUTE))
    assert second.text(after_ms=MINUTE).decided.reason == "too_many_codes"
    assert second.text(after_ms=15 * MINUTE).decided.outcome is Outcome.CODE_SENT


def test_an_unknown_telephone_gets_no_code(desk):
    text = desk.text(sender="+8613900139000")
    assert (text.decided.reason, text.digits) == ("unknown_credential", None)
    assert answer_to(text, Words("en")).startswith("Not accepted. This code or card is not known here.")


def test_who_texts_too_early_is_answered_when_check_in_opens_by_the_sites_clock(open_desk):
    later = msgspec.structs.replace(GUIDES, phases=[PhaseChange(Phase.EXECUTING, NINE_MS + 90 * MINUTE)])
    people = [msgspec.structs.replace(one, language="") for one in ROSTER.people]
    desk = open_desk(roster=msgspec.structs.replace(ROSTER, activities=[later], people=people))
    answer = answer_to(desk.text(), Words("en"))
    opens = "10:30"  # it is nine o'clock at the site, whatever the machine's zone is
    assert answer == (
        f"Not accepted. It is too early to check in. Please come back when check-in opens: {opens}."
    )


def test_who_texts_from_the_wrong_site_is_answered_where_to_go(open_desk):
    people = [msgspec.structs.replace(one, language="", expected_at="South gate") for one in ROSTER.people]
    desk = open_desk(roster=msgspec.structs.replace(ROSTER, people=people))
    assert "Please go to South gate" in answer_to(desk.text(), Words("en"))


def test_a_suspended_volunteer_gets_no_code(open_desk):
    people = [msgspec.structs.replace(one, suspended=True) for one in ROSTER.people]
    desk = open_desk(roster=msgspec.structs.replace(ROSTER, people=people))
    text = desk.text()
    assert (text.decided.reason, text.digits) == ("suspended_credential", None)


def test_a_text_with_the_digits_on_the_screen_still_lets_in_at_once(desk):
    from kiosk.credentials.short_code import short_code

    text = desk.text(f"in {short_code(PSEUDONYM_KEY, TERMINAL, NINE_MS)}")
    assert (text.decided.outcome, text.digits) == (Outcome.ACCEPTED_IN, None)


def test_codes_are_kept_unreadable(open_desk, tmp_path):
    open_desk().give()
    kept = (tmp_path / "codes.kept").read_bytes()
    assert GIVEN.ref.encode() not in kept
    assert GIVEN.lookup.encode() not in kept


def test_codes_that_can_not_be_read_any_more_are_given_up_and_people_go_on(open_desk, tmp_path):
    open_desk().give()
    for path in tmp_path.glob("codes.kept"):
        path.write_bytes(b"torn")
    desk = open_desk(clock=HandClock(NINE_MS + MINUTE))
    assert desk.type("551177", MINUTE).reason == "wrong_code"
    desk.give()
    assert desk.type("551177", 2 * MINUTE).outcome is Outcome.ACCEPTED_IN
