"""The figures of the day at this terminal: by hour, by method, what was refused and why."""

from functools import partial

from textual.content import Content

from foundation.words import Words
from kiosk.local_api.messages import Snapshot
from kiosk.local_api.replies import Figures
from kiosk.local_api.requests import ListFigures
from kiosk.screens.monitor.session import StaffSession
from kiosk.screens.monitor.sheet import Sheet
from kiosk.screens.table import Cell, Column, paragraph, table
from kiosk.screens.terminal_state import time_at_site


async def show(session: StaffSession) -> None:
    """Ask for them and lay them over the page."""
    told, snapshot = await session.ask(ListFigures(0)), session.app.state.snapshot
    if not isinstance(told, Figures) or snapshot is None:
        session.tell(told)
        return
    words = session.words()
    await session.show(Sheet(words, words.say("key-figures"), partial(lines, snapshot, told, words)))


def lines(snapshot: Snapshot, told: Figures, words: Words, width: int) -> list[Content]:
    """What stands in the box, for its width."""
    if not (told.hours or told.refused or told.in_groups):
        return paragraph(words.say("no-readings"), width, words.direction)
    hours = [
        (Cell(time_at_site(snapshot, one.start_ms)), Cell(str(one.came)), Cell(str(one.left)))
        for one in told.hours
    ]
    came, left = sum(one.came for one in told.hours), sum(one.left for one in told.hours)
    in_all = (Cell(words.say("figures-in_all"), "bold"), Cell(str(came), "bold"), Cell(str(left), "bold"))
    titles = [words.say("label-time"), words.say("figures-came"), words.say("figures-left")]
    drawn = table([Column(title) for title in titles], [*hours, in_all], width, words.direction)
    methods = {words.code("method", one): number for one, number in told.methods.items()}
    refused = {words.code("reason", one, "short"): number for one, number in told.refused.items()}
    drawn += _counted(words, "label-method", methods, width)
    drawn += _counted(words, "figures-refused", refused, width)
    if told.in_groups:
        text = words.say("figures-in_groups", count=told.in_groups)
        drawn += [Content(""), *paragraph(text, width, words.direction)]
    if told.taken_back:
        text = words.say("figures-taken_back", count=told.taken_back)
        drawn += [Content(""), *paragraph(text, width, words.direction)]
    return [*drawn, Content(""), *paragraph(words.say("help-close"), width, words.direction)]


def _counted(words: Words, title: str, counts: dict[str, int], width: int) -> list[Content]:
    if not counts:
        return []
    columns = [Column(words.say(title), share=1), Column(words.say("figures-number"))]
    most_first = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    rows = [(Cell(name), Cell(str(number))) for name, number in most_first]
    return [Content(""), *table(columns, rows, width, words.direction)]
