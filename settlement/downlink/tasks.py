"""What people ask terminals to do: asked, sent until it is answered or too late, and what became of it."""

import secrets
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from foundation.errors import SettingsError
from settlement.accounts.actor import Actor
from settlement.accounts.audit import Action, Kind, Signed, note
from settlement.accounts.authority import Deed
from settlement.centre import Centre
from settlement.downlink.served import EVERYBODY, Served
from settlement.look_up import storable
from settlement.messages.acknowledgement import Publication, give_order
from settlement.models import Terminal, TerminalOrder
from settlement.reach import check_runs
from settlement.troubles import CentreTrouble
from sync.contract.orders import DoTask, Task

WITHIN_MS = 3_600_000
"""So long a terminal may be away until it is asked no more."""
MOST_OPEN = 10
"""Orders of one terminal that wait for an answer."""
LONGEST_ARGUMENT = 120
_TOLD = 30
_AT_ONCE = 200

NEEDS_DEVICE = frozenset({Task.RESTART_DEVICE})
NEEDS_REASON = frozenset({Task.OUT_OF_ORDER, Task.IN_ORDER})


def ask_terminal(name: str, task: Task, argument: str, signed: Signed) -> TerminalOrder:
    """Ask a terminal to do something; the listener sends it.

    `argument` is the name of a device, or a reason. Raises SettingsError for a terminal that is not at work,
    an argument that lacks or is too long, and while too much waits; RulesError NOT_ALLOWED, OUT_OF_REACH.
    """
    said = storable(argument).strip() if task in NEEDS_DEVICE | NEEDS_REASON else ""
    if len(said) > LONGEST_ARGUMENT or (not said and task in NEEDS_DEVICE | NEEDS_REASON):
        raise SettingsError(CentreTrouble.ORDER_WITHOUT_ARGUMENT, most=LONGEST_ARGUMENT)
    with transaction.atomic():
        rows = Terminal.objects.select_for_update(no_key=True)
        terminal = rows.filter(pk=storable(name), revoked_ms=None).first()
        if terminal is None:
            raise SettingsError(CentreTrouble.TERMINAL_UNKNOWN, terminal=name[:40])
        check_runs(signed.by, Deed.RUN_TERMINALS, terminal.site)
        if _open(terminal.pk, signed.now_ms).count() >= MOST_OPEN:
            raise SettingsError(CentreTrouble.ORDERS_WAIT, terminal=terminal.pk, most=MOST_OPEN)
        order = TerminalOrder.objects.create(
            id=secrets.token_hex(16),
            terminal=terminal,
            what=task,
            argument=said,
            at_ms=signed.now_ms,
            ends_ms=signed.now_ms + WITHIN_MS,
            by=signed.by.name[:40] if signed.by else "",
            account_id=signed.by.account if signed.by else None,
        )
        asked = {"task": str(task), "argument": said, "order": order.pk}
        note(Action.ENTER, Kind.TERMINAL, terminal.pk, signed, after=asked)
    return order


def tasks_of(by: Actor | None, terminal: Terminal) -> list[TerminalOrder]:
    """What a terminal was asked, the newest first; raises RulesError NOT_ALLOWED, OUT_OF_REACH."""
    check_runs(by, Deed.RUN_TERMINALS, terminal.site)
    return list(TerminalOrder.objects.filter(terminal=terminal).order_by("-at_ms", "-pk")[:_TOLD])


def tasks_due(
    centre: Centre, greeted: Iterable[str], now_ms: int, served: Served = EVERYBODY
) -> list[tuple[TerminalOrder, Publication]]:
    """Orders that were not sent yet, and those of the terminals that greeted which wait for an answer.

    Marks them as sent. A terminal that took one before passes over it.
    """
    living = TerminalOrder.objects.filter(
        what__in=[*Task], came_ms=None, ends_ms__gt=now_ms, terminal__revoked_ms=None
    )
    rows = served.among(living.filter(terminal__realm=centre.realm)).order_by("at_ms", "pk")
    new = list(rows.filter(sent_ms=None)[:_AT_ONCE])
    names = list(greeted)
    again = list(rows.filter(terminal__in=names).exclude(sent_ms=None)[:_AT_ONCE]) if names else []
    TerminalOrder.objects.filter(pk__in=[row.pk for row in new]).update(sent_ms=now_ms)
    return [(row, _order(centre, row, now_ms)) for row in (*new, *again)]


def _open(terminal: str, now_ms: int) -> QuerySet[TerminalOrder]:
    return TerminalOrder.objects.filter(terminal=terminal, came_ms=None, ends_ms__gt=now_ms)


def _order(centre: Centre, row: TerminalOrder, now_ms: int) -> Publication:
    todo = DoTask(Task(row.what), row.argument)
    return give_order(centre, row.terminal_id, todo, now_ms, row.ends_ms - now_ms, row.pk)
