"""What volunteers read of their own: each page only fetches and hands over."""

import datetime as dt
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from settlement.accounts.actor import Actor
from settlement.explain.sentences import Teller
from settlement.look_up import storable
from settlement.models import Certificate, CertificateRequest, Dispute, Exchange
from settlement.recognition.certificate_check import standing_of_certificate, token_of
from settlement.recognition.certificate_requests import issuers_for
from settlement.recognition.points import points_account
from settlement.reports.calendar import today
from settlement.rule_book import rules_at
from settlement.rules.hours import certificate_hours, display_hours
from settlement.troubles import CentreTrouble
from settlement.volunteers.own import LinePlace, own_line, own_lines, own_overview
from settlement.web.certificate_files import certificate_answer, proof_answer
from settlement.web.chart import month_bars
from settlement.web.frame import answer, centre_settings, current_ms, frame, words_for
from settlement.web.mine.reader import for_volunteer
from settlement.web.mine.rows import line_row, told_line
from settlement.web.missing import NotHere
from settlement.web.next_page import told_before

MOST_SHOWN = 100
"""Of the own objections, applications and certificates, the newest."""


@require_safe
@for_volunteer
def overview(request: HttpRequest, by: Actor) -> HttpResponse:
    """Hours in all and by month, stars, and to whom the volunteer belongs."""
    words = words_for(request)
    found = own_overview(by)
    context = frame(request, words) | {
        "found": found,
        "hours": display_hours(found.total_s),
        "bars": month_bars({f"{year}-{month:02}": t_s for (year, month), t_s in found.months.items()}),
        "has_code": bool(centre_settings().phone_codes_key_file),
        "told": told_before(request, words),
    }
    return answer(request, "settlement/mine/overview.html", context)


@require_safe
@for_volunteer
def lines(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every line, the newest first, page by page."""
    words = words_for(request)
    found, more = own_lines(by, _after(request))
    following = {"day": found[-1].local_date, "activity": found[-1].activity} if more else {}
    context = frame(request, words) | {
        "lines": [line_row(one, words) for one in found],
        "next": f"?{urlencode(following)}" if following else "",
        "first": reverse("mine-lines") if "day" in request.GET else "",
    }
    return answer(request, "settlement/mine/lines.html", context)


@require_safe
@for_volunteer
def line(request: HttpRequest, by: Actor, activity: str, day: str) -> HttpResponse:
    """One line in words: stays and rules, decisions, what did not count, objections; and the form for one."""
    words = words_for(request)
    found = own_line(by, place_of(activity, day))
    if found is None:
        raise NotHere(CentreTrouble.NO_LINE_HERE)
    context = frame(request, words) | told_line(found, words) | {"told": told_before(request, words)}
    return answer(request, "settlement/mine/line.html", context)


@require_safe
@for_volunteer
def objections(request: HttpRequest, by: Actor) -> HttpResponse:
    """The own objections and their answers, the newest first."""
    words = words_for(request)
    rows = Dispute.objects.filter(volunteer__in=_numbers(by)).select_related("answer", "activity")
    context = frame(request, words) | {
        "rows": [
            {
                "row": row,
                "answer": getattr(row, "answer", None),
                "state": words.code(
                    "mine_objection", getattr(getattr(row, "answer", None), "outcome", "open")
                ),
            }
            for row in rows.order_by("-pk")[:MOST_SHOWN]
        ],
    }
    return answer(request, "settlement/mine/objections.html", context)


@require_safe
@for_volunteer
def gifts(request: HttpRequest, by: Actor) -> HttpResponse:
    """Points by year, what they can be exchanged for, and the applications so far."""
    words, now_ms = words_for(request), current_ms()
    rules = rules_at(now_ms)
    account = points_account(int(by.volunteer or 0))
    this_year = account.balance.get(today(now_ms).year, 0)
    rows = Exchange.objects.filter(volunteer__in=_numbers(by)).order_by("-pk")[:MOST_SHOWN]
    context = frame(request, words) | {
        "points": sorted(account.balance.items(), reverse=True),
        "tiers": [
            (gift, points, points <= this_year)
            for gift, points in sorted(rules.exchange_tiers.items(), key=lambda found: found[1])
        ],
        "rows": [(row.local_date, row.tier, words.code("exchange", row.state), row.note) for row in rows],
        "told": told_before(request, words),
    }
    return answer(request, "settlement/mine/gifts.html", context)


@require_safe
@for_volunteer
def certificates(request: HttpRequest, by: Actor) -> HttpResponse:
    """The own certificates, each with its file and its check."""
    words = words_for(request)
    rows = Certificate.objects.filter(volunteer__in=_numbers(by))
    rows = rows.select_related("stale", "superseded_by", "organisation").order_by("-issued_ms", "-number")
    asked = CertificateRequest.objects.filter(volunteer__in=_numbers(by)).select_related("organisation")
    zone = rules_at(current_ms()).settlement_tz
    context = frame(request, words) | {
        "told": told_before(request, words),
        "issuers": list(issuers_for(int(by.volunteer or 0)).values_list("path", "name")),
        "requests": [
            {
                "asked": Teller(words, zone).moment(row.asked_ms // 1000).date().isoformat(),
                "issuer": row.organisation.name,
                "state": words.code("kept_value", row.state),
                "note": row.note,
            }
            for row in asked.order_by("-pk")[:MOST_SHOWN]
        ],
        "rows": [
            {
                "number": row.number,
                "token": token_of(row),
                "hours": certificate_hours(row.t_s),
                "issuer": row.organisation.name,
                "issued": Teller(words, zone).moment(row.issued_ms // 1000).date().isoformat(),
                "standing": words.code("people_certificate", standing_of_certificate(row)),
            }
            for row in rows[:MOST_SHOWN]
        ],
    }
    return answer(request, "settlement/mine/certificates.html", context)


@require_safe
@for_volunteer
def certificate_file(request: HttpRequest, by: Actor, number: str) -> HttpResponse:
    """One of the own certificates as PDF, in the reader's language."""
    if not Certificate.objects.filter(pk=storable(number), volunteer__in=_numbers(by)).exists():
        raise NotHere(CentreTrouble.NO_CERTIFICATE_HERE, number=number[:40])
    return certificate_answer(request, by, number)


@require_safe
@for_volunteer
def certificate_proof_file(request: HttpRequest, by: Actor, number: str) -> HttpResponse:
    """The proof of one of the own certificates, which shows hours and nobody."""
    if not Certificate.objects.filter(pk=storable(number), volunteer__in=_numbers(by)).exists():
        raise NotHere(CentreTrouble.NO_CERTIFICATE_HERE, number=number[:40])
    return proof_answer(request, by, number)


def _numbers(by: Actor) -> list[int]:
    return [int(by.volunteer or 0), *by.numbers]


def place_of(activity: str, day: str) -> LinePlace:
    """The line of an address; raises NotHere for what is no date."""
    try:
        return LinePlace(dt.date.fromisoformat(day), storable(activity))
    except ValueError as error:
        raise NotHere(CentreTrouble.NO_DATE, text=day[:20]) from error


def _after(request: HttpRequest) -> LinePlace | None:
    day = request.GET.get("day")
    return place_of(request.GET.get("activity", ""), day) if day else None
