"""The roll call and messages at the monitor; an inspector has no other keys than those for the roll."""

from kiosk.local_api.replies import Result, Roll, RollName
from kiosk.local_api.requests import DrawRoll, Login, RollAnswer, SignRoll, TellCentre

SEED = "5e" * 16


async def test_an_inspector_calls_names_and_signs_what_was_found(engine, monitor, sees, shown, asked):
    async with monitor.run_test(size=(100, 30), notifications=True) as pilot:
        await sees(pilot, "Here now (8)")
        await pilot.press("s")
        await sees(pilot, "Your reference")
        await pilot.press(*"i-3", "enter", "1", "enter")
        login = await asked(pilot, Login)
        engine.say(Result(login.request, ok=True, code="logged_in", name="Wei", role="inspector"))
        await sees(pilot, "i  roll call", "s  log out")
        assert "person" not in shown(monitor)
        await pilot.press("i")
        await sees(pilot, "How many names")
        await pilot.press("end", "0", "enter")
        await sees(pilot, "A number from 1 to 8")
        await pilot.press("ctrl+u", "2", "enter")
        draw = await asked(pilot, DrawRoll)
        assert draw.count == 2
        engine.say(
            Roll(draw.request, SEED, 9, [RollName("7", "Zoë", "Guides"), RollName("8", "Wu", "Guides")])
        )
        await sees(pilot, "Roll call · 1/2", "7  Zoë")
        await pilot.press("enter")
        await sees(pilot, "Roll call · 2/2", "8  Wu")
        await pilot.press("end", "enter")
        await sees(pilot, "What was found · 8  Wu")
        await pilot.press(*"lunch", "enter")
        await sees(pilot, "2 of 9 who are here were drawn", "7  Zoë: found", "8  Wu: not found  lunch")
        await pilot.press("enter")
        sign = await asked(pilot, SignRoll)
        assert (sign.seed, sign.answers) == (
            SEED,
            [RollAnswer("7", seen=True), RollAnswer("8", seen=False, remark="lunch")],
        )
        engine.say(Result(sign.request, ok=True, code="roll_signed"))
        await sees(pilot, "Signed. The centre has it as a visit")


async def test_staff_write_to_the_centre(engine, monitor, sees, log_in, asked):
    async with monitor.run_test(size=(100, 30), notifications=True) as pilot:
        await log_in(pilot)
        await pilot.press("k")
        await sees(pilot, "Write to the centre", "no names, no numbers")
        await pilot.press(*"No paper", "enter")
        told = await asked(pilot, TellCentre)
        assert told.text == "No paper"
        engine.say(Result(told.request, ok=True, code="told_centre"))
        await sees(pilot, "Noted. The centre has it")
