"""Why nothing was recorded and what the person can do now, in words: for a screen or a text message. Pure."""

from foundation.words import Words
from kiosk.local_api.messages import Decided
from kiosk.roster.site_time import time_in


def explain(decided: Decided, code: str, words: Words, zone: str) -> list[str]:
    """The sentences for the reason `code`; times are those of the site's `zone`."""
    told = [words.code("reason", code)]
    opens = f"reason-{code}.opens"
    if decided.opens_ms is not None and words.knows(opens):
        told.append(words.say(opens, opens=time_in(zone, decided.opens_ms, beside_ms=decided.at_ms)))
    else:
        told.append(words.code("reason", code, "remedy", site=decided.expected_at))
    return told
