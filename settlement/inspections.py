"""Inspectors' visits: whose names to call, and what was found (requirement 11: every site every week).

Whoever is called and not seen keeps the hours that the terminals measured; that line is not approved in bulk.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from random import Random

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from msgspec import Struct

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.look_up import volunteer_numbered
from settlement.merged_numbers import check_takes_new, merged_numbers
from settlement.models import Activity, InspectedPerson, InspectionVisit, Session, Site, Terminal
from settlement.reach import Reach, check_entitled
from settlement.rule_book import rules_by_date
from settlement.rules.settle import LineKey
from settlement.signatures import note_given, person_named
from settlement.troubles import DecisionTrouble

LONGEST_FINDINGS = 1000


class Visit(Struct, frozen=True, kw_only=True):
    """What an inspector reports. `at_ms` is when the roll was called (UTC milliseconds)."""

    at_ms: int
    inspector: str = ""
    """Who visited; whoever enters it where none is named."""
    terminal: str = ""
    """By which terminal; empty where none was used."""
    findings: str = ""
    seen: tuple[int, ...] = ()
    """The volunteers' numbers."""
    not_seen: tuple[int, ...] = ()


def present_at(site: Site, at_ms: int) -> dict[int, str]:
    """Who was on site at a moment, as far as it is settled: the activity by the volunteer's number."""
    at_s = at_ms // 1000
    still_there = Q(out_s__gt=at_s) | Q(out_s__isnull=True, is_open=True)
    stays = Session.objects.filter(still_there, activity__site=site, in_s__lte=at_s).order_by("in_s", "pk")
    return dict(stays.values_list("volunteer__number", "activity__id"))


def draw(present: Iterable[int], count: int, random: Random) -> list[int]:
    """Whose names to call: so many of those present, each as likely as the others; all if there are fewer."""
    numbers = sorted(present)
    return sorted(random.sample(numbers, min(count, len(numbers))))


def enter_visit(site: Site, visit: Visit, *, by: Actor, now_ms: int) -> InspectionVisit:
    """Take down a visit.

    Raises RulesError: NOT_ALLOWED, OUT_OF_REACH, NOBODY without an inspector, NOTE_TOO_LONG, FUTURE_TIME,
    TERMINAL_ELSEWHERE, CALLED_TWICE, NUMBER_MERGED, UNKNOWN_VOLUNTEER; then nothing is taken down.
    """
    inspector = person_named(visit.inspector or by.name)
    check_entitled(by, Deed.INSPECT, site)
    findings = note_given(visit.findings, longest=LONGEST_FINDINGS)
    if visit.at_ms > now_ms:
        raise RulesError(DecisionTrouble.FUTURE_TIME)
    called = (*visit.seen, *visit.not_seen)
    if len(set(called)) < len(called):
        raise RulesError(DecisionTrouble.CALLED_TWICE)
    check_takes_new(*called)
    with transaction.atomic():
        entered = InspectionVisit.objects.create(
            site=site,
            terminal=_terminal(site, visit.terminal),
            inspector=inspector,
            at_ms=visit.at_ms,
            findings=findings,
            entered_by=by.name,
            entered_account_id=by.account,
            entered_ms=now_ms,
        )
        present = present_at(site, visit.at_ms)
        InspectedPerson.objects.bulk_create(
            InspectedPerson(
                visit=entered,
                volunteer=volunteer_numbered(number),
                activity_id=present.get(number),
                seen=number in visit.seen,
            )
            for number in called
        )
    return entered


def missed_lines(
    keys: Collection[LineKey], sites: Mapping[str, str] | None = None
) -> dict[LineKey, tuple[str, ...]]:
    """Those of these lines whose volunteer was called that day and not seen, with the inspectors' names.

    Where the evidence came after the visit was entered, every line at that site on that day is meant. Who was
    called by two numbers of the own and seen by one was seen. `sites` are the activities' sites where those
    are known already.
    """
    merged = merged_numbers()
    rules = rules_by_date()
    if sites is None:
        of_keys = Activity.objects.filter(id__in={key.activity for key in keys})
        sites = dict(of_keys.values_list("id", "site__pk"))
    of_day: dict[tuple[str, dt.date], list[LineKey]] = {}
    for key in sorted(keys):
        of_day.setdefault((key.volunteer, key.local_date), []).append(key)
    here = InspectedPerson.objects.filter(visit__site__in=set(sites.values())).order_by("pk")
    other = here.filter(seen=True, volunteer__in=merged.every).values_list("visit_id", "volunteer_id")
    seen = {(visit, merged.kept(number)) for visit, number in other}
    missed: dict[LineKey, tuple[str, ...]] = {}
    for call in here.filter(seen=False).select_related("visit__site"):
        at_s, number = call.visit.at_ms // 1000, merged.kept(call.volunteer_id)
        day = rules.calendar_at(at_s, call.visit.site.zone).date_of(at_s)
        if (call.visit_id, number) in seen:
            continue
        for key in of_day.get((str(number), day), ()):
            if call.activity_id == key.activity or (
                call.activity_id is None and sites.get(key.activity) == call.visit.site_id
            ):
                missed[key] = (*missed.get(key, ()), call.visit.inspector)
    return missed


def visits(reach: Reach) -> QuerySet[InspectionVisit]:
    """The visits to the sites that are reached, the latest first."""
    return reach.visits().select_related("site").order_by("-at_ms", "-pk")


def overdue_sites(reach: Reach, now_ms: int, days: int) -> Sequence[tuple[Site, int | None]]:
    """The sites that nobody visited for so many days, with the last visit; never visited ones first."""
    latest = reach.sites().annotate(last_ms=Max("visits__at_ms")).order_by("code")
    since_ms = now_ms - days * 86_400_000
    due = [(site, site.last_ms) for site in latest if site.last_ms is None or site.last_ms < since_ms]
    return sorted(due, key=lambda found: found[1] or 0)


def _terminal(site: Site, name: str) -> Terminal | None:
    if not name:
        return None
    terminal = Terminal.objects.filter(id=name, site=site).first()
    if terminal is None:
        raise RulesError(DecisionTrouble.TERMINAL_ELSEWHERE, terminal=name, site=site.name)
    return terminal
