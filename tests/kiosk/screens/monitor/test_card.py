"""A person's card at the monitor: what it says, and what is done from it."""

import pytest

from kiosk.local_api.replies import Found, Movement, NoteForPerson, People, PersonCard, Result
from kiosk.local_api.requests import Cancel, EndLookUp, Find, LeaveNote, LookUp, LookUpNext
from tests.kiosk.samples import token
from tests.kiosk.screens.monitor.test_actions import HOUR_MS, TEN_MS

EPOCH = "e" * 32
CARD = PersonCard(
    0,
    "7",
    "Zoë Brontë",
    TEN_MS,
    "Guides",
    events=[
        Movement(
            TEN_MS - HOUR_MS, "in", "badge", taken_back_ms=TEN_MS - HOUR_MS + 60_000, taken_back_by="leader-2"
        ),
        Movement(TEN_MS, "in", "manual", EPOCH, 9, "no badge"),
    ],
    methods=["card"],
    badges_revoked=1,
)


@pytest.fixture
def says(engine):
    """The engine answers with Zoë's card."""

    def say(request, **more) -> None:
        fields = {name: getattr(CARD, name) for name in CARD.__struct_fields__}
        engine.say(PersonCard(**fields | {"request": request.request} | more))

    return say


async def test_the_terminals_next_reading_shows_whose_card_it_is(engine, monitor, sees, log_in, asked, says):
    async with monitor.run_test(size=(100, 34)) as pilot:
        await log_in(pilot)
        await pilot.press("r")
        await sees(pilot, "Whose badge or card is this?", "within 15 seconds")
        says(await asked(pilot, LookUpNext), reason="revoked_credential")
        await sees(
            pilot,
            "7  Zoë Brontë",
            "here since 10:00  Guides",
            "What was presented is not accepted: withdrawn",
            "✖ 09:00  came  badge: taken back 09:01 by leader-2",
            "10:00  came  by staff  no badge",
            "one badge was taken back",
        )


async def test_who_leaves_the_waiting_gives_the_reader_back(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 34)) as pilot:
        await log_in(pilot)
        await pilot.press("r")
        await asked(pilot, LookUpNext)
        await pilot.press("escape")
        await asked(pilot, EndLookUp)


async def test_a_badge_typed_on_the_page_shows_its_card(engine, monitor, sees, log_in, asked, says):
    async with monitor.run_test(size=(100, 34)) as pilot:
        await log_in(pilot)
        await pilot.press(*token(7), "enter")
        find = await asked(pilot, Find)
        assert find.text == token(7)
        engine.say(People(find.request, [Found("7", "Zoë Brontë")]))
        says(await asked(pilot, LookUp))
        await sees(pilot, "7  Zoë Brontë")


async def test_what_was_wrong_is_taken_back_from_the_card_which_then_stands_again(
    engine, monitor, sees, log_in, asked, says
):
    async with monitor.run_test(size=(100, 34), notifications=True) as pilot:
        await log_in(pilot)
        await pilot.press("r")
        says(await asked(pilot, LookUpNext))
        await sees(pilot, "take back: 10:00  came")
        await pilot.press("down", "down", "down", "enter")
        await sees(pilot, "Why")
        await pilot.press(*"oops", "enter")
        cancel = await asked(pilot, Cancel)
        assert (cancel.seq, cancel.epoch, cancel.reason) == (9, EPOCH, "oops")
        engine.say(Result(cancel.request, ok=True, code="cancelled", name="Zoë Brontë"))
        says(await asked(pilot, LookUp), since_ms=None, events=[])
        await sees(pilot, "not checked in", "write down: came")


async def test_a_note_is_left_from_the_card_and_says_when_it_was_read(
    engine, monitor, sees, log_in, asked, says
):
    async with monitor.run_test(size=(100, 40), notifications=True) as pilot:
        await log_in(pilot)
        await pilot.press("r")
        waiting = NoteForPerson("Call home", "leader-2", TEN_MS)
        says(await asked(pilot, LookUpNext), note=waiting)
        await sees(pilot, "note waiting: “Call home” (leader-2)")
        await pilot.press("end", "enter")
        await sees(pilot, "at most 160 characters", "Call home")  # to be changed, not written anew
        await pilot.press("end", *"!", "enter")
        note = await asked(pilot, LeaveNote)
        assert (note.volunteer, note.text) == ("7", "Call home!")
        engine.say(Result(note.request, ok=True, code="noted", name="Zoë Brontë"))
        await sees(pilot, "Zoë Brontë reads it at the next scan.")
        await pilot.press("r")
        shown = NoteForPerson("Call home!", "leader-2", TEN_MS, TEN_MS + 60_000)
        says(await asked(pilot, LookUpNext), note=shown)
        await sees(pilot, "note shown 10:01: “Call home!”")
