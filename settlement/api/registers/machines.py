"""Terminals: orders with their answers, and settings for several at once, planned before they are given."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Body, Path, Query, Router

from settlement.accounts.api_tokens import Scope
from settlement.accounts.audit import Signed
from settlement.accounts.authority import Deed, check_may
from settlement.api.callers import Bearer, Caller, caller_of
from settlement.api.document import answers
from settlement.api.idempotency import once
from settlement.api.registers import machine_shapes as shapes
from settlement.api.shapes import IdempotencyKey
from settlement.downlink.group_settings import Chosen, Wanted, give_together, members, plan_together
from settlement.downlink.tasks import ask_terminal, tasks_of
from settlement.look_up import storable
from settlement.models import Terminal, TerminalOrder
from settlement.web.reached import terminal_among

router = Router(tags=["terminals"])
TerminalName = Annotated[str, Path(max_length=32)]


@router.get(
    "/terminals/{terminal}/orders",
    auth=Bearer(Scope.TERMINALS),
    response=answers(shapes.Orders, finds=True),
    summary="Orders to a terminal, and its answers",
)
def list_orders(request: HttpRequest, terminal: TerminalName) -> shapes.Orders:
    """The last orders to a terminal, the newest first, with what it answered."""
    caller = caller_of(request)
    return shapes.Orders(
        items=[_ordered(row) for row in tasks_of(caller.actor, _reached(caller, terminal))],
    )


@router.post(
    "/terminals/{terminal}/orders",
    auth=Bearer(Scope.TERMINALS),
    response=answers(shapes.OrderTold, writes=True),
    summary="Ask a terminal to do something",
)
@once
def order_terminal(
    request: HttpRequest,
    terminal: TerminalName,
    asked: Annotated[shapes.OrderAsked, Body()],
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> shapes.OrderTold:
    """Ask a terminal to do one of a few safe things; the listener sends it, and the answer comes later."""
    caller = caller_of(request)
    found = _reached(caller, terminal)
    signed = Signed(caller.actor, caller.now_ms, f"API: {caller.token.name}")
    return _ordered(ask_terminal(found.pk, asked.task, asked.argument, signed))


@router.get(
    "/group-settings",
    auth=Bearer(Scope.TERMINALS),
    response=answers(shapes.Group),
    summary="Settings of several terminals",
)
def read_group(
    request: HttpRequest,
    site: Annotated[str, Query(default="", max_length=40, description="The code of a site.")],
    organisation: Annotated[str, Query(default="", pattern="^([0-9]{4,32})?$")],
) -> shapes.Group:
    """The terminals at work of a site or of an organisation and below: what each was given, and runs."""
    caller = caller_of(request)
    rows, more = members(caller.actor, Chosen(site, organisation))
    return shapes.Group(items=[shapes.GroupMember.model_validate(row) for row in rows], more=more)


@router.post(
    "/group-settings/plan",
    auth=Bearer(Scope.TERMINALS),
    response=answers(shapes.PlanTold, writes=True),
    summary="What other settings would change",
)
@once
def plan_settings(
    request: HttpRequest,
    asked: Annotated[shapes.SettingsWanted, Body()],
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> shapes.PlanTold:
    """What would be another at each terminal; nothing is given. Its digest is what `give` wants."""
    plan = plan_together(caller_of(request).actor, asked.terminals, _wanted(asked))
    return shapes.PlanTold(
        items=[
            shapes.PlannedAt(
                terminal=row.member.id,
                changes=[shapes.SettingChanged.model_validate(one) for one in row.changes],
            )
            for row in plan.changed
        ],
        digest=plan.digest,
    )


@router.post(
    "/group-settings/give",
    auth=Bearer(Scope.TERMINALS),
    response=answers(shapes.Given, writes=True),
    summary="Give several terminals other settings",
)
@once
def give_settings(
    request: HttpRequest,
    asked: Annotated[shapes.SettingsGiven, Body()],
    idempotency_key: IdempotencyKey,  # noqa: ARG001 - `once` reads it
) -> shapes.Given:
    """Give all of them what was planned, or none where it would be another by now."""
    caller = caller_of(request)
    signed = Signed(caller.actor, caller.now_ms, storable(asked.reason).strip())
    return shapes.Given(terminals=give_together(asked.terminals, _wanted(asked), signed, asked.seen))


def _wanted(asked: shapes.SettingsWanted) -> Wanted:
    return Wanted(asked.values, frozenset(asked.left) - asked.values.keys())


def _reached(caller: Caller, name: str) -> Terminal:
    """The terminal in reach of who may run terminals; raises NotHere, RulesError NOT_ALLOWED."""
    found = terminal_among(caller.reach.terminals(), name)
    check_may(caller.actor, Deed.RUN_TERMINALS)
    return found


def _ordered(row: TerminalOrder) -> shapes.OrderTold:
    return shapes.OrderTold(
        id=row.pk,
        task=row.what,
        argument=row.argument,
        at_ms=row.at_ms,
        ends_ms=row.ends_ms,
        by=row.by,
        sent_ms=row.sent_ms,
        done_ms=row.done_ms,
        came_ms=row.came_ms,
        result=row.result,
        detail=row.detail,
    )
