"""The inbox: counts by kind, what waits of one kind, and decisions, each a service's."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from foundation.clock import open_clock
from foundation.errors import RulesError
from foundation.words import LANGUAGES, Words
from settlement.accounts.audit import Kind as Noted
from settlement.troubles import CentreTrouble
from settlement.web.frame import answer, centre_settings, frame, reader_language
from settlement.web.inbox.kinds import KINDS, Act, Kind, count_of, items_of, reached
from settlement.web.missing import NotHere
from settlement.web.readers import Reader, for_staff, note_look

_TOLD = "inbox-told"


@require_safe
@for_staff
def inbox(request: HttpRequest, reader: Reader) -> HttpResponse:
    """How much waits of each kind."""
    words = Words(reader_language(request))
    rows = [(kind.code, words.say(f"inbox-{kind.code}"), count_of(kind, reader.reach)) for kind in KINDS]
    return answer(request, "settlement/inbox/inbox.html", frame(request, words) | {"rows": rows})


@require_safe
@for_staff
def waiting(request: HttpRequest, reader: Reader, kind: str) -> HttpResponse:
    """What waits of one kind, the oldest first, each with what can be decided."""
    words, now_ms = Words(reader_language(request)), _now_ms()
    found = _kind(kind)
    note_look(request, reader, Noted.RECORD, f"inbox/{kind}")
    context = frame(request, words) | {
        "kind": found.code,
        "title": words.say(f"inbox-{found.code}"),
        "items": items_of(found, reader.reach, words, now_ms),
        "acts": [(act.value, words.say(f"inbox-act_{act}")) for act in found.acts],
        "may_decide": reader.actor is not None,
        "told": _told(request, words),
    }
    return answer(request, "settlement/inbox/waiting.html", context)


@require_POST
@for_staff
def decided(request: HttpRequest, reader: Reader, kind: str, number: int) -> HttpResponse:
    """Decide on one thing, and go back to what waits; what is refused is told there."""
    found = _kind(kind)
    if reader.actor is None:
        raise PermissionDenied
    if reached(found, reader.reach, number) is None:
        raise NotHere(CentreTrouble.NOTHING_WAITS_HERE, number=number)
    act = request.POST.get("what", "")
    decide = found.acts.get(Act(act)) if act in found.acts else None
    if decide is None:
        raise NotHere(CentreTrouble.NOTHING_WAITS_HERE, number=number)
    try:
        decide(number, reader.actor, _now_ms(), request.POST.get("note", ""))
    except RulesError as error:
        request.session[_TOLD] = {name: Words(name).trouble(error.trouble) for name in LANGUAGES}
    else:
        request.session[_TOLD] = {name: Words(name).say("inbox-done") for name in LANGUAGES}
    return redirect("inbox-waiting", kind)


def _told(request: HttpRequest, words: Words) -> list[str]:
    told: dict[str, str] | None = request.session.pop(_TOLD, None)
    return [told[words.language]] if told else []


def _kind(code: str) -> Kind:
    for kind in KINDS:
        if kind.code == code:
            return kind
    raise NotHere(CentreTrouble.NO_PAGE)


def _now_ms() -> int:
    return open_clock(centre_settings().clock_file).wall_ms()
