"""What a form of the review asks for, handed to the services; what came of it is told on the next page."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from foundation.errors import RulesError
from foundation.trouble import Trouble
from foundation.words import LANGUAGES, Words
from settlement.look_up import row_number
from settlement.models import Activity
from settlement.review.decide import Reviewed, Reviewer, approve, approve_clean_lines, reject
from settlement.review.lifted_caps import lift_cap
from settlement.settling.credited_stays import credit_stay
from settlement.web.readers import Reader

_TOLD = "review-told"
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
    told: dict[str, object] = {}
    try:
        match form.get("what"):
            case "approve_clean":
                told = _of(approve_clean_lines(activity, reviewer), "approved")
            case "approve" if entries:
                told = _of(approve(entries, reviewer), "approved")
            case "reject" if entries:
                told = _of(reject(entries, reviewer), "rejected")
            case "lift_cap" if entries:
                lift_cap(entries[0], reader.actor, reviewer.note, now_ms)
                told = {"what": "lifted"}
            case "credit_stay" if entries:
                asked = (entries[0], reader.actor, reviewer.note, now_ms)
                done = credit_stay(*asked, override=reviewer.override)
                told = {"what": "credited", "seconds": done.approved_s}
            case _:
                told = {"what": "nothing"}
    except RulesError as error:
        # Said in the language that the next page is read in.
        words = {name: Words(name).trouble(error.trouble) for name in LANGUAGES}
        told = {"what": "refused", "why": words}
    request.session[_TOLD] = told


def told_before(request: HttpRequest, words: Words) -> list[str]:
    """What the last decision came to, told once."""
    told = request.session.pop(_TOLD, None) if hasattr(request, "session") else None
    if not told:
        return []
    match told["what"]:
        case "refused":
            return [told["why"][words.language]]
        case "credited":
            return [words.say("review-credited", duration=words.duration(told["seconds"]))]
        case "approved" | "rejected":
            sentences = [words.say(f"review-{told['what']}", count=told["count"])]
            stay = told["refused"]
            sentences += [
                words.say("command-entry_stays", entry=str(entry), why=words.trouble(Trouble.of(why)))
                for entry, why in stay[:_SHOWN]
            ]
            if len(stay) > _SHOWN:
                sentences.append(words.say("review-more_stay", count=len(stay) - _SHOWN))
            return sentences
        case what:
            return [words.say(f"review-{what}")]


def _of(reviewed: Reviewed, what: str) -> dict[str, object]:
    refused = [(entry, str(why)) for entry, why in reviewed.refused]
    return {"what": what, "count": len(reviewed.decided), "refused": refused}
