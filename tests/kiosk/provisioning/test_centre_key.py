"""The centre replaces its key: the terminal follows, keeps what it has, believes the old key nothing new."""

import pytest

from foundation.errors import MessageError
from kiosk.local_api.messages import FromCentre
from kiosk.provisioning.centre_data import CentreData
from kiosk.provisioning.receive import CentreKeyReplaced, DownlinkReceiver
from kiosk.settings import KioskFiles
from sync.contract import wire
from sync.contract.handover import seal_handover
from sync.contract.signing import SigningKey
from sync.contract.wire import Realm
from tests.kiosk.centre_messages import WIPE, chunks_of, command_of, newer, settings_of
from tests.kiosk.terminal_files import TerminalFolder
from tests.sync.samples import CENTRE_KEY, NINE_MS, STRANGER_KEY, TERMINAL

SECOND, THIRD = (SigningKey.from_seed(bytes([number]) * 32) for number in (2, 3))


def handover(key=CENTRE_KEY, to=SECOND):
    return FromCentre(seal_handover(to.public, NINE_MS, Realm.LIVE, key), NINE_MS)


@pytest.fixture
def files(tmp_path):
    folder = TerminalFolder(tmp_path)
    (tmp_path / "state").mkdir()
    yield KioskFiles(folder.settings)
    folder.scanner.unplug()


@pytest.fixture
def data(files):
    return CentreData(files)


@pytest.fixture
def intake(data):
    return DownlinkReceiver(data, roster_version=4, settings_version=2)


def take(intake, *messages):
    for message in messages:
        intake.take(message)
    return intake.arrived()


def test_from_the_handover_on_the_next_key_is_believed_and_the_one_before_is_not(intake, data):
    assert take(intake, command_of(key=SECOND)) == []
    assert take(intake, handover()) == [CentreKeyReplaced()]
    assert data.believes == SECOND.public.key_id
    assert take(intake, command_of(), *chunks_of(newer()), settings_of(3, result_shown_s=5)) == []
    assert take(intake, command_of(key=SECOND)) == [WIPE]


def test_an_acknowledgement_counts_under_the_newest_key_alone(intake, data):
    ack = wire.Ack(
        store="store", generation=1, terminal=TERMINAL, epoch="a" * 32, contiguous=1, hash="0" * 64,
        archived=0, server_ms=NINE_MS,
    )  # fmt: skip
    by_old, by_new = (wire.seal(wire.MessageKind.ACK, ack, b"", key) for key in (CENTRE_KEY, SECOND))
    assert data.open_ack(by_old) == ack
    take(intake, handover())
    assert data.open_ack(by_new) == ack
    with pytest.raises(MessageError):
        data.open_ack(by_old)


def test_after_a_restart_it_still_holds_and_so_does_what_the_old_key_signed(intake, files):
    roster, settings = take(intake, *chunks_of(newer()), settings_of(3, result_shown_s=5))
    take(intake, handover(), handover(SECOND, THIRD))
    again = CentreData(KioskFiles(files.path("kiosk.toml")))
    assert again.believes == THIRD.public.key_id
    assert (again.roster().digest, again.settings()) == (roster.digest, settings)
    assert files.identity().centre.raw == THIRD.public.raw


@pytest.mark.parametrize(
    "message",
    [handover(STRANGER_KEY), handover(SECOND, THIRD), handover(CENTRE_KEY, CENTRE_KEY)],
    ids=["a stranger's", "of a key that is not believed yet", "to the same key"],
)
def test_nobody_else_hands_over(intake, data, files, message):
    take(intake, message)
    assert data.believes == CENTRE_KEY.public.key_id
    assert not files.handovers_file.exists() or not files.handovers_file.read_bytes()


def test_handovers_that_were_spoilt_are_asked_for_again(intake, files):
    take(intake, handover())
    files.handovers_file.write_bytes(b"spoilt\n")
    again = CentreData(files)
    assert again.believes == CENTRE_KEY.public.key_id
    take(DownlinkReceiver(again, roster_version=4, settings_version=2), handover())
    assert CentreData(files).believes == SECOND.public.key_id


def test_a_disk_that_refuses_keeps_nobody_from_following(intake, data, files):
    obstacle = files.handovers_file.with_name("centre.handovers.unfinished")
    obstacle.mkdir(parents=True)
    assert take(intake, handover()) == [CentreKeyReplaced()]
    assert data.believes == SECOND.public.key_id
    assert CentreData(files).believes == CENTRE_KEY.public.key_id


def test_enrolled_anew_under_another_key_the_old_handovers_lead_nowhere(intake, files, tmp_path):
    take(intake, handover())
    settings = files.path("kiosk.toml")
    settings.write_text(
        settings.read_text().replace(CENTRE_KEY.public.raw.hex(), STRANGER_KEY.public.raw.hex())
    )
    assert CentreData(KioskFiles(settings)).believes == STRANGER_KEY.public.key_id
