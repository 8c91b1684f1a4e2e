"""Who else was just recorded: the last three before the one that stands large, in one row. Pure."""

from rich.cells import cell_len

from foundation.words import Direction, Words
from kiosk.local_api.messages import Decided, Snapshot
from kiosk.screens.display import display, fit
from kiosk.screens.results import LOOKS
from sync.contract.events import Method

MOST = 3
_STAYS_MS = 20_000
_BETWEEN = "  │  "


def is_for_the_screen(decided: Decided) -> bool:
    """Whom staff write down stands elsewhere; who sends a text without the screen's digits may, too."""
    return decided.method != Method.MANUAL and not decided.from_afar


def just_recorded(snapshot: Snapshot, shown: Decided | None) -> list[Decided]:
    """The last ones besides `shown`, the newest first; after some seconds nobody need find a name here."""
    now_ms = max(snapshot.status.wall_ms, shown.at_ms if shown else 0)
    found = [
        one
        for one in reversed(snapshot.recent)
        if one != shown and is_for_the_screen(one) and abs(now_ms - one.at_ms) < _STAYS_MS
    ]
    return found[:MOST]


def strip(snapshot: Snapshot, shown: Decided | None, words: Words, width: int) -> str:
    """The row, ready for the terminal: `✔ in · 李明`, each cut to its share of the width."""
    people = just_recorded(snapshot, shown)
    share = (width - (len(people) - 1) * len(_BETWEEN)) // max(1, len(people))
    texts = (in_short(one, words) for one in people)
    drawn = [
        display(text, words.direction)
        if cell_len(text) <= share
        else fit(text, share, words.direction).strip()
        for text in texts
    ]
    if words.direction is not Direction.RTL:
        return _BETWEEN.join(drawn)
    row = _BETWEEN.join(reversed(drawn))
    return " " * (width - cell_len(row)) + row


def in_short(decided: Decided, words: Words) -> str:
    """One answer in a few words: `✔ in · 李明`."""
    said = f"{LOOKS[decided.outcome].symbol} {words.say(f'result-{decided.outcome}.short')}"
    return " · ".join(filter(None, (said, decided.name)))
