"""What people did about the city: who they are, what of it was approved before, where inspectors were."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from foundation.words import FALLBACK, Words
from muster.demo.city.plan import Calendar, CityPlan
from muster.demo.city.roll import PlayedCase
from settlement.accounts.actor import Actor
from settlement.inspections import Visit, enter_visit, present_at
from settlement.look_up import activity_called, site_coded
from settlement.reach import reach_of
from settlement.reports import notice
from settlement.review.decide import Reviewer, approve_clean_lines

_NINE = dt.time(9)
_HOUR_MS = 3_600_000
_ROLL_CALLED = (("riverside-park", 3, dt.time(10, 30)), ("willow-square", 4, dt.time(15)))
"""Where inspectors were, how many days ago, and when; the other sites are due."""


class Office(Struct, frozen=True):
    """Who decides, when it is now, and the plan. `clerk` writes times down, `second` confirms them."""

    plan: CityPlan
    calendar: Calendar
    now_ms: int
    first: Actor
    second: Actor
    clerk: Actor

    def some_days_after(self, day: int, days: int) -> int:
        """Nine o'clock so many days after a day, now at the latest."""
        return min(self.now_ms, self.calendar.ms(day - days, _NINE))


Deed = Callable[[Office, PlayedCase], None]


def approve_what_is_old(office: Office) -> int:
    """Approve the clean lines of what was approved before the demo's day; returns how many."""
    approved = 0
    for activity in office.plan.activity:
        if not activity.approved:
            continue
        waits = any(one.lacks for one in office.plan.terminal if one.site == activity.site)
        override = "Agreed with the site; what is missing is of another day." if waits else ""
        reviewer = Reviewer(office.first, office.now_ms, override=override)
        approved += len(approve_clean_lines(activity_called(activity.id), reviewer).decided)
    return approved


def follow(office: Office, cases: Iterable[PlayedCase], deeds: Mapping[str, Deed]) -> int:
    """Do what the cases say comes then, as far as these deeds are asked for; returns how many were done."""
    done = 0
    for played in cases:
        for name in played.case.then:
            if name in deeds:
                deeds[name](office, played)
                done += 1
    return done


def call_the_roll(office: Office, cases: Iterable[PlayedCase]) -> None:
    """Inspectors were at some sites: they saw a few who were there, and missed those of `not_seen`."""
    missed = {
        played.volunteer: office.plan.activity_called(played.case.activity).site
        for played in cases
        if "not_seen" in played.case.then
    }
    for code, day, at in _ROLL_CALLED:
        site, at_ms = site_coded(code), office.calendar.ms(day, at)
        not_seen = tuple(number for number, where in missed.items() if where == code)
        seen = tuple(number for number in sorted(present_at(site, at_ms)) if number not in not_seen)[:5]
        terminal = office.plan.terminal_at(code)
        findings = "Paths clear, first aid in place."
        visit = Visit(at_ms=at_ms, terminal=terminal, findings=findings, seen=seen, not_seen=not_seen)
        enter_visit(site, visit, by=office.second, now_ms=at_ms + _HOUR_MS)


def publish_notice(office: Office) -> None:
    """Publish the notice of the year so far, of the organisation at the top, with masked names."""
    year, path = office.calendar.today.year, office.plan.organisation[0].path
    table = notice.report(reach_of(office.first), year, Words(FALLBACK), path)
    notice.publish(table, year, path, by=office.first, now_ms=office.now_ms)
