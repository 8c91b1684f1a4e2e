"""What is written down: times by hand and objections; each then waits in the inbox for somebody else."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Body, Router

from settlement.accounts.api_tokens import Scope
from settlement.api.callers import Bearer, caller_of
from settlement.api.document import answers
from settlement.api.idempotency import once
from settlement.api.registers.shapes import HandEntered, ObjectionRaised, TakenDown
from settlement.api.shapes import IdempotencyKey
from settlement.look_up import storable
from settlement.records.disputes import raise_dispute
from settlement.records.manual_records import ManualTime, enter_manual_record
from settlement.web.reached import activity_among, volunteer_among

router = Router(tags=["records"])


@router.post(
    "/manual-records",
    auth=Bearer(Scope.RECORDS),
    response=answers(TakenDown, writes=True),
    summary="Enter a time by hand",
)
@once
def enter_time(
    request: HttpRequest,
    asked: Annotated[HandEntered, Body()],
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> TakenDown:
    """Enter when somebody came or left, and why no terminal says so; it waits for a second person."""
    caller = caller_of(request)
    activity = activity_among(caller.reach.activities(), asked.activity)
    volunteer = volunteer_among(caller.reach.volunteers(), asked.volunteer)
    time = ManualTime(volunteer.number, activity.pk, asked.direction, asked.at_ms, storable(asked.reason))
    return TakenDown(number=enter_manual_record(time, caller.actor, caller.now_ms).pk)


@router.post(
    "/objections",
    auth=Bearer(Scope.RECORDS),
    response=answers(TakenDown, writes=True),
    summary="Take an objection down",
)
@once
def take_objection_down(
    request: HttpRequest,
    asked: Annotated[ObjectionRaised, Body()],
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> TakenDown:
    """Take down what a volunteer says against a line; it waits for an answer."""
    caller = caller_of(request)
    activity = activity_among(caller.reach.activities(), asked.activity)
    volunteer = volunteer_among(caller.reach.volunteers(), asked.volunteer)
    row = raise_dispute(
        volunteer,
        activity,
        asked.local_date,
        storable(asked.objection),
        by=caller.actor,
        now_ms=caller.now_ms,
    )
    return TakenDown(number=row.pk)
