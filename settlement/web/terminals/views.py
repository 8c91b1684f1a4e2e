"""The pages of terminals that are only read: all of them, one of them, and what was not taken."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from foundation.errors import RulesError
from foundation.words import Words
from settlement.accounts.audit import Kind
from settlement.accounts.authority import Deed
from settlement.enrolment.overview import enrolments_of
from settlement.explain.sentences import Teller
from settlement.look_up import row_number
from settlement.models import LogAlarm, Terminal
from settlement.review.completeness import MissingEvents
from settlement.review.terminal_log import (
    OwnAlarm,
    log_of,
    messages_of_strangers,
    refused_messages,
    rival_events,
)
from settlement.review.terminals_now import Kept, WantedTerminals, terminal_now, terminals_now
from settlement.rule_book import rules_at
from settlement.web.filters import asked_of, shown
from settlement.web.frame import answer, current_ms, frame, here, words_for
from settlement.web.next_page import told_before
from settlement.web.readers import Reader, for_staff, note_look
from settlement.web.terminals.history import drawn_history
from settlement.web.terminals.look import (
    alarm_said,
    clock_said,
    forks_kept,
    machine_ms,
    messages_kept,
    no_terminal,
    reached_terminal,
)
from sync.contract.fingerprint_words import fingerprint_words

_FILTERS = ("kept", "text", "after")


@require_safe
@for_staff
def terminals(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The terminals in reach, those in trouble first, page by page."""
    words = words_for(request)
    asked = asked_of(request, WantedTerminals, _FILTERS)
    wanted = asked.wanted
    rows, more = terminals_now(reader.reach, wanted, current_ms(), machine_ms())
    context = frame(request, words) | {
        "rows": [(row, Teller(words, row.zone).when(row.heard_ms), clock_said(row, words)) for row in rows],
        "wanted": wanted,
        "kept": [*Kept],
        "next": here(request, after=rows[-1].place) if more else "",
        "first": here(request, after="") if wanted.after else "",
        "may_enrol": reader.may_do(Deed.RUN_TERMINALS),
        "told": told_before(request, words),
    }
    context |= shown(asked, words, lambda name, value: words.say(f"filter-{name}", value=_said(value, words)))
    return answer(request, "settlement/terminals/terminals.html", context)


@require_safe
@for_staff
def terminal(request: HttpRequest, reader: Reader, terminal: str) -> HttpResponse:
    """One terminal: its health, alarms, epochs and gaps, and what may be done with it."""
    words = words_for(request)
    now_ms = current_ms()
    reached = terminal_now(reader.reach, terminal, now_ms, machine_ms())
    if reached is None:
        raise no_terminal(terminal)
    row, found = reached
    runs = reader.reach.runs(found.site)
    log = log_of(found.pk)
    teller = Teller(words, row.zone)
    context = frame(request, words) | {
        "row": row,
        "terminal": found,
        "state": _state(found, teller),
        "heard": teller.when(row.heard_ms),
        "clock": clock_said(row, words),
        "words": fingerprint_words(bytes.fromhex(found.public_key)),
        "enrolled": [(teller.when(one.decided_ms), one.by) for one in enrolments_of(found.pk)],
        **drawn_history(found.pk, now_ms, words),
        "log": log,
        "gaps": [_gap(gap, words) for gap in log.gaps],
        "alarms": [_alarm(one, words, teller) for one in log.alarms],
        "own_alarms": [_own_alarm(one, words, teller) for one in log.own_alarms],
        "may_settle": runs and reader.may_do(Deed.SETTLE_ALARM),
        "may_run": runs and reader.may_do(Deed.RUN_TERMINALS),
        "may_read_refused": runs and (reader.actor is None or reader.may_do(Deed.SETTLE_ALARM)),
        "told": told_before(request, words),
    }
    return answer(request, "settlement/terminals/terminal.html", context)


@require_safe
@for_staff
def refused(request: HttpRequest, reader: Reader, terminal: str) -> HttpResponse:
    """What came in a terminal's name and was not taken, and what claims the place of stored events."""
    words = words_for(request)
    found = reached_terminal(reader, terminal)
    before = row_number(request.GET.get("before", ""))
    try:
        rows, more = refused_messages(reader.actor, found, before)
        rivals = [] if before else rival_events(reader.actor, found)
    except RulesError as error:
        raise PermissionDenied from error
    note_look(request, reader, Kind.TERMINAL, f"{found.pk} refused")
    teller = Teller(words, found.site.zone)
    context = frame(request, words) | {
        "terminal": found,
        "zone": found.site.zone,
        "messages": messages_kept(rows, words, teller),
        "rivals": forks_kept(rivals, teller),
        "next": here(request, before=str(rows[-1].pk)) if more else "",
        "first": here(request, before="") if before else "",
    }
    return answer(request, "settlement/terminals/refused.html", context)


@require_safe
@for_staff
def strangers(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What came in the name of no terminal that is enrolled: for accounts of the whole tree."""
    words = words_for(request)
    before = row_number(request.GET.get("before", ""))
    try:
        rows, more = messages_of_strangers(reader.actor, before)
    except RulesError as error:
        raise PermissionDenied from error
    note_look(request, reader, Kind.TERMINAL, "strangers refused")
    zone = rules_at(current_ms()).settlement_tz
    teller = Teller(words, zone)
    context = frame(request, words) | {
        "zone": zone,
        "messages": messages_kept(rows, words, teller),
        "next": here(request, before=str(rows[-1].pk)) if more else "",
        "first": here(request, before="") if before else "",
    }
    return answer(request, "settlement/terminals/refused.html", context)


def _said(value: str, words: Words) -> str:
    """Part of a filter in words."""
    return words.say(f"page-terminals_{value}") if value in [*Kept] else value


def _state(row: Terminal, teller: Teller) -> dict[str, str]:
    """When it was revoked, told to forget what it holds, and said that it has; "" for what was not."""
    return {
        "revoked": teller.when(row.revoked_ms),
        "wipe_told": teller.when(row.wipe_told_ms),
        "wiped": teller.when(row.wiped_ms),
    }


def _gap(gap: MissingEvents, words: Words) -> dict[str, str]:
    name = "purged" if gap.purged else "at_terminal"
    return {
        "epoch": gap.epoch[:8],
        "numbers": f"{gap.first}–{gap.last}" if gap.last > gap.first else f"{gap.first}",
        "where": words.say(f"terminals-{name}"),
    }


def _alarm(row: LogAlarm, words: Words, teller: Teller) -> dict[str, object]:
    return {
        "number": row.pk,
        "said": alarm_said(row.code, words),
        "detail": row.detail,
        "first": teller.when(row.first_ms),
        "last": teller.when(row.last_ms),
        "times": row.times,
        "settled": teller.when(row.settled_ms),
        "by": row.settled_by,
        "reason": row.reason,
    }


def _own_alarm(one: OwnAlarm, words: Words, teller: Teller) -> dict[str, str]:
    return {
        "at": teller.when(one.wall_ms),
        "said": alarm_said(one.code, words),
        "detail": one.detail,
    }
