"""Whatever the line loses, doubles or reorders, everything arrives once and in order when it has healed."""

import random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sync.contract.wire import Ack, Reject, RejectCode
from sync.line.delivery import LONGEST_WAIT_MS, Delivery
from sync.log.reader import Stretch
from tests.sync.model_log import ModelLog, ack_of

HELLO = "hello"


class ModelCentre:
    """Stores what links to what it has; answers with what it then holds."""

    def __init__(self, truth: ModelLog) -> None:
        self.held: dict[int, list[bytes]] = {}
        self.largest_batch = 200
        self._truth = truth

    def take(self, message: Stretch | str) -> list[Ack]:
        """The acknowledgements of a batch or of a greeting."""
        if isinstance(message, str):
            return [ack_of(self._truth, epoch, len(events)) for epoch, events in self.held.items()]
        epoch = int(message.epoch, 16)
        events = self.held.setdefault(epoch, [])
        assert message.previous == self._truth.hash_at(message.epoch, message.first - 1)
        if len(message.events) > self.largest_batch:
            too_big = Reject(RejectCode.SIZE, message.first, message.last, "too big")
            return [ack_of(self._truth, epoch, len(events), too_big)]
        if message.first <= len(events) + 1:
            events.extend(message.events[len(events) + 1 - message.first :])
        return [ack_of(self._truth, epoch, len(events))]


class Line(RuleBasedStateMachine):
    """One terminal's log, its delivery, a line that may do anything, and the centre."""

    def __init__(self) -> None:
        super().__init__()
        self.log = ModelLog(1)
        self.centre = ModelCentre(self.log)
        self.now_ms = 0
        self.up: list[Stretch | str] = []
        self.down: list[Ack] = []
        self.start_uplink(0)

    @rule(seed=st.integers(0, 99))
    def start_uplink(self, seed: int) -> None:
        """A new uplink remembers nothing."""
        self.delivery = Delivery(self.log, random.Random(seed))
        self.delivery.on_connected()

    @rule(count=st.integers(1, 250))
    def append(self, count: int) -> None:
        for _ in range(count):
            self.log.append()

    @rule()
    def restart_engine(self) -> None:
        self.log.open_epoch()
        self.log.append()

    @rule(passed_ms=st.sampled_from([0, 1_000, 30_000, LONGEST_WAIT_MS]))
    def look(self, passed_ms: int) -> None:
        """The uplink's loop, once."""
        self.now_ms += passed_ms
        if self.delivery.hello_due(self.now_ms):
            self.up.append(HELLO)
        if stretch := self.delivery.next_stretch(self.now_ms):
            self.up.append(stretch)

    @precondition(lambda self: self.up)
    @rule(which=st.integers(0, 99), again=st.booleans())
    def carry_up(self, which: int, again: bool) -> None:
        message = self.up[which % len(self.up)]
        if not again:
            del self.up[which % len(self.up)]
        self.down += self.centre.take(message)

    @precondition(lambda self: self.down)
    @rule(which=st.integers(0, 99), again=st.booleans())
    def carry_down(self, which: int, again: bool) -> None:
        ack = self.down[which % len(self.down)]
        if not again:
            del self.down[which % len(self.down)]
        self.delivery.on_ack(ack, self.now_ms)

    @rule()
    def a_good_while(self) -> None:
        """The line works for a moment: what is under way arrives, and the answers too."""
        self.look(LONGEST_WAIT_MS)
        for message in self.up:
            self.down += self.centre.take(message)
        for ack in self.down:
            self.delivery.on_ack(ack, self.now_ms)
        self.up.clear()
        self.down.clear()

    @rule()
    def lose_everything_under_way(self) -> None:
        self.up.clear()
        self.down.clear()

    @rule()
    def reconnect(self) -> None:
        self.delivery.on_disconnected()
        self.delivery.on_connected()

    @rule(left=st.integers(0, 300))
    def restore_an_older_backup(self, left: int) -> None:
        for events in self.centre.held.values():
            del events[left:]

    @rule(largest=st.sampled_from([20, 60, 200]))
    def limit_batches(self, largest: int) -> None:
        self.centre.largest_batch = largest

    @invariant()
    def the_centre_holds_beginnings_of_the_terminals_epochs(self) -> None:
        for epoch, events in self.centre.held.items():
            assert events == self.log.epochs[epoch][: len(events)]

    @invariant()
    def no_batch_is_larger_than_the_contract_allows(self) -> None:
        assert all(len(message.events) <= 200 for message in self.up if isinstance(message, Stretch))

    def teardown(self) -> None:
        """The line heals: what is said from now on arrives, in whatever order it was left."""
        self.reconnect()
        for _ in range(2_000):
            self.a_good_while()
            if self.delivery.unsent() == 0:
                break
        assert self.centre.held == dict(enumerate(self.log.epochs))
        assert self.delivery.trouble is None


Line.TestCase.settings = settings(
    max_examples=120,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
test_everything_arrives_once_and_in_order = Line.TestCase
