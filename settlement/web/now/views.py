"""The pages of what goes on now; each only fetches and hands over."""

import time
from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from foundation.words import Words
from settlement.accounts.audit import Kind
from settlement.explain.sentences import Teller
from settlement.look_up import row_number
from settlement.review.groups_now import groups_at
from settlement.review.site_now import here_at, last_readings, last_visits
from settlement.review.sites_now import SiteNow, missing_at, sites_lately
from settlement.rule_book import rules_at
from settlement.web.frame import answer, current_ms, frame, reloading, words_for
from settlement.web.page import link_to
from settlement.web.reached import site_among
from settlement.web.readers import Reader, for_staff, note_look

MOST_SITES = 50
"""Of one page, those in trouble first."""


@require_safe
@for_staff
def now(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The sites in reach, those in trouble first, or those whose name holds what is looked for."""
    words = words_for(request)
    counted = sites_lately(reader.reach, _moment)
    teller = Teller(words, rules_at(counted.at_ms).settlement_tz)
    wanted, after = request.GET.get("site", "")[:80].strip(), request.GET.get("after", "")
    found = [one for one in counted.sites if wanted.casefold() in f"{one.name} {one.code}".casefold()]
    shown, more = _page(found, after)
    kept = {"site": wanted} if wanted else {}
    context = frame(request, words) | {
        "sites": [(one, teller.when(one.heard_ms)) for one in shown],
        "wanted": wanted,
        "as_of": teller.clock(counted.at_ms // 1000),
        "people": sum(one.here for one in found),
        "missing": sum(one.missing for one in found),
        "troubled": sum(one.is_in_trouble for one in found),
        "first": f"?{urlencode(kept)}" if after else "",
        "next": f"?{urlencode({**kept, 'after': shown[-1].code})}" if more else "",
    }
    return answer(request, "settlement/now/sites.html", context | reloading(request))


@require_safe
@for_staff
def site_now(request: HttpRequest, reader: Reader, site: str) -> HttpResponse:
    """One site: who is here, what was read last, and the last inspections."""
    words = words_for(request)
    found = site_among(reader.reach.sites(), site)
    now_ms = current_ms()
    teller = Teller(words, found.zone)
    who, after = request.GET.get("who", "")[:80].strip(), row_number(request.GET.get("after", ""))
    note_look(request, reader, Kind.SITE, f"{found.code} here")
    here, more = here_at(found, reader.reach, who, after)
    kept = {"who": who} if who else {}
    groups = groups_at(found, reader.reach, now_ms)
    context = frame(request, words) | {
        "site": found,
        "who": who,
        "as_of": teller.clock(now_ms // 1000),
        "here": [(row, teller.when(row.since_s and row.since_s * 1000), link_to(row.event)) for row in here],
        "first": f"?{urlencode(kept)}" if after else "",
        "next": f"?{urlencode({**kept, 'after': here[-1].session})}" if more else "",
        "readings": [
            (
                row,
                teller.when(row.wall_ms),
                link_to(row.event),
                _read(row.kind, words),
            )
            for row in last_readings(found, reader.reach)
        ],
        "groups": groups,
        "groups_here": [(one, teller.when(one.since_ms)) for one in groups.here],
        "visits": [(visit, teller.when(visit.at_ms)) for visit in last_visits(found, reader.reach)],
    }
    return answer(request, "settlement/now/site.html", context | reloading(request))


@require_safe
@for_staff
def missing(request: HttpRequest, reader: Reader, site: str) -> HttpResponse:
    """Who is expected at a site now and is not here."""
    words = words_for(request)
    found = site_among(reader.reach.sites(), site)
    now_ms = current_ms()
    teller = Teller(words, found.zone)
    note_look(request, reader, Kind.SITE, f"{found.code} missing")
    rows = [
        {
            "person": one,
            "start": teller.clock(one.start_ms // 1000),
            "end": teller.clock(one.end_ms // 1000),
        }
        for one in missing_at(found, reader.reach, now_ms)
    ]
    return answer(
        request, "settlement/now/missing.html", frame(request, words) | {"site": found, "rows": rows}
    )


def _moment() -> tuple[int, int]:
    """By the centre's clock, and by the machine's, in UTC milliseconds."""
    return current_ms(), time.time_ns() // 1_000_000


def _page(found: Sequence[SiteNow], after: str) -> tuple[Sequence[SiteNow], bool]:
    """The sites behind that one, the first ones where it is not there any more; and whether others follow."""
    place = next((number for number, one in enumerate(found, 1) if one.code == after), 0)
    return found[place : place + MOST_SITES], len(found) > place + MOST_SITES


def _read(kind: str, words: Words) -> str:
    return words.say(f"reading-{kind}")
