"""A greeting that was long on its way makes complete only what was true when it was said."""

import pytest

from settlement.evidence.said import ON_ITS_WAY_MS
from settlement.ingest.ingest import ingest
from settlement.models import TerminalStatus
from settlement.review.completeness import evidence_of
from settlement.rules.readiness import NotReady, unready_terminals
from sync.contract.events import ClockState, ClockTrust
from tests.settlement.paper_terminal import NOON_MS

pytestmark = pytest.mark.django_db

HOUR = 3_600_000
UNSET = ClockTrust(ClockState.UNSET)


@pytest.fixture
def bring(terminal, deliver, centre):
    deliver()

    def _bring(at_ms, **said):
        ingest(terminal.hello_topic, terminal.hello(**said), at_ms, centre=centre)

    return _bring


def complete_until_ms(site):
    (evidence,) = evidence_of(site)
    return evidence.complete_until_ms


def test_a_broker_that_held_it_back_for_hours_makes_nothing_complete(terminal, bring, site):
    bring(NOON_MS + 3 * HOUR, wall_ms=NOON_MS)
    assert complete_until_ms(site) == NOON_MS - 5  # its clock may be so far off
    (evidence,) = evidence_of(site)
    assert unready_terminals({"north-gate": evidence.progress}, NOON_MS - 5) == {}
    waiting = unready_terminals({"north-gate": evidence.progress}, NOON_MS)
    assert waiting == {"north-gate": NotReady.AWAITING_SYNC}
    assert TerminalStatus.objects.get().hello_ms == NOON_MS + 3 * HOUR


def test_a_clock_that_is_ahead_completes_nothing_before_its_time(terminal, bring, site):
    bring(NOON_MS, wall_ms=NOON_MS + HOUR)
    assert complete_until_ms(site) == NOON_MS


def test_without_a_clock_the_time_since_the_boot_tells(terminal, bring, site):
    bring(NOON_MS, clock=UNSET, mono_ms=1_000, wall_ms=0)
    bring(NOON_MS + 2 * HOUR, clock=UNSET, mono_ms=1_000 + HOUR, wall_ms=0)
    assert complete_until_ms(site) == NOON_MS + HOUR - ON_ITS_WAY_MS


def test_the_greeting_that_came_fastest_tells_when_the_boot_began(terminal, bring, site):
    bring(NOON_MS + HOUR, clock=UNSET, mono_ms=1_000, wall_ms=0)
    bring(NOON_MS + HOUR + 60_000, clock=UNSET, mono_ms=1_000 + HOUR, wall_ms=0)
    assert complete_until_ms(site) == NOON_MS + HOUR + 60_000 - ON_ITS_WAY_MS
    bring(NOON_MS + 9 * HOUR, clock=UNSET, mono_ms=1_000 + 2 * HOUR, wall_ms=0)
    assert complete_until_ms(site) == NOON_MS + 2 * HOUR + 60_000 - ON_ITS_WAY_MS


def test_another_boot_begins_anew(terminal, bring, site):
    bring(NOON_MS, clock=UNSET, mono_ms=9 * HOUR, wall_ms=0)
    bring(NOON_MS + HOUR, clock=UNSET, mono_ms=1_000, wall_ms=0, boot="e" * 32)
    assert complete_until_ms(site) == NOON_MS + HOUR - ON_ITS_WAY_MS
