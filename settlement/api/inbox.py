"""The inbox: what waits for somebody's decision, by kind, and decisions, each a service's."""

from typing import Annotated

from django.http import HttpRequest
from msgspec.structs import replace
from ninja import Body, Path, Router

from foundation.trouble import Trouble
from settlement.accounts.api_tokens import Scope
from settlement.accounts.audit import Kind as Noted
from settlement.api.callers import Bearer, caller_of, note_look
from settlement.api.cursors import number_after, written
from settlement.api.document import answers
from settlement.api.idempotency import once
from settlement.api.inbox_shapes import (
    Inbox,
    InboxAct,
    InboxDecision,
    InboxDone,
    InboxItem,
    InboxItems,
    InboxKind,
    SitesToVisit,
    SiteToVisit,
)
from settlement.api.shapes import LARGEST, Cursor, IdempotencyKey, Limit
from settlement.inspections import LONGEST_PAUSE_DAYS, overdue_sites
from settlement.look_up import storable
from settlement.troubles import ApiTrouble, CentreTrouble
from settlement.web.inbox.kind import Act, Kind, Said, counts_of, items_of, reached
from settlement.web.inbox.kinds import KINDS
from settlement.web.missing import NotHere

router = Router(tags=["inbox"])
KindCode = Annotated[str, Path(max_length=40)]


@router.get("/inbox", auth=Bearer(Scope.READ), response=answers(Inbox), summary="How much waits")
def count_inbox(request: HttpRequest) -> Inbox:
    """How much waits of each kind, and what may be decided."""
    caller = caller_of(request)
    return Inbox(
        items=[
            InboxKind(
                kind=kind.code,
                title=caller.words.say(f"inbox-{kind.code}"),
                waiting=count,
                acts=[InboxAct(act=act, text=caller.words.say(f"inbox-act_{act}")) for act in kind.acts],
            )
            for kind, count in zip(KINDS, counts_of(KINDS, caller.reach), strict=True)
        ]
    )


@router.get(
    "/inspections/due",
    auth=Bearer(Scope.READ),
    response=answers(SitesToVisit),
    summary="Sites due for an inspection",
)
def list_inspections_due(request: HttpRequest) -> SitesToVisit:
    """The sites in reach that no inspector visited for a week, never visited ones first."""
    caller = caller_of(request)
    found = overdue_sites(caller.reach, caller.now_ms, LONGEST_PAUSE_DAYS)
    return SitesToVisit(
        items=[SiteToVisit(code=site.code, name=site.name, last_ms=last_ms) for site, last_ms in found]
    )


@router.get(
    "/inbox/{kind}",
    auth=Bearer(Scope.READ),
    response=answers(InboxItems, finds=True),
    summary="What waits of one kind",
)
def list_inbox(request: HttpRequest, kind: KindCode, limit: Limit, cursor: Cursor) -> InboxItems:
    """What waits of one kind."""
    caller, found = caller_of(request), _kind(kind)
    note_look(caller, Noted.RECORD, f"inbox/{found.code}")
    following = found.waiting(caller.reach).filter(pk__gt=number_after(cursor)).order_by("pk")
    numbers = [*following.values_list("pk", flat=True)[: limit + 1]]
    page = replace(found, waiting=lambda reach: found.waiting(reach).filter(pk__in=numbers[:limit]))
    items = sorted(items_of(page, caller.reach, caller.words, caller.now_ms), key=lambda one: one.number)
    return InboxItems(
        items=[InboxItem.model_validate(one) for one in items],
        next=written((numbers[limit - 1],)) if len(numbers) > limit else None,
    )


@router.post(
    "/inbox/{kind}/{number}/{act}",
    auth=Bearer(Scope.INBOX),
    response=answers(InboxDone, writes=True),
    summary="Decide on one thing",
)
@once
def decide_inbox(
    request: HttpRequest,
    kind: KindCode,
    number: Annotated[int, Path(ge=1, le=LARGEST)],
    act: Annotated[str, Path(max_length=40)],
    asked: Annotated[InboxDecision, Body()],
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> InboxDone:
    """Decide on one thing that waits."""
    caller, found = caller_of(request), _kind(kind)
    decide = found.acts.get(Act(act)) if act in found.acts else None
    if decide is None or reached(found, caller.reach, number) is None:
        raise NotHere(CentreTrouble.NOTHING_WAITS_HERE, number=number)
    decide(number, caller.actor, caller.now_ms, Said(storable(asked.note), storable(asked.choice)))
    return InboxDone(kind=found.code, number=number, act=act)


def _kind(code: str) -> Kind:
    for kind in KINDS:
        if kind.code == code:
            return kind
    raise NotHere.of(Trouble.of(ApiTrouble.NO_OPERATION))
