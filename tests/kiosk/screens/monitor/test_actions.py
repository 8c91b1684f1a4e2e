"""What staff do at the monitor: with an engine that only talks, and once with a real one."""

import msgspec
import pytest

from foundation.words import LANGUAGES
from kiosk.local_api.replies import (
    Activities,
    ActivityListed,
    BulkResult,
    Figures,
    Found,
    GroupListed,
    GroupsHere,
    HourFigures,
    LeftOut,
    Missing,
    MissingPerson,
    Movement,
    People,
    PersonCard,
    Questions,
    Recent,
    RecentEvents,
    Result,
    SessionEnded,
    StillIn,
    StillInPerson,
)
from kiosk.local_api.requests import (
    Answer,
    Cancel,
    Decline,
    EnterManually,
    Find,
    GroupCame,
    GroupLeft,
    LeaveInBulk,
    ListActivities,
    ListFigures,
    ListGroups,
    ListMissing,
    ListQuestions,
    ListRecent,
    ListStillIn,
    Login,
    Logout,
    LookUp,
    RestartDevice,
    SetOutOfOrder,
    SetTerminal,
    WalkIn,
)
from kiosk.screens.monitor.page import Monitor
from kiosk.screens.terminal_state import moment_at
from sync.contract import events
from sync.contract.events import Manual
from tests.kiosk.samples import PINS
from tests.kiosk.screens.test_golden import compare
from tests.kiosk.screens.test_volunteer import QUESTION
from tests.sync.samples import NINE_MS

TEN_MS = 1_760_407_200_000
"""Ten o'clock at the recording's site."""
HOUR_MS = 3_600_000


async def test_a_pin_is_never_shown(engine, monitor, sees, shown):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await sees(pilot, "Here now (8)")
        await pilot.press("s")
        await sees(pilot, "Your reference")
        await pilot.press("x", "enter", *"730518")
        await sees(pilot, "••••••")
        assert "730518" not in shown(monitor)


async def test_a_refused_pin_says_why_and_offers_nothing(engine, monitor, sees, shown, asked):
    async with monitor.run_test(size=(100, 30), notifications=True) as pilot:
        await sees(pilot, "Here now (8)")
        await pilot.press("s")
        await sees(pilot, "Your reference")
        await pilot.press("x", "enter", "1", "enter")
        engine.say(Result((await asked(pilot, Login)).request, ok=False, code="pin_paused", seconds=30))
        await sees(pilot, "Please wait 30 s")
        assert "person" not in shown(monitor)


async def test_nothing_is_offered_before_somebody_is_logged_in(engine, monitor, sees):
    async with monitor.run_test(size=(100, 30), notifications=True) as pilot:
        await sees(pilot, "Here now (8)")
        await pilot.press("m")
        await sees(pilot, "Only staff may do that.")


@pytest.fixture
def finds(engine, sees, asked):
    """Zoë Brontë (7) is found and her card shown; she is in since nine."""

    async def find(pilot, since_ms=TEN_MS - HOUR_MS) -> None:
        await pilot.press("m")
        await sees(pilot, "Part of the name")
        await pilot.press(*"Zoe", "enter")
        request = await asked(pilot, Find)
        assert request.text == "Zoe"
        found = [Found("7", "Zoë Brontë", since_ms), Found("8", "Zoe")]
        engine.say(People(request.request, found, more=True))
        await sees(pilot, "7  Zoë Brontë", "8  Zoe", "there are more")
        await pilot.press("enter")
        look_up = await asked(pilot, LookUp)
        assert look_up.volunteer == "7"
        events = [Movement(TEN_MS - HOUR_MS, "in", "badge")]
        engine.say(PersonCard(look_up.request, "7", "Zoë Brontë", since_ms, "Guides", events, ["id_card"]))
        await sees(pilot, "7  Zoë Brontë", "09:00  came  badge", "has: ID card")

    return find


