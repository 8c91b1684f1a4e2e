"""`muster inspection`: visits to sites, and whom the inspectors found there."""

from typing import TYPE_CHECKING

import click

from muster.commands.group import Group
from muster.commands.opening import at_centre, listing
from muster.commands.options import AS, VOLUNTEER_NUMBER

if TYPE_CHECKING:
    from settlement.accounts.actor import Actor

_SITE = click.option("--site", required=True, help="The site's code.")


@click.group(cls=Group)
def inspection() -> None:
    """Draw names to be called at a site, take down what a visit found, and see which sites are due."""


@inspection.command("draw")
@at_centre
@_SITE
@click.option("--count", type=click.IntRange(1), default=5, show_default=True, help="How many names.")
@AS
def inspection_draw(now_ms: int, site: str, count: int, by: "Actor") -> None:
    """Draw names from those who are on site now, each as likely as the others.

    \b
    muster inspection draw --site north --count 5
    """
    from random import SystemRandom

    from settlement.inspections import draw_names
    from settlement.look_up import site_coded

    names = draw_names(site_coded(site), count, by=by, now_ms=now_ms, random=SystemRandom())
    rows = ((one.volunteer, one.name, one.activity) for one in names)
    listing("volunteer, name, activity", rows, "Nobody is checked in there.")


@inspection.command("enter")
@at_centre
@_SITE
@click.option("--inspector", default="", help="Who visited; whoever enters it when left out.")
@click.option("--at", help="When the roll was called, as 2026-03-07T14:00 at the site; now when left out.")
@click.option("--terminal", default="", help="The terminal that was used.")
@click.option("--findings", default="", help="What was found, in words.")
@click.option("--seen", multiple=True, type=VOLUNTEER_NUMBER, help="A volunteer who was called and seen.")
@click.option("--not-seen", "missed", multiple=True, type=VOLUNTEER_NUMBER, help="One who was not seen.")
@AS
def inspection_enter(
    now_ms: int,
    site: str,
    inspector: str,
    at: str | None,
    terminal: str,
    findings: str,
    seen: tuple[int, ...],
    missed: tuple[int, ...],
    by: "Actor",
) -> None:
    """Take down a visit. Whoever was not seen keeps the hours; reviewers are told.

    \b
    muster inspection enter --site north --seen 1001 --not-seen 1002 --as qian
    """
    from settlement.inspections import Visit, enter_visit
    from settlement.local_times import local_ms
    from settlement.look_up import site_coded

    place = site_coded(site)
    visit = Visit(
        inspector=inspector,
        at_ms=local_ms(at, place.zone) if at else now_ms,
        terminal=terminal,
        findings=findings,
        seen=seen,
        not_seen=missed,
    )
    click.echo(f"Visit {enter_visit(place, visit, by=by, now_ms=now_ms).pk} is taken down.")


@inspection.command("list")
@at_centre
@AS
def inspection_list(_now_ms: int, by: "Actor") -> None:
    """List all visits, the latest first."""
    from settlement.inspections import visits
    from settlement.local_times import local_text
    from settlement.reach import reach_of

    rows = []
    for visit in visits(reach_of(by)).prefetch_related("people"):
        called = list(visit.people.all())
        seen = sum(person.seen for person in called)
        at = local_text(visit.at_ms, visit.site.zone)
        share = f"{seen} of {len(called)}"
        rows.append((visit.pk, at, visit.site_id, visit.inspector, share, visit.findings))
    listing("visit, at, site, inspector, seen, findings", rows, "No site was visited.")


@inspection.command("due")
@at_centre
@click.option(
    "--days", type=click.IntRange(1), default=7, show_default=True, help="Longest pause between visits."
)
@AS
def inspection_due(now_ms: int, days: int, by: "Actor") -> None:
    """List the sites that nobody visited for so many days.

    \b
    muster inspection due --days 7
    """
    from settlement.inspections import overdue_sites
    from settlement.local_times import local_text
    from settlement.reach import reach_of

    rows = (
        (site.code, site.name, local_text(last_ms, site.zone) if last_ms is not None else "never")
        for site, last_ms in overdue_sites(reach_of(by), now_ms, days)
    )
    listing("site, name, last visit", rows, "Every site was visited.")
