"""How a request of staff is answered, and what everybody is told of a manual entry. Pure."""

from kiosk.checkin.decision import Remark
from kiosk.local_api.codes import DoneCode
from kiosk.local_api.messages import Decided, Outcome
from kiosk.local_api.replies import Result
from kiosk.local_api.requests import (
    Request,
)
from kiosk.staff.events import Denial, RequestContext
from sync.contract.events import Direction, Event, Manual, Method


def done(request: Request, code: DoneCode, name: str = "") -> Result:
    """That it was done; `name` is whom it was about."""
    return Result(request.request, ok=True, code=code, name=name)


def denied(request: Request, why: Denial) -> Result:
    """That it was not, and why."""
    return Result(request.request, ok=False, code=why.code, name=why.name, seconds=why.seconds)


def said(request: Request, written: Event | Denial, code: DoneCode, context: RequestContext) -> Result:
    """What becomes of a request that ends in an event; the answer names whom it is about."""
    if isinstance(written, Denial):
        return denied(request, written)
    volunteer = context.roster.volunteer_in(written)
    return done(request, code, context.name_of(volunteer) if volunteer else "")


def decided_by_staff(entry: Event | Denial, context: RequestContext) -> Decided | None:
    """What everybody is told of a manual entry."""
    if not isinstance(entry, Manual):
        return None
    volunteer = context.roster.volunteer_in(entry) or ""
    person = context.roster.person(volunteer)
    came = entry.direction == Direction.IN
    return Decided(
        at_ms=entry.wall_ms,
        device="staff",
        method=Method.MANUAL,
        outcome=Outcome.ACCEPTED_IN if came else Outcome.ACCEPTED_OUT,
        reason=Remark.ON_BREAK if entry.on_break else "",
        name=context.name_of(volunteer),
        volunteer=volunteer,
        activity=entry.activity,
        since_ms=entry.at_ms if came else None,
        language=person.language if person else "",
        seq=entry.seq,
        written_ms=entry.at_ms,
        note=entry.reason,
    )
