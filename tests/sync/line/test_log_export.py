"""The way out by file: sealed as on the line, whole or noticed."""

import msgspec
import pytest

from foundation.errors import MessageError, SettingsError
from sync.contract import wire
from sync.contract.file import Carried, read_carried, write_carried
from sync.contract.wire import BatchHeader, MessageKind, Realm
from sync.line import log_export
from sync.line.log_export import export_log
from sync.line.uplink import Identity
from sync.log.reader import LogReader
from tests.kiosk.samples import HandClock
from tests.sync.samples import CENTRE_KEY, NINE_MS, TERMINAL, TERMINAL_KEY, check_in, open_log

IDENTITY = Identity(TERMINAL, "07", Realm.LIVE, TERMINAL_KEY, CENTRE_KEY.public)


def export(log_file, path):
    reader = LogReader(log_file, TERMINAL)
    try:
        return export_log(reader, IDENTITY, HandClock(), path)
    finally:
        reader.close()


def carried_events(path):
    """Epoch, first seq and events of every batch, after its seal and its chain were seen to hold."""
    opened = []
    for carried in read_carried(path):
        assert carried.topic == "muster/1/up/07/gate-1/batch"
        envelope = wire.read_envelope(carried.message.encode())
        header = wire.unseal(envelope, MessageKind.BATCH, BatchHeader, TERMINAL_KEY.public)
        events, _ = wire.batch_events(header, envelope.body)
        opened.append((header.epoch, header.first, events))
    return opened


def fill_epochs(log_file, *counts):
    for count in counts:
        log = open_log(log_file)
        for volunteer in range(1, count + 1):
            log.append(check_in(volunteer, NINE_MS))
        log.close()


def test_every_event_of_every_epoch_is_in_the_file_once(log_file, tmp_path):
    fill_epochs(log_file, 250, 0, 3)
    assert export(log_file, tmp_path / "carried") == 4
    exported = {}
    for epoch, first, events in carried_events(tmp_path / "carried"):
        assert first == len(exported.setdefault(epoch, [])) + 1
        exported[epoch] += events
    reader = LogReader(log_file, TERMINAL)
    assert exported == {
        head.epoch: list(reader.stretch(head.epoch, 0, 999, 999_999).events) for head in reader.heads()
    }
    reader.close()
    assert [len(events) for events in exported.values()] == [251, 1, 4]


def test_a_log_can_be_exported_while_the_engine_writes_it(log, log_file, tmp_path):
    export(log_file, tmp_path / "carried")
    assert log.append(check_in()).seq == 2


def test_of_a_purged_log_the_rest_is_exported(log, log_file, tmp_path):
    for volunteer in range(1, 6):
        log.append(check_in(volunteer, NINE_MS))
    log.purge({log.epoch: 4}, NINE_MS + 1)
    export(log_file, tmp_path / "carried")
    assert [(first, len(events)) for _, first, events in carried_events(tmp_path / "carried")] == [(5, 2)]


def test_a_file_that_can_not_be_written_is_told_and_leaves_the_old_one(tmp_path):
    with pytest.raises(SettingsError, match=r"can't be written: No such file.*folder that exists"):
        write_carried(tmp_path / "nowhere" / "carried", [])


def test_an_export_that_fails_half_way_leaves_the_older_file_alone(tmp_path):
    path = tmp_path / "carried"
    write_carried(path, [Carried("t", "old")])

    def unplugged():
        yield Carried("t", "new")
        raise OSError(5, "Input/output error")

    with pytest.raises(SettingsError, match="Input/output error"):
        write_carried(path, unplugged())
    assert list(read_carried(path)) == [Carried("t", "old")]


def read_what_can_be(path):
    read = []
    with pytest.raises(MessageError, match="is not whole") as told:
        read.extend(carried for carried in read_carried(path))
    return told.value.what


@pytest.mark.parametrize("cut", [1, 2, 20])
def test_a_file_that_broke_off_is_noticed(tmp_path, cut):
    path = tmp_path / "carried"
    write_carried(path, [Carried("t", "one"), Carried("t", "two")])
    content = path.read_bytes()
    path.write_bytes(content[:-cut])
    if cut == 1:  # only the last line's end is missing, nothing that was said
        assert len(list(read_carried(path))) == 2
    else:
        assert "2 messages could be read" in read_what_can_be(path)


def test_a_file_that_lost_a_line_is_noticed(tmp_path):
    path = tmp_path / "carried"
    write_carried(path, [Carried("t", "one"), Carried("t", "two")])
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))
    assert "1 messages could be read" in read_what_can_be(path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]\n", msgspec.json.encode({"type": "end"})])
def test_another_kind_of_file_is_refused(tmp_path, content):
    (tmp_path / "carried").write_bytes(content)
    assert "0 messages could be read" in read_what_can_be(tmp_path / "carried")


def test_a_line_without_an_end_is_not_read_into_memory(tmp_path):
    path = tmp_path / "endless"
    with path.open("wb") as file:
        file.write(b'{"type":"message","topic":"t","message":"')
        file.truncate(3_000_000_000)  # a hole: it takes no room on the disk
    with pytest.raises(MessageError, match=r"not whole|broke off"):
        list(read_carried(path))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda content: content[: len(content) // 2], "could not be read back"),
        (lambda content: content.replace(b'\\"v\\":1', b'\\"v\\":2', 1), "not what was written"),
    ],
)
def test_a_stick_that_keeps_something_else_is_noticed(log, log_file, tmp_path, monkeypatch, spoil, told):
    """Its disk takes every byte and gives back others."""

    def written_badly(path, messages):
        count = write_carried(path, messages)
        content = path.read_bytes()
        assert spoil(content) != content
        path.write_bytes(spoil(content))
        return count

    monkeypatch.setattr(log_export, "write_carried", written_badly)
    with pytest.raises(SettingsError, match=told):
        export(log_file, tmp_path / "carried")
