"""The pages: read-only; each view only fetches, and hands over to `board` and `page`."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from foundation.trouble import Trouble
from foundation.words import Words
from settlement.accounts.audit import Kind
from settlement.evidence.event_times import Clocks
from settlement.explain.completeness_text import tell_completeness
from settlement.explain.evidence import time_of
from settlement.explain.sentences import Teller
from settlement.explain.time_text import tell_time
from settlement.models import Event, Site
from settlement.reach import Reach
from settlement.records.reasons import told_hand, told_reason
from settlement.review.overlaps import Span
from settlement.review.site_completeness import completeness_of
from settlement.rule_book import rules_by_date
from settlement.troubles import CentreTrouble
from settlement.web.board import load_board, local_today
from settlement.web.frame import answer, centre_settings, current_ms, frame, reloading, words_for
from settlement.web.missing import NotHere
from settlement.web.page import Page
from settlement.web.reached import site_among
from settlement.web.readers import Reader, for_staff, note_look
from settlement.web.review.overlaps import overlaps_told


@require_safe
@for_staff
def board(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Who is on site, the hours of a day and why, and whether the evidence is complete."""
    words = words_for(request)
    context = frame(request, words)
    site = _site(request, reader.reach)
    if site is None:
        return answer(request, "settlement/empty.html", context | {"why": _without_a_site(words)})
    teller = Teller(words, site.zone)
    day = _day(request, site)
    page = Page(load_board(site, day, teller, reader.reach), teller, context["l"])
    note_look(request, reader, Kind.SITE, f"{site.code} {day}")
    now_ms = current_ms()
    chosen = {"site": site.code}
    today = _today(site)
    context |= page.context() | {
        "sites": [
            {"name": row.name, "url": f"?{urlencode({'site': row.code})}", "current": row.pk == site.pk}
            for row in reader.reach.sites().order_by("name", "code")
        ],
        "day_before": f"?{urlencode(chosen | {'date': day - dt.timedelta(days=1)})}",
        "day_after": f"?{urlencode(chosen | {'date': day + dt.timedelta(days=1)})}" if day < today else "",
        "to_today": f"?{urlencode(chosen)}" if day != today else "",
        "completeness": tell_completeness(completeness_of(site, now_ms), now_ms, teller),
    }
    return answer(request, "settlement/board.html", context | reloading(request))


@require_safe
@for_staff
def board_json(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The same board as JSON: seconds and UTC, and the rules in words."""
    words = words_for(request)
    try:
        site = _site(request, reader.reach)
        day = _day(request, site) if site else None
    except NotHere as error:
        return _json({"error": words.trouble(error.trouble)}, status=404)
    if site is None or day is None:
        return _json({"error": _without_a_site(words)}, status=404)
    note_look(request, reader, Kind.SITE, f"{site.code} {day}")
    teller, now_ms = Teller(words, site.zone), current_ms()
    settings = centre_settings()
    told = {"centre": settings.store, "realm": settings.realm, "language": words.language}
    completeness = completeness_of(site, now_ms)
    return _json(
        {
            **told,
            **msgspec.to_builtins(load_board(site, day, teller, reader.reach)),
            "completeness": msgspec.to_builtins(completeness),
            "completeness_sentences": tell_completeness(completeness, now_ms, teller),
        }
    )


@require_safe
@for_staff
def evidence(request: HttpRequest, reader: Reader, terminal: str, epoch: str, seq: int) -> HttpResponse:
    """One event, as its terminal wrote it."""
    words = words_for(request)
    reached = reader.reach.terminals()
    found = Event.objects.filter(
        chain__terminal=terminal, chain__terminal__in=reached, chain__epoch=epoch, seq=seq
    )
    event = found.select_related("chain__terminal__site").first()
    if event is None:
        raise NotHere(CentreTrouble.NO_EVENT_HERE, number=seq, terminal=terminal)
    note_look(request, reader, Kind.TERMINAL, f"{terminal}/{epoch}/{seq}")
    teller = Teller(words, event.chain.terminal.site.zone)
    context = frame(request, words) | {
        "event": event,
        "raw": _readable(bytes(event.raw)),
        "hash": bytes(event.hash).hex(),
        "received": _local(teller, event.received_ms),
        "wall": _local(teller, event.wall_ms),
        "measured": list(tell_time(time_of(event, Clocks(rules_by_date())), teller)),
        "zone": event.chain.terminal.site.zone,
    }
    return answer(request, "settlement/evidence.html", context)


@require_safe
@for_staff
def manual_record(request: HttpRequest, reader: Reader, number: int) -> HttpResponse:
    """One time that was entered by hand, and who confirmed it."""
    words = words_for(request)
    rows = reader.reach.manual_records().select_related("activity__site", "decision", "of_dispute")
    record = rows.filter(pk=number).first()
    if record is None:
        raise NotHere(CentreTrouble.NO_RECORD_HERE, number=number)
    note_look(request, reader, Kind.RECORD, f"manual/{number}")
    zone = record.activity.site.zone
    teller = Teller(words, zone)
    decision = getattr(record, "decision", None)
    moment = Span(record.volunteer_id, record.activity_id, record.at_ms // 1000, record.at_ms // 1000)
    context = frame(request, words) | {
        "overlaps": overlaps_told([moment], reader.reach, words),
        "record": record,
        "reason": told_reason(record, words),
        "entered_by": told_hand(record.entered_by, words),
        "at": _local(teller, record.at_ms),
        "entered": _local(teller, record.entered_ms),
        "decision": decision,
        "decided": _local(teller, decision.at_ms) if decision else "",
        "zone": zone,
    }
    return answer(request, "settlement/manual_record.html", context)


def no_such_file(request: HttpRequest, path: str) -> HttpResponse:  # noqa: ARG001 - the address of each file
    """Whoever asks for a file that is one never comes here (`settlement.web.serving.files`)."""
    raise NotHere(CentreTrouble.NO_PAGE)


def _json(told: dict[str, Any], status: int = 200) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(told), content_type="application/json", status=status)


def _site(request: HttpRequest, reach: Reach) -> Site | None:
    """The site that was asked for, else the first one that is reached; None where there is none."""
    code = request.GET.get("site")
    if code is None:
        return reach.sites().order_by("name", "code").first()
    return site_among(reach.sites(), code)


def _without_a_site(words: Words) -> str:
    return words.trouble(Trouble.of(CentreTrouble.NO_SITE_YET))


def _day(request: HttpRequest, site: Site) -> dt.date:
    text = request.GET.get("date")
    if text is None:
        return _today(site)
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise NotHere(CentreTrouble.NO_DATE, text=text[:20]) from error
    if not 2000 <= day.year <= 2200:
        raise NotHere(CentreTrouble.NO_BOARD_OF_YEAR, year=day.year)
    return day


def _today(site: Site) -> dt.date:
    return local_today(site, current_ms())


def _readable(raw: bytes) -> str:
    """The event's JSON with line breaks, or what can be read of bytes that are none."""
    try:
        return msgspec.json.format(raw.decode("utf-8"), indent=2)
    except (UnicodeDecodeError, msgspec.DecodeError):
        return raw.decode("utf-8", errors="backslashreplace")


def _local(teller: Teller, utc_ms: int | None) -> str:
    """The local date and time; empty for none, and for a clock that claims an impossible year."""
    try:
        return f"{teller.moment(utc_ms // 1000):%Y-%m-%d %H:%M:%S}" if utc_ms is not None else ""
    except (OverflowError, ValueError, OSError):
        return ""
