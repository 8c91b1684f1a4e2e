"""Inspectors' visits: whose names to call, and what was found (requirement 11: every site every week).

Whoever is called and not seen keeps the hours that the terminals measured; that line is not approved in bulk.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import Max, Prefetch, Q, QuerySet
from msgspec import Struct

from foundation.errors import RulesError
from settlement.accounts.actor import Actor
from settlement.accounts.authority import Deed
from settlement.database.one_statement import Part
from settlement.look_up import volunteer_numbered
from settlement.merged_numbers import check_takes_new, merged_numbers
from settlement.models import (
    Activity,
    InspectedPerson,
    InspectionVisit,
    MergedNumber,
    Session,
    Site,
    Terminal,
    Volunteer,
)
from settlement.reach import Reach, check_entitled
from settlement.rule_book import rules_by_date
from settlement.rules.settle import LineKey
from settlement.signatures import note_given, person_named
from settlement.troubles import DecisionTrouble

LONGEST_FINDINGS = 1000
LONGEST_PAUSE_DAYS = 7
"""Between two visits to a site."""


REMARKED = Prefetch("people", InspectedPerson.objects.filter(remark__isnull=False), to_attr="remarked")
"""Of each visit: those of whom the inspector remarked something at the terminal."""


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


class Drawn(Struct, frozen=True):
    """Somebody whose name is to be called, and the activity that the centre's evidence has the person in."""

    volunteer: int
    name: str
    activity: str
    title: str


def draw_names(site: Site, count: int, *, by: Actor, now_ms: int, random: Random) -> list[Drawn]:
    """Draw names from those who are at a site now; raises RulesError NOT_ALLOWED, OUT_OF_REACH."""
    check_entitled(by, Deed.INSPECT, site)
    present = present_at(site, now_ms)
    people = Volunteer.objects.in_bulk(draw(present, count, random))
    titles = dict(Activity.objects.filter(pk__in=set(present.values())).values_list("pk", "title"))
    return [
        Drawn(number, person.display_name, present[number], titles[present[number]])
        for number, person in sorted(people.items())
    ]


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


class Call(Struct, frozen=True):
    """A name that was called at a visit."""

    visit: int
    volunteer: int
    activity: str | None
    seen: bool
    at_ms: int
    site: str
    zone: str
    inspector: str


_CALL = (
    "visit_id", "volunteer_id", "activity_id", "seen", "visit__at_ms", "visit__site_id", "visit__site__zone",
    "visit__inspector",
)  # fmt: skip


def calls_part(sites: Collection[str]) -> Part:
    """What of the visits to these sites is to be read together with other things, for `calls_of`."""
    merged = MergedNumber.objects.filter(taken_back=None)
    of_two = Q(volunteer__in=merged.values("gone")) | Q(volunteer__in=merged.values("kept"))
    counted = Q(seen=False) | (Q(seen=True) & of_two)
    return InspectedPerson.objects.filter(counted, visit__site__in=sites), ("pk", *_CALL)


def calls_of(rows: Iterable[Sequence[Any]]) -> list[Call]:
    """The calls that may tell of somebody missed, in the order in which they were entered."""
    return [
        Call(visit, volunteer, activity, bool(seen), *rest)
        for _, visit, volunteer, activity, seen, *rest in sorted(rows, key=itemgetter(0))
    ]


def missed_lines(keys: Collection[LineKey]) -> dict[LineKey, tuple[str, ...]]:
    """As `missed_among`, read for these lines."""
    sites = dict(Activity.objects.filter(id__in={key.activity for key in keys}).values_list("id", "site__pk"))
    part, columns = calls_part(set(sites.values()))
    return missed_among(keys, sites, calls_of(part.values_list(*columns)))


def missed_among(
    keys: Collection[LineKey], sites: Mapping[str, str], calls: Sequence[Call]
) -> dict[LineKey, tuple[str, ...]]:
    """Those of these lines whose volunteer was called that day and not seen, with the inspectors' names.

    Where the evidence came after the visit was entered, every line at that site on that day is meant. Who was
    called by two numbers of the own and seen by one was seen. `sites` are the activities' sites.
    """
    if all(call.seen for call in calls):
        return {}
    merged = merged_numbers()
    rules = rules_by_date()
    of_day: dict[tuple[str, dt.date], list[LineKey]] = {}
    for key in sorted(keys):
        of_day.setdefault((key.volunteer, key.local_date), []).append(key)
    seen = {(call.visit, merged.kept(call.volunteer)) for call in calls if call.seen}
    missed: dict[LineKey, tuple[str, ...]] = {}
    for call in calls:
        number, at_s = merged.kept(call.volunteer), call.at_ms // 1000
        if call.seen or (call.visit, number) in seen:
            continue
        day = rules.calendar_at(at_s, call.zone).date_of(at_s)
        for key in of_day.get((str(number), day), ()):
            if call.activity == key.activity or (
                call.activity is None and sites.get(key.activity) == call.site
            ):
                missed[key] = (*missed.get(key, ()), call.inspector)
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
