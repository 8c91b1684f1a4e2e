"""Organisations in reach, as people look for them, and what hangs on one: that moves or ends with it."""

from typing import Any

from django.db.models import Count, Model, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from msgspec import Struct

from settlement.database.one_statement import count_together
from settlement.look_up import storable
from settlement.models import (
    Account,
    Activity,
    Certificate,
    CertificateRequest,
    Membership,
    Organisation,
    PublicNotice,
    Site,
    Transfer,
    Webhook,
)
from settlement.organisations.tree import DIGITS, children_of, subtree
from settlement.reach import Reach

ON_A_PAGE = 50
_HOLDS: dict[str, tuple[type[Model], str]] = {
    "branches": (Organisation, ""),
    "members": (Membership, "organisation__"),
    "sites": (Site, "organisation__"),
    "activities": (Activity, "organisation__"),
    "accounts": (Account, "organisation__"),
    "certificates": (Certificate, "organisation__"),
    "requests": (CertificateRequest, "organisation__"),
    "departures": (Transfer, "origin__"),
    "arrivals": (Transfer, "destination__"),
    "notices": (PublicNotice, "organisation__"),
    "webhooks": (Webhook, "organisation__"),
}
"""What names an organisation, each `holds-…` in the catalogs; members are those that have left, too."""


class OrganisationTold(Struct, frozen=True):
    """An organisation in a list; `depth` is 1 at the top of the tree."""

    path: str
    name: str
    issuer: str
    in_charge: str
    depth: int


def list_organisations(
    reach: Reach, *, text: str = "", after: str = ""
) -> tuple[list[OrganisationTold], bool]:
    """A page of the organisations in reach, by place, behind `after`; and whether more follow."""
    rows = reach.organisations()
    if wanted := storable(text.strip()):
        rows = rows.filter(Q(name__icontains=wanted) | Q(path__startswith=wanted))
    if after:
        rows = rows.filter(path__gt=storable(after))
    found = [organisation_told(row) for row in rows.order_by("path")[: ON_A_PAGE + 1]]
    return found[:ON_A_PAGE], len(found) > ON_A_PAGE


def organisation_told(row: Organisation) -> OrganisationTold:
    """The same of one row."""
    return OrganisationTold(row.path, row.name, row.issuer, row.in_charge, len(row.path) // DIGITS)


def directly_below(reach: Reach, organisation: Organisation) -> list[OrganisationTold]:
    """The organisations directly below one, as many as a page holds."""
    rows = children_of(organisation.path).filter(pk__in=reach.organisations())
    return [organisation_told(row) for row in rows[:ON_A_PAGE]]


def contents_of(organisation: Organisation) -> dict[str, int]:
    """How much of each kind names an organisation or one below it; what does not is left out."""
    counts = {f"of_{name}": _counted(organisation, *where) for name, where in _HOLDS.items()}
    row = dict[str, Any](Organisation.objects.filter(pk=organisation.pk).values(**counts).get())
    row["of_branches"] -= 1
    return _some(row)


def hangs_on(site: Site, reach: Reach) -> dict[str, int]:
    """How many terminals at work and activities in reach are at a site; what there is none of is left out."""
    at_work = reach.terminals().filter(site=site, revoked_ms=None)
    terminals, activities = count_together(at_work, reach.activities_at(site))
    return _some({"of_terminals": terminals, "of_activities": activities})


def _some(row: dict[str, int]) -> dict[str, int]:
    return {name.removeprefix("of_"): count for name, count in row.items() if count}


def _counted(organisation: Organisation, table: type[Model], field: str) -> Coalesce:
    rows: QuerySet[Model] = table._default_manager.filter(  # noqa: SLF001 - Django's own way
        subtree(organisation.path, f"{field}path")
    )
    whole = rows.order_by().annotate(whole=Value(1)).values("whole").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(whole), 0)
