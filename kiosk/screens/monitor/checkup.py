"""The doctor's page in the staff's view: a row for each check, and under them what to repair. Pure."""

from collections.abc import Sequence

from textual.content import Content

from foundation.words import Words
from kiosk.local_api.replies import Checked
from kiosk.screens.results import SKY_BLUE, VERMILLION
from kiosk.screens.table import Cell, Column, paragraph, table

NETWORK = frozenset({"centre", "certificate", "broker", "roster", "clock"})
"""What of the page is about the line."""
_SIGNS = {"good": "✔", "open": "·", "look": "!", "broken": "✖"}
_STYLES = {"good": SKY_BLUE, "look": "bold", "broken": f"bold {VERMILLION}"}


def checks_drawn(checks: Sequence[Checked], words: Words, width: int) -> list[Content]:
    """Each check with its sign; what is to be repaired stands below by its number, the broken first."""
    ordered = sorted(checks, key=lambda one: one.mark != "broken")
    findings = list({trouble: None for one in ordered for trouble in one.findings})
    rows = []
    for one in checks:
        numbers = words.say("list-between").join(str(findings.index(trouble) + 1) for trouble in one.findings)
        text = words.say("doctor-see", numbers=numbers) if numbers else ""
        if one.said:
            text = words.what(one.said)
        rows.append(
            (Cell(_SIGNS.get(one.mark, "?"), _STYLES.get(one.mark, "")), Cell(_name(one, words)), Cell(text))
        )
    _, *drawn = table([Column(""), Column(""), Column("", share=1)], rows, width, words.direction)
    for number, trouble in enumerate(findings, start=1):
        text = f"{number}. {words.trouble(trouble)}"
        drawn += [Content(""), *paragraph(text, width, words.direction)]
    return drawn


def _name(one: Checked, words: Words) -> str:
    message = f"doctor-check-{one.subject}"
    return words.say(message) if words.knows(message) else one.subject
