"""Whatever line, centre and cards go through: nothing altered or lost unseen, and in the end all is there."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from structlog.testing import capture_logs

from sync.contract.signing import SigningKey
from sync.line.delivery import LONGEST_WAIT_MS
from tests.settlement.line_truth import check_always, check_healed
from tests.settlement.line_world import World

pytestmark = pytest.mark.django_db

MOST_DEVICES = 5
WHICH = st.integers(0, 99)
STRANGER = SigningKey.from_seed(b"s" * 32)


class Line(RuleBasedStateMachine):
    """Real logs, the real decisions of their uplinks, the real ingest; the line in between is ours."""

    centre = None

    @initialize(terminals=st.integers(2, 3))
    def begin(self, terminals):
        self.world = World(self.centre, terminals)
        self.up, self.down, self.heard_up, self.heard_down = [], [], [], []

    def device(self, which):
        return self.world.devices[which % len(self.world.devices)]

    # What happens at terminals.

    @rule(which=WHICH, count=st.integers(1, 4))
    def scan(self, which, count):
        self.world.tick()
        self.device(which).accept(count)

    @rule(which=WHICH, reboots=st.booleans())
    def open_the_log_anew(self, which, reboots):
        self.world.tick()
        self.device(which).restart(self.world.new_boot() if reboots else "")

    @rule(which=WHICH)
    def start_a_new_uplink(self, which):
        self.device(which).start_uplink()

    @rule(which=WHICH)
    def purge(self, which):
        self.world.tick()
        self.device(which).purge()

    @rule(which=WHICH)
    def take_an_image(self, which):
        self.world.take_image(self.device(which))

    @precondition(lambda self: self.world.images and len(self.world.devices) < MOST_DEVICES)
    @rule(which=WHICH, replaces=st.booleans())
    def start_from_an_image(self, which, replaces):
        """A copied card beside the right one, or in its place: then what is not in it is gone."""
        image = self.world.images[which % len(self.world.images)]
        self.world.tick()
        if replaces:
            for device in [one for one in self.world.devices if one.paper is image.paper]:
                device.stop()
                self.world.devices.remove(device)
        self.world.insert(image)

    @precondition(lambda self: len(self.world.devices) < MOST_DEVICES)
    @rule(which=WHICH, copy_speaks=st.booleans())
    def go_on_beside_a_copy(self, which, copy_speaks):
        """What the rules above lead to now and then, in one step."""
        device = self.device(which)
        self.world.take_image(device)
        self.scan(which, 2)
        self.world.talk(device)
        self.world.insert(self.world.images[-1])
        if copy_speaks:
            self.world.talk(self.world.devices[-1])

    @rule(which=WHICH)
    def export_a_log(self, which):
        self.world.export(self.device(which))

    # What happens on the line.

    @rule(which=WHICH, passed_ms=st.sampled_from([0, 1_000, 30_000, LONGEST_WAIT_MS]))
    def look(self, which, passed_ms):
        """The uplink's loop, once."""
        self.world.tick()
        self.world.uplink_ms += passed_ms
        self.up += self.device(which).due()

    @precondition(lambda self: self.up)
    @rule(which=WHICH, again=st.booleans())
    def carry_up(self, which, again):
        """In any order, late, and perhaps not for the last time."""
        self._take(self.up[which % len(self.up)] if again else self.up.pop(which % len(self.up)))

    @precondition(lambda self: self.heard_up)
    @rule(which=WHICH)
    def replay(self, which):
        self._take(self.heard_up[which % len(self.heard_up)])

    def _take(self, sent):
        self.world.tick()
        self.heard_up.append(sent)
        self.down += [(sent.device, payload) for payload in self.world.arrive(sent)]

    @precondition(lambda self: self.down)
    @rule(which=WHICH, again=st.booleans())
    def carry_down(self, which, again):
        device, payload = self.down[which % len(self.down)]
        if not again:
            del self.down[which % len(self.down)]
        self.heard_down.append((device, payload))
        self._hear(device, payload)

    @precondition(lambda self: self.heard_down)
    @rule(which=WHICH, forged=st.booleans(), to=WHICH)
    def an_answer_again_or_forged_or_to_another(self, which, forged, to):
        _, payload = self.heard_down[which % len(self.heard_down)]
        self._hear(self.device(to), self.world.strangers_answer(payload, STRANGER) if forged else payload)

    def _hear(self, device, payload):
        if device in self.world.devices:
            device.hear(payload)

    @rule(which=WHICH)
    def greet_and_go_on_before_it_arrives(self, which):
        self.device(which).delivery.on_changed()
        self.look(which, 0)
        greeting = next((one for one in reversed(self.up) if one.topic.endswith("hello")), None)
        self.scan(which, 2)
        if greeting:
            self._take(greeting)

    @rule(which=WHICH, up=st.booleans())
    def lose_one(self, which, up):
        on_its_way = self.up if up else self.down
        if on_its_way:
            del on_its_way[which % len(on_its_way)]

    @rule()
    def lose_everything_under_way(self):
        self.up.clear()
        self.down.clear()

    @rule(which=WHICH)
    def reconnect(self, which):
        self.device(which).delivery.on_disconnected()
        self.device(which).delivery.on_connected()

    @rule(which=WHICH)
    def a_good_while(self, which):
        self.world.talk(self.device(which))

    @precondition(lambda self: not self.world.forged)
    @rule(which=WHICH, count=st.integers(1, 3))
    def somebody_with_its_key_goes_on_in_its_epoch(self, which, count):
        self.up.append(self.world.forge(self.device(which), count))

    # What happens at the centre.

    @rule()
    def archive(self):
        self.world.archive()

    @rule()
    def back_up(self):
        self.world.back_up()

    @precondition(lambda self: self.world.backups)
    @rule(which=WHICH, raised=st.booleans())
    def put_an_earlier_copy_back(self, which, raised):
        self.world.restore(which % len(self.world.backups), raised=raised)

    @rule(which=WHICH, raised=st.booleans())
    def deliver_and_be_forgotten(self, which, raised):
        self.world.back_up()
        self.scan(which, 2)
        self.world.talk(self.device(which))
        self.world.restore(len(self.world.backups) - 1, raised=raised)

    @precondition(lambda self: self.world.files)
    @rule(which=WHICH)
    def bring_a_file(self, which):
        self.world.tick()
        self.world.bring(self.world.files[which % len(self.world.files)])

    @invariant()
    def nothing_is_altered_and_every_gap_is_named(self):
        check_always(self.world)

    @rule(new_uplinks=st.booleans(), files_first=st.booleans())
    def everything_heals(self, new_uplinks, files_first):
        before = set(self.world.stored())
        self.world.heal(new_uplinks=new_uplinks, files_first=files_first)
        check_healed(self.world, before)

    def teardown(self):
        if not hasattr(self, "world"):
            return
        try:
            self.everything_heals(new_uplinks=False, files_first=False)
        finally:
            self.world.close()


FEW = settings(
    max_examples=20,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
MANY = settings(FEW, max_examples=2_000, stateful_step_count=30, derandomize=False, phases=tuple(Phase))


@pytest.mark.parametrize(
    "how", [FEW, pytest.param(MANY, marks=(pytest.mark.slow, pytest.mark.timeout(7200)))], ids=["few", "many"]
)
def test_everything_arrives_once_or_is_named(how, centre):
    with capture_logs():  # thousands of refusals and alarms
        run_state_machine_as_test(type("Line", (Line,), {"centre": centre}), settings=how)