async def test_staff_write_somebody_down(engine, monitor, sees, log_in, finds, asked):
    async with monitor.run_test(size=(100, 30), notifications=True) as pilot:
        await log_in(pilot)
        await finds(pilot)
        await sees(pilot, "here since 09:00")
        await pilot.press("enter")  # who is in leaves most probably
        await sees(pilot, "Zoë Brontë left", "PIN of the second person")
        await pilot.press(*"0930", "enter", *"no badge", "enter", *"leader-2", "enter", *"402917", "enter")
        entry = await asked(pilot, EnterManually)
        assert (entry.volunteer, entry.direction, entry.reason) == ("7", "out", "no badge")
        assert entry.at_ms == TEN_MS - HOUR_MS // 2
        assert (entry.second, entry.second_pin) == ("leader-2", "402917")
        engine.say(Result(entry.request, ok=True, code="entered_out", name="Zoë Brontë"))
        await sees(pilot, "Written down: Zoë Brontë left.")


async def test_a_form_keeps_what_was_entered_until_it_is_right(
    engine, monitor, sees, shown, log_in, finds, asked
):
    async with monitor.run_test(size=(100, 40), notifications=True) as pilot:
        await log_in(pilot)
        await finds(pilot, since_ms=None)
        await sees(pilot, "not checked in")
        await pilot.press("enter")
        await sees(pilot, "Zoë Brontë came", "PIN of the second person")
        await pilot.press(*"25:99", "enter", *"no badge", "enter", *"leader-2", "enter", *"1111", "enter")
        await sees(pilot, "This is no time of day.", "no badge", "leader-2")
        assert engine.heard.empty()
        await pilot.press("ctrl+u", *"9.30", "enter", "enter", "enter", "enter")
        entry = await asked(pilot, EnterManually)
        assert entry.at_ms == TEN_MS - HOUR_MS // 2
        engine.say(Result(entry.request, ok=False, code="wrong_pin"))
        await sees(pilot, "This reference and this PIN do not belong together.", "9.30", "no badge")
        assert "This is no time of day." not in shown(monitor)
        await pilot.press(*"402917", "enter")  # the wrong PIN alone is gone, and its field is where keys go
        again = await asked(pilot, EnterManually)
        assert (again.second_pin, again.reason) == ("402917", "no badge")
        engine.say(Result(again.request, ok=True, code="entered_in", name="Zoë Brontë"))
        await sees(pilot, "Written down: Zoë Brontë came.")


async def test_a_session_that_ended_under_a_form_goes_on_by_the_pin(
    engine, monitor, sees, log_in, finds, asked
):
    async with monitor.run_test(size=(100, 40), notifications=True) as pilot:
        await log_in(pilot)
        await finds(pilot)
        await pilot.press("enter")
        await sees(pilot, "PIN of the second person")
        engine.say(SessionEnded())
        await pilot.press("enter", *"no badge", "enter", *"leader-2", "enter", *"402917", "enter")
        entry = await asked(pilot, EnterManually)
        engine.say(Result(entry.request, ok=False, code="not_logged_in"))
        await sees(pilot, "Your session ended")
        await pilot.press(*"730518", "enter")
        login = await asked(pilot, Login)
        assert (login.staff, login.pin) == ("liaison-7", "730518")
        engine.say(Result(login.request, ok=True, code="logged_in", name="Zhao"))
        again = await asked(pilot, EnterManually)
        assert (again.volunteer, again.reason, again.second_pin) == ("7", "no badge", "402917")
        engine.say(Result(again.request, ok=True, code="entered_out", name="Zoë Brontë"))
        await sees(pilot, "Written down: Zoë Brontë left.", "· Zhao")


async def test_a_session_that_nobody_uses_shows_no_name_and_no_staff_keys(
    engine, monitor, sees, shown, log_in, eventually
):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await log_in(pilot)
        engine.say(SessionEnded())
        await eventually(pilot, lambda: "· Zhao" not in shown(monitor) and "person" not in shown(monitor))


