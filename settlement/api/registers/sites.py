"""Sites as they are entered: one with what hangs on it, and entering and changing one."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Body, Path, Router

from settlement.accounts.api_tokens import Scope
from settlement.accounts.audit import Signed
from settlement.api.callers import Bearer, Caller, caller_of
from settlement.api.document import answers
from settlement.api.idempotency import once
from settlement.api.registers import entry_shapes as shapes
from settlement.api.shapes import IdempotencyKey
from settlement.look_up import storable
from settlement.master_data.organisation_overview import hangs_on
from settlement.master_data.sites import enter_site
from settlement.models import Site
from settlement.reach import Reach
from settlement.web.reached import organisation_among, site_among

router = Router(tags=["sites"])
Code = Annotated[str, Path(max_length=40)]


@router.get(
    "/sites/{site}",
    auth=Bearer(Scope.READ),
    response=answers(shapes.SiteTold, finds=True),
    summary="One site as it is entered",
)
def read_site(request: HttpRequest, site: Code) -> shapes.SiteTold:
    """A site in reach, who runs it, and what hangs on it."""
    reach = caller_of(request).reach
    return _told(site_among(reach.sites().select_related("organisation"), site), reach)


@router.post(
    "/sites/{site}/enter",
    auth=Bearer(Scope.MASTER_DATA),
    response=answers(shapes.SiteTold, writes=True),
    summary="Enter a site",
)
@once
def enter_new_site(
    request: HttpRequest,
    site: Code,
    asked: Annotated[shapes.SiteValues, Body()],
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> shapes.SiteTold:
    """Enter a site with that code; one that is taken is refused."""
    return _entered(caller_of(request), storable(site), asked, is_new=True)


@router.post(
    "/sites/{site}",
    auth=Bearer(Scope.MASTER_DATA),
    response=answers(shapes.SiteTold, writes=True),
    summary="Change a site",
)
@once
def change_site(
    request: HttpRequest,
    site: Code,
    asked: Annotated[shapes.SiteValues, Body()],
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> shapes.SiteTold:
    """Change a site that the own organisations run, and that they still run then."""
    caller = caller_of(request)
    return _entered(caller, site_among(caller.reach.run_sites(), site).code, asked)


def _entered(caller: Caller, code: str, asked: shapes.SiteValues, *, is_new: bool = False) -> shapes.SiteTold:
    if asked.organisation:
        organisation_among(caller.reach.organisations(), asked.organisation)
    site = enter_site(
        code,
        Signed(caller.actor, caller.now_ms, storable(asked.reason).strip()),
        name=storable(asked.name),
        zone=storable(asked.zone),
        language=asked.language,
        organisation=storable(asked.organisation),
        is_new=is_new,
    )
    return _told(site, caller.reach, is_new=is_new)


def _told(site: Site, reach: Reach, *, is_new: bool = False) -> shapes.SiteTold:
    return shapes.SiteTold(
        code=site.code,
        name=site.name,
        zone=site.zone,
        language=site.language,
        organisation=site.organisation.path if site.organisation else "",
        holds={} if is_new else hangs_on(site, reach),
    )
