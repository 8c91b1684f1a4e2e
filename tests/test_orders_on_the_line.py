"""What people ask a terminal to do and to show, with a real broker, listener, engine and uplink between."""

import json

import pytest

from kiosk.local_api.messages import Showed, Snapshot
from sync.contract.orders import Task
from tests.sync.live_broker import LiveBroker
from tests.sync.patience import until
from tests.sync.samples import NINE_MS
from tests.test_two_gates import Site

pytestmark = pytest.mark.long

GATE = "north-gate"
HOUR = 3_600_000
WAIT = """
import json
from tests.sync.patience import until
"""
ASK = f"""
{WAIT}
from settlement.accounts.audit import Signed
from settlement.downlink.tasks import ask_terminal
from settlement.models import TerminalOrder
from settlement.review.terminal_history import last_told
from sync.contract.orders import Task
def ask(task, argument):
    order = ask_terminal({GATE!r}, Task(task), argument, Signed(None, {NINE_MS})).pk
    assert until(lambda: TerminalOrder.objects.get(pk=order).result)
    row = TerminalOrder.objects.get(pk=order)
    return [row.result, row.detail, row.done_ms]
answers = [ask(*one) for one in json.loads({{tasks!r}})]
assert until(lambda: last_told({GATE!r}).software)
told = last_told({GATE!r})
print(json.dumps([answers, [told.link, sorted(told.devices)]]))
"""
SAY = f"""
from settlement.accounts.audit import Signed
from settlement.downlink.screen_messages import say_at_terminals
texts = {{"en": "Gate closes at six", "ar": "تغلق البوابة"}}
say_at_terminals([{GATE!r}], texts, {NINE_MS + HOUR}, for_all=True, signed=Signed(None, {NINE_MS}))
"""
TAKE_BACK = f"""
{WAIT}
from settlement.accounts.audit import Signed
from settlement.downlink.screen_messages import take_back
from settlement.models import MessageAt
assert until(lambda: MessageAt.objects.get().shown_ms == {NINE_MS})
take_back(MessageAt.objects.get().message_id, Signed(None, {NINE_MS}))
"""


@pytest.fixture
def site(tmp_path):
    broker = LiveBroker(tmp_path, "allow_anonymous true")
    broker.start()
    site = Site(tmp_path, broker)
    site.status_where(GATE, lambda status: status.link.connected and status.devices[0].state == "ready")
    yield site
    site.stop()
    broker.kill()


def asked(site, *tasks):
    """What a terminal answers to orders, one after the other, and how it was told of last."""
    return json.loads(site.centre.run(ASK.format(tasks=json.dumps(tasks))).splitlines()[-1])


def test_each_order_is_carried_out_and_answered(site):
    answers, told = asked(
        site,
        (Task.SAY_VERSION, ""),
        (Task.RESTART_DEVICE, "scanner"),
        (Task.RESTART_DEVICE, "toaster"),
        (Task.TAKE_ROSTER, ""),
        (Task.SEND_STATE, ""),
        (Task.OUT_OF_ORDER, "rain comes in"),
    )
    assert [result for result, _, _ in answers] == ["done", "done", "failed", "done", "done", "done"]
    assert answers[0][1].startswith("muster/")
    assert answers[3][1].startswith("roster ")
    assert {done_ms for _, _, done_ms in answers} == {NINE_MS}
    assert told == ["online", ["scanner"]]
    site.status_where(GATE, lambda status: status.out_of_order)


def test_a_message_stands_on_the_screens_and_the_centre_learns_when(site):
    site.centre.run(SAY)
    (notice,) = until(lambda: site.screens[GATE].next(Snapshot).notices)
    assert notice.text("ar") == ("ar", "تغلق البوابة")
    assert notice.for_all
    site.screens[GATE]._client.send(Showed(notice.id))
    site.centre.run(TAKE_BACK)
    until(lambda: not site.screens[GATE].next(Snapshot).notices)
