"""What the tests of terminals' pages share: what was put aside, a guest, settings in a form."""

from settlement.models import Organisation, Quarantine
from tests.settlement.actors import actor
from tests.settlement.web.conftest import browser_of

SETTINGS = {"given": ["direction", "result_shown_s", "language"], "direction": "in", "result_shown_s": "6"}


def set_aside(terminal="north-gate", raw=b"\xff<script>alert(1)</script>\x1b[2J\xe2\x80\xae", **more):
    values = {
        "topic": "muster/1/up/07/north-gate/batch", "reason": "chain", "detail": "they contradict <i>",
        "digest": str(Quarantine.objects.count()), "size": len(raw), "first_ms": 1, "last_ms": 2, "times": 3,
    }  # fmt: skip
    return Quarantine.objects.create(terminal=terminal, raw=raw, **values | more)


def outsider_with_activity(fair):
    """Somebody whose own activity only takes place at the site."""
    chen = actor("Chen")
    fair.organisation = Organisation.objects.get(name="Other city")
    fair.save()
    assert chen.node == fair.organisation.path
    return browser_of(chen)