async def test_staff_see_who_is_missing_and_look_one_up(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await log_in(pilot)
        await pilot.press("x")
        listed = await asked(pilot, ListMissing)
        people = [
            MissingPerson("7", "Zoë", "Guides", TEN_MS, TEN_MS + 8 * HOUR_MS),
            MissingPerson("8", "", "Guides"),
        ]
        engine.say(Missing(listed.request, 2, people))
        await sees(pilot, "not seen yet (2) · by time", "Zoë  10:00–18:00  Guides", "8  Guides")
        await pilot.press("o")
        await sees(pilot, "not seen yet (2) · by name")
        await pilot.press("enter")  # nobody's name is before all others
        assert (await asked(pilot, LookUp)).volunteer == "8"


async def test_all_who_are_still_in_leave_and_who_could_not_is_named(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 30), notifications=True) as pilot:
        await log_in(pilot)
        await pilot.press("e")
        listed = await asked(pilot, ListStillIn)
        people = [StillInPerson(str(number), f"Person {number}", TEN_MS, "Guides") for number in (7, 8, 9)]
        people[0] = StillInPerson("7", "Person 7", TEN_MS, "Cleaning")
        engine.say(StillIn(listed.request, people))
        await sees(pilot, "Still checked in (3) · by time", "Person 7  10:00  Cleaning")
        await pilot.press("space", "f")  # who is not shown is not marked
        await sees(pilot, "Still checked in (3) · by time · only Cleaning")
        await pilot.press("f", "a")
        await sees(pilot, "only Guides")
        await pilot.press("enter")
        await sees(pilot, "These left · 2 people")
        await pilot.press("enter", *"bus", "enter", *"leader-2", "enter", *"402917", "enter")
        bulk = await asked(pilot, LeaveInBulk)
        assert (bulk.volunteers, bulk.reason, bulk.second_pin) == (["8", "9"], "bus", "402917")
        engine.say(BulkResult(bulk.request, 1, [LeftOut("9", "Person 9", "before_check_in")]))
        await sees(pilot, "Written down: one person left.", "Not written down (1)", "Person 9: ")


async def test_all_that_can_be_done_can_be_chosen_from_a_list(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 40)) as pilot:
        await log_in(pilot)
        await pilot.press("ctrl+p")
        await sees(pilot, "all commands", "x  missing")
        await pilot.press("end")
        await sees(pilot, "q  quit")
        await pilot.press("home")
        await pilot.press("down", "down", "down", "enter")
        await asked(pilot, ListMissing)


async def test_staff_see_the_figures_of_the_day(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 40)) as pilot:
        await log_in(pilot)
        await pilot.press("g")
        listed = await asked(pilot, ListFigures)
        hours = [HourFigures(TEN_MS - HOUR_MS, 12, 1), HourFigures(TEN_MS, 3, 4)]
        engine.say(
            Figures(listed.request, hours, {"badge": 19, "card": 1}, {"revoked_credential": 2}, taken_back=1)
        )
        await sees(pilot, "09:00   12    1", "in all  15    5", "One reading was taken back.", "badge", "19")
        await pilot.press("escape")
        await sees(pilot, "Here now (8)")


async def test_all_open_questions_are_answered_at_once(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 30), notifications=True) as pilot:
        await log_in(pilot)
        await pilot.press("a")
        other = msgspec.structs.replace(QUESTION, id="8-1", name="Wu")
        engine.say(Questions((await asked(pilot, ListQuestions)).request, [QUESTION, other]))
        await sees(pilot, "all 2: at the end of their shift")
        await pilot.press("end", "enter")
        for question in (QUESTION, other):
            answer = await asked(pilot, Answer)
            assert (answer.question, answer.at_ms) == (question.id, QUESTION.likely_ms[1])
            engine.say(Result(answer.request, ok=True, code="answered"))
        await sees(pilot, "Noted for 2 people.")


async def test_staff_take_back_what_they_choose(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 30), notifications=True) as pilot:
        await log_in(pilot)
        await pilot.press("c")
        recent = [
            Recent("e" * 32, 9, TEN_MS, "7", "Zoë", "in"),
            Recent("e" * 32, 8, TEN_MS, "8", "Wu", "out"),
        ]
        engine.say(RecentEvents((await asked(pilot, ListRecent)).request, recent))
        await sees(pilot, "10:00  came  Zoë", "10:00  left  Wu")
        await pilot.press("down", "enter")
        await sees(pilot, "Why")
        await pilot.press(*"oops", "enter")
        cancel = await asked(pilot, Cancel)
        assert (cancel.seq, cancel.epoch, cancel.reason) == (8, "e" * 32, "oops")
        engine.say(Result(cancel.request, ok=False, code="cancel_too_late"))
        await sees(pilot, "more than five minutes ago")


