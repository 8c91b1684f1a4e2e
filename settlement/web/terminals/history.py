"""How a terminal was over time: a drawing of the last days, and a list of what changed when."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from foundation.words import Words
from settlement.explain.sentences import Teller
from settlement.look_up import row_number
from settlement.review.terminal_history import history_of, lately
from settlement.web.frame import answer, current_ms, frame, here, words_for
from settlement.web.readers import Reader, for_staff
from settlement.web.terminals.health_chart import DAYS, chart_from_ms, health_chart
from settlement.web.terminals.look import reached_terminal
from settlement.web.terminals.told_words import stretch_said

_MINUTE_MS = 60_000


@require_safe
@for_staff
def history(request: HttpRequest, reader: Reader, terminal: str) -> HttpResponse:
    """What a terminal told of itself, the newest first, page by page."""
    words = words_for(request)
    found = reached_terminal(reader, terminal)
    before = row_number(request.GET.get("before", ""))
    rows, more = history_of(found.pk, before)
    teller = Teller(words, found.site.zone)
    context = frame(request, words) | {
        "terminal": found,
        "zone": found.site.zone,
        "stretches": [stretch_said(one, words, teller) for one in rows],
        **({} if before else drawn_history(found.pk, current_ms(), words)),
        "next": here(request, before=str(rows[-1].place)) if more else "",
        "first": here(request, before="") if before else "",
    }
    return answer(request, "settlement/terminals/history.html", context)


def drawn_history(terminal: str, now_ms: int, words: Words) -> dict[str, Any]:
    """The drawing of the last days for a page, and what it shows in a sentence."""
    chart = health_chart(lately(terminal, chart_from_ms(now_ms)), now_ms)
    away = chart.offline_ms // _MINUTE_MS if chart else 0
    return {"chart": chart, "said": words.say("told-offline_minutes", count=away, days=DAYS)}
