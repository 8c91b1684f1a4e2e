"""A fair that ended, its terminal heard of since, and a short way from scans to the ledger."""

import pytest

HOUR = 3_600_000


@pytest.fixture
def ended_fair(fair, noon_ms):
    """The fair, ended at 18:00; its shift is from 09:00 to 17:00."""
    from settlement.models import PhaseChange

    PhaseChange.objects.create(activity=fair, phase="ended", from_ms=noon_ms + 6 * HOUR)
    return fair


@pytest.fixture
def wei(db):
    from settlement.models import Volunteer

    return Volunteer.objects.create(number=1002, display_name="Wei")


@pytest.fixture
def hear(terminal, centre, evening_ms):
    """The terminal says how far its log reaches."""
    from settlement.ingest import ingest

    def _hear(at_ms=evening_ms, **changes):
        ingest(terminal.hello_topic, terminal.hello(**changes), at_ms, centre=centre)

    return _hear


@pytest.fixture
def settle(rules, evening_ms):
    from settlement.settler import settle_dirty

    return lambda at_ms=evening_ms: settle_dirty(at_ms)


@pytest.fixture
def serve(terminal, deliver, hear, settle, noon_ms):
    """Lets a volunteer serve from one hour to another (counted from noon), and settles it."""

    def _serve(came=-3, left=5, number=1001):
        first = len(terminal.events) + 1
        if came is not None:
            terminal.check_in(f"badge:{number}.1", wall_ms=noon_ms + int(came * HOUR))
        if left is not None:
            terminal.check_out(f"badge:{number}.1", wall_ms=noon_ms + int(left * HOUR))
        deliver(1 if first == 2 else first)
        hear()
        settle()

    return _serve


@pytest.fixture
def reviewer(evening_ms):
    """Makes a reviewer who decides in the evening."""
    from settlement.ledger.reviewing import Reviewer

    return lambda name="staff1", now_ms=evening_ms, **more: Reviewer(name, now_ms, **more)


@pytest.fixture
def entries():
    """The ledger in few words: (volunteer, kind, rev, seconds, state, reason)."""
    from settlement.ledger.entries import read_entries
    from settlement.models import LedgerEntry

    def _entries():
        found = [stored.entry for stored in read_entries(LedgerEntry.objects.all())]
        return [
            (int(e.key.volunteer), str(e.kind), e.rev, e.delta_s, str(e.state), e.reason and str(e.reason))
            for e in found
        ]

    return _entries
