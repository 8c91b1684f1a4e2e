"""What terminals sent is kept in files, and only then said to be archived."""

import pytest

from foundation.errors import SettingsError
from settlement.evidence.store import cursor_at
from settlement.ingest import archive
from settlement.ingest.archive import archive_everything
from settlement.ingest.log_import import import_log
from settlement.models import Chain, Event
from sync.contract import wire
from sync.contract.file import Carried, read_carried, write_carried
from tests.settlement.ingest.test_log_import import StandingClock

pytestmark = pytest.mark.django_db


@pytest.fixture
def keep(tmp_path, centre):
    """Archives everything; the files that were written."""
    return lambda: list(archive_everything(tmp_path / "archive", centre))


@pytest.fixture
def archived_of(terminal):
    return lambda: Chain.objects.get(terminal=terminal.name).archived


def files_in(folder):
    return sorted(path.name for path in folder.rglob("*.muster*"))


def check_in_many(terminal, count):
    for _ in range(count):
        terminal.check_in()


def test_the_events_of_an_epoch_are_in_its_file_sealed_by_the_centre(terminal, deliver, keep, centre):
    check_in_many(terminal, 4)
    deliver()
    (done,) = keep()
    assert (done.terminal, done.epoch, done.first, done.last) == (terminal.name, terminal.epoch, 1, 5)
    (carried,) = read_carried(done.path)
    envelope = wire.read_envelope(carried.message.encode())
    header = wire.unseal(envelope, wire.MessageKind.BATCH, wire.BatchHeader, centre.key.public)
    assert wire.batch_events(header, envelope.body)[0] == terminal.events


def test_the_next_acknowledgement_tells_how_far_it_is_archived(terminal, deliver, keep, centre):
    deliver()
    keep()
    terminal.check_in()
    (publication,) = deliver().publications
    ack = wire.unseal(
        wire.read_envelope(publication.payload), wire.MessageKind.ACK, wire.Ack, centre.key.public
    )
    assert (ack.contiguous, ack.archived) == (2, 1)


def test_what_was_archived_is_not_written_again_and_what_came_since_is(terminal, deliver, keep, archived_of):
    check_in_many(terminal, 2)
    deliver()
    keep()
    assert keep() == []
    terminal.check_in()
    deliver()
    (done,) = keep()
    assert (done.first, done.last, archived_of()) == (4, 4, 4)


def test_what_lies_above_a_gap_is_not_archived(terminal, deliver, keep, archived_of):
    check_in_many(terminal, 6)
    deliver(1, 3)
    deliver(5, 7)
    keep()
    assert archived_of() == 3


def test_a_long_epoch_is_kept_in_batches_that_fit_into_a_message(terminal, deliver, keep):
    check_in_many(terminal, 250)
    deliver(1, 130)
    deliver(131, 251)
    (done,) = keep()
    assert len(list(read_carried(done.path))) == 2


@pytest.mark.parametrize("spoil", [b"", b'{"type":"end","messages":0}\n', None])
def test_a_file_that_does_not_read_back_counts_for_nothing(
    terminal, deliver, keep, archived_of, monkeypatch, spoil
):
    check_in_many(terminal, 3)
    deliver()
    write = archive.write_carried

    def write_badly(path, messages):
        count = write(path, messages)
        content = path.read_bytes()
        path.write_bytes(content.replace(b"A", b"B", 40) if spoil is None else spoil)
        return count

    monkeypatch.setattr(archive, "write_carried", write_badly)
    with pytest.raises(SettingsError, match="doesn't read as it was written"):
        keep()
    assert archived_of() == 0
    monkeypatch.undo()
    (done,) = keep()
    assert (done.last, archived_of()) == (4, 4)


def test_killed_before_it_was_counted_it_is_written_again(
    terminal, deliver, keep, archived_of, monkeypatch, tmp_path
):
    deliver()

    def die(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(archive, "_verify", die)
    with pytest.raises(KeyboardInterrupt):
        keep()
    monkeypatch.undo()
    assert (files_in(tmp_path), archived_of()) == ([f"{terminal.epoch}-000000001-000000001.muster"], 0)
    keep()
    assert (len(files_in(tmp_path)), archived_of()) == (1, 1)


def test_a_folder_that_can_not_be_made_is_told(terminal, deliver, tmp_path, centre, archived_of):
    deliver()
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SettingsError, match="can't be written"):
        list(archive_everything(tmp_path / "file", centre))
    assert archived_of() == 0


def test_an_older_copy_of_the_database_gets_back_from_the_archive_what_a_terminal_has_purged(
    terminal, deliver, centre, noon_ms, tmp_path
):
    check_in_many(terminal, 3)
    deliver(1, 2)
    terminal.key = centre.key  # as in the archive
    write_carried(tmp_path / "archive", [Carried(terminal.batch_topic, terminal.batch(3, 4).decode())])
    imported = import_log(tmp_path / "archive", centre, StandingClock(noon_ms))
    assert (imported.taken, imported.refused.total()) == (1, 0)
    assert cursor_at(terminal.name, terminal.epoch).contiguous == 4
    stored = Event.objects.order_by("seq").values_list("raw", flat=True)
    assert [bytes(raw) for raw in stored] == terminal.events


def test_over_the_line_nobody_may_use_the_centres_seal(terminal, deliver, keep, centre, noon_ms):
    from settlement.ingest.ingest import ingest

    deliver()
    (done,) = keep()
    (carried,) = read_carried(done.path)
    assert ingest(carried.topic, carried.message.encode(), noon_ms, centre=centre).rejected == "auth"
