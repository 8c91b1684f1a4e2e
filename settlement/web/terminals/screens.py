"""What terminals' screens say: a text in up to three languages, until a moment, and where it was shown."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from foundation.words import LANGUAGES, Words
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed
from settlement.downlink.group_settings import MOST_TOGETHER, Chosen, members
from settlement.downlink.screen_messages import Said, messages_said, say_at_terminals, take_back
from settlement.explain.sentences import Teller
from settlement.local_times import local_ms
from settlement.models import MessageAt
from settlement.rule_book import rules_at
from settlement.web.entitled import ToldIfRefused, check_may_open, tell
from settlement.web.frame import answer, current_ms, frame, words_for
from settlement.web.next_page import told_before
from settlement.web.readers import Reader, for_staff


@require_safe
@for_staff
def screens(request: HttpRequest, reader: Reader) -> HttpResponse:
    """A form for a new message, and the newest ones with where they were shown."""
    check_may_open(reader, Deed.RUN_TERMINALS)
    words, now_ms = words_for(request), current_ms()
    chosen = Chosen(request.GET.get("site", "")[:40])
    rows, more = members(reader.actor, chosen)
    zone = rules_at(now_ms).settlement_tz
    teller = Teller(words, zone)
    context = frame(request, words) | {
        "zone": zone,
        "chosen": chosen,
        "one": request.GET.get("terminal", ""),
        "sites": reader.reach.run_sites().order_by("name", "code"),
        "members": rows,
        "more": words.say("group-more", count=MOST_TOGETHER) if more else "",
        "spoken": [(code, Words(code).say("language-name"), Words(code).direction) for code in LANGUAGES],
        "said": [_said(one, now_ms, words, teller) for one in messages_said(reader.actor, chosen.site)],
        "may_run": reader.may_do(Deed.RUN_TERMINALS),
        "told": told_before(request, words),
    }
    return answer(request, "settlement/terminals/screen_messages.html", context)


@require_POST
@for_staff
def said(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Let the chosen terminals' screens say it."""
    by, form, now_ms = reader.who_may(Deed.RUN_TERMINALS), request.POST, current_ms()
    with ToldIfRefused(request):
        until_ms = local_ms(form.get("until", ""), rules_at(now_ms).settlement_tz)
        texts = {code: form.get(f"text-{code}", "") for code in LANGUAGES}
        names = form.getlist("terminal")
        for_all = form.get("for_all") == "yes"
        say_at_terminals(names, texts, until_ms, for_all=for_all, signed=Signed(by, now_ms))
        tell(request, "screens-under_way", count=len(set(names)))
    return redirect(_back(request))


@require_POST
@for_staff
def ended(request: HttpRequest, reader: Reader, message: str) -> HttpResponse:
    """Let no screen say it any more."""
    by = reader.who_may(Deed.RUN_TERMINALS)
    with ToldIfRefused(request):
        take_back(message, Signed(by, current_ms()))
        tell(request, "screens-ended")
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    query = QueryDict(mutable=True)
    query["site"] = request.POST.get("site", "")[:40]
    return f"{reverse('screen-messages')}?{query.urlencode()}"


def _said(one: Said, now_ms: int, words: Words, teller: Teller) -> dict[str, object]:
    row = one.row
    state = "ended" if row.ended_ms else "over" if row.until_ms <= now_ms else "living"
    return {
        "id": row.pk,
        "state": words.code("screen_state", state),
        "is_living": state == "living",
        "at": teller.when(row.at_ms),
        "until": teller.when(row.until_ms),
        "by": row.by,
        "for_all": row.for_all,
        "texts": [(code, Words(code).direction, text) for code, text in row.texts.items()],
        "places": [_place(place, words, teller) for place in one.places],
    }


def _place(place: MessageAt, words: Words, teller: Teller) -> dict[str, str]:
    """How far the message is at one terminal, and since when."""
    state = "shown" if place.came_ms else "sent" if place.sent_ms else "not_sent"
    when = place.shown_ms if place.came_ms else place.sent_ms
    return {
        "terminal": place.terminal_id,
        "said": words.code("screen_place", state),
        "when": teller.when(when),
    }
