import msgspec
import pytest

from settlement.accounts.audit import Signed
from settlement.downlink.editions import give_settings, renew_rosters
from settlement.downlink.sender import Sender
from settlement.downlink.served import Served
from settlement.ingest.ingest import ingest
from settlement.models import RosterEdition, Terminal, TerminalStatus, Volunteer
from sync.contract import downlink, wire
from sync.contract.downlink import Command, RosterChunk, SettingsGiven, SitePresenceUpdate, Wipe
from sync.contract.handover import CentreKeys
from sync.contract.roster import open_roster
from sync.contract.roster_chunks import NOTHING, take_chunk
from sync.contract.wire import Realm
from tests.kiosk.samples import HandClock
from tests.sync.asyncapi_document import validate

MOST_UNDER_WAY = 16


class Sent:
    """A message on its way; the line knows how many the broker has taken."""

    def __init__(self, line, number):
        self._line = line
        self._number = number

    def is_published(self):
        return self._number <= self._line.taken


class Line:
    """Where the listener's client would publish; the broker takes what was sent when told to."""

    def __init__(self):
        self.published = []
        self.taken = 0

    def publish(self, publication):
        self.published.append(publication)
        return Sent(self, len(self.published))

    def take_all(self):
        self.taken = len(self.published)

    def told(self, kind):
        return [one for one in self.published if one.topic.endswith(kind) or f"/{kind}/" in one.topic]


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def renew(settings, tmp_path, centre, noon_ms):
    centre.key.save(tmp_path / "signing.pem")
    settings.CENTRE = msgspec.structs.replace(settings.CENTRE, directory=str(tmp_path))
    return lambda: renew_rosters(settings.CENTRE, noon_ms)


@pytest.fixture
def sender(centre):
    return Sender(centre, HandClock())


@pytest.fixture
def opened(centre):
    def _opened(publication, into):
        validate(publication.topic, publication.payload)
        return downlink.open_told(
            publication.payload, into, centre=centre.key.public, terminal="north-gate", realm=Realm.LIVE
        )

    return _opened


def look(sender, line):
    """A second later."""
    sender._look_due_s = 0
    sender.step(line.publish)
    line.take_all()


def test_a_roster_that_the_greeting_shows_missing_is_sent_in_chunks_once(
    terminal, fair, mei, renew, sender, line, hear, opened, centre
):
    renew()
    hear(roster=0)
    look(sender, line)
    assembly = NOTHING
    for publication in line.told("roster"):
        assembly, whole = take_chunk(assembly, *opened(publication, RosterChunk), in_force=0)
    roster = open_roster(whole, CentreKeys((centre.key.public,)), "north-gate", Realm.LIVE)
    assert [person.name for person in roster.people] == ["Mei"]
    assert not any(publication.retain for publication in line.published)
    look(sender, line)
    assert len(line.told("roster")) == 1


def test_terminals_of_a_bucket_that_another_listener_serves_are_left_to_it(
    terminal, fair, renew, sender, line, hear, noon_ms
):
    renew()
    hear(roster=0)
    give_settings("north-gate", {"language": "ar"}, Signed(None, noon_ms))
    sender.serve(Served(frozenset({"08"})))
    look(sender, line)
    assert line.published == []
    sender.serve(Served(frozenset({"07", "08"})))
    look(sender, line)
    assert [len(line.told(kind)) for kind in ("roster", "config")] == [1, 1]


def test_it_is_sent_again_when_the_terminal_greets_without_it(terminal, fair, renew, sender, line, hear):
    renew()
    for _ in range(2):
        hear(roster=0)
        sender.greeted("north-gate")
        look(sender, line)
    assert len(line.told("roster")) == 2
    hear(roster=1)
    sender.greeted("north-gate")
    look(sender, line)
    assert len(line.told("roster")) == 2


def test_a_new_edition_is_sent_without_being_asked_for(
    terminal, fair, mei, renew, sender, line, hear, opened
):
    renew()
    hear(roster=1)
    look(sender, line)
    assert line.published == []
    Volunteer.objects.update(suspended=True)
    renew()
    look(sender, line)
    assert [opened(one, RosterChunk)[0].version for one in line.published] == [2]


def test_a_large_roster_leaves_as_the_broker_takes_it(terminal, fair, renew, sender, line, hear):
    renew()
    sealed = bytes(downlink.CHUNK_BYTES * (2 * MOST_UNDER_WAY + 1))
    RosterEdition.objects.update(sealed=sealed)
    hear(roster=0)
    sender.step(line.publish)
    sender.step(line.publish)
    assert len(line.published) == MOST_UNDER_WAY
    line.take_all()
    sender.step(line.publish)
    assert len(line.published) == 2 * MOST_UNDER_WAY
    line.take_all()
    sender.step(line.publish)
    assert len(line.published) == 2 * MOST_UNDER_WAY + 1


def test_settings_are_published_retained_when_given_and_after_each_new_connection(
    terminal, sender, line, opened, noon_ms
):
    give_settings("north-gate", {"result_shown_s": 6}, Signed(None, noon_ms))
    look(sender, line)
    look(sender, line)
    (publication,) = line.published
    given, _ = opened(publication, SettingsGiven)
    assert (publication.retain, given.version, given.values) == (True, 1, {"result_shown_s": 6})
    sender.restart()
    look(sender, line)
    assert line.published == [publication, publication]


