"""What goes on now: sites, and who is missing at one of them."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router

from settlement.accounts.api_tokens import Scope
from settlement.accounts.audit import Kind
from settlement.api.callers import Bearer, caller_of, machine_s, note_look
from settlement.api.cursors import page_among
from settlement.api.document import answers
from settlement.api.now_shapes import MissingPeople, MissingPerson, Site, Sites
from settlement.api.shapes import Cursor, Limit
from settlement.review.sites_now import Missing, SiteNow, missing_at, sites_lately
from settlement.web.reached import site_among

router = Router(tags=["now"])


@router.get("/sites", auth=Bearer(Scope.READ), response=answers(Sites), summary="Sites now")
def list_sites(
    request: HttpRequest,
    limit: Limit,
    cursor: Cursor,
    site: Annotated[str, Query(default="", max_length=80, description="A part of the name or code.")],
) -> Sites:
    """The sites in reach as they are now, those in trouble first."""
    caller = caller_of(request)
    found = sites_lately(caller.reach, lambda: (caller.now_ms, machine_s() * 1000)).sites
    wanted = [one for one in found if site.strip().casefold() in f"{one.name} {one.code}".casefold()]
    shown, following = page_among(wanted, _place_of_site, tuple[bool, int, str, str], cursor, limit)
    return Sites(items=[Site.model_validate(one) for one in shown], next=following)


@router.get(
    "/sites/{site}/missing",
    auth=Bearer(Scope.PEOPLE),
    response=answers(MissingPeople, finds=True),
    summary="Who is missing",
)
def list_missing(
    request: HttpRequest, site: Annotated[str, Path(max_length=80)], limit: Limit, cursor: Cursor
) -> MissingPeople:
    """Who is expected at a site by a shift that runs now, and neither is here nor was."""
    caller = caller_of(request)
    found = site_among(caller.reach.sites(), site)
    note_look(caller, Kind.SITE, f"{found.code} missing")
    missing = missing_at(found, caller.reach, caller.now_ms)
    shown, following = page_among(missing, _place_of_missing, tuple[str, int, int, str], cursor, limit)
    return MissingPeople(items=[MissingPerson.model_validate(one) for one in shown], next=following)


def _place_of_site(site: SiteNow) -> tuple[bool, int, str, str]:
    return (not site.is_in_trouble, -site.missing, site.name, site.code)


def _place_of_missing(one: Missing) -> tuple[str, int, int, str]:
    return (one.activity, one.volunteer, one.start_ms, one.post)
