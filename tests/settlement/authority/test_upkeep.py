import msgspec
import pytest

from settlement.authority.upkeep import AGAIN_AFTER_S, LOOK_EVERY_S, Upkeep
from sync.line.certificate_authority import read_certificate


class Machine:
    """A clock that the test moves, and what was reloaded."""

    def __init__(self, prepared, tmp_path):
        self.now_s = 0.0
        self.reloaded = tmp_path / "reloaded"
        self._prepared = prepared

    def upkeep(self, reload, **changes):
        self.settings = self._prepared(**changes)
        authority = msgspec.structs.replace(self.settings.authority, broker_reload=reload)
        self.settings = msgspec.structs.replace(self.settings, authority=authority)
        return Upkeep(self.settings, lambda: self.now_s)

    def certificates(self):
        files = self.settings.authority_folder / "centre.pem", self.settings.broker_folder / "broker.pem"
        return [read_certificate(file) for file in files]


@pytest.fixture
def machine(prepared, tmp_path):
    return Machine(prepared, tmp_path)


def test_what_is_young_is_left_alone(machine):
    upkeep = machine.upkeep(f"touch {machine.reloaded}")
    before = machine.certificates()
    upkeep.step()
    assert machine.certificates() == before
    assert not machine.reloaded.exists()


def test_at_half_of_their_life_both_are_renewed_and_the_broker_is_told(machine):
    upkeep = machine.upkeep(f"touch {machine.reloaded}", server_days=1)
    before = machine.certificates()
    upkeep.step()
    assert not set(machine.certificates()) & set(before)
    assert machine.reloaded.exists()
    newest = machine.certificates()
    machine.now_s += LOOK_EVERY_S - 1
    upkeep.step()
    assert machine.certificates() == newest
    machine.now_s += 1
    upkeep.step()
    assert not set(machine.certificates()) & set(newest)


def test_a_failed_reload_is_tried_again_within_the_hour(machine):
    upkeep = machine.upkeep(f"cp {machine.reloaded}.first {machine.reloaded}", server_days=1)
    upkeep.step()
    assert not machine.reloaded.exists()
    machine.reloaded.with_name("reloaded.first").touch()
    upkeep.step()
    assert not machine.reloaded.exists()
    machine.now_s += AGAIN_AFTER_S
    upkeep.step()
    assert machine.reloaded.exists()


def test_a_lost_key_stops_nobody(machine):
    upkeep = machine.upkeep("", server_days=1)
    (machine.settings.authority_folder / "authority.key").unlink()
    before = machine.certificates()
    upkeep.step()
    assert machine.certificates() == before
