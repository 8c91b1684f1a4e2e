"""The answer to somebody who presented something: its panel, and all that it says. Pure."""

from foundation.refusal import Refusal
from foundation.words import Words
from kiosk.checkin.refusal_words import explain
from kiosk.local_api.messages import Decided, Outcome, Snapshot
from kiosk.screens.panel import Face, Panel, Paragraph
from kiosk.screens.results import LOOKS
from kiosk.screens.terminal_state import time_at_site
from kiosk.screens.volunteers.receipt_text import close_by, today_text

_COUNTED = (Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT, Outcome.ALREADY_IN, Outcome.ALREADY_OUT)


def answer_panel(snapshot: Snapshot, decided: Decided, site: Words) -> Panel:
    """What a person reads of their own reading, in their language."""
    words = Words(decided.language) if decided.language else site
    texts = [Paragraph(decided.name, words.direction, strong=True)] if decided.name else []
    if decided.message:
        texts.append(
            Paragraph(words.say("answer-message", text=decided.message), words.direction, strong=True)
        )
    texts += _paragraphs(snapshot, decided, words)
    word = words.say(f"result-{decided.outcome}.word")
    time = time_at_site(snapshot, decided.at_ms) if decided.outcome in _COUNTED else ""
    return Panel(Face.RESULT, LOOKS[decided.outcome], word, words.direction, tuple(texts), aside=time)


def activity_of(snapshot: Snapshot, decided: Decided) -> str:
    """The title of the activity that the answer is about; "" where the roster has none."""
    return snapshot.activities.get(decided.activity, "")


def sentences_of(snapshot: Snapshot, decided: Decided, words: Words) -> list[str]:
    """What is said of a reading, a sentence each, the most important first."""
    return [paragraph.text for paragraph in _paragraphs(snapshot, decided, words)]


def _paragraphs(snapshot: Snapshot, decided: Decided, words: Words) -> list[Paragraph]:
    outcome = f"result-{decided.outcome}"
    told, quiet = _told(snapshot, decided, words), list[str]()
    take_back = ""
    if decided.outcome in (Outcome.ACCEPTED_IN, Outcome.ACCEPTED_OUT) and not decided.reason:
        take_back = words.say("take_back-how")
    today = today_text(decided.receipt, words) if decided.receipt and not decided.reason else []
    if take_back and decided.outcome is Outcome.ACCEPTED_OUT and not today:
        quiet.append(words.say(f"{outcome}.review"))
    if decided.receipt:
        quiet += close_by(snapshot, decided.receipt, told[0] if today else "", take_back, words)
    elif take_back:
        quiet.append(take_back)
    told = today or told
    said = [Paragraph(text, words.direction) for text in told]
    return [*said, *(Paragraph(text, words.direction, quiet=True) for text in quiet)]


def _told(snapshot: Snapshot, decided: Decided, words: Words) -> list[str]:
    outcome = f"result-{decided.outcome}"
    time = time_at_site(snapshot, decided.at_ms)
    since = time_at_site(snapshot, decided.since_ms) if decided.since_ms is not None else ""
    activity = activity_of(snapshot, decided)
    named, ending = ({"activity": activity}, "_for") if activity else ({}, "")
    came = f"{outcome}.for" if activity else outcome
    match decided.outcome:
        case Outcome.ACCEPTED_IN | Outcome.ACCEPTED_OUT if decided.reason:
            return [words.say(came, time=time, **named), *_reason(snapshot, decided, decided.reason, words)]
        case Outcome.ACCEPTED_OUT if decided.since_ms is not None:
            whole_minutes = (decided.at_ms - decided.since_ms) // 60_000 * 60
            presence = words.duration(max(0, whole_minutes))
            stayed = {"since": since, "time": time, "presence": presence}
            return [words.say(f"{outcome}.presence{ending}", **stayed, **named)]
        case Outcome.ACCEPTED_IN | Outcome.ACCEPTED_OUT:
            return [words.say(came, time=time, **named)]
        case Outcome.ALREADY_IN | Outcome.ALREADY_OUT:
            return [words.say(f"{outcome}.since", since=since) if since else words.say(outcome)]
        case Outcome.CODE_SENT:
            return [words.say(outcome)]
        case Outcome.REFUSED:
            return _reason(snapshot, decided, decided.reason or "unknown", words)
        case Outcome.UNREADABLE:
            return _reason(snapshot, decided, decided.reason or Refusal.UNREADABLE, words)
        case Outcome.NOT_RECORDED:
            reason = _reason(snapshot, decided, decided.reason or Refusal.NOT_RECORDED, words)
            return [words.say(outcome), *reason]


def _reason(snapshot: Snapshot, decided: Decided, code: str, words: Words) -> list[str]:
    if code == Refusal.OTHER_REALM and snapshot.demo:
        code = "other_realm-at_demo"
    texts = explain(decided, code, words, snapshot.zone)
    tries = f"reason-{code}.tries"
    if decided.tries_left is not None and words.knows(tries):
        texts.append(words.say(tries, count=decided.tries_left))
    if decided.wait_s:
        texts.append(words.say("code-wait", duration=words.duration(decided.wait_s)))
    return texts
