"""The doctor's page in the staff's view: a row for each check, and under them what to repair. Pure."""

from collections.abc import Sequence

from textual.content import Content

from foundation.words import Words
from kiosk.local_api.replies import Checked
from kiosk.screens.results import VERMILLION
from kiosk.screens.table import paragraph

NETWORK = frozenset({"centre", "certificate", "broker", "roster", "clock"})
"""What of the page is about the line."""
_SIGNS = {"good": "✔", "open": "·", "look": "!", "broken": "✖"}
_STYLES = {"look": "bold", "broken": f"bold {VERMILLION}"}


def checks_drawn(checks: Sequence[Checked], words: Words, width: int) -> list[Content]:
    """Each check with its sign; what is to be repaired stands below by its number, the broken first."""
    ordered = sorted(checks, key=lambda one: one.mark != "broken")
    findings = list({trouble: None for one in ordered for trouble in one.findings})
    drawn = []
    for one in checks:
        numbers = words.say("list-between").join(str(findings.index(trouble) + 1) for trouble in one.findings)
        told = words.what(one.said) if one.said else ""
        told = words.say("doctor-see", numbers=numbers) if numbers else told
        text = ": ".join(filter(None, (f"{_SIGNS.get(one.mark, '?')} {_name(one, words)}", told)))
        drawn += paragraph(text, width, words.direction, _STYLES.get(one.mark, ""))
    for number, trouble in enumerate(findings, start=1):
        text = f"{number}. {words.trouble(trouble)}"
        drawn += [Content(""), *paragraph(text, width, words.direction)]
    return drawn


def _name(one: Checked, words: Words) -> str:
    message = f"doctor-check-{one.subject}"
    return words.say(message) if words.knows(message) else one.subject
