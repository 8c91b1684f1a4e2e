"""What a form of the review asks for, handed to the services; what came of it is told on the next page."""

from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from foundation.errors import RulesError
from foundation.trouble import Trouble
from foundation.words import Words
from settlement.look_up import row_number
from settlement.models import Activity
from settlement.review.decide import Reviewed, Reviewer, approve, approve_clean_lines, reject
from settlement.review.lifted_caps import lift_cap
from settlement.settling.credited_stays import credit_stay
from settlement.web.next_page import tell_on_next_page
from settlement.web.readers import Reader

_SHOWN = 10
"""Refused entries that are told by name; of others only how many."""


def decide(request: HttpRequest, reader: Reader, activity: Activity, now_ms: int) -> None:
    """Do what the form asks for; what is refused is told on the next page, and then nothing is changed.

    Raises PermissionDenied where nobody in particular asks.
    """
    if reader.actor is None:
        raise PermissionDenied
    form = request.POST
    entries = [row_number(text) for text in form.getlist("entry")]
    reviewer = Reviewer(reader.actor, now_ms, form.get("note", ""), form.get("override", ""))
    try:
        match form.get("what"):
            case "approve_clean":
                _tell(request, approve_clean_lines(activity, reviewer), "approved")
            case "approve" if entries:
                _tell(request, approve(entries, reviewer), "approved")
            case "reject" if entries:
                _tell(request, reject(entries, reviewer), "rejected")
            case "lift_cap" if entries:
                lift_cap(entries[0], reader.actor, reviewer.note, now_ms)
                tell_on_next_page(request, lambda words: [words.say("review-lifted")])
            case "credit_stay" if entries:
                asked = (entries[0], reader.actor, reviewer.note, now_ms)
                seconds = credit_stay(*asked, override=reviewer.override).approved_s
                tell_on_next_page(
                    request, lambda words: [words.say("review-credited", duration=words.duration(seconds))]
                )
            case _:
                tell_on_next_page(request, lambda words: [words.say("review-nothing")])
    except RulesError as error:
        trouble = error.trouble
        tell_on_next_page(request, lambda words: [words.trouble(trouble)])


def _tell(request: HttpRequest, reviewed: Reviewed, what: str) -> None:
    tell_on_next_page(request, lambda words: [*_sentences(reviewed, what, words)])


def _sentences(reviewed: Reviewed, what: str, words: Words) -> Iterator[str]:
    yield words.say(f"review-{what}", count=len(reviewed.decided))
    for entry, why in reviewed.refused[:_SHOWN]:
        yield words.say("command-entry_stays", entry=str(entry), why=words.trouble(Trouble.of(why)))
    if len(reviewed.refused) > _SHOWN:
        yield words.say("review-more_stay", count=len(reviewed.refused) - _SHOWN)
