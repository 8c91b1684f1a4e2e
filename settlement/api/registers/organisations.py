"""Organisations: the tree in reach, and entering, correcting, moving and ending one."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Body, Query, Router

from settlement.accounts.api_tokens import Scope
from settlement.accounts.audit import Signed
from settlement.api.callers import Bearer, Caller, caller_of
from settlement.api.cursors import read, written
from settlement.api.document import answers
from settlement.api.idempotency import once
from settlement.api.registers import entry_shapes as shapes
from settlement.api.shapes import Cursor, IdempotencyKey
from settlement.look_up import storable
from settlement.master_data.organisation_overview import (
    contents_of,
    list_organisations,
    organisation_told,
)
from settlement.master_data.organisations import (
    add_below,
    end_organisation,
    enter_organisation,
    move_organisation,
)
from settlement.models import Organisation
from settlement.web.reached import organisation_among

router = Router(tags=["organisations"])


@router.get(
    "/organisations",
    auth=Bearer(Scope.READ),
    response=answers(shapes.Organisations),
    summary="Organisations",
)
def list_all_organisations(
    request: HttpRequest,
    cursor: Cursor,
    text: Annotated[
        str, Query(default="", max_length=80, description="A part of the name, or of the place.")
    ],
) -> shapes.Organisations:
    """The organisations in reach, in the order of their tree."""
    place = read(cursor, tuple[str])
    found, more = list_organisations(caller_of(request).reach, text=text, after=place[0] if place else "")
    items = [shapes.OrganisationTold.model_validate(one) for one in found]
    return shapes.Organisations(items=items, next=written((found[-1].path,)) if more else None)


@router.get(
    "/organisations/{branch}",
    auth=Bearer(Scope.READ),
    response=answers(shapes.OneOrganisation, finds=True),
    summary="One organisation",
)
def read_organisation(request: HttpRequest, branch: shapes.Branch) -> shapes.OneOrganisation:
    """An organisation, and what is in it and below."""
    return _told(_reached(caller_of(request), branch))


@router.post(
    "/organisations",
    auth=Bearer(Scope.MASTER_DATA),
    response=answers(shapes.OneOrganisation, writes=True),
    summary="Enter an organisation",
)
@once
def enter_new_organisation(
    request: HttpRequest,
    asked: Annotated[shapes.OrganisationEntered, Body()],
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> shapes.OneOrganisation:
    """Enter an organisation below one in reach."""
    caller = caller_of(request)
    under = _reached(caller, asked.under) if asked.under else None
    entered = add_below(under, storable(asked.name), _signed(caller, asked.reason), *_more(asked))
    return _told(entered, is_new=True)


@router.post(
    "/organisations/{branch}",
    auth=Bearer(Scope.MASTER_DATA),
    response=answers(shapes.OneOrganisation, writes=True),
    summary="Correct an organisation",
)
@once
def correct_organisation(
    request: HttpRequest,
    branch: shapes.Branch,
    asked: Annotated[shapes.OrganisationValues, Body()],
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> shapes.OneOrganisation:
    """Give an organisation another name, issuer's number or person in charge."""
    caller = caller_of(request)
    path = _reached(caller, branch).path
    return _told(enter_organisation(path, storable(asked.name), _signed(caller, asked.reason), *_more(asked)))


@router.post(
    "/organisations/{branch}/move",
    auth=Bearer(Scope.MASTER_DATA),
    response=answers(shapes.OneOrganisation, writes=True),
    summary="Move an organisation",
)
@once
def move_branch(
    request: HttpRequest,
    branch: shapes.Branch,
    asked: Annotated[shapes.OrganisationMoved, Body()],
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> shapes.OneOrganisation:
    """Put an organisation and all below it under another one, both in reach."""
    caller = caller_of(request)
    under = _reached(caller, asked.under) if asked.under else None
    return _told(move_organisation(_reached(caller, branch), under, _signed(caller, asked.reason)))


@router.post(
    "/organisations/{branch}/end",
    auth=Bearer(Scope.MASTER_DATA),
    response=answers(shapes.OrganisationEnded, writes=True),
    summary="Take an organisation out of the tree",
)
@once
def end_branch(
    request: HttpRequest,
    branch: shapes.Branch,
    asked: Annotated[shapes.EndOfOrganisation, Body()],
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> shapes.OrganisationEnded:
    """Take an organisation out of the tree that holds nothing and that no record names."""
    caller = caller_of(request)
    end_organisation(_reached(caller, branch), _signed(caller, asked.reason))
    return shapes.OrganisationEnded(path=branch)


def _reached(caller: Caller, path: str) -> Organisation:
    return organisation_among(caller.reach.organisations(), path)


def _more(asked: shapes.OrganisationValues) -> tuple[str, str]:
    return storable(asked.issuer), storable(asked.in_charge)


def _signed(caller: Caller, reason: str) -> Signed:
    return Signed(caller.actor, caller.now_ms, storable(reason).strip())


def _told(row: Organisation, *, is_new: bool = False) -> shapes.OneOrganisation:
    told = shapes.OrganisationTold.model_validate(organisation_told(row))
    return shapes.OneOrganisation(**told.model_dump(), holds={} if is_new else contents_of(row))
