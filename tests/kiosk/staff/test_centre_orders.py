"""What the centre asks a terminal to do: each once, even after a restart, and answered in the log."""

import pytest

from kiosk.checkin.overrides import OverridesFile
from kiosk.staff.centre_orders import CentreOrders
from kiosk.staff.notices import Notices
from kiosk.storage.encrypted_files import AtRest
from kiosk.storage.log_keeper import LogKeeper
from sync.contract.events import Alarm, OrderAnswered
from sync.contract.orders import DoTask, ScreenMessage, ScreenMessages, Task
from tests.kiosk.samples import HandClock
from tests.sync.patience import until
from tests.sync.samples import NINE_MS, TERMINAL

ID, OTHER = "0a" * 16, "0b" * 16


class Engine:
    """As much of an engine as orders change."""

    def __init__(self, overrides) -> None:
        self.overrides = overrides

    def obey(self, overrides) -> None:
        self.overrides = overrides


class Asked:
    """A terminal that is asked; `again` is the same after a restart."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.clock = HandClock(NINE_MS)
        self.keeper = LogKeeper(folder / "log.db", TERMINAL, self.clock, "muster/test")
        self.logged = []
        self.keeper.note = self.logged.append
        self.at_rest = AtRest(folder / "state", folder / "device.secret")
        self.restarted = []
        self.begin()

    def begin(self) -> None:
        overrides = OverridesFile(self.at_rest)
        self.engine = Engine(overrides.read())
        self.orders = CentreOrders(
            self.engine, self.keeper, overrides=overrides, at_rest=self.at_rest, restart=self.restart
        )
        self.notices = Notices(self.keeper, self.clock)

    def restart(self, device) -> bool:
        self.restarted.append(device)
        if device == "stuck":
            raise OSError(5, "no such wire")
        return device == "scanner"

    def does(self, task, argument="", order=ID):
        self.orders.take(order, DoTask(task, argument))
        return self.answers()

    def answers(self):
        return [(one.order, one.result, one.detail) for one in self.logged if isinstance(one, OrderAnswered)]


@pytest.fixture
def asked(tmp_path):
    asked = Asked(tmp_path)
    yield asked
    asked.keeper.log.close()


def test_what_was_taken_is_not_done_again_not_even_by_the_next_engine(asked):
    assert len(asked.does(Task.SEND_STATE)) == 1
    assert len(asked.does(Task.SEND_STATE)) == 1
    assert asked.orders.greetings_asked == 1
    asked.begin()
    assert len(asked.does(Task.SEND_STATE)) == 1
    assert asked.orders.greetings_asked == 0
    assert len(asked.does(Task.SEND_STATE, order=OTHER)) == 2


def test_what_can_not_be_noted_is_not_done(asked):
    (asked.folder / "state" / "orders_taken.kept.unfinished").mkdir(parents=True)
    assert asked.does(Task.OUT_OF_ORDER, "rain")[0][1] == "failed"
    assert not asked.engine.overrides.out_of_order


def test_out_of_order_stays_over_a_restart_and_tells_why(asked):
    assert asked.does(Task.OUT_OF_ORDER, "rain")[0][:2] == (ID, "done")
    (alarm,) = (one for one in asked.logged if isinstance(one, Alarm))
    assert "out of order; by the centre: rain" in alarm.detail
    asked.begin()
    assert asked.engine.overrides.out_of_order
    asked.does(Task.IN_ORDER, "dry", OTHER)
    assert not asked.engine.overrides.out_of_order


@pytest.mark.parametrize(
    ("device", "result"), [("scanner", "done"), ("toaster", "failed"), ("stuck", "failed")]
)
def test_a_device_is_opened_anew_beside_the_engine_s_turn(asked, device, result):
    asked.does(Task.RESTART_DEVICE, device)
    assert until(lambda: asked.orders.beat() or asked.answers())[0][1] == result
    assert asked.restarted == [device]


def test_a_roster_is_answered_once_it_is_in_force(asked):
    assert asked.does(Task.TAKE_ROSTER) == []
    asked.orders.roster_came(7)
    asked.orders.roster_came(8)
    assert asked.answers() == [(ID, "done", "roster 7")]


def test_an_order_that_is_not_known_is_answered_so(asked):
    asked.orders.take(ID, None)
    assert asked.answers()[0][1] == "not_known"


def messages(told_ms=NINE_MS, *ids, minutes=10):
    until_ms = NINE_MS + minutes * 60_000
    return ScreenMessages(told_ms, [ScreenMessage(one, {"en": "Rain"}, until_ms) for one in ids])


def test_notices_live_by_the_monotonic_clock_and_the_last_word_counts(asked):
    notices = asked.notices
    notices.adopt(messages(NINE_MS, ID, OTHER))
    assert [one.id for one in notices.now()] == [ID, OTHER]
    notices.adopt(messages(NINE_MS + 1, OTHER))
    notices.adopt(messages(NINE_MS, ID))  # overtaken on its way
    assert [one.id for one in notices.now()] == [OTHER]
    asked.clock.now_ms += 600_000
    assert notices.now() == []


def test_that_a_notice_was_shown_is_logged_once_and_only_of_one_that_is_known(asked):
    asked.notices.adopt(messages(NINE_MS, ID))
    for one in (ID, OTHER, ID):
        asked.notices.shown(one)
    asked.notices.beat()
    asked.notices.beat()
    assert asked.answers() == [(ID, "shown", "")]
