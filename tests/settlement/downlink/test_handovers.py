"""Who believes an older key of the centre is led on to the newest as it greets, before any answer."""

from dataclasses import replace

import pytest

from settlement.downlink.handovers import beliefs
from settlement.ingest.ingest import ingest
from settlement.ingest.log_import import import_log
from settlement.models import Event, Terminal
from sync.contract import wire
from sync.contract.file import Carried, write_carried
from sync.contract.handover import seal_handover
from sync.contract.signing import SigningKey
from tests.settlement.ingest.test_log_import import StandingClock
from tests.sync.samples import STRANGER_KEY

pytestmark = pytest.mark.django_db

SECOND, THIRD = (SigningKey.from_seed(bytes([number]) * 32) for number in (2, 3))


@pytest.fixture
def later(centre, noon_ms):
    """The centre after two replacements."""
    handovers = [
        seal_handover(to.public, noon_ms, centre.realm, key)
        for key, to in ((centre.key, SECOND), (SECOND, THIRD))
    ]
    return replace(centre, key=THIRD, keys=centre.keys.follow_all(handovers, centre.realm))


@pytest.fixture
def answered(terminal, later, noon_ms):
    """The kinds of what a greeting is answered with, in order."""

    def greet(**said):
        answer = ingest(terminal.hello_topic, terminal.hello(**said), noon_ms, centre=later)
        return [(one.topic.rpartition("/")[2], one.payload) for one in answer.publications]

    return greet


def kinds(answers):
    return [kind for kind, _ in answers]


@pytest.mark.parametrize(
    ("believes", "led"),
    [("first", 2), ("second", 1), ("third", 0), ("unknown", 2), ("unsaid", 2)],
)
def test_it_is_led_on_from_whom_it_believes(believes, led, answered, centre, later, terminal):
    key_id = {
        "first": centre.key.public.key_id,
        "second": SECOND.public.key_id,
        "third": THIRD.public.key_id,
        "unknown": STRANGER_KEY.public.key_id,
    }.get(believes)
    terminal.check_in()
    answers = answered(**({"believes": key_id} if key_id else {}))
    assert kinds(answers) == ["handover"] * led + ["ack"]
    assert [sealed for kind, sealed in answers if kind == "handover"] == list(later.keys.handovers[2 - led :])
    ack = wire.read_envelope(answers[-1][1])
    assert ack.key == THIRD.public.key_id
    assert beliefs() == [(terminal.name, key_id or "")]


def test_where_the_key_was_never_replaced_nothing_is_said(deliver, terminal, centre, noon_ms):
    answer = ingest(terminal.hello_topic, terminal.hello(), noon_ms, centre=centre)
    assert [one.topic.rpartition("/")[2] for one in answer.publications] == ["ack"]


def test_one_that_was_revoked_meanwhile_is_led_on_to_whoever_tells_it_to_forget(answered, terminal, centre):
    Terminal.objects.update(revoked_ms=1)
    told = kinds(answered(believes=centre.key.public.key_id))
    assert told.index("handover") < told.index("command")
    assert told.count("handover") == 2


def test_what_was_archived_under_an_older_key_is_taken_back(terminal, later, centre, noon_ms, tmp_path):
    terminal.check_in()
    terminal.key = centre.key  # as in the archive
    write_carried(tmp_path / "archive", [Carried(terminal.batch_topic, terminal.batch().decode())])
    imported = import_log(tmp_path / "archive", later, StandingClock(noon_ms))
    assert (imported.taken, imported.refused.total()) == (1, 0)
    assert Event.objects.count() == len(terminal.events)


def test_over_the_line_nobody_may_use_the_seal_of_an_older_key(terminal, later, centre, noon_ms):
    terminal.check_in()
    message = terminal.batch(key=centre.key)
    assert ingest(terminal.batch_topic, message, noon_ms, centre=later).rejected == "auth"
