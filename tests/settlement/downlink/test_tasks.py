"""Orders to terminals: sent at once and after each greeting, until the terminal's log answers."""

import pytest

from foundation.errors import RulesError, SettingsError
from settlement.accounts.actor import Level
from settlement.accounts.audit import Signed
from settlement.downlink.served import Served
from settlement.downlink.tasks import MOST_OPEN, WITHIN_MS, ask_terminal, tasks_due
from settlement.models import AuditRecord, Terminal, TerminalOrder
from settlement.organisations.tree import add_organisation
from sync.contract.downlink import Command, open_told
from sync.contract.events import OrderAnswered
from sync.contract.orders import DoTask, Task
from sync.contract.wire import Realm
from tests.settlement.actors import actor

pytestmark = pytest.mark.django_db

GATE = "north-gate"


@pytest.fixture
def ask(terminal, noon_ms):
    return lambda task=Task.SAY_VERSION, argument="", at_ms=noon_ms: ask_terminal(
        GATE, task, argument, Signed(None, at_ms)
    )


@pytest.fixture
def sent(centre):
    """What is sent now, to whom greeted."""

    def _sent(now_ms, *greeted, **more):
        due = tasks_due(centre, greeted, now_ms, **more)
        return [
            open_told(one.payload, Command, centre=centre.key.public, terminal=GATE, realm=Realm.LIVE)[0]
            for _, one in due
        ]

    return _sent


def test_an_order_is_sent_once_and_again_to_who_greets_until_it_is_answered(
    ask, sent, terminal, deliver, noon_ms
):
    order = ask(Task.RESTART_DEVICE, "scanner")
    (command,) = sent(noon_ms + 1)
    assert (command.id, command.deadline_ms) == (order.pk, order.ends_ms)
    assert command.order == DoTask(Task.RESTART_DEVICE, "scanner")
    assert sent(noon_ms + 2) == sent(noon_ms + 2, "another") == []
    assert [one.id for one in sent(noon_ms + 3, GATE)] == [order.pk]
    terminal.log(OrderAnswered, order=order.pk, result="done", detail="opened\0")
    deliver()
    assert sent(noon_ms + 4, GATE) == []
    row = TerminalOrder.objects.get()
    assert (row.result, row.detail, row.done_ms is not None) == ("done", "opened", True)
    assert AuditRecord.objects.get(kind="terminal").subject == GATE


def test_only_the_first_answer_of_the_terminal_itself_counts(ask, terminal, deliver):
    order = ask()
    other = Terminal.objects.create(
        id="side", site_id="north", bucket="09", public_key="b" * 64, realm="live"
    )
    TerminalOrder.objects.create(id="f" * 32, terminal=other, what="say_version", at_ms=1, ends_ms=2)
    for answered, result in (
        (order.pk, "failed"),
        (order.pk, "done"),
        ("f" * 32, "done"),
        ("e" * 32, "done"),
    ):
        terminal.log(OrderAnswered, order=answered, result=result)
    deliver()
    assert dict(TerminalOrder.objects.values_list("pk", "result")) == {order.pk: "failed", "f" * 32: ""}


def test_what_is_too_late_or_not_served_here_is_not_sent(ask, sent, noon_ms):
    ask()
    assert sent(noon_ms + 1, served=Served(frozenset({"63"}))) == []
    assert sent(noon_ms + WITHIN_MS, GATE) == []
    TerminalOrder.objects.update(ends_ms=noon_ms * 2, what="of_a_newer_centre")
    assert sent(noon_ms + 1, GATE) == []


def test_too_many_wait_for_no_terminal(ask, noon_ms):
    for _ in range(MOST_OPEN):
        ask()
    with pytest.raises(SettingsError):
        ask()
    ask(at_ms=noon_ms + WITHIN_MS)


@pytest.mark.parametrize("argument", ["", "  \0", "x" * 121])
def test_a_reason_is_needed_and_short(ask, argument):
    with pytest.raises(SettingsError):
        ask(Task.OUT_OF_ORDER, argument)


def test_only_who_runs_the_terminal_asks_it(terminal, noon_ms):
    elsewhere = add_organisation("Other city").path
    for who in (actor("Wu", Level.MIDDLE, elsewhere), actor("Chen", Level.SENIOR, elsewhere)):
        with pytest.raises(RulesError):
            ask_terminal(GATE, Task.SAY_VERSION, "", Signed(who, noon_ms))
    Terminal.objects.update(revoked_ms=1)
    with pytest.raises(SettingsError):
        ask_terminal(GATE, Task.SAY_VERSION, "", Signed(None, noon_ms))
    assert not TerminalOrder.objects.exists()
