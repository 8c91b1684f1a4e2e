"""What a form of the review asks for, handed to the services; what came of it is told on the next page."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest

from foundation.errors import RulesError
from foundation.trouble import Trouble
from foundation.words import Words
from settlement.look_up import row_number
from settlement.models import Activity
from settlement.review.decide import Reviewed, Reviewer
from settlement.review.held import Click, Verdict, decide_later, do_later, undo
from settlement.settling.credited_stays import Credited
from settlement.settling.held_ways import WAYS
from settlement.troubles import DecisionTrouble
from settlement.web.frame import centre_settings
from settlement.web.missing import NotHere
from settlement.web.next_page import Typed, keep_typed, tell_on_next_page, tell_trouble
from settlement.web.reached import check_entries
from settlement.web.readers import Reader

_SHOWN = 10
"""Refused entries that are told by name; of others only how many."""


_LAST_CLICK = "last_click"


def decide(request: HttpRequest, reader: Reader, activity: Activity, now_ms: int) -> bool:
    """Do what the form asks for, and say whether anything was done; the next page tells what came of it.

    Raises PermissionDenied where nobody in particular asks.
    """
    by, form = reader.who_acts(), request.POST
    entries = [row_number(text) for text in form.getlist("entry")]
    reviewer = Reviewer(by, now_ms, form.get("note", ""), form.get("override", ""))
    what = form.get("what", "")
    try:
        if not reader.reach.is_whole:
            check_entries(reader.reach.entries(), entries)
        match what:
            case Verdict.APPROVE_CLEAN:
                return _decide_later(request, Click(activity, Verdict.APPROVE_CLEAN), reviewer)
            case Verdict.APPROVE | Verdict.REJECT if entries:
                return _decide_later(request, Click(activity, Verdict(what), entries), reviewer)
            case Verdict.LIFT_CAP | Verdict.CREDIT_STAY if entries:
                return _do_later(request, Click(activity, Verdict(what), entries[:1]), reviewer)
            case _:
                tell_on_next_page(request, lambda words: [words.say("review-nothing")])
                return False
    except NotHere:
        # As a service tells it of what there is not, so that no number can be guessed.
        tell_trouble(request, Trouble.of(DecisionTrouble.UNKNOWN_ENTRY))
    except RulesError as error:
        tell_trouble(request, error.trouble)
        keep_typed(request, Typed(reviewer.note, reviewer.override, tuple(entries)))
    return False


def take_back(request: HttpRequest, reader: Reader, number: int, now_ms: int) -> Click | None:
    """Undo what one click decided, and say what it was; the next page tells what came of it.

    Raises PermissionDenied where nobody in particular asks.
    """
    by = reader.who_acts()
    try:
        click = undo(number, by, now_ms)
    except RulesError as error:
        tell_trouble(request, error.trouble)
        return None
    tell_on_next_page(request, lambda words: [words.say("review-undone", count=len(click.entries))])
    return click


def last_click(request: HttpRequest) -> int:
    """The number of what was decided on the page before, for a button that undoes it; 0 for nothing."""
    number: int = request.session.pop(_LAST_CLICK, 0)
    return number


def _decide_later(request: HttpRequest, click: Click, reviewer: Reviewer) -> bool:
    minutes = centre_settings().review.undo_minutes
    held = decide_later(click, reviewer, minutes)
    request.session[_LAST_CLICK] = held.number
    what = "rejected" if click.verdict is Verdict.REJECT else "approved"
    given: dict[str, Any] = {"minutes": minutes} if held.number else {}
    tell_on_next_page(request, lambda words: [*_sentences(held.reviewed, what, words, given)])
    return bool(held.reviewed.decided)


def _do_later(request: HttpRequest, click: Click, reviewer: Reviewer) -> bool:
    minutes = centre_settings().review.undo_minutes
    held = do_later(click, WAYS[click.verdict], reviewer, minutes)
    request.session[_LAST_CLICK] = held.number
    done, at_once = held.outcome, f"review-{'lifted' if click.verdict is Verdict.LIFT_CAP else 'credited'}"
    said = at_once if not held.number else f"review-held_{click.verdict}"
    if held.reviewed.refused:
        tell_on_next_page(request, lambda words: [words.trouble(Trouble.of(held.reviewed.refused[0][1]))])
        return False

    def say(words: Words) -> list[str]:
        spent = {"duration": words.duration(done.approved_s)} if isinstance(done, Credited) else {}
        return [words.say(said, minutes=minutes, **spent)]

    tell_on_next_page(request, say)
    return True


def _sentences(reviewed: Reviewed, what: str, words: Words, held: dict[str, Any]) -> Iterator[str]:
    said = f"review-held_{what}" if held else f"review-{what}"
    yield words.say(said, count=len(reviewed.decided), **held)
    for entry, why in reviewed.refused[:_SHOWN]:
        yield words.say("command-entry_stays", entry=str(entry), why=words.trouble(Trouble.of(why)))
    if len(reviewed.refused) > _SHOWN:
        yield words.say("review-more_stay", count=len(reviewed.refused) - _SHOWN)