def test_settings_that_a_greeting_lacks_are_published_again(terminal, sender, line, greet, noon_ms):
    """The broker may have forgotten what it retained."""
    give_settings("north-gate", {"result_shown_s": 6}, Signed(None, noon_ms))
    look(sender, line)
    greet(terminal.hello(config=0))
    sender.greeted("north-gate")
    look(sender, line)
    assert len(line.told("config")) == 2
    greet(terminal.hello(config=1))
    sender.greeted("north-gate")
    look(sender, line)
    assert len(line.told("config")) == 2


@pytest.mark.parametrize("spoilt", ["", "00" * 32, "no key"])
def test_a_spoilt_row_of_one_terminal_ends_nobody(terminal, sender, line, greet, spoilt, evening_ms):
    Terminal.objects.filter(id="north-gate").update(public_key=spoilt, revoked_ms=evening_ms)
    greet(terminal.hello())
    look(sender, line)
    assert line.told("command") == []


@pytest.fixture
def greet(terminal, centre, evening_ms):
    """What a greeting is answered with."""
    return lambda payload: ingest(terminal.hello_topic, payload, evening_ms, centre=centre).publications


def test_a_revoked_terminal_that_greets_is_told_to_forget(terminal, greet, opened, evening_ms):
    from settlement.downlink.editions import revoke

    assert not any(one.topic.endswith("command") for one in greet(terminal.hello()))
    revoke("north-gate", Signed(None, evening_ms))
    refusal, order = greet(terminal.hello())
    assert refusal.topic.endswith("ack")
    command, _ = opened(order, Command)
    assert command.order == Wipe(terminal.key.public.key_id)
    assert command.deadline_ms > evening_ms


def test_nobody_else_can_ask_for_that_order(terminal, greet, evening_ms):
    from settlement.downlink.editions import revoke

    revoke("north-gate", Signed(None, evening_ms))
    forged = wire.read_envelope(terminal.hello())
    forged = msgspec.json.encode(msgspec.structs.replace(forged, sig=bytes(64)))
    for payload in (forged, b"junk", b""):
        assert not any(one.topic.endswith("command") for one in greet(payload))


def test_a_connected_terminal_is_told_at_once_and_after_each_new_connection_until_it_obeys(
    terminal, sender, line, opened, greet, evening_ms
):
    from settlement.downlink.editions import revoke
    from settlement.models import Terminal

    look(sender, line)
    assert line.published == []
    revoke("north-gate", Signed(None, evening_ms))
    look(sender, line)
    look(sender, line)
    (order,) = line.published
    assert opened(order, Command)[0].order == Wipe(terminal.key.public.key_id)
    assert not order.retain
    assert Terminal.objects.get().wipe_told_ms is not None
    sender.restart()
    look(sender, line)
    assert len(line.published) == 2
    greet(terminal.hello(roster=0))
    assert Terminal.objects.get().wiped_ms is None  # it may never have had a roster
    greet(terminal.hello(roster=0, revoked=True))
    assert Terminal.objects.get().wiped_ms == evening_ms
    sender.restart()
    look(sender, line)
    assert len(line.published) == 2


def test_a_terminal_that_is_not_revoked_can_not_say_that_it_obeyed(terminal, greet):
    from settlement.models import Terminal

    greet(terminal.hello(revoked=True))
    assert Terminal.objects.get().wiped_ms is None


def test_nobody_else_can_say_that_a_terminal_obeyed(terminal, greet, evening_ms, paper_terminal):
    from settlement.downlink.editions import revoke
    from settlement.models import Terminal

    revoke("north-gate", Signed(None, evening_ms))
    greet(paper_terminal().hello(revoked=True))
    assert Terminal.objects.get().wiped_ms is None


def test_enrolled_anew_and_revoked_again_it_is_told_again(terminal, sender, line, evening_ms):
    from settlement.downlink.editions import revoke
    from settlement.models import Terminal

    revoke("north-gate", Signed(None, evening_ms))
    look(sender, line)
    Terminal.objects.update(
        revoked_ms=None, public_key="29acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd7"
    )
    revoke("north-gate", Signed(None, evening_ms + 1))
    look(sender, line)
    assert len(line.published) == 2


@pytest.fixture
def second_gate(terminal, site, paper_terminal):
    paper_terminal("south-gate").enrol(site)


def test_after_its_log_came_by_file_a_terminal_is_told_once_what_is_held(
    terminal, sender, line, hear, deliver, read_acks
):
    deliver()
    hear()
    sender.step(line.publish)
    assert line.told("ack") == []
    TerminalStatus.objects.update(answer_due=True)
    sender.restart()
    sender.step(line.publish)
    (ack,) = read_acks(line.told("ack"))
    assert (ack.terminal, ack.epoch, ack.contiguous) == (terminal.name, terminal.epoch, 1)
    sender.restart()
    sender.step(line.publish)
    assert len(line.told("ack")) == 1


def test_a_terminal_that_shares_its_site_is_told_of_the_others_after_its_greeting(
    second_gate, sender, line, opened
):
    look(sender, line)
    assert line.published == []
    sender.greeted("north-gate")
    look(sender, line)
    (told,) = line.told("command")
    assert isinstance(opened(told, Command)[0].order, SitePresenceUpdate)


def test_after_a_new_connection_nobody_is_told_of_the_others_before_they_greet(
    second_gate, sender, line, monkeypatch
):
    monkeypatch.setattr("settlement.downlink.site_steps.AT_LEAST_EVERY_S", 0)
    sender.greeted("north-gate")
    look(sender, line)
    look(sender, line)
    assert len(line.told("command")) == 2
    sender.restart()
    look(sender, line)
    assert len(line.told("command")) == 2