async def test_staff_answer_for_a_volunteer_with_any_time(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 30), notifications=True) as pilot:
        await log_in(pilot)
        await pilot.press("a")
        engine.say(Questions((await asked(pilot, ListQuestions)).request, [QUESTION]))
        await sees(pilot, "李明  2025-10-13 09:00")
        await pilot.press("enter")
        await sees(pilot, "17:00", "another time", "I don't know")
        await pilot.press("down", "down", "down", "enter")
        await sees(pilot, "When, such as 09:30")
        await pilot.press(*"15:20", "enter")
        answer = await asked(pilot, Answer)
        assert (answer.question, answer.at_ms) == (QUESTION.id, QUESTION.came_ms + 6 * HOUR_MS + 20 * 60_000)


async def test_staff_answer_that_nobody_knows(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await log_in(pilot)
        await pilot.press("a")
        engine.say(Questions((await asked(pilot, ListQuestions)).request, [QUESTION]))
        await sees(pilot, "李明  2025-10-13 09:00")
        await pilot.press("enter")
        await sees(pilot, "I don't know")
        await pilot.press("end", "enter")
        assert (await asked(pilot, Decline)).question == QUESTION.id


async def test_staff_set_what_a_scan_means(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await log_in(pilot)
        await pilot.press("t")
        await sees(pilot, "everybody leaves", "breaks: out and in")
        await pilot.press("end", "up", "enter")
        listed = await asked(pilot, ListActivities)
        known = [
            ActivityListed("guides", "Guides", is_executing=True),
            ActivityListed("water", "Water", is_executing=False),
        ]
        engine.say(Activities(listed.request, known))
        await sees(pilot, "the activity that its times name", "Water  (not running now)")
        await pilot.press("end", "enter")
        order = await asked(pilot, SetTerminal)
        assert (order.direction, order.activity) == ("out", "water")


async def test_staff_write_down_who_is_not_on_the_roster(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 40)) as pilot:
        await log_in(pilot)
        await pilot.press("w")
        await sees(pilot, "Somebody who is not on the roster", "Telephone, if there is one")
        entered = ("Wang", "138 0013", "", "came along", "leader-2", "402917")
        for text in entered:
            await pilot.press(*("space" if one == " " else one for one in text), "enter")
        written = await asked(pilot, WalkIn)
        assert (written.name, written.telephone, written.reason) == ("Wang", "138 0013", "came along")
        assert (written.second, written.second_pin) == ("leader-2", "402917")
        engine.say(Result(written.request, ok=False, code="no_name"))
        await sees(pilot, "Please write down a name.")


async def test_staff_take_the_terminal_out_of_service_and_back(
    engine, monitor, snapshot, sees, log_in, asked
):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await log_in(pilot)
        await pilot.press("o")
        order = await asked(pilot, SetOutOfOrder)
        assert order.out_of_order
        engine.say(Result(order.request, ok=True, code="out_of_order"))
        engine.say(msgspec.structs.replace(snapshot.status, out_of_order=True))
        await sees(pilot, "out of order")
        await pilot.pause()
        await pilot.press("o")
        assert not (await asked(pilot, SetOutOfOrder)).out_of_order


async def test_staff_start_a_device_anew(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 30), notifications=True) as pilot:
        await log_in(pilot)
        await pilot.press("d")
        await sees(pilot, "Close a device and open it anew")
        await pilot.press("enter")
        request = await asked(pilot, RestartDevice)
        assert request.device == monitor.state.snapshot.status.devices[0].name
        engine.say(Result(request.request, ok=True, code="restarted"))
        await sees(pilot, "The device was closed")


