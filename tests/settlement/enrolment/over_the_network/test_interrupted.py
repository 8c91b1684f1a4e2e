"""An enrolment that is interrupted, by whatever it is: the next attempt goes on, and no key is shared."""

import datetime as dt
import shutil

import pytest

from foundation.durable import unfinished_of
from kiosk.provisioning import enrolment_files
from settlement.enrolment.server import open_context
from settlement.models import RefusedEnrolment, Terminal
from sync.contract.enrolment import EnrolmentRefusal
from tests.settlement.enrolment.over_the_network.terminal_folder import Folder, context_of
from tests.sync.small_disk import fill, small_disk


class PowerCut(BaseException):
    """Nothing of ours catches it."""


@pytest.mark.parametrize("written", range(8))
def test_a_power_cut_at_any_moment_leaves_what_the_next_attempt_goes_on_with(
    folder, token, server, monkeypatch, written
):
    made, put, done = token(), enrolment_files.put, []

    def put_and_die(path, *given, **more):
        if len(done) == written:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished_of(path).write_bytes(b"half of i")
            raise PowerCut
        done.append(path)
        put(path, *given, **more)

    monkeypatch.setattr(enrolment_files, "put", put_and_die)
    with pytest.raises(PowerCut):
        folder.enrol(made)
    monkeypatch.setattr(enrolment_files, "put", put)
    folder.enrol(made)
    assert folder.is_enrolled(server)
    assert Terminal.objects.count() == 1
    assert not RefusedEnrolment.objects.exists()


def test_there_are_eight_moments_to_cut_the_power(folder, token, monkeypatch):
    put, done = enrolment_files.put, []
    monkeypatch.setattr(
        enrolment_files, "put", lambda path, *given, **more: (done.append(path), put(path, *given, **more))
    )
    folder.enrol(token())
    assert len(done) == 8


def test_an_answer_that_was_lost_is_asked_for_again(folder, token, server, monkeypatch):
    made = token()
    enrolling = folder.enrolling()
    monkeypatch.setattr(enrolling, "_take_up", lambda *_: (_ for _ in ()).throw(PowerCut))
    with pytest.raises(PowerCut):
        enrolling.with_token(made.text())
    assert Terminal.objects.count() == 1
    folder.enrol(made)
    assert folder.is_enrolled(server)


def test_a_full_disk_is_told_and_the_next_attempt_goes_on(token, server, tmp_path):
    made = token()
    with small_disk(tmp_path / "disk") as disk:
        folder = Folder(disk / "terminal")
        filler = fill(disk, 12_000)
        assert folder.refused(folder.enrol, made) == EnrolmentRefusal.NOT_WRITTEN
        assert Terminal.objects.count() == 1
        filler.unlink()
        folder.enrol(made)
        assert folder.is_enrolled(server)


def test_a_disk_that_was_copied_while_it_enrolled_does_not_share_its_keys(
    folder, token, server, tmp_path, monkeypatch
):
    made = token()
    server.renew_context(context_of(server.authority, tmp_path, dt.timedelta(hours=-1)))
    folder.refused(folder.enrol, made)
    copy = Folder(tmp_path / "copy")
    shutil.copy(folder.config.parent / "enrolment.pending", copy.config.parent)
    server.renew_context(open_context(server.settings))
    folder.enrol(made)
    serial = tmp_path / "serial-number"
    serial.write_bytes(b"another board")
    monkeypatch.setattr(enrolment_files, "_MACHINE_FILES", (serial, tmp_path / "none"))
    assert copy.refused(copy.enrolling().go_on) == EnrolmentRefusal.NOT_BEGUN
    assert copy.refused(copy.enrol, made) == EnrolmentRefusal.USED
    assert RefusedEnrolment.objects.get().terminal == "lantern-1"


def test_a_copy_of_an_enrolled_disk_gets_keys_of_its_own(folder, token, server, tmp_path):
    folder.enrol(token())
    copy = Folder(tmp_path / "copy")
    shutil.copytree(folder.config.parent, copy.config.parent, dirs_exist_ok=True)
    other = token("lantern-2")
    assert copy.refused(copy.enrol, other) == EnrolmentRefusal.KEYS_IN_USE
    copy.enrol(other, again=True)
    assert copy.is_enrolled(server, "lantern-2")
    assert folder.is_enrolled(server, "lantern-1")
