"""Inspectors' visits: whose names to call, and what was found (requirement 11: every site every week).

Whoever is called and not seen keeps the hours that the terminals measured; a reviewer looks at that line.
"""

from collections.abc import Iterable, Sequence
from random import Random

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from msgspec import Struct

from muster.errors import RulesError
from settlement.master_data.look_up import volunteer_numbered
from settlement.models import InspectedPerson, InspectionVisit, Session, Site, Terminal
from settlement.signatures import note_given, signed_by

LONGEST_FINDINGS = 1000


class Visit(Struct, frozen=True, kw_only=True):
    """What an inspector reports. `at_ms` is when the roll was called (UTC milliseconds)."""

    inspector: str
    at_ms: int
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


def enter_visit(site: Site, visit: Visit, *, by: str, now_ms: int) -> InspectionVisit:
    """Take down a visit.

    Raises RulesError: NOBODY, NOTE_TOO_LONG, FUTURE_TIME, TERMINAL_ELSEWHERE, CALLED_TWICE,
    UNKNOWN_VOLUNTEER; then nothing is taken down.
    """
    inspector, by = signed_by(visit.inspector), signed_by(by)
    findings = note_given(visit.findings, longest=LONGEST_FINDINGS)
    if visit.at_ms > now_ms:
        raise RulesError("FUTURE_TIME", "This visit is still to come.", remedy="Correct the time.")
    called = (*visit.seen, *visit.not_seen)
    if len(set(called)) < len(called):
        raise RulesError(
            "CALLED_TWICE", "Somebody is named twice among those called.", remedy="Name each person once."
        )
    with transaction.atomic():
        entered = InspectionVisit.objects.create(
            site=site,
            terminal=_terminal(site, visit.terminal),
            inspector=inspector,
            at_ms=visit.at_ms,
            findings=findings,
            entered_by=by,
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


def visits() -> QuerySet[InspectionVisit]:
    """All visits, the latest first."""
    return InspectionVisit.objects.select_related("site").order_by("-at_ms", "-pk")


def overdue_sites(now_ms: int, days: int) -> Sequence[tuple[Site, int | None]]:
    """The sites that nobody visited for so many days, with the last visit; never visited ones first."""
    latest = Site.objects.annotate(last_ms=Max("visits__at_ms")).order_by("code")
    since_ms = now_ms - days * 86_400_000
    due = [(site, site.last_ms) for site in latest if site.last_ms is None or site.last_ms < since_ms]
    return sorted(due, key=lambda found: found[1] or 0)


def _terminal(site: Site, name: str) -> Terminal | None:
    if not name:
        return None
    terminal = Terminal.objects.filter(id=name, site=site).first()
    if terminal is None:
        raise RulesError(
            "TERMINAL_ELSEWHERE",
            f"No terminal {name!r} stands at {site.name}.",
            remedy="Name one of that site's terminals, or none.",
        )
    return terminal