async def test_esc_leaves_a_form_without_doing_anything(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await log_in(pilot)
        await pilot.press("m")
        await sees(pilot, "Part of the name")
        await pilot.press("escape", "s")
        assert await asked(pilot, (Find, Logout)) == Logout(2)


async def test_an_engine_that_went_away_ends_the_session(engine, monitor, sees, log_in, shown, asked):
    async with monitor.run_test(size=(100, 30)) as pilot:
        await log_in(pilot)
        engine.stop()
        await sees(pilot, "has not answered")
        assert "· Zhao" not in shown(monitor)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_forms_in_every_language(engine, tmp_path, shown, eventually, asked, language):
    app = Monitor(tmp_path / "kiosk.sock", language)
    pictures = []
    async with app.run_test(size=(80, 24)) as pilot:
        await eventually(pilot, lambda: app.state.snapshot)
        await pilot.press("s")
        await eventually(pilot, lambda: len(app.screen_stack) > 1)
        await pilot.pause()
        pictures.append(("log in", shown(app)))
        await pilot.press(*"x", "enter", "y", "enter")
        engine.say(Result((await asked(pilot, Login)).request, ok=True, code="logged_in", name="Zhao"))
        await eventually(pilot, lambda: "Zhao" in shown(app))
        await pilot.press("t")
        await eventually(pilot, lambda: len(app.screen_stack) > 1)
        await pilot.pause()
        pictures.append(("choice", shown(app)))
    compare(f"staff.{language}", pictures)


@pytest.mark.parametrize(
    ("clock", "moment_ms"),
    [
        ("10:00", TEN_MS),
        (" 9:30 ", TEN_MS + 24 * HOUR_MS - HOUR_MS // 2),
        ("１０：００", TEN_MS),
        ("١٠:٠٠", TEN_MS),
        ("1000", TEN_MS),
        ("10.00", TEN_MS),
        ("930", TEN_MS + 24 * HOUR_MS - HOUR_MS // 2),
        ("24:00", None),
        ("1", None),
        ("12345", None),
        ("", None),
        ("ten", None),
    ],
)
def test_a_time_of_day_is_the_next_moment_at_which_the_site_shows_it(snapshot, clock, moment_ms):
    assert moment_at(snapshot, clock, TEN_MS) == moment_ms


async def test_what_is_written_down_at_the_monitor_stands_in_the_log_of_a_real_engine(real_terminal, sees):
    app = Monitor(real_terminal.folder / "kiosk.sock")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await sees(pilot, "Nobody is checked in.")
        await pilot.press("s")
        await sees(pilot, "Your reference")
        await pilot.press(*"liaison-7", "enter", *PINS["liaison-7"], "enter")
        await sees(pilot, "· Zhao")
        await pilot.press("m")
        await sees(pilot, "Part of the name")
        await pilot.press("1", "enter")
        await sees(pilot, "1  李明")
        await pilot.press("enter")
        await sees(pilot, "not checked in", "write down: came")
        await pilot.press("enter")
        await sees(pilot, "PIN of the second person")
        await pilot.press("enter", *"no badge", "enter", *"leader-2", "enter", *PINS["leader-2"], "enter")
        await sees(pilot, "Written down: 李明 came.", "Here now (1)")
    reader = real_terminal.read_log()
    (head,) = reader.heads()
    logged = [events.decode(raw) for raw in reader.stretch(head.epoch, 0, 1000, 10**6).events]
    reader.close()
    (manual,) = [one for one in logged if isinstance(one, Manual)]
    assert (manual.volunteer, manual.at_ms, manual.entered_by) == ("1", NINE_MS, "liaison-7")


async def test_staff_note_a_group_and_that_it_left(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 40)) as pilot:
        await log_in(pilot)
        await pilot.press("p")
        listed = await asked(pilot, ListGroups)
        here = GroupListed("ab" * 8, 30, "City school", "Guides", TEN_MS)
        engine.say(GroupsHere(listed.request, [here]))
        await sees(pilot, "a group came", "30 people · City school · since 10:00")
        await pilot.press("enter")
        activities = await asked(pilot, ListActivities)
        engine.say(Activities(activities.request, [ActivityListed("guides", "Guides", is_executing=True)]))
        await sees(pilot, "How many", "no names")
        await pilot.press("x", "enter", *"Rotary", "enter")
        await sees(pilot, "This is no number of people")
        await pilot.press("backspace", *"12", "enter", "enter")
        came = await asked(pilot, GroupCame)
        assert (came.count, came.remark) == (12, "Rotary")
        engine.say(Result(came.request, ok=True, code="group_came"))
        await sees(pilot, "Here now (8)")
        await pilot.press("p")
        listed = await asked(pilot, ListGroups)
        engine.say(GroupsHere(listed.request, [here]))
        await sees(pilot, "City school")
        await pilot.press("down", "enter")
        await sees(pilot, "How many left?")
        await pilot.press(*"30", "enter")
        left = await asked(pilot, GroupLeft)
        assert (left.group, left.count) == ("ab" * 8, 30)
