"""Volunteers: found by number or name, and the file of one; each look at a file is noted."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router

from foundation.errors import RulesError
from settlement.accounts.api_tokens import Scope
from settlement.api.callers import Bearer, caller_of
from settlement.api.cursors import number_after, written
from settlement.api.document import answers
from settlement.api.people_shapes import FoundVolunteer, FoundVolunteers, VolunteerFile
from settlement.api.shapes import LARGEST, Cursor
from settlement.troubles import AccountTrouble, CentreTrouble
from settlement.volunteers.file import personal_file
from settlement.volunteers.search import find_volunteers
from settlement.web.missing import NotHere

router = Router(tags=["people"])


@router.get(
    "/volunteers", auth=Bearer(Scope.PEOPLE), response=answers(FoundVolunteers), summary="Find volunteers"
)
def search_volunteers(
    request: HttpRequest,
    who: Annotated[
        str,
        Query(
            min_length=1,
            max_length=80,
            description="The beginning of a number, or of words of a name, also in pinyin.",
        ),
    ],
    cursor: Cursor,
) -> FoundVolunteers:
    """Volunteers in reach, by the beginning of the number or of each word of the name, also in pinyin."""
    found, more = find_volunteers(who, caller_of(request).reach, after=number_after(cursor))
    items = [FoundVolunteer.model_validate(one) for one in found]
    return FoundVolunteers(items=items, next=written((found[-1].number,)) if more else None)


@router.get(
    "/volunteers/{number}",
    auth=Bearer(Scope.PEOPLE),
    response=answers(VolunteerFile, finds=True),
    summary="One volunteer's file",
)
def read_file(request: HttpRequest, number: Annotated[int, Path(ge=1, le=LARGEST)]) -> VolunteerFile:
    """Hours line by line, points, stars, memberships, certificates and objections of a volunteer."""
    caller = caller_of(request)
    try:
        held = personal_file(number, caller.actor, caller.now_ms)
    except RulesError as error:
        if error.code == AccountTrouble.NOT_ALLOWED:
            raise
        raise NotHere(CentreTrouble.NO_VOLUNTEER_HERE, number=number) from error
    return VolunteerFile.model_validate(held)
