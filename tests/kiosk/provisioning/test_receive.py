import random

import msgspec
import pytest
from structlog.testing import capture_logs

from kiosk.local_api.messages import FromCentre
from kiosk.provisioning.centre_data import CentreData, KeptRoster, KeptSettings
from kiosk.provisioning.receive import DownlinkReceiver, OrderNotKnown, TaskGiven
from kiosk.settings import KioskFiles
from sync.contract import wire
from sync.contract.downlink import seal_chunks
from sync.contract.orders import DoTask, Task
from sync.contract.roster import RosterPerson, seal_roster
from sync.contract.wire import Realm
from tests.english import in_english
from tests.kiosk.centre_messages import WIPE, chunks_of, command_of, newer, settings_of
from tests.kiosk.terminal_files import TerminalFolder
from tests.sync.samples import CENTRE_KEY, NINE_MS, STRANGER_KEY, TERMINAL


class NewerOrder(msgspec.Struct, tag_field="order", tag="sing"):
    """An order that this version does not know."""

    song: str = "la"


@pytest.fixture
def files(tmp_path):
    folder = TerminalFolder(tmp_path)
    yield KioskFiles(folder.settings)
    folder.scanner.unplug()


@pytest.fixture
def intake(files):
    return DownlinkReceiver(CentreData(files), roster_version=4, settings_version=2)


def large() -> object:
    """A roster that takes several chunks: random names don't deflate."""
    chance = random.Random(5)
    names = ["".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(40)) for _ in range(2_000)]
    return newer(people=[RosterPerson(str(number), name) for number, name in enumerate(names, start=1)])


def test_an_order_of_the_centre_is_handed_to_the_engine_once_however_often_it_comes(intake):
    intake.take(command_of())
    intake.take(command_of())
    assert intake.arrived() == [WIPE]
    intake.take(command_of())
    assert intake.arrived() == []
    intake.take(command_of(id="0b" * 16))
    assert intake.arrived() == [WIPE]


def test_an_order_of_a_newer_centre_is_told_apart_and_believed_only_if_it_is_the_centre_s(intake):
    intake.take(command_of(NewerOrder()))
    intake.take(command_of(NewerOrder(), key=STRANGER_KEY, id="0c" * 16))
    intake.take(command_of(NewerOrder(), centre_ms=NINE_MS + 1, id="0d" * 16))
    assert intake.arrived() == [OrderNotKnown("0a" * 16)]


def test_whoever_is_asked_to_take_the_roster_anew_takes_the_one_it_holds(intake):
    todo = DoTask(Task.TAKE_ROSTER)
    intake.take(command_of(todo))
    for message in chunks_of(newer(4)):
        intake.take(message)
    given, held = intake.arrived()
    assert given == TaskGiven("0a" * 16, todo)
    assert held.version == 4


def test_a_roster_in_chunks_is_on_the_disk_before_it_is_held_ready(intake, files):
    messages = chunks_of(large())
    assert len(messages) > 2
    for message in messages[:-1]:
        intake.take(message)
        assert intake.arrived() == []
    intake.take(messages[-1])
    (held,) = intake.arrived()
    assert isinstance(held, KeptRoster)
    assert (held.version, held.index.roster) == (5, large())
    files.path("roster.json").unlink()
    assert CentreData(files).roster().digest == held.digest


def test_what_is_in_force_or_older_changes_nothing(intake, files):
    for message in (*chunks_of(newer(4)), *chunks_of(newer(3)), settings_of(2, result_shown_s=5)):
        intake.take(message)
    assert intake.arrived() == []
    assert not list(files.state_folder.glob("*.kept"))


def test_settings_are_kept_as_a_whole_and_the_values_that_are_not_taken_are_told(intake, files):
    intake.take(settings_of(3, result_shown_s=5, direction="sideways", broker="evil"))
    (held,) = intake.arrived()
    assert isinstance(held, KeptSettings)
    assert held.settings.given() == {"result_shown_s": 5}
    assert [refused.key for refused in held.refused] == ["direction", "broker"]
    assert CentreData(files).settings() == held


def test_a_roster_that_calls_itself_another_version_than_its_chunks_is_refused(intake):
    sealed = seal_roster(newer(7), CENTRE_KEY)
    labelled = seal_chunks(sealed, realm=Realm.LIVE, terminal=TERMINAL, version=6, key=CENTRE_KEY)
    for message in labelled:
        intake.take(FromCentre(message, NINE_MS))
    assert intake.arrived() == []
    for message in chunks_of(newer(6)):
        intake.take(message)
    assert [held.version for held in intake.arrived()] == [6]


@pytest.mark.parametrize(
    "message",
    [
        command_of(centre_ms=NINE_MS + 1),
        command_of(terminal="gate-2"),
        command_of(realm=Realm.DEMO),
        command_of(key=STRANGER_KEY),
        settings_of(9, key=STRANGER_KEY, result_shown_s=5),
        *chunks_of(newer(), key=STRANGER_KEY),
        *chunks_of(newer(realm=Realm.DEMO)),
        FromCentre(b"junk", NINE_MS),
        FromCentre(b"", NINE_MS),
    ],
)
def test_nothing_else_is_believed(intake, files, message):
    intake.take(message)
    assert intake.arrived() == []
    assert not list(files.state_folder.glob("*.kept"))


def test_a_disk_that_refuses_leaves_everything_as_it_was_and_the_next_try_works(intake, files):
    obstacle = files.state_folder / "roster.kept.unfinished"
    obstacle.mkdir(parents=True)
    for message in chunks_of(newer()):
        intake.take(message)
    assert intake.arrived() == []
    obstacle.rmdir()
    for message in chunks_of(newer()):
        intake.take(message)
    assert [held.version for held in intake.arrived()] == [5]


def acknowledgement(terminal):
    return wire.Ack("a" * 32, 1, terminal, "0" * 32, 0, "0" * 64, archived=0, server_ms=NINE_MS)


def refused(intake, message):
    """Why the terminal takes it not, as its log says it."""
    with capture_logs() as logged:
        intake.take(message)
    (entry,) = logged
    assert entry["event"] == "centre_message_refused"
    return in_english(entry["why"])


def test_an_acknowledgement_for_another_terminal_is_none(intake):
    ack = acknowledgement("gate-2")
    sealed = wire.seal(wire.MessageKind.ACK, ack, b"", CENTRE_KEY)
    told = refused(intake, FromCentre(sealed, NINE_MS))
    assert told == "An acknowledgement is for gate-2. Check the broker."


def test_a_message_of_a_kind_that_nobody_here_takes_is_told(intake):
    batch = wire.seal(wire.MessageKind.HELLO, acknowledgement("gate-1"), b"", CENTRE_KEY)
    told = refused(intake, FromCentre(batch, NINE_MS))
    assert told == "Nobody here takes a hello message. Update this terminal."
